"""Whether the arrays of a session fit together; no other check looks at one that does not.

Letters: T ticks, F frames within a tick, M mel bins, S speaking ticks, K kinds in view, V video frames.
"""

from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

from microturn.data.audit.findings import Finding
from microturn.data.voices.phones import PHONE_ID
from microturn.features.layout import DMEL_FRAMES, FRAME_SIZE, IN_VIEW, MEL_BINS, MEL_FRAMES, Ticks, index

LEVELS = 16


def broken_arrays(ticks: Ticks, vocabulary: int) -> list[Finding]:
    """What does not fit, one finding each; `vocabulary` is the number of tokens."""
    faults = [*_shapes(ticks)]
    if not faults:
        faults = [*_offsets("text", ticks.text, ticks.text_at), *_offsets("out", ticks.out, ticks.out_at)]
        faults += [*_indices(ticks), *_ids(ticks, vocabulary), *_numbers(ticks)]
    return [Finding(reason="broken arrays", detail=fault) for fault in faults]


def _shapes(ticks: Ticks) -> Iterator[str]:
    T, V, S = len(ticks), len(ticks.frames), len(ticks.mel_SFM)
    if T == 0:
        yield "a session of no ticks"
    wanted = {
        "dmel_TFM": (T, DMEL_FRAMES, MEL_BINS),
        "second_T": (T,),
        "frame_T": (T,),
        "frames": (V, FRAME_SIZE, FRAME_SIZE, 3),
        "text_at": (T + 1,),
        "out_at": (T + 1,),
        "speak_T": (T,),
        "mel_SFM": (S, MEL_FRAMES, MEL_BINS),
        "phone_TF": (T, DMEL_FRAMES),
        "word_TF": (T, DMEL_FRAMES),
        "seen_TK": (T, len(IN_VIEW)),
    }
    for name, shape in wanted.items():
        found = getattr(ticks, name).shape
        if found != shape:
            yield f"{name} has shape {list(found)}, not {list(shape)}"


def _offsets(name: str, flat: NDArray[np.int32], at: NDArray[np.int32]) -> Iterator[str]:
    if at[0] != 0 or at[-1] != len(flat) or np.any(np.diff(at) < 0):
        yield f"{name}_at does not cut {name} into ticks"


def _indices(ticks: Ticks) -> Iterator[str]:
    for name, places, count in (
        ("frame_T", ticks.frame_T, len(ticks.frames)),
        ("speak_T", ticks.speak_T, len(ticks.mel_SFM)),
    ):
        if not np.array_equal(places, index(places >= 0)) or places.max() + 1 != count:
            yield f"{name} does not count through its {count} rows"


def _ids(ticks: Ticks, vocabulary: int) -> Iterator[str]:
    limits = {"dmel_TFM": LEVELS, "text": vocabulary, "out": vocabulary, "word_TF": vocabulary, "seen_TK": vocabulary}
    for name, stop in (limits | {"phone_TF": max(PHONE_ID.values()) + 1}).items():
        values = getattr(ticks, name)
        if values.size and not (int(values.min()) >= (-1 if name == "seen_TK" else 0) and int(values.max()) < stop):
            yield f"{name} has values from {values.min()} to {values.max()}; there are {stop}"


def _numbers(ticks: Ticks) -> Iterator[str]:
    if not np.isfinite(ticks.mel_SFM.astype(np.float32)).all():
        yield "mel_SFM has values that are no numbers"
    if not np.isfinite(ticks.second_T).all() or np.any(np.diff(ticks.second_T) < 0):
        yield "second_T does not go forward"
