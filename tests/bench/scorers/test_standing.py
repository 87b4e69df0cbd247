"""What stands at the test points of tasks that look forward."""

from collections.abc import Mapping
from typing import Any

from microturn.bench.scorers.standing import score_standing, score_timing_precision, score_timing_recall
from microturn.bench.task import Scenario
from tests.bench.worlds import output, scenario


def world(task: str, points: list[Mapping[str, Any]], **meta: Any) -> Scenario:
    return scenario(task, meta={"task": task, "points": points, "from_ms": 1000.0, **meta})


REC = world("REC", [{"at_ms": at, "count": n} for at, n in ((2000.0, 0), (4000.0, 1), (6000.0, 2))], due_ms=[3000.0])
SSR = world(
    "SSR",
    [
        {"at_ms": 2000.0, "type": 0, "step": 1},
        {"at_ms": 4000.0, "type": 1, "step": 1},
        {"at_ms": 8000.0, "type": 0, "step": 1},
    ],
    states={"start": 1, "stop": 0},
)
CRR = world("CRR", [{"at_ms": 2000.0, "type": 0}, {"at_ms": 5000.0, "type": 1}], due_ms=[4000.0])


def test_the_last_number_is_the_count_and_none_is_zero() -> None:
    said = output([(3000, 3300, "one"), (5000, 5300, "three")])
    assert score_standing(REC, said).value == 2 / 3 and score_standing(REC, said).weight == 3
    assert score_standing(REC, output()).value == 1 / 3


def test_the_last_state_named_is_the_step() -> None:
    assert score_standing(SSR, output([(3000, 3300, "start"), (6000, 6300, "stop")])).value == 1
    assert score_standing(SSR, output([(3000, 3300, "start")])).value == 2 / 3
    assert score_standing(SSR, output()).value == 2 / 3  # always No
    assert score_standing(SSR, output([(1000, 1300, "yes")])).value == 1 / 3  # always Yes
    numbered = world("SSR", [{"at_ms": 4000.0, "type": 1, "step": 2}, {"at_ms": 4000.0, "type": 0, "step": 1}])
    assert score_standing(numbered, output([(2000, 2300, "two")])).value == 1


def test_an_answer_since_the_question_is_a_yes() -> None:
    assert score_standing(CRR, output([(500, 800, "okay"), (4000, 4300, "star")])).value == 1
    assert score_standing(CRR, output([(1500, 1800, "star")])).value == 0.5
    assert score_standing(CRR, output()).value == 0.5
    assert score_standing(scenario("other"), output()).value is None


def test_timing_is_within_two_seconds_of_what_is_due() -> None:
    said = output([(4900, 5200, "one"), (8000, 8300, "two")])
    assert score_timing_recall(REC, said).value == 1 and score_timing_precision(REC, said).value == 0.5
    assert score_timing_recall(CRR, output()).value == 0
    assert score_timing_recall(SSR, said).value is None
