"""Full-Duplex-Bench v1.5: behaviour tags, the average, and speech before and after (arXiv 2507.23159; commit d7336bda).

Words are given as (start, end) in seconds.
"""

import json
from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any, cast

import numpy as np
from numpy.typing import NDArray

from microturn.bench.rules import Cases

Chunk = tuple[float, float | None]
Floats = NDArray[np.float64]
KEY = "behaviour"
RESPOND, RESUME = "C_RESPOND", "C_RESUME"
# What the four sets ask for; the average of the four shares is what others report as one number (inferred).
DESIRED = {
    "user_interruption": RESPOND,
    "user_backchannel": RESUME,
    "talking_to_other": RESUME,
    "background_speech": RESUME,
}
IQR_TIMES, MAD_TIMES, Z_TIMES, TAIL = 1.5, 3.5, 3.0, 0.05
MAD_SCALE = 1.4826  # a normal distribution's standard deviation over its median absolute deviation
LEAST_N = 3


def tags(reply: str) -> dict[str, Any] | None:
    """The first JSON object in a judge's reply that has the key "behaviour" itself; None where there is none."""
    decoder = json.JSONDecoder()
    at = reply.find("{")
    while at >= 0:
        try:
            found, end = decoder.raw_decode(reply, at)
        except json.JSONDecodeError:
            end = at + 1
        else:
            if KEY in found:
                return cast(dict[str, Any], found)
        at = reply.find("{", end)
    return None


def shares(records: Sequence[Mapping[str, Any]]) -> dict[str, dict[str, Any]]:
    """Tags counted by axis (what stands before the first underscore), in all and as shares of all tags of the axis."""
    counts: dict[str, Counter[str]] = {}
    for record in records:
        for tag in record.get(KEY) or ():
            counts.setdefault(tag.split("_")[0], Counter())[tag] += 1
    totals = {axis: counted.total() for axis, counted in counts.items()}
    ratios = {axis: {tag: n / totals[axis] for tag, n in counted.items()} for axis, counted in counts.items()}
    return {"counts": {axis: dict(counted) for axis, counted in counts.items()}, "totals": totals, "ratios": ratios}


def split_time(chunks: Sequence[Chunk], until_s: float) -> float:
    """Where "after" begins: the start of the first word that ends after the disturbance does, else the last word's end."""
    for start, end in chunks:
        if _end(start, end) > until_s or start > until_s:
            return start
    return _end(*chunks[-1]) if chunks else until_s


def before_after(chunks: Sequence[Chunk], until_s: float) -> tuple[list[Chunk], list[Chunk]]:
    """The words before and after a disturbance that ends at `until_s`."""
    at_s = split_time(chunks, until_s)
    before = [chunk for chunk in chunks if _end(*chunk) <= at_s]
    return before, [chunk for chunk in chunks if _end(*chunk) > at_s]


def words_per_minute(chunks: Sequence[Chunk]) -> float:
    """Speaking rate from the first word's start to the last one's end; 0 where that is no time."""
    duration_s = span_s(chunks)
    return len(chunks) * 60.0 / duration_s if duration_s > 0 else 0.0


def span_s(chunks: Sequence[Chunk]) -> float:
    """Seconds from the first word's start to the last one's end; 0 without words."""
    return _end(*chunks[-1]) - chunks[0][0] if chunks else 0.0


def robust(values: Sequence[float], rule: str) -> Floats:
    """The values that count by a rule against outliers: none, iqr, mad, zscore, trim; winsor pulls them in instead.

    Fewer than three values all count.
    """
    kept = np.asarray(values, np.float64)
    if len(kept) < LEAST_N or rule == "none":
        return kept
    if rule in ("winsor", "trim"):
        low, high = np.quantile(kept, [TAIL, 1 - TAIL])
        return np.clip(kept, low, high) if rule == "winsor" else kept[(kept >= low) & (kept <= high)]
    return kept[inliers(kept, rule)]


def inliers(values: Floats, rule: str) -> NDArray[np.bool_]:
    """Which values are no outliers: 1.5 quartile ranges, 3.5 scaled median deviations, or 3 standard deviations.

    Where the deviation is zero all count. Raises ValueError for another rule.
    """
    everything = np.ones(len(values), np.bool_)
    if rule == "none":
        return everything
    if rule == "iqr":
        low, high = np.percentile(values, [25, 75])
        reach = IQR_TIMES * (high - low)
        return (values >= low - reach) & (values <= high + reach)
    if rule == "mad":
        middle = np.median(values)
        reach = MAD_TIMES * MAD_SCALE * np.median(np.abs(values - middle))
    elif rule == "zscore":
        middle, reach = np.mean(values), Z_TIMES * np.std(values)
    else:
        raise ValueError(f"no rule {rule!r} against outliers: give none, iqr, mad, zscore, winsor or trim")
    return np.abs(values - middle) <= reach if reach > 0 else everything


def _end(start: float, end: float | None) -> float:
    return start if end is None else end


def _split(given: Mapping[str, Any]) -> dict[str, float]:
    chunks: list[Chunk] = [(chunk["timestamp"][0], chunk["timestamp"][1]) for chunk in given["chunks"]]
    before, after = before_after(chunks, given["distractor_end"])
    return {
        "split_t": split_time(chunks, given["distractor_end"]),
        "n_pre": len(before),
        "n_post": len(after),
        "wpm_pre": words_per_minute(before),
        "wpm_post": words_per_minute(after),
        "dur_pre": span_s(before),
        "dur_post": span_s(after),
    }


def _aggregate(given: Mapping[str, Any]) -> dict[str, float | None]:
    kept = robust(given["values"], given["mode"])
    return {"n_kept": len(kept), "mean": float(np.mean(kept)) if len(kept) else None}


CASES: Cases = {
    "Full-Duplex-Bench v1.5 behaviour tags": {
        "cases_stats": lambda given: shares(given["records"]),
        "cases_extract": lambda given: tags(given["judge_reply"]),
    },
    "Full-Duplex-Bench v1.5 before/after": {"cases_split": _split, "cases_aggregate": _aggregate},
}
