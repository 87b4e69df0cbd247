"""Words moved to the times at which they are due, with their sound."""

import pytest

from microturn.bench.audible import said
from microturn.bench.controls import Oracle
from microturn.bench.scenarios.foresight import foreseen, on_time
from tests.bench.worlds import expect, scenario

WORLD = scenario(
    "a",
    [expect("one", 1000, 2000), expect("it is", 5000, 6000)],
    script=[(1200, 1500, "one"), (5200, 5500, "it"), (5500, 5800, "is")],
)


def test_each_thing_said_begins_when_it_is_due_and_can_be_heard_there() -> None:
    [moved] = foreseen(lambda n, base: [WORLD], lambda timeline: [1000.0, 4000.0])(1, 0)
    [heard] = Oracle().run([moved])
    assert [(w.text, w.at_ms, w.until_ms) for w in said(heard)] == [
        ("one", 1000, 1300),
        ("it", 4000, 4300),
        ("is", 4300, 4600),
    ]


def test_sound_past_the_end_is_lost_and_the_rest_stays() -> None:
    moved = on_time(WORLD.timeline, [1000.0, 9700.0])
    assert moved.duration_ms == WORLD.timeline.duration_ms
    assert moved.spans("expect") == WORLD.timeline.spans("expect")


def test_words_that_nothing_expects_are_refused() -> None:
    with pytest.raises(ValueError, match="are expected at 1 times"):
        on_time(WORLD.timeline, [1000.0])
