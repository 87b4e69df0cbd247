"""Constant predictors say their lines, audibly, within the session."""

import pytest

from microturn.bench.audible import said
from microturn.bench.constant import Constant, replies
from tests.bench.worlds import scenario


def test_lines_are_said_at_their_times_and_cut_at_the_end() -> None:
    [heard] = Constant(name="x", says=lambda s: [(1000.0, "twenty four"), (9800.0, "stop"), (12_000.0, "no")]).run(
        [scenario("a")]
    )
    assert [(w.text, w.at_ms, w.until_ms) for w in said(heard)] == [
        ("twenty", 1000, 1400),
        ("four", 1400, 1800),
        ("stop", 9800, 10_000),
    ]


def test_silence_is_a_constant_too() -> None:
    [quiet] = Constant(name="silence", says=lambda s: []).run([scenario("a")])
    assert said(quiet) == [] and quiet.duration_ms == 10_000


def test_it_says_its_words_after_the_turn_as_far_as_there_is_time() -> None:
    one = scenario("one", meta={"turn_end_ms": 2000.0})
    late = scenario("late", meta={"turn_end_ms": 9500.0})
    first, second = replies(name="so", text="So it is.").run([one, late])
    assert [(word.text, word.at_ms) for word in said(first)] == [("so", 2400), ("it", 2800), ("is.", 3200)]
    assert first.duration_ms == one.timeline.duration_ms
    assert [word.text for word in said(second)] == ["so"]
    assert said(second)[0].until_ms == pytest.approx(min(10_300, late.timeline.duration_ms))
