"""Which words are the reply to the last turn, and what the judge is asked."""

from collections.abc import Sequence

import pytest

from microturn.bench.judges.judge import Question, Verdict
from microturn.bench.rules import Mode
from microturn.bench.scorers.audiomc import reply_of, rubrics
from tests.bench.worlds import output, scenario

META = {"rubrics": ["Says yes.", "Is short."], "answer_from_ms": 3000.0, "question": "is it", "context": "User: a"}
WORLD = scenario("w", meta=META)
SAID = output([(1000.0, 1300.0, "early"), (3200.0, 3500.0, "yes")])


class Fixed:
    name, proxy = "fixed", False

    def __init__(self, *values: float | None, unread: str | None = None) -> None:
        self.values, self.asked, self.unread = values, list[Question](), unread

    def ask(self, questions: Sequence[Question]) -> list[Verdict]:
        self.asked += questions
        return [
            Verdict(value=value, reason="so", unread=self.unread if value is None else None)
            for value, _ in zip(self.values, questions, strict=True)
        ]


def test_only_what_is_said_to_the_last_turn_is_judged() -> None:
    assert reply_of(WORLD, SAID) == "yes"
    judge = Fixed(1.0, 0.0)
    assert rubrics(whole=False)(WORLD, SAID, judge).value == 0.5
    assert [(q.kind, q.reply, q.expected, q.question) for q in judge.asked] == [
        ("criterion", "yes", "Says yes.", "is it"),
        ("criterion", "yes", "Is short.", "is it"),
    ]
    assert rubrics(whole=True)(WORLD, SAID, Fixed(1.0, 0.0)).value == 0.0
    assert rubrics(whole=True)(WORLD, SAID, Fixed(1.0, 1.0)).value == 1.0


def test_silence_meets_no_rubric_and_no_rubric_is_no_score() -> None:
    assert rubrics(whole=False)(WORLD, output(), Fixed(1.0, 1.0)).value == 0.0
    assert rubrics(whole=True)(scenario("w", meta={**META, "rubrics": []}), SAID, Fixed()).value is None


def test_an_answer_of_the_judge_that_cannot_be_read_is_a_failure_officially() -> None:
    judge = Fixed(1.0, None, unread="maybe")
    assert rubrics(whole=True)(WORLD, SAID, judge).value == 0.0
    assert rubrics(whole=False)(WORLD, SAID, judge).value == 0.5
    assert rubrics(whole=True, mode="fixed")(WORLD, SAID, judge).value is None
    assert rubrics(whole=False, mode="fixed")(WORLD, SAID, judge).value == 1.0


@pytest.mark.parametrize("whole", [True, False])
@pytest.mark.parametrize("mode", ["official", "fixed"])
@pytest.mark.parametrize("other", [0.0, 1.0])
def test_where_the_judge_never_answered_nothing_is_scored(whole: bool, mode: Mode, other: float) -> None:
    score = rubrics(whole=whole, mode=mode)(WORLD, SAID, Fixed(other, None))
    assert (score.value, score.explanation) == (None, "not judged: so")
