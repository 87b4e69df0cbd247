"""Windows as documented, both ends included."""

import pytest

from microturn.bench.scenarios.windows import (
    allowed,
    answer_window,
    cue_window,
    near_minutes,
    near_seconds,
    timer_window,
)
from tests.bench.worlds import expect


@pytest.mark.parametrize(
    ("seconds", "turn", "window"),
    [
        (4, 0, (4000, 6000)),
        (10, 0, (10_000, 12_000)),
        (20, 0, (19_000, 23_000)),
        (4, 2, (12_000, 14_000)),
    ],
)
def test_timer_windows(seconds: int, turn: int, window: tuple[float, float]) -> None:
    span = timer_window(expect("now", 0, 1, seconds=seconds, turn=turn, request_end_ms=1000.0))
    assert (span.at_ms, span.until_ms) == window
    assert span.data["scored"]


def test_cues_and_answers_are_due_at_once() -> None:
    cue = cue_window(expect("yes", 0, 1), 3000.0)
    assert (cue.at_ms, cue.until_ms, cue.data["due_ms"]) == (3000, 4500, 3000)
    answer = answer_window(expect("yes", 0, 1, request_end_ms=3000.0))
    assert (answer.at_ms, answer.until_ms) == (3000, 5000)


def test_allowed_speech_moves_to_the_listener_and_earns_nothing() -> None:
    span = allowed(expect("okay", 1000, 2000), tick_ms=200.0)
    assert (span.at_ms, span.until_ms, span.data["scored"]) == (1200, 2200, False)


def test_durations_may_be_off_by_a_second() -> None:
    assert near_seconds("two seconds") == ["one second", "three seconds"]
    assert near_seconds("one second") == ["two seconds"]
    assert near_seconds("okay") == []


def test_the_minute_may_turn_during_the_answer() -> None:
    assert near_minutes(10 * 3600 + 59.5) == ["ten", "ten oh one", "it is ten", "it is ten oh one"]
