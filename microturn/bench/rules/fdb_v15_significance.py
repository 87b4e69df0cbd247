"""Full-Duplex-Bench v1.5: does speech change after a disturbance? Paired t-tests, and sudden cut-offs of the voice.

After `significance_test.py` and `eval_general_before_after.py` at commit d7336bda. Only samples whose behaviour holds
C_RESPOND are tested; a rate, pitch or deviation of zero and an intensity of -190 dB or less mean that there was no
voice. p is adjusted over all rows after Holm.

Letters: S samples, F frames.
"""

import math
from collections.abc import Mapping, Sequence
from itertools import pairwise
from typing import Any

import numpy as np
from numpy.typing import NDArray

from microturn.bench.rules import Cases
from microturn.bench.rules.fdb_v15 import KEY, RESPOND, inliers
from microturn.bench.rules.student import critical, two_sided_p
from microturn.bench.stats import holm

Floats = NDArray[np.float64]
METRICS = ("wpm", "mean_pitch", "std_pitch", "mean_intensity", "std_intensity", "utmosv2")
NO_VOICE_DB = -190.0
PAIRS = (("pre", "post"), ("clean", "post"))
CUT_FRAME_S, LEVEL_FRAME_S = 0.03, 0.01
DROP_DB = 18.0
ABOVE_DB = 6.0
LOOK_BACK = 30  # frames
FLOOR = 1e-10  # of power


def paired(before: Sequence[float], after: Sequence[float], *, rule: str = "mad") -> dict[str, Any]:
    """A paired t-test of after minus before; NaN is no value, and outliers among the differences go by `rule`.

    What cannot be computed (fewer than two pairs, or equal differences) is None.
    """
    before_S, after_S = np.asarray(before, np.float64), np.asarray(after, np.float64)
    valid = np.isfinite(before_S) & np.isfinite(after_S)
    before_S, after_S = before_S[valid], after_S[valid]
    kept = inliers(after_S - before_S, rule) if len(before_S) else valid[:0]
    before_S, after_S = before_S[kept], after_S[kept]
    counts = {"n_raw": len(before), "n_valid": int(valid.sum()), "n_used": int(kept.sum())}
    return {
        **counts,
        "n_dropped": counts["n_valid"] - counts["n_used"],
        "mean_before": float(np.mean(before_S)) if len(before_S) else None,
        "mean_after": float(np.mean(after_S)) if len(after_S) else None,
        **_t_test(after_S - before_S),
    }


def _t_test(differences_S: Floats) -> dict[str, float | None]:
    n = len(differences_S)
    names = ("mean_diff", "ci95_low", "ci95_high", "t", "df", "p_t", "cohen_dz")
    if n < 2 or float(np.std(differences_S)) == 0:
        return dict.fromkeys(names) | {"mean_diff": float(np.mean(differences_S)) if n else None}
    mean, deviation = float(np.mean(differences_S)), float(np.std(differences_S, ddof=1))
    error = deviation / math.sqrt(n)
    t, half = mean / error, critical(n - 1) * error
    values = (mean, mean - half, mean + half, t, n - 1, two_sided_p(t, n - 1), mean / deviation)
    return dict(zip(names, values, strict=True))


def compared(samples: Sequence[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """Every metric before against after, and clean against after: the rows of the table, with adjusted p."""
    responded = [sample for sample in samples if RESPOND in (sample.get(KEY) or ())]
    rows: list[dict[str, Any]] = []
    for metric in METRICS:
        if not any(metric in sample[part] for sample in responded for part in ("pre", "post", "clean")):
            continue
        for one, other in PAIRS:
            values = [[_voiced(metric, sample[part].get(metric)) for sample in responded] for part in (one, other)]
            pair = f"{one}_vs_{other}"
            rows.append({"measure": f"{pair}:{metric}", "pair": pair, "metric": metric, **paired(values[0], values[1])})
    adjusted = holm([row["p_t"] for row in rows])
    return [{**row, "p_adj": p} for row, p in zip(rows, adjusted, strict=True)]


def _voiced(metric: str, value: float | None) -> float:
    if value is None or (metric == "mean_intensity" and value <= NO_VOICE_DB):
        return math.nan
    zero_is_none = metric == "wpm" or metric.endswith("_pitch") or metric.startswith("std_")
    return math.nan if zero_is_none and value == 0 else float(value)


def frame_levels(samples_S: Floats, rate_hz: int, frame_s: float) -> Floats:
    """The level of each whole frame in dB, float [F], with a floor of power."""
    size = round(rate_hz * frame_s)
    frames = len(samples_S) // size
    power_F = np.mean(samples_S[: frames * size].reshape(frames, size) ** 2, axis=1)
    return 10 * np.log10(power_F + FLOOR)


def intensity(samples_S: Floats, rate_hz: int) -> tuple[float, float]:
    """Mean and standard deviation of the level in dB over frames of 10 ms; -200 and 0 where there is no frame."""
    level_F = frame_levels(samples_S, rate_hz, LEVEL_FRAME_S)
    if not len(level_F):
        return -200.0, 0.0
    return float(np.mean(level_F)), float(np.std(level_F, ddof=1)) if len(level_F) > 1 else 0.0


def cut_offs(samples_S: Floats, rate_hz: int) -> list[float]:
    """When the voice is cut off, in seconds: the level falls by 18 dB from one frame to the next, from well above
    the quietest tenth of the last 30 frames."""
    level_F = frame_levels(samples_S, rate_hz, CUT_FRAME_S)
    found: list[float] = []
    for index, (last, level) in enumerate(pairwise(level_F), start=1):
        quiet = np.percentile(level_F[max(0, index - LOOK_BACK) : index], 10)
        if level - last <= -DROP_DB and last >= quiet + ABOVE_DB:
            found.append(index * CUT_FRAME_S)
    return found


def _paired(given: Mapping[str, Any]) -> dict[str, Any]:
    return {"measure": "Score", **paired(given["before"], given["after"], rule=given["outlier_rule"])}


def _cut_off(given: Mapping[str, Any]) -> dict[str, Any]:
    rate_hz = given["sr"]
    tones = [
        np.float32(loud) * np.sin(2 * np.pi * given["tone_hz"] * np.arange(round(seconds * rate_hz)) / rate_hz)
        for seconds, loud in given["segments_sec_amp"]
    ]
    samples_S = np.concatenate(tones).astype(np.float32).astype(np.float64)
    return {"times": cut_offs(samples_S, rate_hz), "intensity_manual": intensity(samples_S, rate_hz)}


CASES: Cases = {
    "Full-Duplex-Bench v1.5 paired t-test": {
        "cases_paired": _paired,
        "cases_batch": lambda given: {"rows": compared(given["samples"])},
        "cases_cutoff": _cut_off,
    },
}
