"""Shards: sessions on disk, ready to train on.

A shard is one `.npz` of packed sessions; dMel levels take half a byte, own mels one byte. A shard is written to a
temporary file and renamed, so a stopped run leaves only whole shards; the same seed gives the same bytes.
"""

import json
import zipfile
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, fields
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from microturn.features.layout import Ticks
from microturn.protocol.whole import FULL, whole

FORMAT = 2
DAMAGED = (OSError, KeyError, ValueError, TypeError, EOFError, zipfile.BadZipFile)
MEL_STEP = 1 / 24  # a normalised mel value takes one byte in [-5.3, 5.3]


class NoRoom(ValueError):
    """The disk is full; what was written before is whole."""


@dataclass(frozen=True, kw_only=True)
class Entry:
    """A session with what is known of it: its line in `about["items"]`, and further arrays (`keepsakes` makes them)."""

    ticks: Ticks
    item: Mapping[str, Any]
    extras: Mapping[str, NDArray] = field(default_factory=dict[str, NDArray])


def write_shard(path: Path, sessions: Iterable[Ticks | Entry], about: dict[str, Any]) -> None:
    """Write sessions as one shard; `about` (recipe, seeds, voices) is kept as JSON inside it, with the items of entries.

    Raises `NoRoom` where the disk is full; nothing is left of the shard then.
    """
    arrays: dict[str, NDArray] = {}
    items: list[Mapping[str, Any]] = []
    count = 0
    for i, session in enumerate(sessions):
        ticks = session.ticks if isinstance(session, Entry) else session
        for f in fields(ticks):
            arrays[f"{i}/{f.name}"] = _shrink(f.name, getattr(ticks, f.name))
        if isinstance(session, Entry):
            arrays |= {f"{i}/{name}": value for name, value in session.extras.items()}
            items.append(session.item)
        count += 1
    about = about | {"items": items} if items else about
    arrays["about"] = np.frombuffer(json.dumps(about | {"format": FORMAT, "sessions": count}).encode(), np.uint8)
    try:
        with whole(path) as part, part.open("wb") as file:
            np.savez(file, **arrays)  # pyright: ignore[reportArgumentType]
    except OSError as error:
        if error.errno not in FULL:
            raise
        room = "there is no room left on the disk: make some, and run this again; whole shards are kept"
        raise NoRoom(f"{path} could not be written, {room}") from error


def about_shard(path: Path) -> dict[str, Any]:
    """What a shard was made from. Raises ValueError when the file is not a shard."""
    try:
        with np.load(path) as file:
            return json.loads(file["about"].tobytes())
    except DAMAGED as error:
        raise _unreadable(path, error) from error


class Shard:
    """A shard open for random access: session i is read from disk when it is asked for.

    Raises ValueError when the file is not a shard of this format, or is damaged where it is read.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        self.about = about_shard(path)
        if self.about["format"] != FORMAT:
            raise _unreadable(path, f"it has format {self.about['format']}, this version reads {FORMAT}")
        self._file = np.load(path)

    def __len__(self) -> int:
        return self.about["sessions"]

    def __getitem__(self, index: int) -> Ticks:
        i = range(len(self))[index]
        try:
            return Ticks(**{f.name: _grow(f.name, self._file[f"{i}/{f.name}"]) for f in fields(Ticks)})
        except DAMAGED as error:
            raise _unreadable(self.path, error) from error

    def extra(self, index: int, name: str) -> NDArray | None:
        """A further array of a session ("events", "user_sound", ...), None where it has none."""
        key = f"{range(len(self))[index]}/{name}"
        try:
            return self._file.get(key)
        except DAMAGED as error:
            raise _unreadable(self.path, error) from error

    def item(self, index: int) -> dict[str, Any]:
        """What is known of a session; empty where the shard has no `items`."""
        items = self.about.get("items", ())
        return items[index] if index < len(items) else {}


def _unreadable(path: Path, why: object) -> ValueError:
    return ValueError(f"{path} is not a readable shard ({why}): delete it and make it again")


def _shrink(name: str, value: NDArray) -> NDArray:
    if name == "dmel_TFM":
        return value[..., ::2] | (value[..., 1::2] << 4)
    if name == "mel_SFM":
        return np.clip(np.round(value.astype(np.float32) / MEL_STEP) + 128, 0, 255).astype(np.uint8)
    return value


def _grow(name: str, value: NDArray) -> NDArray:
    if name == "dmel_TFM":
        return np.stack([value & 15, value >> 4], axis=-1).reshape(*value.shape[:-1], -1)
    if name == "mel_SFM":
        return ((value.astype(np.float32) - 128) * MEL_STEP).astype(np.float16)
    return value
