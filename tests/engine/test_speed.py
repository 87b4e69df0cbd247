"""Speed: every tick of every session is stepped once, and what is reported is what the clock said."""

import pytest
from engine_fakes import FakeModel, speech

from microturn.engine.speed import WARM_UP_TICKS, measure
from microturn.protocol.clock import ManualClock
from microturn.protocol.events import Channel
from microturn.protocol.timeline import Timeline, Track


def scene(seconds: float) -> Timeline:
    return Timeline(duration_ms=seconds * 1000, audio={Channel.USER: Track(samples=speech(seconds), rate_hz=16_000)})


class Ticking(ManualClock):
    """Every look at it takes three milliseconds."""

    def now_ms(self) -> float:
        self.advance(3.0)
        return self.at_ms


def test_the_time_between_two_looks_is_reported() -> None:
    result = measure(FakeModel(), [scene(4.0), scene(3.0)], Ticking())
    assert (result.sessions, result.ticks) == (2, 15 - WARM_UP_TICKS)
    assert result.p50_ms == result.p99_ms == result.most_ms == 3.0
    assert result.resident_mib > 1


def test_a_short_scene_is_refused() -> None:
    with pytest.raises(ValueError, match="too short"):
        measure(FakeModel(), [scene(1.0)], Ticking())
