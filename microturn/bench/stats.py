"""Intervals for scores: Wilson for rates, a seeded bootstrap for everything else. And Holm's correction of several tests.

A scenario is one cluster: whatever was counted inside it is resampled together. Scores that are unscored never
enter. Letters: R resamples, N clusters, V values.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from statistics import NormalDist

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]


@dataclass(frozen=True, kw_only=True)
class Observation:
    """One scenario's value, what it weighs (1, or words, or minutes) and its sub-type for macro averages.

    `values` are all that were measured in it, where those of all scenarios are pooled.
    """

    value: float
    weight: float = 1.0
    group: str = ""
    values: tuple[float, ...] = ()


@dataclass(frozen=True, kw_only=True)
class Estimate:
    """A number with its 95% interval; all are None where nothing was scored."""

    value: float | None
    low: float | None
    high: float | None
    n: int


def wilson(hits: float, n: int, *, confidence: float = 0.95) -> tuple[float, float]:
    """Wilson's score interval of a rate `hits / n` (Wilson 1927); both ends in [0, 1]."""
    if n <= 0 or not 0 <= hits <= n:
        raise ValueError(f"wilson needs 0 <= hits <= n and n > 0, got {hits} of {n}")
    z = NormalDist().inv_cdf(0.5 + confidence / 2)
    rate = hits / n
    centre = rate + z * z / (2 * n)
    half = z * np.sqrt(rate * (1 - rate) / n + z * z / (4 * n * n))
    scale = 1 + z * z / n
    low, high = float((centre - half) / scale), float((centre + half) / scale)
    return (0.0 if hits == 0 else low), (1.0 if hits == n else high)


def _means(values_RN: Floats, weights_RN: Floats) -> Floats:
    return (values_RN * weights_RN).sum(axis=-1) / weights_RN.sum(axis=-1)


def _medians(values_RN: Floats, weights_RN: Floats) -> Floats:
    del weights_RN
    return np.median(values_RN, axis=-1)


POOLED = {"pooled median": 50.0, "pooled p10": 10.0, "pooled p90": 90.0}
REDUCERS: dict[str, Callable[[Floats, Floats], Floats]] = {"mean": _means, "macro": _means, "median": _medians}


def estimate(
    observations: Sequence[Observation], *, how: str = "mean", rate: bool = False, resamples: int = 2000, seed: int = 0
) -> Estimate:
    """Mean, macro mean (over groups) or median of one value per scenario, with a 95% interval.

    The names of `POOLED` are percentiles of the values of all scenarios together, linear between two.
    `rate` says that values are shares in [0, 1]: then 0-or-1 means of equal weights get Wilson's interval, as does
    any share whose every value is the same, where a bootstrap would claim to be certain.
    """
    if how not in (*REDUCERS, *POOLED):
        raise ValueError(f"how must be one of {sorted((*REDUCERS, *POOLED))}, got {how!r}")
    if not observations:
        return Estimate(value=None, low=None, high=None, n=0)
    if how in POOLED:
        return _pooled(observations, POOLED[how], resamples=resamples, seed=seed)
    groups = _grouped(observations, macro=how == "macro")
    point = float(np.mean([REDUCERS[how](v[None], w[None])[0] for v, w in groups]))
    values = np.array([o.value for o in observations])
    n = len(observations)
    if rate and (np.ptp(values) == 0 or _is_proportion(observations, len(groups))):
        low, high = wilson(min(max(point, 0.0), 1.0) * n, n)
    else:
        low, high = _bootstrap(groups, how=how, resamples=resamples, seed=seed)
    return Estimate(value=point, low=low, high=high, n=n)


def holm(p_values: Sequence[float | None]) -> list[float | None]:
    """Holm's adjusted p values (1979), in the order given: together they err once in twenty at 0.05.

    None is no test and stays None.
    """
    order = sorted((p, index) for index, p in enumerate(p_values) if p is not None)
    if any(not 0 <= p <= 1 for p, _ in order):
        raise ValueError(f"p values lie between 0 and 1, got {list(p_values)}")
    adjusted: list[float | None] = [None] * len(p_values)
    most = 0.0
    for rank, (p, index) in enumerate(order):
        most = max(most, min(1.0, (len(order) - rank) * p))
        adjusted[index] = most
    return adjusted


def _pooled(observations: Sequence[Observation], percentile: float, *, resamples: int, seed: int) -> Estimate:
    """A percentile of all values; its interval resamples scenarios, each with all of its values."""
    parts = [np.array(o.values or (o.value,)) for o in observations]
    values_V = np.concatenate(parts)
    order_V = np.argsort(values_V, kind="stable")
    owner_V = np.repeat(np.arange(len(parts)), [len(part) for part in parts])[order_V]
    n = len(parts)
    picked_RN = np.random.default_rng(seed).integers(0, n, size=(resamples, n))
    times_RN = np.array([np.bincount(picked_N, minlength=n) for picked_N in picked_RN])
    upto_RV = np.cumsum(times_RN[:, owner_V], axis=1)  # how many drawn values are no greater
    place_R = (upto_RV[:, -1] - 1) * percentile / 100.0
    low_R, high_R = (
        values_V[order_V][(upto_RV <= at_R[:, None]).sum(axis=1)] for at_R in (np.floor(place_R), np.ceil(place_R))
    )
    low, high = np.percentile(low_R + (high_R - low_R) * (place_R % 1.0), [2.5, 97.5])
    return Estimate(value=float(np.percentile(values_V, percentile)), low=float(low), high=float(high), n=n)


def _grouped(observations: Sequence[Observation], *, macro: bool) -> list[tuple[Floats, Floats]]:
    names = sorted({o.group for o in observations}) if macro else [None]
    members = [[o for o in observations if name is None or o.group == name] for name in names]
    return [(np.array([o.value for o in m]), np.array([o.weight for o in m])) for m in members]


def _is_proportion(observations: Sequence[Observation], groups: int) -> bool:
    binary = all(o.value in (0.0, 1.0) for o in observations)
    return binary and groups == 1 and len({o.weight for o in observations}) == 1


def _bootstrap(groups: Sequence[tuple[Floats, Floats]], *, how: str, resamples: int, seed: int) -> tuple[float, float]:
    """Percentile bootstrap over scenarios, stratified by group (Efron 1979)."""
    rng = np.random.default_rng(seed)
    total_R = np.zeros(resamples)
    for values_N, weights_N in groups:
        pick_RN = rng.integers(0, len(values_N), size=(resamples, len(values_N)))
        total_R += REDUCERS[how](values_N[pick_RN], weights_N[pick_RN])
    low, high = np.percentile(total_R / len(groups), [2.5, 97.5])
    return float(low), float(high)
