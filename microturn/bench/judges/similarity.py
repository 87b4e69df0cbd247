"""How alike two texts are, in [0, 1]: by sentence embeddings where they are installed, else by their letters.

Alikeness alone does not judge: embeddings put "opens the door" and "closes the door" at 0.9. `meaning` looks at
numbers, negation and opposites first.
"""

from collections import Counter
from dataclasses import dataclass
from functools import lru_cache
from typing import Protocol

from microturn.bench.judges import minilm


class Similarity(Protocol):
    """`name` is part of the judge's; `of` is 1 for the same text and near 0 for unrelated ones."""

    @property
    def name(self) -> str: ...

    def of(self, one: str, other: str) -> float: ...


@lru_cache(maxsize=4096)
def _embedded(text: str) -> minilm.Floats:
    return minilm.minilm().embed(text)


@dataclass(frozen=True, kw_only=True)
class Embedded:
    """The cosine of two sentence embeddings (`minilm`), not below 0."""

    name: str = "minilm"

    def of(self, one: str, other: str) -> float:
        return max(0.0, float(_embedded(one) @ _embedded(other)))


@dataclass(frozen=True, kw_only=True)
class Lettered:
    """The share of letter triples that two texts have in common (Dice 1945): the stand-in without embeddings."""

    name: str = "letters"

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
