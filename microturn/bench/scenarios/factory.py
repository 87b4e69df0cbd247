"""Scenarios from the data factory: one act each, test seeds, texts and voices only, times moved to the listener.

A scene is a training example: the model's words, its voice and what is expected of it have the time of the tick that
makes them. In a scenario they have the time at which they sound, one tick later, expectations have the bench's own
windows, and the world goes on for a while after the act. No echo of a voice that the system may never have used.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from typing import Any, Literal

import numpy as np

from microturn.bench.scenarios.windows import allowed
from microturn.bench.task import Scenario, unopened
from microturn.data.scene import Setting, draw_setting, make_scene
from microturn.data.voices.flite import Absent
from microturn.protocol.events import Channel, Clear, Do, Event, Span, Word
from microturn.protocol.timeline import Timeline, Track

TEST_SEED = 2_000_000_000  # far from training seeds; the factory's test split keeps texts and voices apart as well
SUITE_SEEDS = 10_000_000  # each suite has seeds of its own
ITEM_SEEDS = 100  # scenes that may be drawn before one suits the item
TAIL_MS = 2600.0  # longer than any window lasts
AMBIENCE_MS = 300.0

Truth = Callable[[Span, Timeline], Span | None]  # an expectation's scored window, or None: allowed, earns nothing
Describe = Callable[[Timeline], Mapping[str, Any]]
Suits = Callable[[int, Scenario], bool]
Split = Literal["test", "unseen"]


def nothing_scored(span: Span, timeline: Timeline) -> Span | None:
    """For suites that score something other than expectations."""
    del span, timeline


def _plain(timeline: Timeline) -> Mapping[str, Any]:
    del timeline
    return {}


def _any(index: int, scenario: Scenario) -> bool:
    del index, scenario
    return True


def scenarios(
    suite: int,
    acts: Sequence[str],
    truth: Truth = nothing_scored,
    *,
    describe: Describe = _plain,
    suits: Suits = _any,
    splits: Sequence[Split] = ("test",),
) -> Callable[[int, int], list[Scenario]]:
    """How a suite makes its scenarios: `(n, seed_base)` gives n, over `acts` and then `splits` in turn.

    `describe` computes the meta that scorers read; an item takes the first scene that `suits` it. One whose synthesiser is
    not installed is unscored.
    """

    def make(n: int, seed_base: int) -> list[Scenario]:
        return [item(index, seed_base) for index in range(n)]

    def item(index: int, seed_base: int) -> Scenario:
        act = acts[index % len(acts)]
        split = splits[index // len(acts) % len(splits)]
        try:
            return suiting(index, act, split, seed_base)
        except Absent as absent:
            return unopened(f"{index:04d}-{act}", split, str(absent))

    def suiting(index: int, act: str, split: Split, seed_base: int) -> Scenario:
        first = first_seed(suite, index, seed_base)
        for seed in range(first, first + ITEM_SEEDS):
            timeline = at_listener(draw(seed, act, split), truth)
            kind = act if len(splits) == 1 else split
            meta = {"act": act, "seed": seed, "split": split, **describe(timeline)}
            scenario = Scenario(id=f"{index:04d}-{act}-{seed}", kind=kind, timeline=timeline, meta=meta)
            if suits(index, scenario):
                return scenario
        raise ValueError(f"none of {ITEM_SEEDS} scenes of the act {act!r} suits item {index}; use another --seed-base")

    return make


def draw(seed: int, act: str, split: Split) -> Timeline:
    """One act as a scene, in a room and noise of its own, without the script's echo, lost audio and odd microphones."""
    return make_scene(seed, split=split, seconds=2.0, acts=[act], setting=draw_room(seed))


def draw_room(seed: int) -> Setting:
    """A room and its noise, heard by a plain microphone that loses nothing and does not hear the model."""
    drawn = draw_setting(np.random.default_rng(seed))
    return replace(drawn, echo_db=None, lossy=False, tone_db=0.0, low_pass_hz=None)


def first_seed(suite: int, index: int, seed_base: int = 0) -> int:
    """The first of the `ITEM_SEEDS` seeds of one item."""
    return TEST_SEED + suite * SUITE_SEEDS + (seed_base + index) * ITEM_SEEDS


def at_listener(timeline: Timeline, truth: Truth, *, tail_ms: float = TAIL_MS) -> Timeline:
    """The scene with the model's side one tick later, expectations as `truth` gives them, and a tail of `tail_ms`."""
    tick_ms = float(timeline.tick_ms)

    def moved(event: Event) -> Event:
        if isinstance(event, Word) and event.channel is Channel.SAY:
            return replace(event, at_ms=event.at_ms + tick_ms, until_ms=event.until_ms + tick_ms)
        if isinstance(event, Do | Clear):
            return replace(event, at_ms=event.at_ms + tick_ms)
        if isinstance(event, Span) and event.kind == "expect":
            return truth(event, timeline) or allowed(event, tick_ms=tick_ms)
        return event

    audio = {
        Channel.USER: _prolonged(timeline.audio[Channel.USER], tail_ms),
        Channel.MODEL: _delayed(timeline.audio[Channel.MODEL], tick_ms, tail_ms),
    }
    events = sorted((moved(event) for event in timeline.events), key=lambda event: event.at_ms)
    return replace(timeline, duration_ms=timeline.duration_ms + tail_ms, events=tuple(events), audio=audio)


def _prolonged(track: Track, by_ms: float) -> Track:
    """The user's track with its closing ambience, back and forth, for `by_ms` more."""
    ambience = round(AMBIENCE_MS * track.rate_hz / 1000)
    more = round(by_ms * track.rate_hz / 1000)
    tail = np.pad(track.samples[-ambience:], (0, more), mode="reflect")[ambience:]
    return Track(samples=np.concatenate([track.samples, tail]), rate_hz=track.rate_hz)


def _delayed(track: Track, delay_ms: float, by_ms: float) -> Track:
    lead, size = (round(ms * track.rate_hz / 1000) for ms in (delay_ms, track.duration_ms + by_ms))
    samples = np.concatenate([np.zeros(lead, np.float32), track.samples, np.zeros(size, np.float32)])[:size]
    return Track(samples=samples, rate_hz=track.rate_hz)
