"""TurnBench (Sesame, arXiv 2608.25218; SesameAILabs/turnbench @a87ffac2): ends of turns and interruptions, by events.

In our words: what a system commits to at a time is a prediction on one speaker's channel. A true event at t is met by the
earliest unclaimed prediction of that speaker in [t - 0.25, min(t + 3, that speaker's next true event)] seconds; one
prediction meets one event. A stretch in which nothing happened (a pause, a murmur) counts as a false alarm, once, if an
unclaimed prediction outside all of that speaker's windows lies in it or up to 0.25 s before. Predictions inside an
excluded stretch do not exist; all ends are inclusive. Everything else that is predicted is neither good nor bad.
"""

import math
from bisect import bisect_right
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

BEFORE_S = 0.25  # annotators agree to 0.2 s: a little early is right
DEADLINE_S = 3.0
PERCENTILES = (10, 50, 90)

Event = tuple[int, float]  # speaker, time in seconds
Stretch = tuple[int, float, float]  # speaker, start, end in seconds


@dataclass(frozen=True, kw_only=True)
class Tally:
    """Counts of one task (ends of turns, or interruptions); `latencies_s` are those of the met events, in their order."""

    tp: int = 0
    fn: int = 0
    fp: int = 0
    tn: int = 0
    latencies_s: tuple[float, ...] = ()

    def __add__(self, other: "Tally") -> "Tally":
        return Tally(
            tp=self.tp + other.tp,
            fn=self.fn + other.fn,
            fp=self.fp + other.fp,
            tn=self.tn + other.tn,
            latencies_s=self.latencies_s + other.latencies_s,
        )

    @property
    def recall(self) -> float | None:
        """Share of the true events that were met; None without one."""
        return self.tp / (self.tp + self.fn) if self.tp + self.fn else None

    @property
    def fp_rate(self) -> float | None:
        """Share of the stretches without an event in which something was predicted; None without one."""
        return self.fp / (self.fp + self.tn) if self.fp + self.tn else None

    def percentiles_s(self) -> tuple[float, ...] | None:
        """The 10th, 50th and 90th percentile of the latencies, linear between two; None where nothing was met."""
        if not self.latencies_s:
            return None
        return tuple(float(value) for value in np.percentile(self.latencies_s, PERCENTILES))


def score_task(
    positives: Iterable[Event],
    negatives: Iterable[Stretch],
    predictions: Mapping[int, Sequence[float]],
    excluded: Iterable[Stretch] = (),
) -> Tally:
    """The tally of one task; `predictions` are each speaker's times in seconds, in any order."""
    positives, negatives, excluded = list(positives), list(negatives), list(excluded)
    speakers = sorted({speaker for speaker, *_ in (*positives, *negatives)})
    return sum(
        (
            _of_speaker(
                sorted(time for who, time in positives if who == speaker),
                [(start, end) for who, start, end in negatives if who == speaker],
                [
                    time
                    for time in sorted(predictions.get(speaker, ()))
                    if not any(who == speaker and start <= time <= end for who, start, end in excluded)
                ],
            )
            for speaker in speakers
        ),
        Tally(),
    )


def _of_speaker(
    events: Sequence[float], stretches: Sequence[tuple[float, float]], predictions: Sequence[float]
) -> Tally:
    free = list(predictions)
    latencies: list[float] = []
    windows: list[tuple[float, float]] = []
    for event in events:
        later = events[bisect_right(events, event) :]
        window = (event - BEFORE_S, min([event + DEADLINE_S, *later[:1]]))
        windows.append(window)
        first = next((time for time in free if window[0] <= time <= window[1]), None)
        if first is not None:
            free.remove(first)
            latencies.append(first - event)
    stray = [time for time in free if not any(start <= time <= end for start, end in windows)]
    alarms = sum(any(start - BEFORE_S <= time <= end for time in stray) for start, end in stretches)
    return Tally(
        tp=len(latencies),
        fn=len(events) - len(latencies),
        fp=alarms,
        tn=len(stretches) - alarms,
        latencies_s=tuple(latencies),
    )


def _case(given: Mapping[str, Any]) -> dict[str, Any]:
    predictions = {int(speaker): times for speaker, times in given["predictions"].items()}
    excluded = given.get("excluded", ())
    tally = score_task(map(_pair, given["positives"]), map(_triple, given["negatives"]), predictions, excluded)
    percentiles = tally.percentiles_s() or [math.nan] * len(PERCENTILES)
    return {
        "tp": tally.tp,
        "fn": tally.fn,
        "fp": tally.fp,
        "tn": tally.tn,
        "recall": math.nan if tally.recall is None else tally.recall,
        "fp_rate": math.nan if tally.fp_rate is None else tally.fp_rate,
        "latency_p10_50_90_ms": [1000.0 * value for value in percentiles],
    }


def _pair(row: Sequence[Any]) -> Event:
    return int(row[0]), float(row[1])


def _triple(row: Sequence[Any]) -> Stretch:
    return int(row[0]), float(row[1]), float(row[2])


CASES = {"TurnBench event scorer": {"cases": _case}}
