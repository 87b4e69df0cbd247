"""The model's phrases kept on the disk: it says the same things in every session, and speaking costs the most time.

Where $MICROTURN_DATA has a folder `own`, each phrase is one file in it: a line of JSON (the words and their ticks), then
int16 samples at 24 kHz. A phrase is rounded to int16 whether it was there or not, so a seed gives the same bytes with a
full folder as with an empty one. Several processes may share a folder.
"""

import hashlib
import json
import os
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from microturn.protocol.whole import whole

FOLDER = "own"
MOST = 50_000  # phrases in a folder, about 4 GB; after these nothing is added
_DATA = "MICROTURN_DATA"
_VERSION = "1"  # of the voice: another number forgets what is kept


class _Spoken(Protocol):
    @property
    def samples(self) -> NDArray[np.float32]: ...
    @property
    def words(self) -> tuple[tuple[str, int, int], ...]: ...


@dataclass(frozen=True, slots=True)
class Phrase:
    """What the model says: float32 at 24 kHz [n_ticks * 4800], words as (word, first tick, ticks)."""

    samples: NDArray[np.float32]
    words: tuple[tuple[str, int, int], ...]


def own_say(say: Callable[[str], _Spoken]) -> Callable[[str], _Spoken]:
    """`say` through $MICROTURN_DATA/own where that is a folder, else as it is."""
    folder = Path(os.environ.get(_DATA) or "") / FOLDER
    return keeping(say, folder) if os.environ.get(_DATA) and folder.is_dir() else say


def keeping(say: Callable[[str], _Spoken], folder: Path, most: int = MOST) -> Callable[[str], Phrase]:
    """`say`, whose phrases are read from `folder` where they are there, and else put there while it has room."""
    room = most - sum(1 for _ in folder.glob("*.phrase"))

    def kept(text: str) -> Phrase:
        nonlocal room
        path = folder / f"{hashlib.sha256(f'{_VERSION} {text}'.encode()).hexdigest()[:32]}.phrase"
        try:
            return _read(path)
        except (OSError, ValueError, KeyError):  # not there, or damaged: made anew
            spoken = say(text)
        pcm = np.round(np.clip(spoken.samples, -1, 1) * 32767).astype(np.int16)
        if room > 0:
            room -= 1
            _write(path, text, spoken.words, pcm)
        return Phrase(_floats(pcm), spoken.words)

    return kept


def _floats(pcm: NDArray[np.int16]) -> NDArray[np.float32]:
    return np.divide(pcm, 32767, dtype=np.float32)


def _read(path: Path) -> Phrase:
    head, _, body = path.read_bytes().partition(b"\n")
    about = json.loads(head)
    pcm = np.frombuffer(body, np.int16)
    if len(pcm) != about["samples"]:
        raise ValueError(f"{path} is cut off")
    return Phrase(_floats(pcm), tuple((word, first, count) for word, first, count in about["words"]))


def _write(path: Path, text: str, words: tuple[tuple[str, int, int], ...], pcm: NDArray[np.int16]) -> None:
    about = {"text": text, "words": words, "samples": len(pcm)}
    with whole(path) as part:
        part.write_bytes(json.dumps(about).encode() + b"\n" + pcm.tobytes())
