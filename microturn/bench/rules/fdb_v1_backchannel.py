"""Full-Duplex-Bench v1: backchannels (arXiv 2503.04721), after the script at commit d7336bda.

Stretches of speech are (start, end) in seconds, words likewise. "official" forgets a takeover when a later stretch is
short, stops looking at the first stretch of over three seconds, counts takeovers among the backchannels, and gives a
speaker without an output the verdict of the one before; "fixed" does none of it.

The distance is that of Jensen and Shannon (a square root, natural logarithm, at most 0.8326) between two histograms in
bins of 0.2 s: where there were backchannels, and where raters would have given some. It is 1 where there was none, and it
falls with every event wherever that lies: so `random_jsd` says what the same events at random places would have had.

Letters: B bins.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, cast

import numpy as np
from numpy.typing import NDArray

from microturn.bench.rules import Cases, Mode

Stretch = tuple[float, float]
Floats = NDArray[np.float64]
BIN_S = 0.2
LONG_S = 3.0
SHORT_S = 1.0
FEW_WORDS, MANY_WORDS = 2, 3
FLOOR = 1e-10
DRAWS = 64
NONE_SAID = 1.0  # the distance where there was no event


@dataclass(frozen=True, kw_only=True)
class Heard:
    """What was heard of a listener: whether the turn was taken, and the stretches that count as backchannels."""

    taken: bool
    events: tuple[Stretch, ...]


def is_backchannel(duration_s: float, words: int) -> bool:
    """Shorter than a second, and at most two words."""
    return duration_s < SHORT_S and words <= FEW_WORDS


def listen(stretches: Sequence[Stretch], words: Sequence[Stretch], *, mode: Mode = "official") -> Heard:
    """What a listener's stretches of speech amount to; a word belongs to every stretch that it overlaps."""
    taken, events = False, list[Stretch]()
    for start, end in stretches:
        count = sum(at < end and until > start for at, until in words)
        murmur = is_backchannel(end - start, count)
        if mode == "fixed":
            taken = taken or not murmur
            events += [(start, end)] if murmur else []
            continue
        if end - start > LONG_S:
            return Heard(taken=True, events=tuple(events))
        taken = not murmur
        events.append((start, end))
    return Heard(taken=taken, events=tuple(events))


def histogram(events: Sequence[Stretch], duration_s: float) -> Floats:
    """The share of events in each bin of 0.2 s, float [B]: an event fills every bin that it touches."""
    counts_B = np.full(_bins(duration_s), FLOOR)
    for start, end in events:
        counts_B[int(start / BIN_S) : int(end / BIN_S) + 1] += 1
    return counts_B / counts_B.sum()


def jsd(events: Sequence[Stretch], duration_s: float, raters: Sequence[float]) -> float:
    """The distance between the events' places and the raters' histogram, which is stretched to `duration_s`."""
    if not events:
        return NONE_SAID
    return distance(histogram(events, duration_s), resampled(raters, duration_s))


def uniform_jsd(duration_s: float, raters: Sequence[float]) -> float:
    """The distance of one who murmurs all the time: a blind predictor that beats every published system."""
    return distance(np.ones(_bins(duration_s)), resampled(raters, duration_s))


def random_jsd(events: Sequence[Stretch], duration_s: float, raters: Sequence[float], *, seed: int = 0) -> float:
    """The mean distance of as many events of the same lengths at random places."""
    rng = np.random.default_rng(seed)
    lengths = [end - start for start, end in events]
    drawn: list[float] = []
    for _ in range(DRAWS if events else 1):
        starts = [float(rng.uniform(0, max(duration_s - length, 0))) for length in lengths]
        placed = [(start, start + length) for start, length in zip(starts, lengths, strict=True)]
        drawn.append(jsd(placed, duration_s, raters))
    return float(np.mean(drawn))


def resampled(raters: Sequence[float], duration_s: float) -> Floats:
    """The raters' histogram at as many bins as the sound has, float [B]."""
    bins = _bins(duration_s)
    return np.interp(np.linspace(0, 1, bins), np.linspace(0, 1, len(raters)), np.asarray(raters, np.float64))


def distance(one_B: Floats, other_B: Floats) -> float:
    """Jensen and Shannon's distance of two histograms [B], each scaled to sum to 1."""
    one_B, other_B = one_B / one_B.sum(), other_B / other_B.sum()
    middle_B = (one_B + other_B) / 2
    halves = [np.sum(p_B[p_B > 0] * np.log(p_B[p_B > 0] / middle_B[p_B > 0])) for p_B in (one_B, other_B)]
    return float(np.sqrt(max(sum(halves) / 2, 0.0)))


def _bins(duration_s: float) -> int:
    return int(duration_s / BIN_S) + 1


def table(samples: Sequence[Mapping[str, Any]], *, mode: Mode = "official") -> dict[str, Any]:
    """The script's table of `samples` ({"duration", "vad", "chunks", "gt_distribution"}), its means to four decimals.

    A sample whose `chunks` are None had no output: "fixed" leaves it out. All None where nothing is left.
    """
    taken: list[float] = []
    frequencies: list[float] = []
    distances: list[float] = []
    for sample in samples:
        if sample["chunks"] is None:
            taken += taken[-1:] if mode == "official" else []
            continue
        vad = [(segment["start"], segment["end"]) for segment in sample["vad"]]
        heard = listen(vad, _words(sample["chunks"]), mode=mode)
        taken.append(float(heard.taken))
        frequencies.append(len(heard.events) / sample["duration"])
        distances.append(jsd(heard.events, sample["duration"], sample["gt_distribution"]))
    rows = {"JSD": distances, "TOR": taken, "freq": frequencies}
    moments: dict[str, Any] = {"JSD_each": distances}
    for name, values in rows.items():
        moments[f"{name}_mean"] = round(float(np.mean(values)), 4) if values else None
        moments[f"{name}_std"] = round(float(np.std(values)), 4) if values else None
    return moments


def _words(chunks: Sequence[Mapping[str, Any]]) -> list[Stretch]:
    times = [cast(tuple[float, float | None], chunk["timestamp"]) for chunk in chunks]
    return [(start, start if end is None else end) for start, end in times]


CASES: Cases = {
    "Full-Duplex-Bench v1 backchannel": {
        "cases": lambda given: table([given]),
        "cases_aggregate": lambda given: table(given["samples"]),
    },
}
