"""Spans of time that a system marks in a video: overlap, recall at one, average precision, and spans in a text.

Charades-STA (Gao et al. 2017, TALL @3df6794a) as scored by Moment-DETR's evaluation (in VideoLights @a0728105); spans in
texts as TimeLens reads them (in VideoChat3 @189754e7). Faults of the official scorers: TALL's overlap is below zero for
spans apart and above one for spans the wrong way round; the paired overlap divides by the hull, which is the union only
where spans meet; a query without a predicted window is left out of the average precision. "fixed" has none of them.

Shapes: N queries, P predicted windows, G true windows, T thresholds.
"""

import math
import re
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from microturn.bench.rules import Cases, Mode

Window = Sequence[float]  # start, end; what follows (a score) is not looked at here
RECALL_AT = tuple(round(0.3 + 0.05 * step, 2) for step in range(14))
PRECISION_AT = tuple(round(0.5 + 0.05 * step, 2) for step in range(10))
PREDICTIONS = 10  # that count of one query


def overlap(one: Window, other: Window) -> float:
    """Shared over united length, 0 to 1; nothing for a span that has no length or is the wrong way round ("fixed")."""
    lengths = one[1] - one[0], other[1] - other[0]
    if min(lengths) < 0 or max(lengths) <= 0:
        return 0.0
    shared = _shared(one, other)
    return shared / (sum(lengths) - shared)


def hull_overlap(one: Window, other: Window) -> float:
    """Shared length over that of the hull, as the official recall at one has it; 0 for a hull of no length."""
    hull = max(one[1], other[1]) - min(one[0], other[0])
    return _shared(one, other) / hull if hull else 0.0


def union_overlap(one: Window, other: Window) -> float:
    """Shared over united length without a check of the spans; not a number where nothing is united."""
    shared = _shared(one, other)
    union = (one[1] - one[0]) + (other[1] - other[0]) - shared
    return shared / union if union else math.nan


def tall_overlap(one: Window, other: Window) -> float | None:
    """TALL's own, not clamped; None where its hull has no length."""
    hull = max(one[1], other[1]) - min(one[0], other[0])
    return (min(one[1], other[1]) - max(one[0], other[0])) / hull if hull else None


def _shared(one: Window, other: Window) -> float:
    return max(0.0, min(one[1], other[1]) - max(one[0], other[0]))


def best_overlap(window: Window, truths: Sequence[Window], *, mode: Mode) -> float:
    """The overlap with the best of the true windows ("official": the hull's with the one whose union's is best).

    Raises ValueError where there is no true window.
    """
    if not len(truths):
        raise ValueError("there is no true window to overlap with")
    if mode == "fixed":
        return max(overlap(window, truth) for truth in truths)
    best = int(np.argmax([union_overlap(window, truth) for truth in truths]))  # not a number is the largest of all
    return hull_overlap(window, truths[best])


def percent(share: float) -> float:
    """A share as percent with the two decimals that are printed."""
    return float(f"{100 * share:.2f}")


def recall_at_one(
    predicted: Sequence[Window], truths: Sequence[Sequence[Window]], *, mode: Mode = "official"
) -> dict[str, Any]:
    """mIoU and, by threshold, the percentage of queries whose first window overlaps that much."""
    overlaps_N = np.array([best_overlap(p, t, mode=mode) for p, t in zip(predicted, truths, strict=True)])
    recalls = {str(level): percent(float(np.mean(overlaps_N >= level))) for level in RECALL_AT}
    return {"R1": recalls, "mIoU": percent(float(np.mean(overlaps_N)))}


def average_precision(predicted: Sequence[Window], truths: Sequence[Window]) -> NDArray[np.float64]:
    """One query's average precision [T] at `PRECISION_AT`, interpolated as in VOC 2011; windows are (start, end, score).

    From the highest score on, each window takes the true one that it overlaps most of those not yet taken; the overlap
    with it has to reach the threshold.
    """
    ranked = sorted(predicted, key=lambda window: -window[2])
    overlaps_PG = np.array([[union_overlap(window, truth) for truth in truths] for window in ranked])
    order_PG = np.argsort(overlaps_PG, axis=1)[:, ::-1]
    return np.array([_precision(_hits(overlaps_PG, order_PG, level), len(truths)) for level in PRECISION_AT])


