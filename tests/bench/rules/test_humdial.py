"""HumDial's total: the published anchors, and scores that stay between 0 and 100."""

import pytest

from microturn.bench.rules.humdial import delay_score, mean_delay_s, total


def test_the_best_team_and_the_baseline_are_the_anchors() -> None:
    assert delay_score(0.624) == pytest.approx(100)
    assert delay_score(2.531) == pytest.approx(60)


@pytest.mark.parametrize(
    ("interruption", "rejection", "delay_s", "score", "whole"),
    [(51.3, 36.3, 0.624, 100.0, 55.0), (29.6, 50.2, 2.578, 59.5, 43.8), (35.4, 22.8, 2.876, 56.3, 34.5)],
)
def test_published_rows(interruption: float, rejection: float, delay_s: float, score: float, whole: float) -> None:
    assert delay_score(delay_s) == pytest.approx(score, abs=0.1)
    assert total(interruption, rejection, delay_s) == pytest.approx(whole, abs=0.1)


def test_only_the_official_formula_leaves_its_scale() -> None:
    assert delay_score(0.2) == 100 < delay_score(0.2, "official")
    assert delay_score(1000.0) == 0 > delay_score(1000.0, "official")
    assert delay_score(0.0, "official") == 100


def test_later_is_never_better() -> None:
    scores = [delay_score(0.05 * step) for step in range(200)]
    assert scores == sorted(scores, reverse=True)


def test_the_delay_is_the_mean_of_three_means_over_sub_scenarios() -> None:
    stop, response = {"a": [0.3, 0.5], "b": [1.0], "c": []}, {"a": [2.0]}
    assert mean_delay_s(stop, response, {"a": [1.0], "d": [2.0]}) == pytest.approx((0.7 + 2.0 + 1.5) / 3)
    assert mean_delay_s(stop, {"a": []}, {"a": [1.0]}) is None
