"""A model that answers by rule: what goes over a socket can be compared with what happens in this process."""

from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np
import torch

from microturn.features.layout import TickInput, TickOutput
from microturn.features.text import Tag, Tokenizer


@dataclass(frozen=True)
class Stepped:
    output: TickOutput
    samples: np.ndarray | None
    positions: int = 2


@dataclass
class Counts:
    """Ticks since sound was last heard."""

    quiet: list[int]

    def reset(self, rows: Sequence[int]) -> None:
        for row in rows:
            self.quiet[row] = 0


@dataclass
class EchoModel:
    """Hears "hello" in loud ticks and says "hello" for two ticks once it is quiet again."""

    tokenizer: Tokenizer = field(default_factory=lambda: Tokenizer.train(["hello"]))

    def new_state(self, batch: int = 1) -> Counts:
        return Counts([9] * batch)

    def step(
        self, inputs: Sequence[TickInput | None], state: Counts, generators: Sequence[torch.Generator]
    ) -> list[Stepped | None]:
        return [tick and self.row(tick, state, row) for row, tick in enumerate(inputs)]

    def row(self, tick: TickInput, state: Counts, row: int) -> Stepped:
        hello = self.tokenizer.encode("hello")
        if tick.dmel_FM.max() > 10:
            state.quiet[row] = 0
            return Stepped(TickOutput(tokens=(Tag.HEARD, *hello)), None)
        state.quiet[row] += 1
        if state.quiet[row] > 2:
            return Stepped(TickOutput(tokens=()), None)
        tokens = (Tag.SAY, *hello) if state.quiet[row] == 1 else ()
        return Stepped(
            TickOutput(tokens=tokens, mel_FM=np.zeros((16, 80), np.float32)), np.full(4800, 0.25, np.float32)
        )
