"""A small deterministic model for the engine's tests: hears loudness, echoes text, counts, beeps. No weights.

Each tick it writes what it was given: `<heard>` a word named after the loudest dMel level, `<do>` a running count
(its state), `<say>` whenever text came in, and beeps with seeded noise while it speaks.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np
import torch

from microturn.features.layout import MEL_BINS, MEL_FRAMES, TickInput, TickOutput
from microturn.features.text import Tag, Tokenizer

WORDS = [
    "zero",
    "one",
    "two",
    "three",
    "four",
    "five",
    "six",
    "seven",
    "eight",
    "nine",
    "hello",
    "stop",
    "boom",
    "crash",
]
TOKENIZER = Tokenizer.train(WORDS)


@dataclass(frozen=True)
class FakeResult:
    output: TickOutput
    samples: np.ndarray | None
    positions: int


@dataclass
class FakeState:
    count: list[int]
    speaking: list[int]

    def reset(self, rows: Sequence[int]) -> None:
        for row in rows:
            self.count[row] = self.speaking[row] = 0


@dataclass
class FakeModel:
    """`batches` notes how many rows each step had. Raises when it reads the word "crash"."""

    tokenizer: Tokenizer = TOKENIZER
    batches: list[int] = field(default_factory=list)

    def new_state(self, batch: int = 1) -> FakeState:
        return FakeState([0] * batch, [0] * batch)

    def step(
        self, inputs: Sequence[TickInput | None], state: FakeState, generators: Sequence[torch.Generator]
    ) -> list[FakeResult | None]:
        self.batches.append(sum(tick is not None for tick in inputs))
        return [tick and self._row(tick, state, row, generators[row]) for row, tick in enumerate(inputs)]

    def _row(self, tick: TickInput, state: FakeState, row: int, generator: torch.Generator) -> FakeResult:
        words = self.tokenizer.words(tick.text)
        if "crash" in words:
            raise RuntimeError("the fake model was told to crash")
        state.count[row] = (state.count[row] + 1 + int(tick.dmel_FM.sum())) % 1000
        tokens = [Tag.DO, *self.tokenizer.encode(WORDS[state.count[row] % 10])]
        if not tick.audio_missing and tick.dmel_FM.max() > 8:
            tokens += [Tag.HEARD, *self.tokenizer.encode(WORDS[int(tick.dmel_FM.max()) % 10])]
        if "stop" in words:
            tokens += [Tag.CLEAR]
            state.speaking[row] = 0
        elif words:
            tokens += [Tag.SAY, *self.tokenizer.encode(words[0])]
            state.speaking[row] = 3
        if "boom" in words:
            tokens = [self.tokenizer.encode("hello")[0], 10**6, Tag.SAY]
        if not state.speaking[row]:
            return FakeResult(TickOutput(tokens=tuple(tokens)), None, 1 + len(tokens))
        state.speaking[row] -= 1
        beep = torch.rand(4800, generator=generator).numpy() * 0.5 + 0.1
        mel = np.zeros((MEL_FRAMES, MEL_BINS), np.float32)
        return FakeResult(TickOutput(tokens=tuple(tokens), mel_FM=mel), beep.astype(np.float32), 2 + len(tokens))


def speech(seconds: float, seed: int = 0) -> np.ndarray:
    """Noise whose loudness changes every 100 ms: float32 [S] at 16 kHz, on the int16 grid."""
    random = np.random.default_rng(seed)
    loudness = np.repeat(random.choice([0.0, 0.01, 0.3], size=int(seconds * 10) + 1), 1600)[: int(seconds * 16_000)]
    return (np.round(random.uniform(-1, 1, len(loudness)) * loudness * 32768) / 32768).astype(np.float32)
