"""The tick: one tick of input and output as plain values, a session as arrays, and the order of its positions.

One code path serves training and serving: `pack` lays a whole session out as a sequence of backbone positions, and the
engine steps through the very same order tick by tick.

Tick k is: text tokens, then one video position, then the audio positions (input), then output tokens and, when the model
speaks, one SPEAK position. The audio comes last because every tick has it, so the first word of the output is always
predicted from the same place. END is predicted but takes no position.

Letters: T ticks, F frames within a tick, M mel bins, L positions, S speaking ticks, V video frames, C channels, K kinds
of things in view.
"""

from collections.abc import Sequence
from dataclasses import dataclass, fields
from enum import IntEnum

import numpy as np
from numpy.typing import NDArray

from microturn.features.text import Tag

DMEL_FRAMES = 4  # dMel frames (50 ms) in a tick of 200 ms
MEL_BINS = 80
MEL_FRAMES = 16  # output mel frames (12.5 ms) in a tick of 200 ms
FRAME_SIZE = 80  # video frames are 80 x 80
SILENCE_LEVEL = 2  # the dMel level of digital silence
NO_TARGET = -1
SETTLE_MS = 60.0  # a word is written in the first tick whose input reaches this far past its end
IN_VIEW = ("shape", "colour", "motion", "reading")  # what is labelled of a picture: one word of each kind, or nothing


class Kind(IntEnum):
    """What a backbone position holds."""

    PAD = 0
    TEXT = 1  # an input text token
    VIDEO = 2
    AUDIO = 3
    TOKEN = 4  # an output token
    SPEAK = 5  # the model's voice in this tick


@dataclass(frozen=True, kw_only=True, slots=True)
class TickInput:
    """What the model perceives in one tick."""

    tick: int
    dmel_FM: NDArray[np.uint8]
    second_of_day: float
    audio_missing: bool = False
    frame: NDArray[np.uint8] | None = None
    text: tuple[int, ...] = ()


@dataclass(frozen=True, kw_only=True, slots=True)
class TickOutput:
    """What the model does in one tick: tokens without the closing mark, and its voice as normalised mel, if it speaks."""

    tokens: tuple[int, ...] = ()
    mel_FM: NDArray[np.float32] | None = None


@dataclass(frozen=True, kw_only=True)
class Ticks:
    """A session as arrays: T ticks of input, and of output and training labels where they are known.

    `text` and `out` are flat token ids; `text_at[k]:text_at[k + 1]` belongs to tick k. `frame_T` and `speak_T` index
    `frames` and `mel_SFM`, -1 for none. Labels (`phone_TF`, `word_TF`) are 0 where nothing is known;
    `seen_TK` holds the token of what is in view for each of `IN_VIEW`, 0 for nothing, `NO_TARGET` where nobody says.
    """

    dmel_TFM: NDArray[np.uint8]
    missing_T: NDArray[np.bool_]
    second_T: NDArray[np.float32]
    frame_T: NDArray[np.int32]
    frames: NDArray[np.uint8]
    text: NDArray[np.int32]
    text_at: NDArray[np.int32]
    out: NDArray[np.int32]
    out_at: NDArray[np.int32]
    speak_T: NDArray[np.int32]
    mel_SFM: NDArray[np.float16]
    phone_TF: NDArray[np.uint8]
    word_TF: NDArray[np.int16]
    seen_TK: NDArray[np.int16]

    def __len__(self) -> int:
        return len(self.missing_T)

    def input(self, k: int) -> TickInput:
        return TickInput(
            tick=k,
            dmel_FM=self.dmel_TFM[k],
            second_of_day=float(self.second_T[k]),
            audio_missing=bool(self.missing_T[k]),
            frame=self.frames[self.frame_T[k]] if self.frame_T[k] >= 0 else None,
            text=tuple(self.text[self.text_at[k] : self.text_at[k + 1]].tolist()),
        )

    def output(self, k: int) -> TickOutput:
        mel = self.mel_SFM[self.speak_T[k]].astype(np.float32) if self.speak_T[k] >= 0 else None
        return TickOutput(tokens=tuple(self.out[self.out_at[k] : self.out_at[k + 1]].tolist()), mel_FM=mel)


