"""Comparing systems: chance is called chance, a difference is found, what one did not do is left out."""

import numpy as np
import pytest

from microturn.bench.compare import Paired, compare, permutation
from microturn.bench.stats import Observation, estimate
from microturn.bench.task import Measure, Result, Score
from tests.bench.worlds import scenario

SCENARIOS = [scenario(f"s{i}", kind="ab"[i % 2]) for i in range(12)]


def test_exact_small_case() -> None:
    # Three scenarios, each better by 1: of the 8 exchanges, 2 are as extreme.
    p, difference = permutation([Paired(one=1.0, other=0.0)] * 3, resamples=20_000)
    assert p == pytest.approx(0.25, abs=0.01)
    assert (difference.value, difference.low, difference.high, difference.n) == (1.0, 1.0, 1.0, 3)


def test_no_difference_has_p_one_and_the_order_only_changes_the_sign() -> None:
    assert permutation([Paired(one=0.4, other=0.4)] * 5)[0] == 1.0
    rng = np.random.default_rng(0)
    pairs = [Paired(one=float(a), other=float(b)) for a, b in rng.normal(size=(15, 2))]
    turned = [Paired(one=pair.other, other=pair.one) for pair in pairs]
    (p, there), (q, back) = permutation(pairs), permutation(turned)
    assert p == pytest.approx(q, abs=0.02) and there.value == pytest.approx(-(back.value or 0))
    assert permutation(pairs, seed=1) == permutation(pairs, seed=1)


def test_p_is_uniform_when_there_is_no_difference_and_small_when_there_is() -> None:
    rng = np.random.default_rng(1)
    found: list[float] = []
    for shift in (0.0, 1.5):
        low = 0
        for seed in range(60):
            pairs = [Paired(one=float(a) + shift, other=float(b)) for a, b in rng.normal(size=(20, 2))]
            p, _ = permutation(pairs, resamples=400, seed=seed)
            low += p is not None and p <= 0.05
        found.append(low / 60)
    assert found[0] <= 0.15 and found[1] >= 0.95


def test_weights_medians_and_macro_means() -> None:
    pairs = [
        Paired(one=1.0, other=0.0, group="a", one_weight=9.0, other_weight=1.0),
        Paired(one=0.0, other=0.0, group="b"),
    ]
    assert permutation(pairs)[1].value == pytest.approx(0.9)
    assert permutation(pairs, how="macro")[1].value == pytest.approx(0.5)
    assert permutation(pairs, how="median")[1].value == pytest.approx(0.5)
    with pytest.raises(ValueError, match="how must be"):
        permutation(pairs, how="mode")
    assert permutation([])[0] is None


def result(values: list[float | None], name: str = "m", how: str = "mean") -> Result:
    measure = Measure(name=name, scorer=lambda s, o: Score(value=None, explanation=""), how=how)
    scores = {s.id: Score(value=v, explanation="") for s, v in zip(SCENARIOS, values, strict=True)}
    scored = [Observation(value=v) for v in values if v is not None]
    return Result(measure=measure, estimate=estimate(scored), by_kind={}, scores=scores)


def test_systems_are_compared_on_what_both_did_and_over_runs() -> None:
    ones: list[float | None] = [1.0] * 11 + [None]
    zeros: list[float | None] = [0.0] * 10 + [None] * 2
    better = [[result(ones), result(zeros, "n")], [result(ones), result(zeros, "n")]]
    worse = [[result(zeros), result(zeros, "n")]]
    first, second = compare(SCENARIOS, better, worse)
    assert (first.measure, first.difference.value, first.difference.n, first.left_out) == ("m", 1.0, 10, 1)
    assert first.p is not None and first.adjusted is not None and first.adjusted == pytest.approx(2 * first.p)
    assert first.adjusted < 0.01 and second.p == 1.0
    with pytest.raises(ValueError, match="at least one run"):
        compare(SCENARIOS, better, [])
    with pytest.raises(ValueError, match="same suite"):
        compare(SCENARIOS, better, [[result(ones)]])


def test_nothing_in_common_is_no_difference_of_zero() -> None:
    (one,) = compare(SCENARIOS, [[result([None] * 12)]], [[result([1.0] * 12)]])
    assert one.p is None and one.adjusted is None and one.difference.value is None and one.left_out == 12
