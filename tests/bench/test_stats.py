"""Intervals cover the truth about as often as they say, respect clusters, and never invent certainty."""

import numpy as np
import pytest

from microturn.bench.stats import Observation, estimate, holm, wilson


def test_wilson_on_known_numbers() -> None:
    assert wilson(8, 10) == pytest.approx((0.4902, 0.9433), abs=1e-4)
    assert wilson(0, 10)[0] == 0 and wilson(0, 10)[1] == pytest.approx(0.2775, abs=1e-4)
    assert wilson(10, 10)[1] == 1


@pytest.mark.parametrize("bad", [(1, 0), (3, 2), (-1, 4)])
def test_wilson_refuses_nonsense(bad: tuple[int, int]) -> None:
    with pytest.raises(ValueError, match="wilson needs"):
        wilson(*bad)


@pytest.mark.parametrize(("how", "rate"), [("mean", False), ("mean", True), ("median", False)])
def test_intervals_cover_the_truth(how: str, rate: bool) -> None:
    rng = np.random.default_rng(1)
    covered = 0
    for seed in range(200):
        draws = (rng.random(40) < 0.7).astype(float) if rate else rng.normal(0.7, 1.0, 40)
        got = estimate([Observation(value=v) for v in draws], how=how, rate=rate, resamples=300, seed=seed)
        assert got.low is not None and got.high is not None
        covered += got.low <= 0.7 <= got.high
    assert 0.88 <= covered / 200 <= 0.99


def test_the_same_seed_gives_the_same_interval() -> None:
    values = [Observation(value=v) for v in np.random.default_rng(0).normal(size=20)]
    assert estimate(values, seed=3) == estimate(values, seed=3)
    assert estimate(values, seed=3) != estimate(values, seed=4)


def test_nothing_scored_is_none_and_not_zero() -> None:
    nothing = estimate([])
    assert (nothing.value, nothing.low, nothing.high, nothing.n) == (None, None, None, 0)


def test_all_right_is_not_certain() -> None:
    got = estimate([Observation(value=1.0, group=g) for g in "aabb"], how="macro", rate=True)
    assert got.value == 1 and got.high == 1 and got.low is not None and got.low < 0.6


def test_macro_mean_weighs_groups_alike_and_mean_weighs_words() -> None:
    data = [
        Observation(value=0.0, group="a", weight=9.0),
        Observation(value=1.0, group="b"),
        Observation(value=0.0, group="b"),
    ]
    assert estimate(data, how="macro").value == pytest.approx(0.25)
    assert estimate(data, how="mean").value == pytest.approx(1 / 11)


def test_pooled_percentiles_are_of_all_values_and_resample_scenarios() -> None:
    many = Observation(value=0.0, values=(1.0, 2.0, 3.0, 4.0))
    one = Observation(value=0.0, values=(10.0,))
    assert estimate([many, one], how="pooled median").value == 3.0
    assert estimate([many, one], how="pooled p90").value == pytest.approx(7.6)
    assert estimate([many, one], how="pooled p10").value == pytest.approx(1.4)
    got = estimate([many, one], how="pooled median")
    assert (got.low, got.high, got.n) == (2.5, 10.0, 2)  # twice the one, or twice the other
    assert estimate([Observation(value=2.0)], how="pooled median").value == 2.0  # a scenario with one value


def test_the_pooled_interval_is_that_of_plain_resampling() -> None:
    rng = np.random.default_rng(5)
    parts = [tuple(rng.normal(size=rng.integers(1, 6)).tolist()) for _ in range(12)]
    got = estimate([Observation(value=0.0, values=part) for part in parts], how="pooled p90", resamples=500, seed=3)
    draws = np.random.default_rng(3).integers(0, 12, size=(500, 12))
    plain = [np.percentile(np.concatenate([parts[i] for i in draw]), 90) for draw in draws]
    assert (got.low, got.high) == pytest.approx(tuple(np.percentile(plain, [2.5, 97.5])))


def test_holm_is_monotone_and_leaves_out_what_was_no_test() -> None:
    assert holm([0.01, 0.04, 0.03, 0.5]) == pytest.approx([0.04, 0.09, 0.09, 0.5])
    assert holm([0.01, None, 0.04, 0.03]) == [pytest.approx(0.03), None, pytest.approx(0.06), pytest.approx(0.06)]
    assert holm([0.5, 0.6]) == [1.0, 1.0] and holm([]) == []
    with pytest.raises(ValueError, match="between 0 and 1"):
        holm([1.2])