def _hits(overlaps_PG: NDArray[np.float64], order_PG: NDArray[np.int64], threshold: float) -> NDArray[np.float64]:
    """1 for each window [P] that takes a true one, else 0."""
    taken: set[int] = set()
    hits_P = np.zeros(len(overlaps_PG))
    for place, order_G in enumerate(order_PG):
        near = [int(truth) for truth in order_G if not overlaps_PG[place, truth] < threshold]
        free = next((truth for truth in near if truth not in taken), None)
        if free is not None:
            taken.add(free)
            hits_P[place] = 1.0
    return hits_P


def _precision(hits_P: NDArray[np.float64], truths: int) -> float:
    """The area under precision over recall, precision never rising with recall."""
    found_P = np.cumsum(hits_P)
    precision_P = np.maximum.accumulate((found_P / np.arange(1, len(hits_P) + 1))[::-1])[::-1]
    gained_P = np.diff(found_P / truths, prepend=0.0)
    return float(np.sum((gained_P * precision_P)[gained_P != 0]))


def mean_average_precision(
    predicted: Sequence[Sequence[Window]], truths: Sequence[Sequence[Window]], *, mode: Mode = "official"
) -> dict[str, float]:
    """mAP in percent by threshold and on average. A query without a window is left out ("official") or is zero."""
    rows_NT: list[NDArray[np.float64]] = []
    for windows, true in zip(predicted, truths, strict=True):
        if len(windows):
            rows_NT.append(average_precision(windows[:PREDICTIONS], true))
        elif mode == "fixed":
            rows_NT.append(np.zeros(len(PRECISION_AT)))
    by_level_T = np.array(rows_NT).mean(axis=0)
    named = {str(level): percent(float(value)) for level, value in zip(PRECISION_AT, by_level_T, strict=True)}
    return {**named, "average": percent(float(by_level_T.mean()))}


_NUMBER = r"\d+(?:\.\d*)?"
_CLOCK = re.compile(r"\b\d{1,2}(?::\d{2}){1,2}(?:\.\d+)?\b")
_RANGES = (re.compile(rf"({_NUMBER})\s*-\s*({_NUMBER})"), re.compile(rf"({_NUMBER})\s+to\s+({_NUMBER})"))
_PLAIN = re.compile(r"\b(?:\d+\.\d+|\d+)\b")


def spans_in(text: str | None) -> list[tuple[float, float]]:
    """The spans, in seconds, that a text names: clock times in pairs, else "a - b", else "a to b", else numbers in pairs."""
    lowered = str(text).lower()
    times = _paired([clock_seconds(clock) for clock in _CLOCK.findall(lowered)])
    for pattern in _RANGES:
        times = times or [(float(start), float(end)) for start, end in pattern.findall(lowered)]
    return times or _paired([float(number) for number in _PLAIN.findall(lowered)])


def clock_seconds(clock: str) -> float:
    """ "00:03:10" or "00:03.9" in seconds."""
    return sum(float(part) * 60**place for place, part in enumerate(reversed(clock.split(":"))))


def _paired(values: Sequence[float]) -> list[tuple[float, float]]:
    return list(zip(values[0::2], values[1::2], strict=False))


def text_overlap(text: str | None, truth: Window) -> float:
    """The overlap of the first span that a text names with the true one; 0 where it names none, or the hull is none."""
    found = spans_in(text)
    if not found:
        return 0.0
    hull = max(found[0][1], truth[1]) - min(found[0][0], truth[0])
    return _shared(found[0], truth) / hull if hull > 0 else 0.0


def _pair_case(given: Mapping[str, Any]) -> dict[str, float | None]:
    one, other = given["pred"], given["gt"]
    return {
        "paired_hull_iou": hull_overlap(one, other),
        "cross_true_union_iou": union_overlap(one, other),
        "tall_calculate_IoU_unclamped": tall_overlap(one, other),
    }


def _recall_case(given: Mapping[str, Any]) -> dict[str, Any]:
    return recall_at_one(given["pred"], given["gt"])


def _map_case(given: Mapping[str, Any]) -> dict[str, float]:
    return mean_average_precision(given["pred"], given["gt"])


CASES: Cases = {
    "Charades-STA": {"cases_r1": _recall_case, "cases_pair": _pair_case, "cases_map": _map_case},
}


def timelens_case(given: Mapping[str, Any]) -> dict[str, Any]:
    """For the file of the parsers, which `streamingbench` has the rest of."""
    found = spans_in(given["text"])
    return {"spans": [list(span) for span in found], "iou_vs_[2,8]": text_overlap(given["text"], (2.0, 8.0))}
