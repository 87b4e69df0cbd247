"""A second ear without weights to load: PocketSphinx with the English model that its package carries (BSD; extra `sphinx`)."""

import os
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any

import numpy as np
from numpy.typing import NDArray

from microturn.bench.recogniser import RATE_HZ, Heard, at_rate

FRAME_MS = 10.0


@cache
def _decoder() -> Any:
    try:
        from pocketsphinx import Decoder  # pyright: ignore
    except ImportError as error:
        raise ValueError(f"PocketSphinx is not installed ({error}): add `microturn[sphinx]`") from error
    return Decoder(samprate=RATE_HZ, logfn=os.devnull)  # pyright: ignore[reportUnknownVariableType]


@dataclass(frozen=True, kw_only=True)
class Sphinx:
    """Words with times; its error is several times whisper's."""

    name: str = "pocketsphinx"

    def hear(self, samples: NDArray[np.float32], rate_hz: int) -> Sequence[Heard]:
        """The words of mono speech, [S] in [-1, 1]. Raises ValueError when the extra is not installed."""
        decoder = _decoder()
        audio = (np.clip(at_rate(samples, rate_hz), -1.0, 1.0) * 32767).astype(np.int16)
        decoder.start_utt()
        decoder.process_raw(audio.tobytes(), full_utt=True)
        decoder.end_utt()
        found = [(str(one.word).split("(")[0], one) for one in decoder.seg() or ()]
        return [
            (word, FRAME_MS * one.start_frame, FRAME_MS * (one.end_frame + 1))
            for word, one in found
            if word[:1] not in ("<", "[", "+")
        ]
