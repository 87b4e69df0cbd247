"""A baseline that always says the same, after the user's turn."""

import pytest

from microturn.bench.audible import said
from microturn.bench.constant import replies
from tests.bench.worlds import scenario


def test_it_says_its_words_after_the_turn_as_far_as_there_is_time() -> None:
    one = scenario("one", meta={"turn_end_ms": 2000.0})
    late = scenario("late", meta={"turn_end_ms": 9500.0})
    first, second = replies(name="so", text="So it is.").run([one, late])
    assert [(word.text, word.at_ms) for word in said(first)] == [("so", 2400), ("it", 2800), ("is.", 3200)]
    assert first.duration_ms == one.timeline.duration_ms
    assert [word.text for word in said(second)] == ["so"]
    assert said(second)[0].until_ms == pytest.approx(min(10_300, late.timeline.duration_ms))
