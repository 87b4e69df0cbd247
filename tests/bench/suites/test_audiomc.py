"""The conversation whose last turn counts: controls, with a judge that reads what stands in quotes."""

import re
from collections.abc import Sequence

import pytest

from microturn.bench.controls import AlwaysTalking, Oracle, Silent
from microturn.bench.driver import Driver
from microturn.bench.judges.judge import Question, Verdict
from microturn.bench.scenarios import onstage
from microturn.bench.scenarios.audiomc import AXES
from microturn.bench.suites.audiomc import TASK
from microturn.bench.task import Scenario, score_all
from microturn.protocol.events import Channel, Text
from tests.bench.worlds import CAST


class Quotes:
    """Reads '... says "x"', '... does not say "x"' and 'at most five words'."""

    name, proxy = "quotes", True

    def ask(self, questions: Sequence[Question]) -> list[Verdict]:
        return [Verdict(value=float(self._met(q.expected, q.reply)), reason="read") for q in questions]

    def _met(self, criterion: str, reply: str) -> bool:
        quoted = re.search(r'"(.*)"', criterion)
        if quoted is None:
            return len(reply.split()) <= 5
        return (quoted[1] in reply) != ("not" in criterion)


class Wordless:
    """Gives no verdict: its answers are nonsense, or there are none."""

    name, proxy = "wordless", False

    def __init__(self, answer: str | None) -> None:
        self.answer = answer

    def ask(self, questions: Sequence[Question]) -> list[Verdict]:
        return [Verdict(value=None, reason="no idea", unread=self.answer) for _ in questions]


@pytest.fixture(scope="module")
def made() -> list[Scenario]:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(onstage, "cast", lambda split: CAST)
        return list(TASK.scenarios(8, 0))


def values(made: list[Scenario], driver: Driver, judge: Quotes | Wordless | None = None) -> dict[str, float | None]:
    results = score_all(TASK, made, driver.run(made), judge or Quotes())
    return {result.measure.name: result.estimate.value for result in results}


def test_controls(made: list[Scenario]) -> None:
    assert values(made, Oracle()) == {"APR": 1.0, "ARS": 1.0, "APR, fixed": 1.0}
    assert values(made, Silent()) == {"APR": 0.0, "ARS": 0.0, "APR, fixed": 0.0}
    # chatter breaks both rubrics of a memory item, and keeps what the other three axes forbid
    assert values(made, AlwaysTalking()) == {"APR": 0.0, "ARS": 0.375, "APR, fixed": 0.0}


def test_a_judge_whose_answers_cannot_be_read_or_do_not_come(made: list[Scenario]) -> None:
    assert values(made, Oracle(), Wordless("hm")) == {"APR": 0.0, "ARS": 0.0, "APR, fixed": None}
    assert values(made, Oracle(), Wordless(None)) == {"APR": None, "ARS": None, "APR, fixed": None}


def test_without_a_judge_nothing_is_scored(made: list[Scenario]) -> None:
    assert {r.estimate.value for r in score_all(TASK, made, Oracle().run(made))} == {None}


def test_earlier_answers_are_text_that_comes_before_the_last_turn(made: list[Scenario]) -> None:
    assert [scenario.kind for scenario in made[:4]] == list(AXES)
    for scenario in made:
        texts = [event for event in scenario.stimulus().events if isinstance(event, Text)]
        last = scenario.timeline.spans("told")[-1]
        assert texts and all(text.channel is Channel.THINKING and text.at_ms < last.at_ms for text in texts)
        assert "Assistant:" in scenario.meta["context"] and len(scenario.meta["rubrics"]) == 2


def test_published_numbers_belong_to_measures() -> None:
    assert {one.measure for one in TASK.published} <= {measure.name for measure in TASK.measures}
    assert max(one.value for one in TASK.published) == 54.65
