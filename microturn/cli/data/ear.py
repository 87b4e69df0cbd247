"""What `microturn data audit --ear` adds: whether the user says the words that are written down, by the aligner's ear.

Only sessions that kept their sound are listened to. In each stretch of speech its own words are held against as many
others of the session: words that fit no better than these are not what is said. Noise and accents lower both alike.
The ear knows English.

Letters: S samples.
"""

from collections.abc import Iterator, Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from microturn.data.audit.findings import Finding
from microturn.data.audit.report import Audited
from microturn.data.audit.session import Session, session_of
from microturn.data.keepsakes import USER_SOUND, unpack_sound
from microturn.data.shards import Shard
from microturn.protocol.events import Word
from microturn.protocol.media import USER_HZ
from microturn.train.aligner import Aligner

PAUSE_MS = 600.0  # ends a stretch of speech
AROUND_MS = 100.0
LEAST_WORDS = 8  # that have to be judged in a session
LEAST_LEAD = 0.05  # of 42 made sessions in the world, the own words lead by 0.06 to 0.83, another's by up to 0.04


def listened(path: Path, ear: Aligner) -> tuple[Audited, int]:
    """What is found in the sessions of a shard that kept their sound, and how many of them could be judged.

    What cannot be read is passed over: the audit itself tells of it.
    """
    found: list[tuple[int | None, Finding]] = []
    judged = 0
    for index, session, samples_S in _kept(path):
        ahead = lead(samples_S, session.heard, ear) if session.timed else None
        judged += ahead is not None
        if ahead is not None and ahead < LEAST_LEAD:
            found.append((index, Finding(reason="other words", detail=f"{len(session.heard)} words, {ahead:+.2f}")))
    return Audited(path=path, about={}, findings=tuple(found)), judged


def _kept(path: Path) -> Iterator[tuple[int, Session, NDArray[np.float32]]]:
    """The sessions of which the user's sound was kept, with it."""
    try:
        shard = Shard(path)
    except ValueError:
        return
    for index in range(len(shard)):
        try:
            packed = shard.extra(index, USER_SOUND)
            if packed is not None:
                yield index, session_of(shard, index, shard[index]), unpack_sound(packed, USER_HZ)
        except ValueError:
            continue


def lead(samples_S: NDArray[np.float32], words: Sequence[Word], ear: Aligner) -> float | None:
    """By how much the words fit their sound better than others of the session do; None where too few can be judged."""
    texts = [word.text for word in words]
    others = texts[len(texts) // 2 :] + texts[: len(texts) // 2]
    total, judged = 0.0, 0
    for stretch in stretches(words):
        first_ms, last_ms = words[stretch.start].at_ms, words[stretch.stop - 1].until_ms
        clip_S = samples_S[_sample(first_ms - AROUND_MS) : _sample(last_ms + AROUND_MS)]
        own, other = (ear.align(clip_S, USER_HZ, " ".join(said[stretch])) for said in (texts, others))
        if own.words and other.words:
            total += (own.fit - other.fit) * (stretch.stop - stretch.start)
            judged += stretch.stop - stretch.start
    return total / judged if judged >= LEAST_WORDS else None


def stretches(words: Sequence[Word]) -> Iterator[slice]:
    """The words in order of time, parted where the user pauses."""
    first = 0
    for index in range(1, len(words) + 1):
        if index == len(words) or words[index].at_ms - words[index - 1].until_ms >= PAUSE_MS:
            yield slice(first, index)
            first = index


def _sample(ms: float) -> int:
    return max(0, round(ms * USER_HZ / 1000))
