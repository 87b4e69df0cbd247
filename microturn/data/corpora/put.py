"""Files of an export, each whole or not there, and what an export tells of a Timeline beside what its format has.

Letters: C channels, S samples.
"""

from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from microturn.protocol.media import write_wav
from microturn.protocol.timeline import Timeline
from microturn.protocol.whole import whole

TOLD = ("provenance", "voice", "language", "seed")


def put(path: Path, data: bytes) -> None:
    """Write a file by way of a temporary one."""
    with whole(path) as part:
        part.write_bytes(data)


def put_wav(path: Path, samples_CS: NDArray[np.float32], rate_hz: int) -> None:
    """Write an int16 WAV by way of a temporary file."""
    with whole(path) as part:
        write_wav(part, samples_CS, rate_hz)


def told(timeline: Timeline) -> dict[str, Any]:
    """What an import of this export takes back: where it came from, who spoke, at what hour it began, how long it was."""
    known = {key: timeline.meta[key] for key in TOLD if key in timeline.meta}
    return known | {"second_of_day": timeline.second_of_day, "duration_ms": timeline.duration_ms}
