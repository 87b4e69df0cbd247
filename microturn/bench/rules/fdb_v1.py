"""Full-Duplex-Bench v1: pauses, turns and interruptions (arXiv 2503.04721), after the scripts at commit d7336bda.

Words are given as (start, end) in seconds. A response takes the turn if it lasts a second or has more than three words.
"fixed" mode mends what "official" is known for: a word without an end crashes turns and interruptions, a greeting long
before the turn's end counts as its answer, and so does an answer that nobody stopped, where an interruption asks for one.
"""

import math
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from statistics import fmean
from typing import Any

from microturn.bench.rules import Cases, Mode

Chunk = tuple[float, float | None]
LONG_S = 1.0
MANY_WORDS = 3
EARLY_S = 1.0  # fixed: what begins earlier than this before the turn's end is no answer to it
BREATH_S, STOP_S = 0.6, 0.2  # fixed: gaps that part two utterances, and that show that one was over
_RATED = re.compile(r"rate the AI['’]s response as\s*(\d+)")


def takeover(chunks: Sequence[Chunk]) -> bool:
    """Whether words are a takeover; a missing last end counts as that word's start."""
    if not chunks:
        return False
    start, end = chunks[-1]
    duration = (start if end is None else end) - chunks[0][0]
    return duration >= LONG_S or len(chunks) > MANY_WORDS


def answer(chunks: Sequence[Chunk], from_s: float, *, silent_at_s: float = math.inf) -> list[Chunk]:
    """The words from the first utterance on that begins at `from_s` or later.

    An utterance begins after a breath, or after any stop in which `silent_at_s` lies.
    """
    last_s = -math.inf
    for index, (start, _) in enumerate(chunks):
        least_s = STOP_S if last_s <= silent_at_s <= start else BREATH_S
        if start >= from_s and start - last_s >= least_s:
            return list(chunks[index:])
        last_s = _end(chunks[index])
    return []


def turn_latency(chunks: Sequence[Chunk], turn_end_s: float) -> float | None:
    """Seconds from the turn's end to the first word, at least 0; None where there is no takeover."""
    return max(0.0, chunks[0][0] - turn_end_s) if takeover(chunks) else None


@dataclass(frozen=True, kw_only=True)
class Taken:
    """What became of a turn: `value` None where the official script crashes; `latency_s` None without a takeover."""

    value: bool | None
    latency_s: float | None


def turn(chunks: Sequence[Chunk], turn_end_s: float, *, mode: Mode = "official") -> Taken:
    """A turn that was offered and ended at `turn_end_s`: was it taken, and how soon?"""
    if mode == "fixed":
        chunks = answer(chunks, turn_end_s - EARLY_S)
    elif chunks and chunks[-1][1] is None:
        return Taken(value=None, latency_s=None)
    return Taken(value=takeover(chunks), latency_s=turn_latency(chunks, turn_end_s))


def interruption(chunks: Sequence[Chunk], at_s: float, until_s: float, *, mode: Mode = "official") -> Taken:
    """A user who interrupts in [at_s, until_s]: was the reply a takeover, and how soon did it begin?

    "official" goes by whatever words begin after the interruption; "fixed" leaves out an utterance that was under way
    when it began, since speech that does not stop is no reply.
    """
    if mode == "fixed":
        chunks = answer(chunks, at_s, silent_at_s=until_s)
    after = [chunk for chunk in chunks if chunk[0] >= until_s]
    if mode == "official" and after and after[-1][1] is None:
        return Taken(value=None, latency_s=None)
    return Taken(value=takeover(after), latency_s=turn_latency(after, until_s))


def rating(reply: str) -> int | None:
    """The rating that the official judge is told to close with, the last one in `reply`; None where there is none."""
    found = _RATED.findall(reply)
    return int(found[-1]) if found else None


def _end(chunk: Chunk) -> float:
    return chunk[0] if chunk[1] is None else chunk[1]


def _mean(values: Sequence[float | None]) -> float | None:
    """The mean of what was scored; None where nothing was (the official script divides by zero)."""
    scored = [value for value in values if value is not None]
    return fmean(scored) if scored else None


def _chunks(given: Mapping[str, Any]) -> list[Chunk]:
    return [(chunk["timestamp"][0], chunk["timestamp"][1]) for chunk in given["chunks"]]


def _pause(given: Mapping[str, Any]) -> dict[str, float]:
    return {"TOR": float(takeover(_chunks(given)))}


def _pauses(given: Mapping[str, Any]) -> dict[str, float | None]:
    return {"mean_TOR": _mean([_pause({"chunks": chunks})["TOR"] for chunks in given["samples"]])}


def _turns(given: Mapping[str, Any]) -> dict[str, float | None]:
    taken = [turn(_chunks(sample), sample["turn_taking_timestamp"][0]) for sample in given["samples"]]
    return _table(taken)


def _table(taken: Sequence[Taken]) -> dict[str, float | None]:
    crashed = any(one.value is None for one in taken)
    return {
        "mean_TOR": None if crashed else _mean([one.value for one in taken]),
        "mean_latency": None if crashed else _mean([one.latency_s for one in taken]),
    }


def _interruptions(given: Mapping[str, Any]) -> dict[str, float | None]:
    taken = [interruption(_chunks(sample), *sample["interrupt_timestamp"]) for sample in given["samples"]]
    asked = [sample for sample, one in zip(given["samples"], taken, strict=True) if one.value]
    ratings = [rating(sample["judge_reply"]) for sample in asked]
    return {**_table(taken), "mean_rating": _mean(ratings), "judge_calls": len(asked)}


CASES: Cases = {
    "Full-Duplex-Bench v1 pause handling": {"cases": _pause, "cases_aggregate": _pauses},
    "Full-Duplex-Bench v1 smooth turn taking": {
        "cases": lambda given: _turns({"samples": [given]}),
        "cases_aggregate": _turns,
    },
    "Full-Duplex-Bench v1 user interruption": {
        "cases": lambda given: _interruptions({"samples": [given]}),
        "cases_aggregate": _interruptions,
    },
}
