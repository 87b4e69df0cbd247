"""Shards: sessions on disk, ready to train on.

A shard is one `.npz` of packed sessions; dMel levels take half a byte, own mels one byte. A shard is written to a
temporary file and renamed, so a stopped run leaves only whole shards; the same seed gives the same bytes.
"""

import json
import os
import zipfile
from collections.abc import Iterable
from dataclasses import fields
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from microturn.features.layout import Ticks

FORMAT = 1
DAMAGED = (OSError, KeyError, ValueError, TypeError, EOFError, zipfile.BadZipFile)
MEL_STEP = 1 / 24  # a normalised mel value takes one byte in [-5.3, 5.3]


def write_shard(path: Path, sessions: Iterable[Ticks], about: dict[str, Any]) -> None:
    """Write sessions as one shard; `about` (recipe, seeds, voices) is kept as JSON inside it."""
    arrays: dict[str, NDArray] = {}
    count = 0
    for i, ticks in enumerate(sessions):
        for f in fields(ticks):
            arrays[f"{i}/{f.name}"] = _shrink(f.name, getattr(ticks, f.name))
        count += 1
    arrays["about"] = np.frombuffer(json.dumps(about | {"format": FORMAT, "sessions": count}).encode(), np.uint8)
    path.parent.mkdir(parents=True, exist_ok=True)
    part = path.with_name(f".{path.name}.{os.getpid()}.part")
    try:
        with part.open("wb") as file:
            np.savez(file, **arrays)  # pyright: ignore[reportArgumentType]
        part.rename(path)
    finally:
        part.unlink(missing_ok=True)


def about_shard(path: Path) -> dict[str, Any]:
    """What a shard was made from. Raises ValueError when the file is not a shard."""
    try:
        with np.load(path) as file:
            return json.loads(file["about"].tobytes())
    except DAMAGED as error:
        raise ValueError(f"{path} is not a readable shard ({error}): delete it and make it again") from error


def read_shard(path: Path) -> tuple[list[Ticks], dict[str, Any]]:
    """Sessions and `about` of a shard. Raises ValueError when the file is not a shard of this format."""
    try:
        with np.load(path) as file:
            about = json.loads(file["about"].tobytes())
            if about["format"] != FORMAT:
                raise ValueError(f"it has format {about['format']}, this version reads {FORMAT}")
            names = [f.name for f in fields(Ticks)]
            return [
                Ticks(**{name: _grow(name, file[f"{i}/{name}"]) for name in names}) for i in range(about["sessions"])
            ], about
    except DAMAGED as error:
        raise ValueError(f"{path} is not a readable shard ({error}): delete it and make it again") from error


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
