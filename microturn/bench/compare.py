"""Two systems on the same scenarios: is one better, or is it chance?

A difference is paired by scenario and tested by exchanging the two systems' scores within scenarios, at random, many
times (Fisher 1935; two-sided, seeded); its interval is a bootstrap over scenarios. Over several measures the p values are
Holm's (1979). A scenario's several runs are one cluster: they are averaged before anything is resampled.
Letters: R resamples, N scenarios.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from microturn.bench.stats import REDUCERS, Estimate, holm
from microturn.bench.task import Measure, Result, Scenario

Floats = NDArray[np.float64]
RESAMPLES = 10_000
CHUNK = 1000  # resamples at a time, to stay small in memory


@dataclass(frozen=True, kw_only=True)
class Paired:
    """One scenario as both systems did it: means over their runs, their weights, its sub-type."""

    one: float
    other: float
    one_weight: float = 1.0
    other_weight: float = 1.0
    group: str = ""


@dataclass(frozen=True, kw_only=True)
class Difference:
    """How one system differs from another on a measure: one minus other.

    `p` is two-sided; `adjusted` is Holm's over the measures compared together. `left_out` scenarios were scored for one
    system only. All but the counts are None where no scenario was scored for both.
    """

    measure: str
    difference: Estimate
    p: float | None
    adjusted: float | None
    left_out: int


def permutation(
    pairs: Sequence[Paired], *, how: str = "mean", resamples: int = RESAMPLES, seed: int = 0
) -> tuple[float | None, Estimate]:
    """The two-sided p of no difference, and the difference (one minus other) with its 95% interval.

    p counts the drawn arrangement among the resamples, so it is never 0 (Phipson and Smyth 2010).
    """
    if how not in REDUCERS:
        raise ValueError(f"how must be one of {sorted(REDUCERS)}, got {how!r}")
    if not pairs:
        return None, Estimate(value=None, low=None, high=None, n=0)
    parts = _parts(pairs, macro=how == "macro")
    rng = np.random.default_rng(seed)
    found = float(_differences(parts, how, rng, 1, exchange=None)[0])
    swapped_R = _resampled(parts, how, rng, resamples, exchange=True)
    least = np.abs(found) * (1 - 1e-9) - 1e-12
    p = float((1 + (np.abs(swapped_R) >= least).sum()) / (resamples + 1))
    drawn_R = _resampled(parts, how, rng, resamples, exchange=False)
    low, high = np.percentile(drawn_R, [2.5, 97.5])
    return p, Estimate(value=found, low=float(low), high=float(high), n=len(pairs))


def compare(
    scenarios: Sequence[Scenario],
    one: Sequence[Sequence[Result]],
    other: Sequence[Sequence[Result]],
    *,
    resamples: int = RESAMPLES,
    seed: int = 0,
) -> list[Difference]:
    """Two systems, each given as the results (`score_all`) of one or more runs of one suite on the same scenarios.

    Raises ValueError where they have not the same measures.
    """
    names = {tuple(result.measure.name for result in run) for run in (*one, *other)}
    if len(names) != 1 or not one or not other:
        raise ValueError("compare needs at least one run of each system, all of the same suite")
    found: list[tuple[Measure, float | None, Estimate, int]] = []
    for row in range(len(one[0])):
        measure = one[0][row].measure
        pairs, left_out = _pairs(scenarios, [run[row] for run in one], [run[row] for run in other])
        p, difference = permutation(pairs, how=_how(measure), resamples=resamples, seed=seed)
        found.append((measure, p, difference, left_out))
    adjusted = holm([p for _, p, _, _ in found])
    return [
        Difference(measure=measure.name, difference=difference, p=p, adjusted=after, left_out=left_out)
        for (measure, p, difference, left_out), after in zip(found, adjusted, strict=True)
    ]


def _how(measure: Measure) -> str:
    """What is compared by scenario: percentiles of pooled values are compared as medians of scenarios."""
    return measure.how if measure.how in REDUCERS else "median"


def _pairs(scenarios: Sequence[Scenario], one: Sequence[Result], other: Sequence[Result]) -> tuple[list[Paired], int]:
    pairs: list[Paired] = []
    left_out = 0
    for scenario in scenarios:
        ours, theirs = _mean_of(scenario.id, one), _mean_of(scenario.id, other)
        if ours is None or theirs is None:
            left_out += (ours is None) != (theirs is None)
            continue
        pairs.append(
            Paired(one=ours[0], other=theirs[0], one_weight=ours[1], other_weight=theirs[1], group=scenario.kind)
        )
    return pairs, left_out


def _mean_of(name: str, runs: Sequence[Result]) -> tuple[float, float] | None:
    """Value and weight of one scenario over its scored runs."""
    scores = [run.scores[name] for run in runs if name in run.scores]
    scored = [(score.value, score.weight) for score in scores if score.value is not None]
    weight = sum(weight for _, weight in scored)
    if not scored or weight <= 0:
        return None
    return sum(value * w for value, w in scored) / weight, weight / len(scored)


@dataclass(frozen=True)
class _Part:
    """One group's scenarios."""

    one_N: Floats
    other_N: Floats
    one_weight_N: Floats
    other_weight_N: Floats


def _parts(pairs: Sequence[Paired], *, macro: bool) -> list[_Part]:
    names = sorted({pair.group for pair in pairs}) if macro else [None]
    members = [[pair for pair in pairs if name is None or pair.group == name] for name in names]
    return [
        _Part(
            np.array([p.one for p in m]),
            np.array([p.other for p in m]),
            np.array([p.one_weight for p in m]),
            np.array([p.other_weight for p in m]),
        )
        for m in members
    ]


def _resampled(parts: Sequence[_Part], how: str, rng: np.random.Generator, resamples: int, *, exchange: bool) -> Floats:
    sizes = [CHUNK] * (resamples // CHUNK) + [resamples % CHUNK]
    return np.concatenate([_differences(parts, how, rng, size, exchange=exchange) for size in sizes if size])


def _differences(
    parts: Sequence[_Part], how: str, rng: np.random.Generator, size: int, *, exchange: bool | None
) -> Floats:
    """`size` differences: with systems exchanged, with scenarios drawn again, or (None) as they are."""
    total_R = np.zeros(size)
    for part in parts:
        n = len(part.one_N)
        pick_RN = rng.integers(0, n, size=(size, n)) if exchange is False else np.tile(np.arange(n), (size, 1))
        swap_RN = rng.random((size, n)) < 0.5 if exchange else np.zeros((size, n), np.bool_)
        ours, our_weights = part.one_N[pick_RN], part.one_weight_N[pick_RN]
        theirs, their_weights = part.other_N[pick_RN], part.other_weight_N[pick_RN]
        first_R = REDUCERS[how](np.where(swap_RN, theirs, ours), np.where(swap_RN, their_weights, our_weights))
        second_R = REDUCERS[how](np.where(swap_RN, ours, theirs), np.where(swap_RN, our_weights, their_weights))
        total_R += first_R - second_R
    return total_R / len(parts)
