"""Questions with an answer in free text: the judge decides, and where it cannot, nobody does."""

from collections.abc import Sequence
from dataclasses import dataclass, field

import pytest

from microturn.bench.judges.judge import Question, Verdict
from microturn.bench.scorers.correct import asked, score_correct
from microturn.bench.scorers.reply import Reply
from tests.bench.worlds import output, scenario


@dataclass
class Fixed:
    """Gives one verdict, and keeps what it was asked."""

    value: float | str | None
    name: str = "fixed"
    proxy: bool = True
    seen: list[Question] = field(default_factory=list[Question])

    def ask(self, questions: Sequence[Question]) -> list[Verdict]:
        self.seen += questions
        return [Verdict(value=self.value, reason="because") for _ in questions]


ONE = scenario("one", meta={"prompt": "What do bees make?", "expected": "honey"})
SAID = output([(0, 400, "Honey.")])


@pytest.mark.parametrize(("verdict", "value"), [(1, 1.0), (0, 0.0), (None, None), ("yes", None), (3, None)])
def test_the_judge_decides(verdict: float | str | None, value: float | None) -> None:
    judge = Fixed(verdict)
    score = score_correct(ONE, SAID, judge)
    assert score.value == value and "because" in score.explanation
    assert judge.seen == [Question(kind="correct", reply="Honey.", question="What do bees make?", expected="honey")]
    assert score.evidence["reply"] == "Honey."


def test_silence_is_wrong_without_asking() -> None:
    judge = Fixed(1)
    assert score_correct(ONE, output(), judge).value == 0 and judge.seen == []


def test_a_scale_becomes_a_share() -> None:
    question = Question(kind="rating", reply="so")
    reply = Reply(text="so", source="text channel")
    assert [asked(Fixed(v), question, reply, least=1, most=5).value for v in (1, 3, 5, 6, 0)] == [0, 0.5, 1, None, None]
