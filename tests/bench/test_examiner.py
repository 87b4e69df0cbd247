"""The examiner: when it says its next line, and that it can be made again from what it said."""

from collections.abc import Sequence
from typing import Any

import numpy as np
import pytest

from microturn.bench.controls import tone
from microturn.bench.examiner import END_MS, LEAD_MS, PACES, Examiner, Line, examiner_of, lines_of
from microturn.bench.partner import met
from microturn.protocol.events import Channel
from microturn.protocol.media import USER_HZ
from microturn.protocol.timeline import Timeline
from tests.bench.worlds import output

NOISE = np.full(1600, 0.001, np.float32)
FAST = PACES["fast"]


def line(text: str, **data: Any) -> Line:
    """A line of 500 ms: 100 ms of noise, 300 ms of tone, 100 ms of noise."""
    sound = np.concatenate([NOISE, tone(300, hz=330, rate_hz=USER_HZ), NOISE])
    return Line(text=text, samples_S=sound, begins_ms=100.0, ends_ms=400.0, data=data)


def examiner(*lines: Line, limit_ms: float = 60_000.0) -> Examiner:
    return Examiner(
        lines or (line("one"), line("two"), line("over", stage="closing")), NOISE, pace=FAST, limit_ms=limit_ms
    )


def talk(partner: Examiner, said: Sequence[tuple[float, float, str]] = ()) -> Timeline:
    return met(partner, output(said, duration_ms=60_000.0))


def begun(timeline: Timeline) -> list[tuple[float, str]]:
    return [(span.at_ms, span.data["why"]) for span in timeline.spans("line")]


def test_nobody_answers() -> None:
    got = talk(examiner())
    first = LEAD_MS + 100.0
    step = 400.0 + FAST.patience_ms  # from a line's beginning to the next one's, at the next tick
    assert begun(got) == [(first, "begins"), (first + step, "no answer"), (first + 2 * step, "no answer")]
    assert got.duration_ms == pytest.approx(first + 2 * step + 300 + END_MS, abs=200)
    assert got.spans("line")[0].until_ms - got.spans("line")[0].at_ms == 300.0


def test_an_answer_that_has_ended() -> None:
    got = talk(examiner(), [(1500.0, 2500.0, "yes")])
    (_, _), (at_ms, why), _ = begun(got)
    assert why == "answered" and 2500 + FAST.gap_ms <= at_ms - 100 < 2500 + FAST.gap_ms + 400


def test_a_pause_within_an_answer_is_not_its_end() -> None:
    got = talk(examiner(), [(1500.0, 1900.0, "one"), (2300.0, 2700.0, "two")])
    assert begun(got)[1][0] > 2700 + FAST.gap_ms


def test_an_answer_that_does_not_end() -> None:
    got = talk(examiner(), [(1500.0, 60_000.0, "la")])
    assert begun(got)[1][1] == "too long" and begun(got)[1][0] == pytest.approx(1500 + FAST.longest_ms, abs=400)


def test_a_line_that_cuts_in() -> None:
    got = talk(examiner(line("one"), line("no", cuts_in_ms=600.0), line("over")), [(1500.0, 5000.0, "la")])
    assert begun(got)[1][1] == "cuts in" and 2100 <= begun(got)[1][0] - 100 <= 2500
    unheard = talk(examiner(line("one"), line("no", cuts_in_ms=600.0), line("over")))
    assert begun(unheard)[1][1] == "no answer"


def test_what_is_said_into_a_line_is_no_answer_to_it() -> None:
    got = talk(examiner(), [(700.0, 900.0, "la")])
    assert begun(got)[1][1] == "no answer"


def test_clicks_are_not_heard() -> None:
    got = talk(examiner(), [(1500.0, 1520.0, "x")])
    assert begun(got)[1][1] == "no answer"


def test_when_time_is_up_only_the_closing_line_is_left() -> None:
    got = talk(examiner(*[line(str(number)) for number in range(9)], line("over"), limit_ms=5000.0))
    assert [span.text for span in got.spans("line")] == ["0", "1", "over"]
    assert begun(got)[-1][1] == "time is up"


def test_slow_is_slower() -> None:
    slow = Examiner((line("one"), line("two")), NOISE, pace=PACES["slow"])
    assert begun(talk(slow))[1][0] > begun(talk(examiner(line("one"), line("two"))))[1][0] + 1500


def test_the_same_sounds_give_the_same_conversation() -> None:
    said = [(1500.0, 2500.0, "yes"), (4000.0, 4700.0, "no")]
    one, other = talk(examiner(), said), talk(examiner(), said)
    assert one.events == other.events
    np.testing.assert_array_equal(one.audio[Channel.USER].samples, other.audio[Channel.USER].samples)


def test_a_conversation_is_what_the_next_examiner_is_made_from() -> None:
    said = [(1500.0, 2500.0, "yes")]
    one = talk(examiner(line("one", stage="T1", why="never"), line("over")), said)
    assert [(made.text, made.data) for made in lines_of(one)] == [("one", {"stage": "T1"}), ("over", {})]
    again = talk(examiner_of(one, {"pace": "fast"}), said)
    assert again.spans("line") == one.spans("line")
    other = talk(examiner_of(one, {"pace": "fast"}))  # another conversation with the same lines
    assert [span.text for span in other.spans("line")] == ["one", "over"] and begun(other)[1][1] == "no answer"


def test_bad_input() -> None:
    with pytest.raises(ValueError, match="lines to say"):
        Examiner((), NOISE, pace=FAST)
    with pytest.raises(ValueError, match="user track"):
        lines_of(output())
    with pytest.raises(ValueError, match="pace"):
        examiner_of(talk(examiner()), {"pace": "hasty"})
