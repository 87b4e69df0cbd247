"""The best way through a chain of phones for the chances of each frame: pure NumPy, no speech in it.

A chain is words of phones with silences that may stand before, between and after them. A word may have several
pronunciations. Every phone lasts at least two frames; one that is swallowed is passed over at a price.

Letters: F frames, N states of the chain, K ways into a state, P phone classes.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

SILENCE = -1  # the word of a silence
SWALLOW = 7.0  # the price of leaving a phone out, in nepers
PAUSE = 1.0  # and of a silence


@dataclass
class Chain:
    """States in order: `phone` and `word` of each, `place` the running number of its phone; `ways` into it."""

    phone: list[int] = field(default_factory=list[int])
    word: list[int] = field(default_factory=list[int])
    place: list[int] = field(default_factory=list[int])
    ways: list[list[tuple[int, float]]] = field(default_factory=list[list[tuple[int, float]]])
    starts: dict[int, float] = field(default_factory=dict[int, float])
    ends: set[int] = field(default_factory=set[int])

    def add(self, phone: int, word: int, ways: Sequence[tuple[int, float]]) -> int:
        """One phone: a first frame, which `ways` lead to, and the rest of it. Returns the state of the rest."""
        first = len(self.phone)
        place = self.place[-1] + 1 if self.place else 0
        self.phone += [phone, phone]
        self.word += [word, word]
        self.place += [place, place]
        self.ways += [list(ways), [(first, 0.0), (first + 1, 0.0)]]
        return first + 1


def chain(words: Sequence[Sequence[Sequence[int]]], silence: int) -> Chain:
    """The chain of `words`, each a list of pronunciations, each a list of phones; `silence` is the phone of silence."""
    made = Chain()
    rest = made.add(silence, SILENCE, ())
    made.starts[0] = 0.0
    ways = [(rest, 0.0)]
    for number, pronunciations in enumerate(words):
        leave: list[tuple[int, float]] = []
        for phones in pronunciations:
            leave += _pronounce(made, phones, number, ways, first=number == 0)
        rest = made.add(silence, SILENCE, [(state, cost + PAUSE) for state, cost in leave])
        made.ends = {rest, *(state for state, cost in leave if not cost)}
        ways = [*leave, (rest, 0.0)]
    return made


def _pronounce(
    made: Chain, phones: Sequence[int], word: int, ways: list[tuple[int, float]], *, first: bool
) -> list[tuple[int, float]]:
    """Adds one pronunciation; returns the ways out of it."""
    before: list[tuple[int, float]] = []  # what leads past the phone before
    for index, phone in enumerate(phones):
        if first and index < 2:
            made.starts[len(made.phone)] = SWALLOW * index
        rest = made.add(phone, word, [*ways, *before])
        before = [(state, cost + SWALLOW) for state, cost in ways]
        ways = [(rest, 0.0)]
    return [*ways, *(before if len(phones) > 1 else [])]


def best_path(chances_FP: NDArray[np.float32], made: Chain) -> NDArray[np.int64] | None:
    """The state of each frame, int64 [F], of the likeliest path from a start to an end; None when the sound is too short.

    `chances_FP` are logarithms.
    """
    states, frames = len(made.phone), len(chances_FP)
    into_NK, cost_NK = _tables(made)
    emitted_FN = chances_FP[:, made.phone]
    score_N = np.full(states + 1, -np.inf, np.float32)  # the last is nowhere
    for state, cost in made.starts.items():
        score_N[state] = emitted_FN[0, state] - cost
    taken_FN = np.zeros((frames, states), np.int8)
    rows_N = np.arange(states)
    for frame in range(1, frames):
        reach_NK = score_N[into_NK] - cost_NK
        taken_FN[frame] = best_N = reach_NK.argmax(axis=1)
        score_N[:-1] = reach_NK[rows_N, best_N] + emitted_FN[frame]
    last = max(made.ends, key=lambda state: score_N[state])
    if not np.isfinite(score_N[last]):
        return None
    path_F = np.empty(frames, np.int64)
    for frame in range(frames - 1, -1, -1):
        path_F[frame] = last
        last = into_NK[last, taken_FN[frame, last]]
    return path_F


def _tables(made: Chain) -> tuple[NDArray[np.int64], NDArray[np.float32]]:
    """The ways into each state as rows of equal length; the missing ones come from nowhere."""
    states, most = len(made.phone), max(map(len, made.ways))
    into_NK = np.full((states, most), states, np.int64)
    cost_NK = np.zeros((states, most), np.float32)
    for state, ways in enumerate(made.ways):
        for way, (origin, cost) in enumerate(ways):
            into_NK[state, way], cost_NK[state, way] = origin, cost
    return into_NK, cost_NK
