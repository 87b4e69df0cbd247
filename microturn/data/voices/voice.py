"""What a voice is: it speaks for the user, and says when every word and phone sounds. `voices` lists them."""

from dataclasses import dataclass
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

LANGUAGES = ("en", "es", "de", "fr")  # of the synthesisers that read any text


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
