"""Outputs at the right moment, and multiple choice in spoken words."""

import pytest

from microturn.bench.scorers.moment import chosen, score_choice, score_moment, score_moment_lag, score_output
from tests.bench.judging import WordJudge
from tests.bench.worlds import output, scenario

AWAITED = scenario("a", meta={"moment_ms": 6000.0, "question_ms": 1000.0, "output": "star"})


@pytest.mark.parametrize(
    ("at_ms", "value", "lag_s"),
    [(6000.0, 1, 0.0), (8000.0, 1, 2.0), (4000.0, 1, -2.0), (8100.0, 0, None), (3900.0, 0, None)],
)
def test_within_two_seconds(at_ms: float, value: float, lag_s: float | None) -> None:
    said = output([(at_ms, at_ms + 300, "star")])
    assert score_moment(AWAITED, said).value == value and score_moment_lag(AWAITED, said).value == lag_s


def test_the_first_thing_said_after_the_question_counts() -> None:
    early = output([(500, 800, "okay"), (2000, 2300, "not"), (6000, 6300, "star")])
    assert score_moment(AWAITED, early).value == 0
    before = output([(200, 500, "okay"), (6000, 6300, "star")])
    assert score_moment(AWAITED, before).value == 1


def test_words_are_the_judges_where_the_time_is_right() -> None:
    for word, value in (("star", 1), ("ring", 0), ("mumble", None)):
        assert score_output(AWAITED, output([(6000, 6300, word)]), WordJudge()).value == value
    judge = WordJudge()
    assert score_output(AWAITED, output([(1500, 1800, "star")]), judge).value == 0 and not judge.asked


OPTIONS = ["a red star", "a star", "blue", "two"]


@pytest.mark.parametrize(
    ("reply", "letter"), [("b", "B"), ("it is blue", "C"), ("2", "D"), ("option c", "C"), ("perhaps", ""), ("", "")]
)
def test_an_answer_in_words_is_its_option(reply: str, letter: str) -> None:
    assert chosen(reply, OPTIONS) == letter


def test_choices_are_scored_and_waiting_is_not() -> None:
    question = {"answer": "blue", "options": OPTIONS, "letter": "C", "asked_ms": 0.0, "until_ms": 5000.0}
    world = scenario("b", meta={"questions": [question, {**question, "asked_ms": 5000.0, "until_ms": 9000.0}]})
    assert score_choice(world, output([(1000, 1300, "blue"), (6000, 6300, "a")])).value == 0.5
    assert score_choice(AWAITED, output()).value is None and score_moment(world, output()).value is None