def gather(inputs: Sequence[TickInput], outputs: Sequence[TickOutput]) -> Ticks:
    """Ticks from single values: `gather([t.input(k) ...], [t.output(k) ...])` equals `t` up to labels."""
    frames = [i.frame for i in inputs if i.frame is not None]
    mels = [o.mel_FM for o in outputs if o.mel_FM is not None]
    T = len(inputs)
    return Ticks(
        dmel_TFM=np.stack([i.dmel_FM for i in inputs]),
        missing_T=np.array([i.audio_missing for i in inputs]),
        second_T=np.array([i.second_of_day for i in inputs], np.float32),
        frame_T=index([i.frame is not None for i in inputs]),
        frames=np.stack(frames) if frames else np.zeros((0, FRAME_SIZE, FRAME_SIZE, 3), np.uint8),
        text=np.array([t for i in inputs for t in i.text], np.int32),
        text_at=offsets([len(i.text) for i in inputs]),
        out=np.array([t for o in outputs for t in o.tokens], np.int32),
        out_at=offsets([len(o.tokens) for o in outputs]),
        speak_T=index([o.mel_FM is not None for o in outputs]),
        mel_SFM=np.stack(mels).astype(np.float16) if mels else np.zeros((0, MEL_FRAMES, MEL_BINS), np.float16),
        phone_TF=np.zeros((T, DMEL_FRAMES), np.uint8),
        word_TF=np.zeros((T, DMEL_FRAMES), np.int16),
        seen_TK=np.full((T, len(IN_VIEW)), NO_TARGET, np.int16),
    )


def offsets(lengths: Sequence[int] | NDArray[np.integer]) -> NDArray[np.int32]:
    """Start offsets of consecutive groups, and the total last: shape [n + 1]."""
    return np.concatenate([[0], np.cumsum(np.asarray(lengths, np.int64))]).astype(np.int32)


def index(present: Sequence[bool] | NDArray[np.bool_]) -> NDArray[np.int32]:
    """0, 1, 2, ... where present, -1 elsewhere."""
    mask = np.asarray(present, bool)
    return np.where(mask, np.cumsum(mask) - 1, -1).astype(np.int32)


@dataclass(frozen=True, kw_only=True)
class Packed:
    """A session as backbone positions. `source_L` is the tick of the position for AUDIO, VIDEO and SPEAK positions;
    `part_L` counts the audio positions within a tick. `target_L` is the token to be predicted at the position."""

    kind_L: NDArray[np.uint8]
    token_L: NDArray[np.int32]
    tick_L: NDArray[np.int32]
    part_L: NDArray[np.uint8]
    target_L: NDArray[np.int32]

    def __len__(self) -> int:
        return len(self.kind_L)

    def head(self, length: int) -> "Packed":
        return Packed(**{f.name: getattr(self, f.name)[:length] for f in fields(self)})


def pack(ticks: Ticks, audio_positions: int) -> Packed:
    """Lay a session out as positions, with the next-token target of each: O(L) numpy, no Python loop over ticks."""
    T = len(ticks)
    texts_T, outs_T = np.diff(ticks.text_at), np.diff(ticks.out_at)
    video_T, speak_T = (ticks.frame_T >= 0).astype(np.int64), (ticks.speak_T >= 0).astype(np.int64)
    # Five runs of positions per tick, in order; `runs` are their lengths, flattened tick by tick.
    runs = np.stack([texts_T, video_T, np.full(T, audio_positions), outs_T, speak_T], axis=1).reshape(-1)
    kinds = np.tile(np.array([Kind.TEXT, Kind.VIDEO, Kind.AUDIO, Kind.TOKEN, Kind.SPEAK], np.uint8), T)
    kind_L = np.repeat(kinds, runs)
    tick_L = np.repeat(np.arange(T, dtype=np.int32), runs.reshape(T, 5).sum(1))
    token_L = np.zeros(len(kind_L), np.int32)
    token_L[kind_L == Kind.TEXT] = ticks.text
    token_L[kind_L == Kind.VIDEO] = Tag.VIDEO
    token_L[kind_L == Kind.AUDIO] = Tag.AUDIO
    token_L[kind_L == Kind.TOKEN] = ticks.out
    token_L[kind_L == Kind.SPEAK] = Tag.SPEAK
    part_L = np.zeros(len(kind_L), np.uint8)
    part_L[kind_L == Kind.AUDIO] = np.tile(np.arange(audio_positions, dtype=np.uint8), T)
    return Packed(
        kind_L=kind_L,
        token_L=token_L,
        tick_L=tick_L,
        part_L=part_L,
        target_L=_targets(kind_L, token_L, part_L, audio_positions),
    )


def _targets(kind_L: NDArray, token_L: NDArray, part_L: NDArray, audio_positions: int) -> NDArray[np.int32]:
    """The last audio position and every output token predict what comes next in the output frame; END if nothing does."""
    predicts_L = (kind_L == Kind.TOKEN) | ((kind_L == Kind.AUDIO) & (part_L == audio_positions - 1))
    next_kind_L = np.append(kind_L[1:], Kind.PAD)
    next_token_L = np.append(token_L[1:], Tag.PAD)
    goes_on_L = (next_kind_L == Kind.TOKEN) | (next_kind_L == Kind.SPEAK)
    return np.where(predicts_L, np.where(goes_on_L, next_token_L, Tag.END), NO_TARGET).astype(np.int32)
