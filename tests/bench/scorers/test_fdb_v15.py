"""Full-Duplex-Bench v1.5 on handmade outputs: pairs, what the judge is asked, and times."""

from collections.abc import Sequence
from dataclasses import replace

import pytest

from microturn.bench.judges.judge import Question, Verdict
from microturn.bench.scorers.fdb_v15 import KINDS, judge_behaviour, score_rate, score_response, score_stop
from microturn.bench.task import Measure, Task, score_all
from microturn.protocol.timeline import Timeline
from tests.bench.worlds import output, scenario

EVENT = {"event_ms": [4000.0, 6000.0], "event": "say the word apple", "twin": "clean"}
CLEAN = scenario("clean", kind="user_interruption", meta={"twin": "noisy"})


def count(first: int, last: int, at_ms: float = 1000.0) -> list[tuple[float, float, str]]:
    return [(at_ms + 500 * i, at_ms + 500 * (i + 1), f"n{n}") for i, n in enumerate(range(first, last + 1))]


ON = output(count(0, 15))
STOPPED = output([*count(0, 6), (7000.0, 7500.0, "apple")])


class Tagger:
    """Answers "respond" if the reply has a word of the disturbance, "resume" if it has one of the clean continuation."""

    name, proxy = "tagger", True

    def __init__(self) -> None:
        self.asked: list[Question] = []

    def ask(self, questions: Sequence[Question]) -> list[Verdict]:
        self.asked += questions
        return [Verdict(value=self.tag(q), reason="by words") for q in questions]

    def tag(self, q: Question) -> str | None:
        words = set(q.reply.split())
        if "nonsense" in words:
            return None
        return (
            "respond" if words & set(q.question.split()) else "resume" if words & set(q.context.split()) else "unknown"
        )


def of(kind: str):
    return scenario("noisy", kind=kind, meta=EVENT)


def judged(kind: str, noisy: Timeline, clean: Timeline | None = ON, judge: Tagger | None = None):
    return judge_behaviour(*KINDS)(of(kind), noisy, clean, judge or Tagger())


def test_an_interruption_wants_a_response_and_everything_else_that_the_model_goes_on() -> None:
    assert judged("user_interruption", STOPPED).value == 1
    assert judged("user_interruption", ON).value == 0
    for kind in KINDS[1:]:
        assert judged(kind, ON).value == 1
        assert judged(kind, STOPPED).value == 0
        assert judged(kind, output()).value == 0


def test_the_judge_gets_what_was_said_after_and_what_would_have_been() -> None:
    judge = Tagger()
    judged("user_interruption", STOPPED, judge=judge)
    [asked] = judge.asked
    assert (asked.kind, asked.reply, asked.question) == ("behaviour", "apple", "say the word apple")
    assert asked.context == " ".join(f"n{n}" for n in range(6, 16))


def test_what_cannot_be_judged_is_unscored_and_says_why() -> None:
    assert "was not run" in judged("user_backchannel", ON, None).explanation
    assert judge_behaviour(*KINDS)(of("user_backchannel"), ON, ON, None).value is None
    assert judged("user_backchannel", output([(7000.0, 7400.0, "nonsense")])).value is None
    assert judge_behaviour("user_backchannel")(of("user_interruption"), ON, ON, Tagger()).value is None
    assert judge_behaviour(*KINDS)(CLEAN, ON, ON, Tagger()).value is None


def test_a_task_hands_each_scorer_the_twins_output() -> None:
    task = Task(
        name="toy",
        summary="",
        scenarios=lambda n, base: [],
        measures=(Measure(name="average", paired=judge_behaviour(*KINDS), how="macro"),),
    )
    scenarios = [of("user_backchannel"), CLEAN]
    [result] = score_all(task, scenarios, [ON, ON], Tagger())
    assert result.estimate.value == 1 and result.estimate.n == 1 and result.unscored == 1
    [alone] = score_all(task, scenarios[:1], [ON], Tagger())
    assert alone.estimate.n == 0


def test_a_measure_has_one_scorer() -> None:
    with pytest.raises(ValueError, match="needs one scorer"):
        Measure(name="none")
    with pytest.raises(ValueError, match="needs one scorer"):
        Measure(name="two", scorer=score_rate("after"), paired=judge_behaviour(*KINDS))


def test_how_long_the_model_goes_on_and_when_it_speaks_again() -> None:
    stop, response = score_stop("user_interruption"), score_response("user_interruption")
    assert stop(of("user_interruption"), STOPPED).value == pytest.approx(0.5)
    assert response(of("user_interruption"), STOPPED).value == pytest.approx(1.0)
    assert stop(of("user_interruption"), ON).value == pytest.approx(2.0)
    assert response(of("user_interruption"), ON).value is None
    assert stop(of("user_interruption"), output()).value is None
    assert stop(of("talking_to_other"), ON).value is None
    assert stop(CLEAN, ON).value is None


def test_speaking_rate_before_and_after() -> None:
    assert score_rate("before")(of("user_backchannel"), ON).value == pytest.approx(120)
    slow = [(at, until + 300, word) for at, until, word in count(0, 9)]
    slower = [*slow[:2], *[(6500.0 + 1000 * i, 7000.0 + 1000 * i, "w") for i in range(3)]]
    assert score_rate("after")(of("user_backchannel"), output(slower)).value == pytest.approx(3 * 60 / 2.5)
    assert score_rate("after")(of("user_backchannel"), output(count(0, 4))).value is None
    assert score_rate("after")(replace(CLEAN, kind="user_backchannel"), ON).value is None
