"""Constant predictors: systems that perceive nothing and say the same whatever happens.

What they may know is what is printed on the box: when the video begins, how long it lasts, what task it is. A score is
worth what it has above theirs.

Shapes: S samples.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

import numpy as np

from microturn.bench.task import Scenario
from microturn.protocol.events import Channel, Word
from microturn.protocol.media import MODEL_HZ
from microturn.protocol.timeline import Timeline, Track

WORD_MS = 400.0
AFTER_MS = 400.0
Lines = Sequence[tuple[float, str]]  # (ms, what is said then)


def tone(
    duration_ms: float, *, hz: float = 220.0, rate_hz: int = MODEL_HZ
) -> np.ndarray[tuple[int], np.dtype[np.float32]]:
    """A plain audible tone at -23 dBFS, float32 [S]."""
    time_S = np.arange(round(duration_ms * rate_hz / 1000.0)) / rate_hz
    return (0.1 * np.sin(2 * np.pi * hz * time_S)).astype(np.float32)


@dataclass(frozen=True, kw_only=True)
class Constant:
    """Says `says(scenario)`: each word lasts 0.4 s and those of a line follow one another; what is past the end is unsaid."""

    name: str
    says: Callable[[Scenario], Lines]

    def run(self, scenarios: Sequence[Scenario]) -> list[Timeline]:
        return [spoken(scenario.timeline, self.says(scenario)) for scenario in scenarios]


def replies(name: str, text: str) -> Constant:
    """Says `text` 0.4 s after the user's turn (the scenario's `turn_end_ms`), whatever was asked."""
    return Constant(name=name, says=lambda scenario: [(float(scenario.meta["turn_end_ms"]) + AFTER_MS, text)])


def spoken(world: Timeline, lines: Lines) -> Timeline:
    """An output on the clock of `world` in which these lines are said, by a tone."""
    samples_S = np.zeros(round(world.duration_ms * MODEL_HZ / 1000.0), np.float32)
    words: list[Word] = []
    for line_ms, text in lines:
        for place, word in enumerate(text.split()):
            at_ms = max(0.0, line_ms) + WORD_MS * place
            until_ms = min(at_ms + WORD_MS, world.duration_ms)
            first = round(at_ms * MODEL_HZ / 1000.0)
            piece = tone(max(0.0, until_ms - at_ms))[: max(0, len(samples_S) - first)]
            if len(piece):
                samples_S[first : first + len(piece)] = piece
                words.append(Word(at_ms=at_ms, until_ms=until_ms, channel=Channel.SAY, text=word))
    audio = {Channel.MODEL: Track(samples=samples_S, rate_hz=MODEL_HZ)}
    return replace(world, audio=audio, events=tuple(words), frames=(), meta={})
