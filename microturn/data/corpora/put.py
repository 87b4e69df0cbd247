"""Files of an export, each whole or not there, and what an export tells of a Timeline beside what its format has.

Letters: C channels, S samples.
"""

import os
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from microturn.protocol.media import write_wav
from microturn.protocol.timeline import Timeline

TOLD = ("provenance", "voice", "language", "seed")


def put(path: Path, data: bytes) -> None:
    """Write a file by way of a temporary one."""
    path.parent.mkdir(parents=True, exist_ok=True)
    part = path.with_name(f".{path.name}.part")
    try:
        part.write_bytes(data)
        os.replace(part, path)
    finally:
        part.unlink(missing_ok=True)


def put_wav(path: Path, samples_CS: NDArray[np.float32], rate_hz: int) -> None:
    """Write an int16 WAV by way of a temporary file."""
    path.parent.mkdir(parents=True, exist_ok=True)
    part = path.with_name(f".{path.name}.part")
    try:
        write_wav(part, samples_CS, rate_hz)
        os.replace(part, path)
    finally:
        part.unlink(missing_ok=True)


def told(timeline: Timeline) -> dict[str, Any]:
    """What an import of this export takes back: where it came from, who spoke, at what hour it began, how long it was."""
    known = {key: timeline.meta[key] for key in TOLD if key in timeline.meta}
    return known | {"second_of_day": timeline.second_of_day, "duration_ms": timeline.duration_ms}
