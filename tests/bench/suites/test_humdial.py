"""HumDial's mini: rates of controls, pauses, delays, the judge's classes and the total."""

import pytest

from microturn.bench.controls import AlwaysTalking, Delayed, Oracle, Silent
from microturn.bench.driver import Driver
from microturn.bench.judges.judge import Question, Verdict
from microturn.bench.rules.humdial import total
from microturn.bench.scenarios import onstage
from microturn.bench.scorers import humdial
from microturn.bench.suites.humdial import TASK
from microturn.bench.task import Scenario, score_all
from tests.bench.worlds import CAST, expect, output, scenario


@pytest.fixture(scope="module")
def made() -> list[Scenario]:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(onstage, "cast", lambda split: CAST)
        return list(TASK.scenarios(18, 0))


def values(made: list[Scenario], driver: Driver) -> dict[str, float | None]:
    return {r.measure.name: r.estimate.value for r in score_all(TASK, made, driver.run(made))}


def test_nine_kinds_twice(made: list[Scenario]) -> None:
    assert sorted(s.kind for s in made) == sorted([s.kind for s in made[:9]] * 2)
    assert {s.meta["wanted"] for s in made} == {"respond", "resume", "wait"}


def test_the_oracle_is_right_and_soon(made: list[Scenario]) -> None:
    results = score_all(TASK, made, Oracle().run(made))
    got = {r.measure.name: r.estimate.value for r in results}
    assert (got["interruption"], got["rejection"]) == (1, 1)
    whole = {total.name: total.value(results) for total in TASK.totals}
    assert whole["total"] == pytest.approx(100) and whole["delay score, inferred"] == 100
    assert whole["delay"] is not None and whole["delay"] < 0.624
    assert whole["total, judged"] is None  # there was no judge


def test_controls(made: list[Scenario]) -> None:
    silent = values(made, Silent())
    assert (silent["interruption"], silent["rejection"], silent["stop delay"]) == (0, 0, None)
    always = values(made, AlwaysTalking())
    assert always["interruption"] == 0
    assert always["rejection"] == 0.75  # it goes on through everything, pauses of the user included


def test_an_interruption_needs_silence_and_the_new_answer() -> None:
    meta = {"wanted": "respond", "event_ms": [2000.0, 3000.0], "watch_ms": 4500.0, "reply_from_ms": 3000.0}
    world = scenario("a", [expect("banana", 3000, 5000)], meta=meta)
    right = output([(500, 2300, "one"), (3300, 3600, "banana")])
    assert humdial.score_interruption(world, right).value == 1
    assert humdial.score_interruption(world, output([(500, 2300, "one"), (3300, 3600, "no")])).value == 0
    assert humdial.score_interruption(world, output([(500, 4800, "one"), (4900, 5200, "banana")])).value == 0
    assert humdial.score_stop_delay(world, right).value == pytest.approx(0.3, abs=0.02)
    assert humdial.score_response_delay(world, right).value == pytest.approx(0.3, abs=0.02)
    unknown = scenario("b", meta=meta)  # of official items the right answer is not known
    assert humdial.score_interruption(unknown, right).value is None


def test_after_stop_nothing_more_may_come() -> None:
    meta = {"wanted": "respond", "event_ms": [2000.0, 2400.0], "watch_ms": 3900.0, "reply_from_ms": 2400.0}
    world = scenario("a", meta={**meta, "answer": ""})
    assert humdial.score_interruption(world, output([(500, 2300, "one")])).value == 1
    assert humdial.score_interruption(world, output([(500, 2300, "one"), (5000, 5300, "two")])).value == 0
    assert humdial.score_interruption(world, output()).value is None  # there was nothing to stop


def test_a_pause_is_waited_for_and_then_answered() -> None:
    world = scenario("a", meta={"wanted": "wait", "pauses_ms": [[1000.0, 2500.0]], "first_ms": 3500.0})
    assert humdial.score_rejection(world, output([(3800, 4100, "one")])).value == 1
    assert humdial.score_rejection(world, output([(2000, 2300, "one"), (3800, 4100, "one")])).value == 0
    assert humdial.score_rejection(world, output()).value == 0
    assert humdial.score_first_delay(world, output([(3800, 4100, "one")])).value == pytest.approx(0.3, abs=0.02)
    assert humdial.score_first_delay(world, output([(2000, 2300, "one")])).value is None


class Fixed:
    """A judge that always says the same, and keeps what it was asked."""

    name, proxy = "fixed", True

    def __init__(self, value: str | None) -> None:
        self.value, self.asked = value, list[Question]()

    def ask(self, questions):
        self.asked += questions
        return [Verdict(value=self.value, reason="because") for _ in questions]


@pytest.mark.parametrize(("verdict", "value"), [("respond", 1.0), ("resume", 0.0), ("unknown", 0.0), (None, None)])
def test_the_judge_names_the_behaviour(verdict: str | None, value: float | None) -> None:
    meta = {"wanted": "respond", "event_ms": [2000.0, 3000.0], "watch_ms": 4500.0}
    world = scenario("a", meta={**meta, "disturbance": "no say banana", "clean": "one two three"})
    judge = Fixed(verdict)
    score = humdial.judged_interruption(world, output([(500, 800, "one"), (3300, 3600, "banana")]), judge)
    assert (score.value, score.explanation) == (value, "because")
    [asked] = judge.asked
    assert (asked.kind, asked.reply, asked.question, asked.context) == (
        "behaviour",
        "banana",
        "no say banana",
        "one two three",
    )
    assert humdial.judged_rejection(world, output(), judge).value is None


def test_the_total_needs_every_part(made: list[Scenario]) -> None:
    results = score_all(TASK, made, Silent().run(made))
    assert {total.value(results) for total in TASK.totals} == {None}


def test_the_total_is_the_rule_of_the_suites_own_rows(made: list[Scenario]) -> None:
    results = score_all(TASK, made, Delayed().run(made), Fixed("respond"))
    value = {result.measure.name: result.estimate.value or 0.0 for result in results}
    delay_s = (value["stop delay"] + value["response delay"] + value["first response delay"]) / 3
    got = {one.name: one.value(results) for one in TASK.totals}
    assert got["delay"] == pytest.approx(delay_s)
    assert got["total"] == pytest.approx(total(100 * value["interruption"], 100 * value["rejection"], delay_s))
    judged = [100 * value[f"{name}, judged"] for name in ("interruption", "rejection")]
    assert got["total, judged"] == pytest.approx(total(judged[0], judged[1], delay_s)) and judged[0] == 100
