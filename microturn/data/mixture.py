"""The order of training: a weighted mixture of sources of shards, a function of the seed and the step alone.

Each source is passed through in permutations of its own, one an epoch; over any stretch of rows each source has its share
to within a row. Nothing is kept from step to step, so a run that stopped goes on as if it had not. With one source this is
the plain order of its epochs.

Letters: R rows of a block, K sources.
"""

from collections import OrderedDict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from microturn.data.shards import Shard, about_shard
from microturn.features.layout import Ticks

BLOCK = 1024  # rows within which each source has its share, in random order
OPEN = 128  # shards that are open at a time, about half a megabyte each


@dataclass(frozen=True)
class Source:
    """Shards that are passed through together, and their weight beside other sources."""

    shards: tuple[Path, ...]
    weight: float = 1.0

    @classmethod
    def folder(cls, path: Path, weight: float = 1.0) -> "Source":
        """All shards of a folder. ValueError when there is none."""
        shards = tuple(sorted(path.glob("*.npz")))
        if not shards:
            raise ValueError(f"{path} holds no shards: make some with `microturn data make` or `microturn data import`")
        return cls(shards, weight)


class Mixture:
    """All sessions of some sources, each read when its turn comes.

    ValueError when there is no session, when a weight is not positive, or when a shard is damaged where it is read.
    """

    def __init__(self, sources: Mapping[Path, float] | Sequence[Source], seed: int) -> None:
        if isinstance(sources, Mapping):
            sources = [Source.folder(path, weight) for path, weight in sources.items()]
        self.sources, self.seed = tuple(sources), seed
        self._sessions = [_sessions(source) for source in self.sources]
        if not self.sources or not all(self._sessions):
            raise ValueError("no training sessions: make some first with `microturn data make`")
        weights_K = np.array([source.weight for source in self.sources], float)
        check_weights(weights_K)
        self._bounds_K = np.concatenate([[0.0], np.cumsum(weights_K) / weights_K.sum()])
        self._bounds_K[-1] = 1.0
        self._block = lru_cache(maxsize=2)(self._made_block)
        self._order = lru_cache(maxsize=2 * len(self.sources))(self._made_order)
        self._open: OrderedDict[Path, Shard] = OrderedDict()

    def __len__(self) -> int:
        return sum(map(len, self._sessions))

    @property
    def folders(self) -> dict[Path, float]:
        """Where the sessions are from, with weights."""
        return {source.shards[0].parent: source.weight for source in self.sources}

    def close(self) -> None:
        """Let go of the shards that are open."""
        self._open.clear()

    def rows(self, step: int, rows: int) -> list[Ticks]:
        """The sessions of one step."""
        return [self._pick(step * rows + i) for i in range(rows)]

    def _pick(self, row: int) -> Ticks:
        source, turn = self._turn(row)
        epoch, at = divmod(turn, len(self._sessions[source]))
        path, session = self._sessions[source][self._order(source, epoch)[at]]
        return self._shard(path)[session]

    def _turn(self, row: int) -> tuple[int, int]:
        """Which source has this row, and how many rows it had before."""
        if len(self.sources) == 1:
            return 0, row
        block, at = divmod(row, BLOCK)
        sources_R, turns_R = self._block(block)
        return int(sources_R[at]), int(turns_R[at])

    def _before(self, row: int) -> NDArray[np.int64]:
        """How many of the rows before `row`, the first of a block, each source had: they sum to `row`."""
        return np.diff(np.floor(self._bounds_K * row + 1e-9).astype(np.int64))

    def _made_block(self, block: int) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
        """The source of each row of a block, and how many rows that source had before."""
        before_K = self._before(block * BLOCK)
        here_K = self._before((block + 1) * BLOCK) - before_K
        sources_R = np.repeat(np.arange(len(here_K)), here_K)
        turns_R = np.concatenate([first + np.arange(count) for first, count in zip(before_K, here_K, strict=True)])
        order_R = np.random.default_rng([self.seed, 0, block, 1]).permutation(BLOCK)
        # The rows are shuffled, each source's turns stay in order.
        shuffled_R = sources_R[order_R]
        ordered_R = np.empty(BLOCK, np.int64)
        ordered_R[np.argsort(shuffled_R, kind="stable")] = turns_R
        return shuffled_R, ordered_R

    def _made_order(self, source: int, epoch: int) -> NDArray[np.int64]:
        key = [self.seed, epoch] if source == 0 else [self.seed, epoch, source, 2]
        return np.random.default_rng(key).permutation(len(self._sessions[source]))

    def _shard(self, path: Path) -> Shard:
        shard = self._open.pop(path, None) or Shard(path)
        self._open[path] = shard
        if len(self._open) > OPEN:
            self._open.popitem(last=False)
        return shard


def check_weights(weights_K: NDArray[np.float64]) -> None:
    """ValueError when there is none, or one is not positive."""
    if not (len(weights_K) and np.isfinite(weights_K).all() and weights_K.min() > 0):
        raise ValueError(f"weights must be positive numbers, got {', '.join(f'{w:g}' for w in weights_K)}")


def _sessions(source: Source) -> list[tuple[Path, int]]:
    return [(path, i) for path in source.shards for i in range(about_shard(path)["sessions"])]
