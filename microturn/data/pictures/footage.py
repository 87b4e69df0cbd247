"""Real video: files that PyAV reads, each beside a JSON of what happens in it when.

`cat.mp4` goes with `cat.json`: {"events": [{"at_ms": 3200, "label": "the cat jumps"}], "source": "...", "licence": "..."};
`at_ms` counts from the first picture, a label is a clause that follows "when". The files lie in the folder `video` of
the one that the environment variable MICROTURN_DATA names.
"""

import json
import os
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

import av
from av.error import FFmpegError
from PIL import Image

from microturn.data.pictures.cameras import SIDE

FOLDER = "MICROTURN_DATA"
ENDINGS = (".mp4", ".webm", ".mkv", ".mov", ".avi")
EVERY_MS = 200.0


@dataclass(frozen=True, kw_only=True)
class Moment:
    """Something that happens at `at_ms`."""

    at_ms: float
    label: str


@dataclass(frozen=True, kw_only=True)
class Footage:
    """A video: its pictures (the middle square, RGB `SIDE` x `SIDE`) with their times, and its moments, in order."""

    path: Path
    times_ms: tuple[float, ...]
    pictures: tuple[Image.Image, ...]
    moments: tuple[Moment, ...]
    source: str
    licence: str


def footage_files() -> list[Path]:
    """The videos that are there, by name. ValueError when there is no such folder or nothing in it."""
    root = os.environ.get(FOLDER)
    if not root:
        raise ValueError(
            f"there is no video: set {FOLDER} to a folder that holds video/NAME.mp4 beside video/NAME.json"
        )
    folder = Path(root) / "video"
    files = sorted(path for path in folder.glob("*") if path.suffix.lower() in ENDINGS)
    if not files:
        raise ValueError(f"{folder} holds no video: put NAME.mp4 (or {', '.join(ENDINGS[1:])}) and NAME.json there")
    return files


@lru_cache(maxsize=4)
def read_footage(path: Path) -> Footage:
    """A video with its moments. ValueError names the file that is missing, broken or wrong, and says how."""
    about = _read_about(path.with_suffix(".json"))
    times_ms, pictures = [], []
    try:
        with av.open(str(path)) as container:
            for at_ms, picture in _pictures(container, path):
                times_ms.append(at_ms)
                pictures.append(picture)
    except (FFmpegError, OSError) as error:
        raise ValueError(f"{path}: not a readable video ({error}); convert it to MP4 or leave it out") from error
    if not pictures:
        raise ValueError(f"{path}: there is no picture in it; leave it out")
    moments = tuple(sorted(_moments(path.with_suffix(".json"), about), key=lambda moment: moment.at_ms))
    if moments[-1].at_ms > times_ms[-1] + EVERY_MS:
        raise ValueError(f"{path.with_suffix('.json')}: {moments[-1].label!r} is after the end of the video")
    return Footage(
        path=path,
        times_ms=tuple(times_ms),
        pictures=tuple(pictures),
        moments=moments,
        source=str(about.get("source", path.name)),
        licence=str(about.get("licence", "unknown")),
    )


def _pictures(container: Any, path: Path) -> Iterator[tuple[float, Image.Image]]:
    """At most one picture every `EVERY_MS`, from zero on."""
    if not container.streams.video:
        raise ValueError(f"{path}: there is no video in it; leave it out")
    first_s, due_ms = None, 0.0
    for frame in container.decode(video=0):
        if frame.time is None:
            raise ValueError(f"{path}: its frames have no times; convert it to MP4")
        first_s = frame.time if first_s is None else first_s
        at_ms = 1000.0 * (frame.time - first_s)
        if at_ms + 1.0 >= due_ms:
            yield at_ms, _square(frame.to_image())
            due_ms += EVERY_MS


def _square(image: Image.Image) -> Image.Image:
    side = min(image.size)
    left, top = (image.width - side) // 2, (image.height - side) // 2
    box = (left, top, left + side, top + side)
    return image.convert("RGB").resize((SIDE, SIDE), Image.Resampling.BOX, box=box)


def _read_about(path: Path) -> dict[str, Any]:
    try:
        about = json.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError as error:
        raise ValueError(f'{path} is missing: write {{"events": [{{"at_ms": 0, "label": "..."}}]}} there') from error
    except (OSError, ValueError) as error:
        raise ValueError(f"{path} is not JSON ({error}): mend it or leave the video out") from error
    if not isinstance(about, dict) or not isinstance(about.get("events"), list) or not about["events"]:
        raise ValueError(f'{path} needs a list "events" with at least one {{"at_ms": ..., "label": "..."}}')
    return about


def _moments(path: Path, about: dict[str, Any]) -> Iterator[Moment]:
    for number, event in enumerate(about["events"], start=1):
        at_ms, label = (event.get("at_ms"), event.get("label")) if isinstance(event, dict) else (None, None)
        if not isinstance(at_ms, int | float) or isinstance(at_ms, bool) or at_ms < 0:
            raise ValueError(f'{path}: event {number} needs "at_ms", a number of at least 0, got {at_ms!r}')
        if not isinstance(label, str) or not label.replace(" ", "").isalpha():
            raise ValueError(f'{path}: event {number} needs a "label" of plain words, got {label!r}')
        yield Moment(at_ms=float(at_ms), label=" ".join(label.lower().split()))
