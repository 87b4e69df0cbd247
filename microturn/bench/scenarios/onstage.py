"""Scenes of the bench's own scripts, on the data factory's stage: test voices and seeds only, in a room of the seed's own.

For what no act of the factory plays. Never trained on, because nothing outside the bench can name it.
"""

import zlib
from dataclasses import replace

import numpy as np

from microturn.bench.scenarios.factory import at_listener, draw_room, nothing_scored
from microturn.data.scene import cast, recorded
from microturn.data.script import Stage, languages_of
from microturn.protocol.clock import DAY_S
from microturn.protocol.timeline import Timeline, Track

LEAD_MS = 900.0  # for those who need the room alone before anybody speaks
SCRIPTED = zlib.crc32(b"bench")  # apart from the seeds of the factory's scenes


def stage_of(seed: int, *, lead_ms: float | None = None, hesitancy: float = 0.0) -> Stage:
    """An empty stage with voices of the test split that can say any English word; `lead_ms` of the room alone come first.

    The user does not hesitate unless the script, or `hesitancy`, says so.
    """
    rng = np.random.default_rng([SCRIPTED, seed])
    who = cast("test")
    able = [voice for voice in who.users if "en" in languages_of(voice)]
    mine, *others = (able[int(i)] for i in rng.permutation(len(able))[: min(3, len(able))])
    second_of_day, speed = float(rng.integers(DAY_S)), float(rng.uniform(0.9, 1.15))
    drawn_ms = float(rng.uniform(300, 1000))
    return Stage(
        rng=rng,
        voice=mine,
        own=who.own,
        others=others or [mine],
        split="test",
        second_of_day=second_of_day,
        speed=speed,
        hesitancy=hesitancy,
        now_ms=drawn_ms if lead_ms is None else lead_ms,
    )


def recording(stage: Stage, seed: int) -> Timeline:
    """What was played, in a room and noise of the seed's own: two stages of one seed share them."""
    return recorded(stage, np.random.default_rng([SCRIPTED, seed, 1]), cast("test"), seed=seed, setting=draw_room(seed))


def play(stage: Stage, seed: int) -> Timeline:
    """The recording with the model's side as the listener hears it."""
    return at_listener(recording(stage, seed), nothing_scored)


def cut_at(timeline: Timeline, until_ms: float) -> Timeline:
    """The first `until_ms` of a timeline, to a whole tick; what begins later is gone."""
    ends_ms = float(-(-until_ms // timeline.tick_ms) * timeline.tick_ms)
    tracks = {
        channel: Track(samples=track.samples[: round(ends_ms * track.rate_hz / 1000)], rate_hz=track.rate_hz)
        for channel, track in timeline.audio.items()
    }
    events = tuple(event for event in timeline.events if event.at_ms < ends_ms)
    return replace(timeline, duration_ms=ends_ms, audio=tracks, events=events)
