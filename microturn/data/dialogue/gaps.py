"""Who takes the floor from whom, and how long after: gaps, overlaps and backchannels, measured from times of speech.

A party's words or segments with less than `JOIN_MS` between them are one spurt. Spurts in order of their start: one of
another party is a transfer of the floor, and its floor transfer offset is its start less the end of the spurt that had
the floor (below 0 an overlap); one that ends inside the other's is no transfer but a backchannel, and so is one of
nothing but the words of `MURMURS`. The model is heard one tick after what `Timeline` says.
"""

from bisect import bisect_right
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from microturn.protocol.events import Channel
from microturn.protocol.timeline import Timeline

JOIN_MS = 500.0
MURMURS = frozenset("mm hmm mhm uh huh yeah right".split())  # noqa: SIM905
BIN_MS = 200.0
EDGES_MS = np.arange(-1000.0, 2000.0 + BIN_MS, BIN_MS)  # the bins between them, and one open one on either side


@dataclass(frozen=True, kw_only=True)
class Spurt:
    """Speech of one party without a pause worth the name."""

    at_ms: float
    until_ms: float
    who: str
    words: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True)
class Transfer:
    """`who` takes the floor `offset_ms` after the other had ended (or before, when negative)."""

    at_ms: float
    offset_ms: float
    who: str


@dataclass(frozen=True, kw_only=True)
class Gaps:
    """What happened between the parties of one or more conversations."""

    transfers: tuple[Transfer, ...] = ()
    backchannels: tuple[Spurt, ...] = ()

    def __add__(self, other: "Gaps") -> "Gaps":
        return Gaps(transfers=self.transfers + other.transfers, backchannels=self.backchannels + other.backchannels)

    def offsets_ms(self, who: str | None = None) -> NDArray[np.float64]:
        """The offsets of all transfers, or of those in which `who` took the floor. Shape [transfers]."""
        return np.array([t.offset_ms for t in self.transfers if who in (None, t.who)], np.float64)

    @property
    def overlap_share(self) -> float:
        """The part of all transfers that overlap."""
        return float((self.offsets_ms() < 0).mean()) if self.transfers else 0.0

    @property
    def backchannel_share(self) -> float:
        """The part of all contributions (transfers and backchannels) that are backchannels."""
        return len(self.backchannels) / max(1, len(self.backchannels) + len(self.transfers))


def compute_gaps(timeline: Timeline) -> Gaps:
    """Gaps, overlaps and backchannels of a session from the words heard and said, as its user experiences them.

    Where the session has `act` spans, the silence between two acts is no gap.
    """
    heard = [
        Spurt(at_ms=w.at_ms, until_ms=w.until_ms, who="user", words=(w.text,)) for w in timeline.words(Channel.HEARD)
    ]
    late_ms = timeline.tick_ms
    said = [
        Spurt(at_ms=w.at_ms + late_ms, until_ms=w.until_ms + late_ms, who="model", words=(w.text,))
        for w in timeline.words(Channel.SAY)
    ]
    starts_ms = [span.at_ms for span in timeline.spans("act")]
    by_act: dict[int, list[Spurt]] = defaultdict(list)
    for spurt in joined(heard + said):
        by_act[bisect_right(starts_ms, spurt.at_ms + 1.0)].append(spurt)
    return sum((gaps_of(spurts) for spurts in by_act.values()), Gaps())


def joined(speech: Iterable[Spurt], join_ms: float = JOIN_MS) -> list[Spurt]:
    """The speech of each party with pauses below `join_ms` bridged, in order of start."""
    by_party: dict[str, list[Spurt]] = defaultdict(list)
    for part in sorted(speech, key=_start_ms):
        mine = by_party[part.who]
        if mine and part.at_ms - mine[-1].until_ms < join_ms:
            last = mine.pop()
            part = Spurt(
                at_ms=last.at_ms,
                until_ms=max(last.until_ms, part.until_ms),
                who=part.who,
                words=last.words + part.words,
            )
        mine.append(part)
    return sorted((spurt for spurts in by_party.values() for spurt in spurts), key=_start_ms)


def gaps_of(spurts: Sequence[Spurt]) -> Gaps:
    """Transfers and backchannels of spurts in order of start."""
    transfers: list[Transfer] = []
    backchannels: list[Spurt] = []
    floor: Spurt | None = None
    for spurt in spurts:
        if spurt.words and MURMURS.issuperset(spurt.words):
            backchannels.append(spurt)
            continue
        if floor is not None and spurt.who != floor.who:
            if spurt.until_ms <= floor.until_ms:
                backchannels.append(spurt)
                continue
            offset_ms = spurt.at_ms - floor.until_ms
            transfers.append(Transfer(at_ms=spurt.at_ms, offset_ms=offset_ms, who=spurt.who))
        floor = spurt
    return Gaps(transfers=tuple(transfers), backchannels=tuple(backchannels))


def histogram(offsets_ms: NDArray[np.floating]) -> NDArray[np.float64]:
    """Shares of the offsets in the bins of `EDGES_MS` and in the two open ones: shape [len(EDGES_MS) + 1], sum 1."""
    if not len(offsets_ms):
        raise ValueError("there is no transfer of the floor to count: give more dialogues")
    counts = np.bincount(np.searchsorted(EDGES_MS, offsets_ms, side="right"), minlength=len(EDGES_MS) + 1)
    return counts / counts.sum()


def jsd(one: Sequence[float] | NDArray[np.floating], other: Sequence[float] | NDArray[np.floating]) -> float:
    """Jensen-Shannon divergence in bits, 0 (equal) to 1 (disjoint), of two histograms of the same bins (Lin 1991)."""
    p, q = (np.asarray(x, np.float64) / np.sum(x) for x in (one, other))
    middle = (p + q) / 2

    def bits(x: NDArray[np.float64]) -> float:
        there = x > 0
        return float(np.sum(x[there] * np.log2(x[there] / middle[there])))

    return (bits(p) + bits(q)) / 2


def _start_ms(spurt: Spurt) -> float:
    return spurt.at_ms
