"""Samples that have arrived and wait for their tick. Keeps media time on the grid when audio is late, lost or in bulk.

Audio that misses its tick is replaced by silence, and when it does arrive it is dropped, so that the sample after it
falls where it belongs. A sender that has been quiet for longer than `PAUSE_MS` was not late but paused: what it sends
next belongs to now, unless it comes as one burst (a network that was stuck), which is cut to its newest tick.
Overflow policy: drop the oldest. S: samples.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from microturn.features.audio import IN_HZ

CAPACITY_MS = 30_000
PAUSE_MS = 1_000
BURST_TICKS = 2


@dataclass(frozen=True, kw_only=True)
class Taken:
    """The audio of one tick, float32 [S], and the runs of it (from sample, until sample) that did not arrive."""

    samples_S: NDArray[np.float32]
    missing: tuple[tuple[int, int], ...]


class AudioInbox:
    """16 kHz audio on its way to the ticks, in samples."""

    def __init__(self, tick_samples: int) -> None:
        self._tick_samples = tick_samples
        self._samples_S: NDArray[np.float32] = np.zeros(0, np.float32)
        self._lost_S: NDArray[np.bool_] = np.zeros(0, bool)
        self.late = 0  # samples that came after their tick had run, and were dropped
        self._begun = False
        self._owed = 0  # samples that were replaced by silence and may still come
        self._quiet_ticks = 0

    @property
    def level(self) -> int:
        """Samples waiting."""
        return len(self._samples_S)

    @property
    def quiet(self) -> bool:
        """Nothing has come for so long that the sender counts as paused (or has not begun)."""
        return not self._begun or self._quiet_ticks * self._tick_samples * 1000 >= PAUSE_MS * IN_HZ

    def push(self, samples_S: NDArray[np.float32]) -> int:
        """Take samples in; returns how many old ones had to go because the inbox was full."""
        if not self.quiet:
            late = min(self._owed, len(samples_S))
            self._owed -= late
            self.late += late
            samples_S = samples_S[late:]
        self._begun = True
        return self._append(samples_S, lost=False)

    def lose(self, samples: int) -> int:
        """Take in the knowledge that `samples` samples will never come; returns what `push` returns."""
        self._begun = True
        return self._append(np.zeros(min(samples, CAPACITY_MS * IN_HZ // 1000), np.float32), lost=True)

    def take(self, *, end_of_input: bool) -> Taken:
        """The samples of one tick, padded with silence. After the end of the input, silence is not missing audio."""
        self._cut_burst()
        size = self._tick_samples
        arrived = min(size, self.level)
        samples_S, missing_S = np.zeros(size, np.float32), np.full(size, not end_of_input)
        samples_S[:arrived] = self._samples_S[:arrived]
        missing_S[:arrived] = self._lost_S[:arrived]
        self._samples_S, self._lost_S = self._samples_S[arrived:], self._lost_S[arrived:]
        if self._begun:
            self._owed += size - arrived
        self._count_quiet(arrived)
        return Taken(samples_S=samples_S, missing=_runs(missing_S))

    def _append(self, samples_S: NDArray[np.float32], *, lost: bool) -> int:
        self._samples_S = np.concatenate([self._samples_S, samples_S])
        self._lost_S = np.concatenate([self._lost_S, np.full(len(samples_S), lost)])
        return self._drop_oldest(self.level - CAPACITY_MS * IN_HZ // 1000)

    def _drop_oldest(self, samples: int) -> int:
        samples = max(0, samples)
        self._samples_S, self._lost_S = self._samples_S[samples:], self._lost_S[samples:]
        return samples

    def _cut_burst(self) -> None:
        if self.quiet and self._owed and self.level > BURST_TICKS * self._tick_samples:
            self._drop_oldest(min(self._owed, self.level - self._tick_samples))

    def _count_quiet(self, arrived: int) -> None:
        if arrived == 0:
            self._quiet_ticks += 1
            return
        if self.quiet:
            self._owed = 0
        self._quiet_ticks = 0


def _runs(mask_S: NDArray[np.bool_]) -> tuple[tuple[int, int], ...]:
    """The runs of True as (from, until)."""
    edges = np.flatnonzero(np.diff(np.concatenate([[False], mask_S, [False]])))
    return tuple((int(a), int(b)) for a, b in edges.reshape(-1, 2))
