"""A corpus in the memory of a GPU, so that no step waits for a CPU to lay out its sessions.

Every session is laid out once and lies on the device from then on; batches are gathered there. Shards that appear while
training goes on (`microturn data make` may run beside it) are taken up as they come. Which sessions a step has is a
function of the seed, the step and how many there are.
"""

import os
from collections.abc import Mapping
from concurrent.futures import Future, ProcessPoolExecutor
from dataclasses import dataclass, field
from multiprocessing import get_context
from pathlib import Path

import numpy as np

from microturn.data.mixture import Source, check_weights
from microturn.data.shards import Shard
from microturn.model.batch import Batch, BatchShape, Row, Rows, laid
from microturn.protocol.clock import MonotonicClock

LOOK_EVERY_MS = 2000


@dataclass
class _Folder:
    """One source: its shards that are known, and the numbers of its rows."""

    path: Path
    known: set[Path] = field(default_factory=set[Path])
    rows: list[int] = field(default_factory=list[int])


class Resident:
    """The sessions of some folders, by weight. `workers` processes read and lay out; ValueError for a folder
    without shards, or a weight that is not positive."""

    def __init__(
        self, folders: Mapping[Path, float], shape: BatchShape, device: str, *, seed: int, workers: int = 2
    ) -> None:
        self.seed, self.shape, self.folders = seed, shape, dict(folders)
        self._folders = [_Folder(path) for path in folders]
        weights = np.array(list(folders.values()), float)
        check_weights(weights)
        for folder in folders:
            Source.folder(folder)  # refuses one without shards
        self._weights = weights / weights.sum()
        self._rows, self._clock, self._looked_ms = Rows(shape, device), MonotonicClock(), -float(LOOK_EVERY_MS)
        self._pool = ProcessPoolExecutor(workers, get_context("spawn"), initializer=os.nice, initargs=(5,))
        self._coming: list[tuple[_Folder, Future[list[Row]]]] = []
        self._look()
        while not all(folder.rows for folder in self._folders):
            self._take(wait=True)

    def __len__(self) -> int:
        return len(self._rows)

    def batch(self, step: int) -> Batch:
        """The batch of a step, on the device."""
        if self._clock.now_ms() - self._looked_ms >= LOOK_EVERY_MS:
            self._look()
        self._take(wait=False)
        rng = np.random.default_rng([self.seed, 2, step])
        chosen = rng.choice(len(self._folders), size=self.shape.rows, p=self._weights)
        held = [self._folders[int(i)].rows for i in chosen]
        return self._rows.batch([rows[int(rng.integers(len(rows)))] for rows in held])

    def close(self) -> None:
        self._pool.shutdown(wait=False, cancel_futures=True)

    def _look(self) -> None:
        """Have the shards read that were not there before, of all folders in turn."""
        self._looked_ms = self._clock.now_ms()
        found = [(folder, sorted(set(folder.path.glob("*.npz")) - folder.known)) for folder in self._folders]
        turns = sorted(
            ((i, folder, path) for folder, paths in found for i, path in enumerate(paths)), key=lambda t: t[0]
        )
        for _, folder, path in turns:
            folder.known.add(path)
            self._coming.append((folder, self._pool.submit(_read, path, self.shape)))

    def _take(self, *, wait: bool) -> None:
        """Move what was read to the device: one shard a step, so that no step is much longer than others."""
        done = next((one for one in self._coming if wait or one[1].done()), None)
        if done is None:
            return
        self._coming.remove(done)
        folder, rows = done[0], done[1].result()
        first = len(self._rows)
        self._rows.add(rows)
        folder.rows += range(first, len(self._rows))


def _read(path: Path, shape: BatchShape) -> list[Row]:
    shard = Shard(path)
    return [laid(shard[i], shape) for i in range(len(shard))]
