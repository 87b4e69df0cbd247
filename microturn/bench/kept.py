"""What an ear made of a sound, on disk: listened to once, read ever after. FOLDER/<sha256 of the ear and the sound>.json."""

import hashlib
import json
import os
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import Any, TypeVar

import numpy as np
from numpy.typing import NDArray

from microturn.protocol.whole import whole
from microturn.protocol.wire import pcm16

T = TypeVar("T")


def default_folder() -> Path:
    """Where words are kept unless a run says otherwise: ~/.cache/microturn/words, or under $XDG_CACHE_HOME."""
    return Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "microturn" / "words"


def path_of(folder: Path, ear: str, samples: NDArray[np.float32], rate_hz: int) -> Path:
    """The file for what `ear` makes of mono sound, [S]: the same before it is saved, in 16 bits, and after."""
    sound = hashlib.sha256(f"{ear} {rate_hz} ".encode() + pcm16(samples).tobytes())
    return folder / f"{sound.hexdigest()}.json"


def read_or_make(path: Path, make: Callable[[], T], read: Callable[[Any], T]) -> T:
    """What `read` makes of the JSON in the file; where there is none, or it is damaged, what `make` gives, which is kept there.

    Where nothing can be written, nothing is kept.
    """
    try:
        return read(json.loads(path.read_text(encoding="utf-8")))
    except (OSError, ValueError, TypeError):
        made = make()
    with suppress(OSError), whole(path) as part:
        part.write_text(json.dumps(made) + "\n", encoding="utf-8")
    return made
