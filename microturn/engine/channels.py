"""The grammar of the model's output: tokens of one tick -> what was written on which channel.

`<heard> w w <do> w <say> w <clear>`: a tag opens a channel and the words after it belong to it; `<clear>` stands alone.
Every tick opens its channels anew. A sequence that breaks the grammar is reported, never raised: what can be
read of it is read.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

from microturn.features.text import Tag

OPENING = frozenset({Tag.HEARD, Tag.SAY, Tag.DO})


class Vocabulary(Protocol):
    """What the engine needs of `features.text.Tokenizer`."""

    @property
    def size(self) -> int: ...

    def encode(self, text: str) -> list[int]: ...

    def words(self, ids: Sequence[int]) -> list[str]: ...


@dataclass(frozen=True, kw_only=True)
class Passage:
    """Words written on one channel in one tick; CLEAR has none."""

    tag: Tag
    words: tuple[str, ...] = ()


def read(tokens: Sequence[int], vocabulary: Vocabulary) -> tuple[list[Passage], list[str]]:
    """The passages of one tick in order, and a sentence about each break of the grammar."""
    runs: list[tuple[Tag, list[int]]] = []
    problems: list[str] = []
    for token in tokens:
        if token in OPENING or token == Tag.CLEAR:
            runs.append((Tag(token), []))
        elif not len(Tag) <= token < vocabulary.size:
            problems.append(f"expected a word or a channel tag, got id {token}")
        elif not runs or runs[-1][0] == Tag.CLEAR:
            problems.append(f"expected a channel tag before the word {''.join(vocabulary.words([token]))!r}")
        else:
            runs[-1][1].append(token)
    passages = [Passage(tag=tag, words=tuple(w for w in vocabulary.words(ids) if w)) for tag, ids in runs]
    problems += [f"expected words after <{p.tag.name.lower()}>" for p in passages if p.tag in OPENING and not p.words]
    return [p for p in passages if p.words or p.tag == Tag.CLEAR], problems
