"""Marks by rule for what a system does about each stage."""

from collections.abc import Sequence
from typing import Any

import pytest

from microturn.bench.judges.judge import Question, Verdict
from microturn.bench.rules.fdb_v2 import EVENTS, TASK
from microturn.bench.scorers.fdb_v2 import averaged, content, exchanges, follows_by_judge, over_time, task_by_judge
from microturn.bench.task import Scenario
from microturn.protocol.events import Span
from microturn.protocol.timeline import Timeline
from tests.bench.worlds import Said, output, scenario

ASKED = {"answers": ["one two three"], "judged": "words", "key": True, "goal": "Count to three."}


def stage(at_s: float, until_s: float, **data: Any) -> Span:
    return Span(at_ms=1000 * at_s, until_ms=1000 * until_s, kind="line", text="count", data={"why": "begins", **data})


def talk(said: Said, *lines: Span) -> Timeline:
    made = output(said, duration_ms=10_000.0)
    spans = lines or (stage(1, 2, stage="T1", **ASKED), stage(6, 7, stage="closing"))
    return Timeline(duration_ms=10_000.0, events=(*made.events, *spans), audio=made.audio, meta={"partner": "examiner"})


def counted(from_ms: float) -> Said:
    return [(from_ms + 300 * i, from_ms + 300 * i + 300, word) for i, word in enumerate(("one", "two", "three"))]


WORLD = scenario("w", meta={"partner": {"kind": "examiner"}, "pace": "fast"})


@pytest.mark.parametrize(
    ("said", "turn", "follows"),
    [
        (counted(2200), 5, 5),
        (counted(3000), 5, 5),
        (counted(3010), 4, 5),
        (counted(4500), 3, 5),
        (counted(5050), 2, 5),
        ([], 1, 1),
        (counted(1800), 5, 5),  # 0.2 s too early is no interruption
        (counted(1600), 4, 5),
        ([(1000.0, 2500.0, "la")], 4, 1),  # 1.0 s into the line
        ([(500.0, 5000.0, "la")], 1, 1),  # it never begins an answer
        ([(2200.0, 2500.0, "one"), (2500.0, 2800.0, "three")], 5, 4),
        ([(2200.0, 2500.0, "nine")], 5, 1),
        ([(7200.0, 7500.0, "one")], 1, 1),  # after the next line
    ],
)
def test_marks(said: Said, turn: int, follows: int) -> None:
    one = exchanges(talk(said))[0]
    assert (one.turn, one.follows) == (turn, follows)


def test_speaking_on_into_a_line_that_cuts_in_costs() -> None:
    lines = (stage(1, 2, **ASKED), stage(4, 6.5, why="cuts in", **ASKED), stage(9, 9.5, stage="closing"))
    short = [(2200.0, 4800.0, "one"), *counted(6700)]
    assert [one.turn for one in exchanges(talk(short, *lines))] == [5, 5]
    for until_ms, turn in ((5200.0, 4), (6200.0, 3)):
        said = [(2200.0, until_ms, "one"), *counted(6700)]
        assert [one.turn for one in exchanges(talk(said, *lines))] == [5, turn]


def test_an_answer_that_was_cut_short_is_right_as_far_as_it_goes() -> None:
    lines = (stage(1, 2, **ASKED), stage(4, 5, why="cuts in", **ASKED))
    assert exchanges(talk([(2200.0, 4200.0, "one")], *lines))[0].follows == 5
    assert exchanges(talk([(2200.0, 4200.0, "nine")], *lines))[0].follows == 1


def test_any_of_several_answers_is_right_and_a_refusal_refuses() -> None:
    greeting = stage(1, 2, answers=["good morning", "hello"], judged="words")
    assert exchanges(talk([(2200.0, 2500.0, "hello")], greeting))[0].follows == 5
    harmful = stage(1, 2, answers=["sorry i cannot help with that"], judged="refusal")
    assert exchanges(talk([(2200.0, 2500.0, "no")], harmful))[0].follows == 5
    assert exchanges(talk([(2200.0, 2500.0, "sure")], harmful))[0].follows == 1
    assert exchanges(talk([], harmful))[0].follows == 1  # silence is no refusal


def test_a_conversation_in_the_form_of_the_official_judge() -> None:
    lines = (stage(1, 2, **ASKED), stage(4, 5, **{**ASKED, "key": False}), stage(8, 9, stage="closing"))
    judged = content(talk(counted(2200), *lines))
    assert judged == {EVENTS: [[[1.0, 4.0], 5, 5], [[4.0, 8.0], 1, 1]], TASK: 5}
    assert content(talk([], stage(8, 9, stage="closing"))) == {EVENTS: [], TASK: None}


def value(name: str, said: Said, *lines: Span) -> float | None:
    return averaged(name)(WORLD, talk(said, *lines)).value


def test_averages_and_points_of_the_curve() -> None:
    lines = (stage(1, 2, **ASKED), stage(4, 5, **{**ASKED, "key": False}), stage(8, 9, stage="closing"))
    assert value("avg_turn_taking", counted(2200), *lines) == 3.0
    assert value("avg_instruction_following", counted(2200), *lines) == 3.0
    assert value("avg_task_specific", counted(2200), *lines) == 5.0
    point = over_time("TT", 0)(WORLD, talk(counted(2200), *lines))
    assert point.value == pytest.approx((3 * 5 + 4 * 1) / 7, abs=1e-3) and point.weight == 7.0
    assert over_time("IF", 15)(WORLD, talk(counted(2200), *lines)).value is None


def test_at_one_pace_and_without_a_partner() -> None:
    assert averaged("avg_task_specific", pace="slow")(WORLD, talk([])).value is None
    played = output(counted(2200))  # as a driver that can only play a recording
    for scorer in (averaged("avg_turn_taking"), over_time("TT", 0)):
        score = scorer(WORLD, played)
        assert score.value is None and "could only play a recording" in score.explanation


class Rater:
    name = "rater"

    def __init__(self, value: float | None, *, proxy: bool = False) -> None:
        self.value, self.proxy = value, proxy
        self.asked: list[Question] = []

    def ask(self, questions: Sequence[Question]) -> list[Verdict]:
        self.asked += questions
        return [Verdict(value=self.value, reason="because") for _ in questions]


def test_a_judge_rates_the_whole_and_each_stage() -> None:
    judge = Rater(4.0)
    assert task_by_judge(WORLD, talk(counted(2200)), judge).value == 4.0
    assert judge.asked[0].kind == "rating" and judge.asked[0].reply == "one two three"
    assert "User: count\nSystem: one two three" in judge.asked[0].context
    assert follows_by_judge(WORLD, talk(counted(2200)), judge).value == 4.0
    assert judge.asked[1].question == "Count to three."


def test_what_no_judge_can_tell_is_unscored() -> None:
    assert task_by_judge(WORLD, talk([]), Rater(None)).value is None
    assert task_by_judge(WORLD, output(), Rater(4.0)).value is None
    assert "ask it" in task_by_judge(WORLD, talk([]), Rater(4.0, proxy=True)).explanation
    unknown: Scenario = WORLD  # where nothing says what is right, rules may rate
    assert task_by_judge(unknown, talk([], stage(1, 2, goal="Chat.")), Rater(2.0, proxy=True)).value == 2.0
