"""Voices that speak for the user, with the time of every word and phone, and the registry that splits them.

`voices("train")`, `voices("test")` and `voices("unseen")` share no speaker. Train and test mix espeak-ng speakers
(accent x variant x pitch x rate) with hibari pseudo-speakers (formant warp x pitch x tilt x rate); "unseen" is flite,
a synthesiser that training never hears. A voice is cheap to make: its engine loads at the first `say`.
"""

from dataclasses import dataclass
from typing import Literal, Protocol

import numpy as np
from numpy.typing import NDArray

Split = Literal["train", "test", "unseen"]


@dataclass(frozen=True, slots=True)
class Sound:
    """A word or a phone and its place in the speech: [at_ms, until_ms) from the first sample."""

    text: str
    at_ms: float
    until_ms: float


@dataclass(frozen=True, slots=True)
class Speech:
    """Mono speech, float32 in [-1, 1], shape [S], and what is said when.

    `words` follow the words of the text in order, lower case, without punctuation; `phones` are classes of
    `phones.PHONES` in order, silence included where the synthesiser reports it.
    """

    samples: NDArray[np.float32]
    rate_hz: int
    words: tuple[Sound, ...]
    phones: tuple[Sound, ...]


class Voice(Protocol):
    """One speaker. The same (text, seed, speed) gives the same speech; another seed varies pitch and timing a little."""

    @property
    def name(self) -> str: ...

    def say(self, text: str, *, seed: int = 0, speed: float = 1.0) -> Speech: ...


def plain_words(text: str) -> list[str]:
    """The words of a text as `Speech.words` names them: lower case, outer punctuation dropped, empty ones left out."""
    stripped = (word.strip('.,;:!?"()[]…—-').lower() for word in text.replace("—", " ").split())
    return [word for word in stripped if word]


def voices(split: Split) -> list[Voice]:
    """All voices of a split, in a fixed order. Raises ValueError for an unknown split."""
    from microturn.data import espeak, flite, hibari

    if split == "unseen":
        return [*flite.speakers()]
    if split not in ("train", "test"):
        raise ValueError(f"There is no voice split {split!r}; use 'train', 'test' or 'unseen'.")
    return [*hibari.speakers(split), *espeak.speakers(split)]
