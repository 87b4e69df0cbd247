"""Recordings with transcripts, as people keep them: what there is to align under a path.

- a folder with `index.jsonl`, or a JSONL file: a line each with `file` (beside it) and `text`, perhaps `speaker`;
- any other folder: every media file that has a `.txt` of the same name;
- a media file with its `.txt`.

Whole numbers to 100 become words ("7" is said "seven").
"""

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, cast

from microturn.features.numbers import number_words

MEDIA = frozenset((".wav", ".flac", ".opus", ".ogg", ".mp3", ".m4a", ".aac", ".webm", ".mp4", ".mkv", ".mov"))
_SPEAKER = ("speaker", "speaker_id", "speaker_cluster")


@dataclass(frozen=True, kw_only=True)
class Transcribed:
    """A media file and what is said in it; `collection` is the name of the folder it came in, "" speaker is unknown."""

    path: Path
    text: str
    speaker: str
    collection: str

    @property
    def name(self) -> str:
        """A name among all that are aligned: the collection's and the file's."""
        return f"{self.collection}/{self.path.stem}"


def transcribed(path: Path) -> list[Transcribed]:
    """Everything to align under a path, in order. ValueError, FileNotFoundError when there is nothing."""
    if not path.exists():
        raise FileNotFoundError(f"{path}: no such file or folder; give recordings with their transcripts")
    if path.suffix == ".jsonl":
        return list(_of_index(path))
    if (path / "index.jsonl").is_file():
        return list(_of_index(path / "index.jsonl"))
    files = sorted(p for p in path.rglob("*") if p.suffix.lower() in MEDIA) if path.is_dir() else [path]
    found = [
        Transcribed(path=p, text=spelled(p.with_suffix(".txt").read_text("utf-8")), speaker="", collection=_home(p))
        for p in files
        if p.with_suffix(".txt").is_file()
    ]
    if not found:
        raise ValueError(f"{path}: no recording has a transcript; put x.txt beside x.wav, or give an index.jsonl")
    return found


def _home(path: Path) -> str:
    return path.resolve().parent.name


def _of_index(index: Path) -> Iterator[Transcribed]:
    for number, line in enumerate(index.read_text("utf-8").splitlines(), start=1):
        if not line.strip():
            continue
        try:
            entry = json.loads(line)
        except json.JSONDecodeError as error:
            raise ValueError(f"{index}:{number}: this line is no JSON ({error.msg})") from error
        if not isinstance(entry, dict):
            raise ValueError(f"{index}:{number}: a line must be an object with file and text")
        about = cast(dict[str, Any], entry)
        if not (isinstance(about.get("file"), str) and isinstance(about.get("text"), str)):
            raise ValueError(f"{index}:{number}: a line must have file and text")
        yield Transcribed(
            path=index.parent / about["file"],
            text=spelled(about["text"]),
            speaker=_speaker(about),
            collection=_home(index),
        )


def _speaker(about: Mapping[str, Any]) -> str:
    return next((str(about[name]) for name in _SPEAKER if about.get(name) is not None), "")


def spelled(text: str) -> str:
    """The text on one line, with whole numbers to 100 in words."""
    words: list[str] = []
    for word in text.split():
        small = word.isascii() and word.isdigit() and int(word) <= 100
        words += number_words(int(word)) if small else [word]
    return " ".join(words)
