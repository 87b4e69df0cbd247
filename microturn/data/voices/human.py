"""Real human recordings as a source: clips that `microturn data align` timed, in `human/` of the folder MICROTURN_DATA.

    MICROTURN_DATA/human/COLLECTION/NAME.json     text, speaker, words and phones with times, source, licence
    MICROTURN_DATA/human/COLLECTION/NAME.opus     the sound (any format that `read_media` reads)

or `index.jsonl` in it with the same objects, one a line. A clip is one utterance of one speaker. Speakers are split by
a hash of their name, so that no speaker of the index is in both splits. That is as good as the names: where speakers were
told apart by clustering (as in the coffee orders of Picovoice's speech-to-intent-benchmark), one person may have two.
"""

import json
import os
import zlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

import numpy as np

from microturn.data.voices.registry import FOLDER
from microturn.data.voices.voice import Sound, Speech
from microturn.protocol.media import USER_HZ, read_media

TEST_SHARE = 0.2
EDGE_MS, _FADE_MS = 200.0, 20.0  # kept around the words; and faded
CACHED = 256  # decoded clips: 30 MB


@dataclass(frozen=True, slots=True)
class HumanTake:
    """A clip on the disk. Times are in ms from the first sample of the file."""

    path: Path
    text: str
    speaker: str
    words: tuple[Sound, ...]
    phones: tuple[Sound, ...]
    source: str = ""
    licence: str = ""

    @property
    def split(self) -> str:
        return split_of(self.speaker)


@dataclass(frozen=True, slots=True)
class HumanClip:
    """One utterance of a real speaker, cut to its words."""

    speech: Speech
    speaker: str
    text: str
    source: str = ""
    licence: str = ""


@dataclass(frozen=True, slots=True)
class Played:
    """A voice that can say one thing: its clip. It stands in for a speaker while an act plays it."""

    clip: HumanClip

    @property
    def name(self) -> str:
        return f"human/{self.clip.speaker}"

    def say(self, text: str, *, seed: int = 0, speed: float = 1.0) -> Speech:
        """The clip's speech. Raises ValueError for any other text."""
        del seed, speed
        if text != self.clip.text:
            raise ValueError(f"{self.name} said {self.clip.text!r} and cannot say {text!r}.")
        return self.clip.speech


def split_of(speaker: str) -> str:
    """ "test" for about a fifth of the speakers, by a hash of the name, otherwise "train"."""
    return "test" if zlib.crc32(speaker.encode()) % 1000 < 1000 * TEST_SHARE else "train"


def human_folder() -> Path | None:
    """The folder of the clips, where MICROTURN_DATA names one that has it."""
    folder = Path(os.environ.get(FOLDER) or ".") / "human"
    return folder if os.environ.get(FOLDER) and folder.is_dir() else None


def takes(split: str) -> tuple[HumanTake, ...]:
    """Every clip of the split "train" or, for any other, "test". Raises ValueError when there are none."""
    return tuple(take for own in speakers(split) for take in own)


def speakers(split: str) -> tuple[tuple[HumanTake, ...], ...]:
    """The clips of each speaker of a split, as `takes` has them."""
    folder, wanted = human_folder(), "train" if split == "train" else "test"
    found = _speakers(folder, wanted) if folder else ()
    if not found:
        raise ValueError(
            f"there is no human recording of the {wanted} split: set {FOLDER} to a folder in whose human/ "
            "`microturn data align` wrote some"
        )
    return found


@lru_cache(maxsize=4)
def _speakers(folder: Path, split: str) -> tuple[tuple[HumanTake, ...], ...]:
    clips: dict[str, list[HumanTake]] = {}
    for take in all_takes(folder):
        if take.split == split:
            clips.setdefault(take.speaker, []).append(take)
    return tuple(tuple(clips[name]) for name in sorted(clips))


@lru_cache(maxsize=4)
def all_takes(folder: Path) -> tuple[HumanTake, ...]:
    """The clips of a folder by their names. Raises ValueError for an object that is none."""
    index = folder / "index.jsonl"
    if index.is_file():
        return tuple(_take(index.parent, line, index) for line in index.read_text("utf-8").splitlines() if line)
    paths = sorted(folder.rglob("*.json"))
    return tuple(_take(path.parent, path.read_text("utf-8"), path) for path in paths)


def _take(folder: Path, text: str, origin: Path) -> HumanTake:
    try:
        about: dict[str, Any] = json.loads(text)
        words, phones = _sounds(about["words"]), _sounds(about["phones"])
        return HumanTake(
            path=folder / about["file"],
            text=" ".join(word.text for word in words),
            speaker=str(about["speaker"]),
            words=words,
            phones=phones,
            source=str(about.get("source", "")),
            licence=str(about.get("licence", "")),
        )
    except (json.JSONDecodeError, KeyError, TypeError, ValueError) as error:
        raise ValueError(f"{origin} is no aligned clip ({error!r}): make it with `microturn data align`") from error


def _sounds(rows: Iterable[Sequence[Any]]) -> tuple[Sound, ...]:
    return tuple(Sound(str(row[0]), float(row[1]), float(row[2])) for row in rows)


@lru_cache(maxsize=CACHED)
def clip(take: HumanTake) -> HumanClip:
    """The utterance at 16 kHz with `EDGE_MS` around its words, faded. Errors are those of `read_media`."""
    samples, _ = read_media(take.path, USER_HZ)
    rate_khz = USER_HZ / 1000
    start = max(0, round((take.words[0].at_ms - EDGE_MS) * rate_khz))
    stop = min(len(samples), round((take.words[-1].until_ms + EDGE_MS) * rate_khz))
    cut = samples[start:stop].copy()
    fade = np.linspace(0, 1, round(_FADE_MS * rate_khz), dtype=np.float32)[: len(cut)]
    cut[: len(fade)] *= fade
    cut[len(cut) - len(fade) :] *= fade[::-1]
    speech = Speech(
        cut, USER_HZ, *(_moved(s, start / rate_khz, len(cut) / rate_khz) for s in (take.words, take.phones))
    )
    return HumanClip(speech, take.speaker, take.text, take.source, take.licence)


def _moved(sounds: tuple[Sound, ...], by_ms: float, length_ms: float) -> tuple[Sound, ...]:
    """The sounds of the cut, which starts at `by_ms`; what lies outside is left out."""
    moved = (Sound(s.text, max(s.at_ms - by_ms, 0.0), min(s.until_ms - by_ms, length_ms)) for s in sounds)
    return tuple(sound for sound in moved if sound.until_ms > sound.at_ms)
