"""Recordings and their transcripts to timed clips on the disk, one JSON a recording beside its sound.

Whatever is there already, with the same text, is kept: a run that was stopped goes on. A recording that cannot be read
or does not fit its text leaves `NAME.rejected` with the reason. Each file is written aside and then renamed.
"""

import json
import shutil
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from microturn.data.voices.transcripts import Transcribed
from microturn.data.voices.voice import Sound
from microturn.protocol.media import USER_HZ, read_media, write_flac
from microturn.protocol.whole import whole
from microturn.train.aligner import Aligned, Aligner

COPIED = frozenset((".wav", ".flac", ".opus", ".ogg", ".mp3"))  # kept as they are; of anything else the sound, as FLAC


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of one recording; `reason` is empty for one that was accepted."""

    item: Transcribed
    seconds: float
    confidence: tuple[float, ...]
    reason: str


def align_all(
    items: Sequence[Transcribed], out: Path, aligner: Aligner, *, source: str = "", licence: str = ""
) -> Iterator[Outcome]:
    """Align what is not there yet and yield every outcome, in order. Raises ValueError for two items of one name."""
    paths = {item.name: item.path for item in items}
    for item in items:
        if paths[item.name] != item.path:
            raise ValueError(f"{item.path} and {paths[item.name]} would have one name: align them into two folders")
    for item in items:
        yield _there(item, out) or _align(item, out, aligner, {"source": source, "licence": licence})


def _there(item: Transcribed, out: Path) -> Outcome | None:
    """The outcome of an earlier run, if it was of the same text."""
    path = next((p for p in (_json(item, out), _rejected(item, out)) if p.is_file()), None)
    if path is None:
        return None
    about = json.loads(path.read_text("utf-8"))
    if about["text"] != item.text:
        return None
    confidence = tuple(float(row[3]) for row in about.get("words", ()))
    return Outcome(item, float(about["seconds"]), confidence, about.get("reason", ""))


def _align(item: Transcribed, out: Path, aligner: Aligner, about: dict[str, str]) -> Outcome:
    samples = np.zeros(0, np.float32)
    try:
        samples, _ = read_media(item.path, USER_HZ)
        aligned = aligner.align(samples, USER_HZ, item.text)
    except (ValueError, FileNotFoundError) as error:
        aligned = Aligned((), (), (), 0.0, " ".join(str(error).split()))
    seconds = round(len(samples) / USER_HZ, 3)
    entry: dict[str, Any] = {"file": item.path.name, "text": item.text, "seconds": seconds}
    (out / item.collection).mkdir(parents=True, exist_ok=True)
    if aligned.reason:
        _write(_rejected(item, out), entry | {"reason": aligned.reason})
        _json(item, out).unlink(missing_ok=True)
    else:
        entry["file"] = _keep_sound(item, out, samples)
        entry |= {"speaker": f"{item.collection}/{item.speaker or 'one'}", **about}
        entry |= {"fit": round(aligned.fit, 3), "words": _rows(aligned.words, aligned.confidence)}
        _write(_json(item, out), entry | {"phones": _rows(aligned.phones)})
        _rejected(item, out).unlink(missing_ok=True)
    return Outcome(item, seconds, aligned.confidence, aligned.reason)


def _json(item: Transcribed, out: Path) -> Path:
    return out / f"{item.name}.json"


def _rejected(item: Transcribed, out: Path) -> Path:
    return out / f"{item.name}.rejected"


def _keep_sound(item: Transcribed, out: Path, samples: np.ndarray) -> str:
    """The sound beside its times; returns the file's name."""
    copied = item.path.suffix.lower() in COPIED
    name = item.path.name if copied else f"{item.path.stem}.flac"
    path = out / item.collection / name
    if path.exists() and path.samefile(item.path):
        return name
    with whole(path) as part:
        if copied:
            shutil.copyfile(item.path, part)
        else:
            write_flac(part, samples, USER_HZ)
    return name


def _rows(sounds: Sequence[Sound], confidence: Sequence[float] = ()) -> list[list[Any]]:
    rows = [[sound.text, round(sound.at_ms, 1), round(sound.until_ms, 1)] for sound in sounds]
    return [[*row, round(c, 3)] for row, c in zip(rows, confidence, strict=True)] if confidence else rows


def _write(path: Path, entry: dict[str, Any]) -> None:
    with whole(path) as part:
        part.write_text(json.dumps(entry, ensure_ascii=False), encoding="utf-8")
