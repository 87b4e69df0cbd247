"""How alike two texts are, in [0, 1]: by sentence embeddings where they are installed, else by their letters.

Alikeness alone does not judge: embeddings put "opens the door" and "closes the door" at 0.9. `meaning` looks at
numbers, negation and opposites first.
"""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Protocol

from microturn.features import minilm

TOGETHER = 64  # texts embedded at a time


class Similarity(Protocol):
    """`name` is part of the judge's; `of` is 1 for the same text and near 0 for unrelated ones.

    `prepare` says what is going to be compared, where that is faster together.
    """

    @property
    def name(self) -> str: ...

    def prepare(self, texts: Iterable[str]) -> None: ...

    def of(self, one: str, other: str) -> float: ...


@dataclass(frozen=True, kw_only=True)
class Embedded:
    """The cosine of two sentence embeddings (`minilm`), not below 0."""

    name: str = "minilm"
    _known: dict[str, minilm.Floats] = field(default_factory=dict[str, minilm.Floats], repr=False)

    def prepare(self, texts: Iterable[str]) -> None:
        new = sorted(set(texts) - self._known.keys(), key=len)
        for start in range(0, len(new), TOGETHER):
            batch = new[start : start + TOGETHER]
            self._known.update(zip(batch, minilm.minilm().embed(batch), strict=True))

    def of(self, one: str, other: str) -> float:
        self.prepare((one, other))
        return max(0.0, float(self._known[one] @ self._known[other]))


@dataclass(frozen=True, kw_only=True)
class Lettered:
    """The share of letter triples that two texts have in common (Dice 1945): the stand-in without embeddings."""

    name: str = "letters"

    def prepare(self, texts: Iterable[str]) -> None:
        """Letters need no preparation."""

    def of(self, one: str, other: str) -> float:
        first, second = _triples(one), _triples(other)
        both = sum((first & second).values())
        return 2.0 * both / max(1, sum(first.values()) + sum(second.values()))


def _triples(text: str) -> Counter[str]:
    padded = f"  {' '.join(text.lower().split())} "
    return Counter(padded[i : i + 3] for i in range(len(padded) - 2))


def best_similarity() -> Similarity:
    """Embeddings where they are installed, letters elsewhere."""
    return Embedded() if minilm.available() else Lettered()
