"""When the words of a transcript without times are heard: spread over the audible parts of their sound, by length.

Systems that speak in whole utterances send a text and its sound side by side and never say which word is when. A word
then gets a share of the audible time that is its share of the letters: right to a fifth of a second or so in running
speech, and never in a pause. Exact times need a recogniser.

Letters: S samples.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from microturn.protocol.events import Audio, Channel, Word

FRAME_MS = 10.0
AUDIBLE = 10 ** (-45 / 20)
FASTEST_HZ = 25.0  # letters a second: what an utterance that broke off can have said at most


@dataclass
class Utterance:
    """A text and its sound, as they come in; `whole` once no more sound will come."""

    text: str = ""
    chunks: list[Audio] = field(default_factory=list)
    whole: bool = False

    @property
    def start_ms(self) -> float:
        """The system's time of its first sample."""
        return self.chunks[0].at_ms if self.chunks else 0.0

    def words(self) -> list[Word]:
        """Its words in the system's time; of text without sound, none."""
        return spread(self.text, self.chunks, whole=self.whole)


def spread(text: str, chunks: Sequence[Audio], *, whole: bool = True) -> list[Word]:
    """`text` as words over the audible time of `chunks`; of a text whose sound broke off, only what can have been said."""
    heard_ms = _audible_ms(chunks)
    words = text.split()
    if not words or not len(heard_ms):
        return []
    letters = np.cumsum([0.0, *(len(word) + 1.0 for word in words)])
    most = letters[-1] if whole else FASTEST_HZ * len(heard_ms) * FRAME_MS / 1000.0
    share = letters * (len(heard_ms) / min(letters[-1], most))
    found: list[Word] = []
    for word, start, stop in zip(words, share[:-1], share[1:], strict=True):
        if start >= len(heard_ms):
            break
        last = min(int(np.ceil(stop)), len(heard_ms)) - 1
        until_ms = float(heard_ms[last]) + FRAME_MS
        found.append(Word(at_ms=float(heard_ms[int(start)]), until_ms=until_ms, channel=Channel.SAY, text=word))
    return found


def _audible_ms(chunks: Sequence[Audio]) -> NDArray[np.float64]:
    """The starts of all audible frames of 10 ms, in the system's time."""
    found: list[NDArray[np.float64]] = [np.zeros(0)]
    for chunk in chunks:
        size = max(1, round(chunk.rate_hz * FRAME_MS / 1000.0))
        frames = len(chunk.samples) // size
        loud = np.sqrt(np.mean(np.square(chunk.samples[: frames * size].reshape(frames, size)), axis=1)) > AUDIBLE
        found.append(np.asarray(chunk.at_ms + np.flatnonzero(loud) * FRAME_MS, np.float64))
    return np.concatenate(found)
