"""Controls: systems whose score is known beforehand. Where one scores otherwise, the suite is wrong, not the system.

Shapes: S samples.
"""

import zlib
from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from microturn.bench.constant import WORD_MS, spoken, tone
from microturn.bench.driver import Driver
from microturn.bench.partner import PARTNER
from microturn.bench.partnered import answered
from microturn.bench.task import Scenario
from microturn.protocol.events import Channel, Clear, Do, Event, Word, later
from microturn.protocol.media import MODEL_HZ
from microturn.protocol.timeline import Timeline, Track

LONGEST_MS = 120_000.0  # how long a conversation with a partner may last


@dataclass(frozen=True, kw_only=True)
class Silent:
    """Says, hears and does nothing. Earns nothing, and is the best at not disturbing."""

    name: str = "silent"

    def run(self, scenarios: Sequence[Scenario]) -> list[Timeline]:
        return [answered(s, _output(s, np.zeros(_size(s), np.float32), ())) for s in scenarios]


@dataclass(frozen=True, kw_only=True)
class AlwaysTalking:
    """Says "la" every 0.4 s from beginning to end, whatever happens."""

    name: str = "always"

    def run(self, scenarios: Sequence[Scenario]) -> list[Timeline]:
        return [answered(s, self._talk(s)) for s in scenarios]

    def _talk(self, scenario: Scenario) -> Timeline:
        duration_ms = max(scenario.timeline.duration_ms, LONGEST_MS if PARTNER in scenario.meta else 0.0)
        return _output(scenario, tone(duration_ms)[: round(duration_ms * MODEL_HZ / 1000.0)], _babble(duration_ms))


@dataclass(frozen=True, kw_only=True)
class Oracle:
    """Does what the scenario's script has the model do: its words, notes and voice, at their times."""

    name: str = "oracle"

    def run(self, scenarios: Sequence[Scenario]) -> list[Timeline]:
        return [answered(s, one) for s, one in zip(scenarios, self.scripts(scenarios), strict=True)]

    def scripts(self, scenarios: Sequence[Scenario]) -> list[Timeline]:
        """What it does, before anybody reacts to it."""
        return [self._play(s) for s in scenarios]

    def _play(self, scenario: Scenario) -> Timeline:
        truth = scenario.timeline
        track = truth.audio.get(Channel.MODEL)
        if track is None:
            raise ValueError(
                f"scenario {scenario.id} has no script for the model; the oracle needs its audio and words"
            )
        events = tuple(event for event in truth.events if isinstance(event, Word | Do | Clear))
        return replace(truth, audio={Channel.MODEL: track}, events=events, frames=(), meta={})


@dataclass(frozen=True, kw_only=True)
class Delayed:
    """The oracle, all of it `by_ms` later: its latencies are exactly that much longer, and narrower windows are missed.

    What it would say after the scenario's end is not heard.
    """

    by_ms: float = 1000.0
    name: str = "oracle+1s"

    def run(self, scenarios: Sequence[Scenario]) -> list[Timeline]:
        return [
            answered(s, self._late(timeline))
            for s, timeline in zip(scenarios, Oracle().scripts(scenarios), strict=True)
        ]

    def _late(self, timeline: Timeline) -> Timeline:
        track = timeline.audio[Channel.MODEL]
        size, lead = len(track.samples), round(self.by_ms * track.rate_hz / 1000.0)
        samples = np.concatenate([np.zeros(lead, np.float32), track.samples])[:size]
        late = (later(event, self.by_ms) for event in timeline.events)
        events = tuple(event for event in late if event.at_ms < timeline.duration_ms)
        return replace(timeline, audio={Channel.MODEL: Track(samples=samples, rate_hz=track.rate_hz)}, events=events)


@dataclass(frozen=True, kw_only=True)
class RandomRate:
    """Says "la" for 0.4 s at random times, `per_min` a minute on average, whatever happens: what chance earns.

    The times come from `seed` and the scenario's id, so they are the same every time; two never overlap.
    """

    per_min: float = 6.0
    seed: int = 0
    name: str = "random"

    def run(self, scenarios: Sequence[Scenario]) -> list[Timeline]:
        return [answered(s, self._talk(s)) for s in scenarios]

    def _talk(self, scenario: Scenario) -> Timeline:
        rng = np.random.default_rng([zlib.crc32(scenario.id.encode()), self.seed])
        lines: list[tuple[float, str]] = []
        at_ms, last_ms = 0.0, scenario.timeline.duration_ms - WORD_MS
        while (at_ms := at_ms + float(rng.exponential(60_000.0 / self.per_min))) <= last_ms:
            lines.append((at_ms, "la"))
            at_ms += WORD_MS
        return spoken(scenario.timeline, lines)


CONTROLS: tuple[Driver, ...] = (Silent(), AlwaysTalking(), Oracle(), Delayed(), RandomRate())


def _size(scenario: Scenario) -> int:
    return round(scenario.timeline.duration_ms * MODEL_HZ / 1000.0)


def _babble(duration_ms: float) -> tuple[Event, ...]:
    starts = np.arange(0.0, duration_ms, WORD_MS)
    return tuple(
        Word(at_ms=float(at), until_ms=float(min(at + WORD_MS, duration_ms)), channel=Channel.SAY, text="la")
        for at in starts
    )


def _output(
    scenario: Scenario, samples: np.ndarray[tuple[int], np.dtype[np.float32]], events: Sequence[Event]
) -> Timeline:
    audio = {Channel.MODEL: Track(samples=samples, rate_hz=MODEL_HZ)}
    return replace(scenario.timeline, audio=audio, events=tuple(events), frames=(), meta={})
