"""The reply's final answer against the official one."""

import pytest

from microturn.bench.scorers.bigbench_audio import score_final_answer, score_unanswered
from tests.bench.worlds import output, scenario

ONE = scenario("one", meta={"category": "Object Counting", "official": "3", "prompt": "p"})


@pytest.mark.parametrize(("said", "right", "unanswered"), [("three", 1, 0), ("four", 0, 0), ("many", 0, 1)])
def test_scores(said: str, right: float, unanswered: float) -> None:
    assert score_final_answer(ONE, output([(0, 400, said)])).value == right
    assert score_unanswered(ONE, output([(0, 400, said)])).value == unanswered


def test_silence_answers_nothing() -> None:
    assert score_final_answer(ONE, output()).value == 0 and score_unanswered(ONE, output()).value == 1
