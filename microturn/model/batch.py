"""Batches of packed sessions as tensors of one fixed shape, so that a training loop touches no fresh memory.

Letters: B rows, T ticks, L positions, F frames within a tick, M mel bins, S speaking ticks, N video frames, P patches,
C what a patch holds (two frames of 40 x 40 RGB), K kinds of things in view.
"""

from collections.abc import Sequence
from dataclasses import dataclass, fields

import numpy as np
import torch
from torch import Tensor

from microturn.features.layout import (
    DMEL_FRAMES,
    FRAME_SIZE,
    IN_VIEW,
    MEL_BINS,
    MEL_FRAMES,
    NO_TARGET,
    SILENCE_LEVEL,
    Kind,
    Packed,
    Ticks,
    pack,
)
from microturn.features.text import Tag
from microturn.features.video import patches


@dataclass(frozen=True, kw_only=True)
class BatchShape:
    """rows x positions; at most `ticks` ticks and `speaking` spoken ticks a row, and `frames` video frames a row on average:
    rows with few leave room for others."""

    rows: int = 6
    positions: int = 768
    ticks: int = 448
    speaking: int = 80
    frames: int = 80
    audio_positions: int = 1


@dataclass(frozen=True, kw_only=True)
class Batch:
    """Tensors of one training step. `source_BL` indexes the audio positions of all rows (B*T*A of them), then one zero
    row, then the video frames. Padding: token PAD, target -1, weight 0."""

    token_BL: Tensor
    tick_BL: Tensor
    target_BL: Tensor
    source_BL: Tensor
    dmel_BTFM: Tensor
    missing_BT: Tensor
    second_BT: Tensor
    own_BTFM: Tensor
    real_BT: Tensor
    audio_BT: Tensor  # flat position of each tick's last audio position
    phone_BTF: Tensor
    word_BTF: Tensor
    speak_S: Tensor  # flat positions of speaking ticks
    speak_weight_S: Tensor
    mel_SFM: Tensor
    patches_NPC: Tensor
    frame_N: Tensor  # flat position of each video frame
    seen_NK: Tensor

    def to(self, device: torch.device | str, dtype: torch.dtype) -> "Batch":
        """Move; the mels take `dtype`."""
        moved = {f.name: getattr(self, f.name).to(device, non_blocking=True) for f in fields(self)}
        return Batch(**moved | {"own_BTFM": moved["own_BTFM"].to(dtype), "mel_SFM": moved["mel_SFM"].to(dtype)})


def collate(
    sessions: Sequence[Ticks],
    shape: BatchShape,
    rng: np.random.Generator,
    *,
    own_noise: float = 0.0,
    misheard: float = 0.0,
) -> Batch:
    """One row per session, cut to the shape.

    Served, the model reads its own errors, so that it must not lean on a perfect past. With `own_noise`, its own past mel is
    corrupted: noise of a random level up to it, and dropped altogether for a fifth of the rows. With `misheard`, a share up
    to it of the words that it wrote down become others of the batch, in half of the rows; what it should write stays.
    """
    if len(sessions) != shape.rows:
        raise ValueError(f"a batch takes {shape.rows} sessions, got {len(sessions)}")
    out = _empty(shape)
    frames = 0
    for row, ticks in enumerate(sessions):
        packed = pack(ticks, shape.audio_positions)
        frames = _fill(out, row, ticks, packed, shape, frames)
    _own(out, rng, own_noise)
    _mishear(out, rng, misheard)
    return Batch(**{name: torch.from_numpy(value) for name, value in out.items() if not name.startswith("_")})


def _empty(shape: BatchShape) -> dict[str, np.ndarray]:
    B, L, T, A = shape.rows, shape.positions, shape.ticks, shape.audio_positions
    S, N = B * shape.speaking, B * shape.frames
    return {
        "token_BL": np.zeros((B, L), np.int32),
        "tick_BL": np.zeros((B, L), np.int32),
        "target_BL": np.full((B, L), NO_TARGET, np.int32),
        "source_BL": np.full((B, L), B * T * A, np.int32),
        "dmel_BTFM": np.full((B, T, DMEL_FRAMES, MEL_BINS), SILENCE_LEVEL, np.uint8),
        "missing_BT": np.zeros((B, T), bool),
        "second_BT": np.zeros((B, T), np.float32),
        "own_BTFM": np.zeros((B, T, MEL_FRAMES, MEL_BINS), np.float32),
        "real_BT": np.zeros((B, T), bool),
        "audio_BT": np.zeros((B, T), np.int64),
        "phone_BTF": np.zeros((B, T, DMEL_FRAMES), np.uint8),
        "word_BTF": np.zeros((B, T, DMEL_FRAMES), np.int16),
        "speak_S": np.zeros(S, np.int64),
        "speak_weight_S": np.zeros(S, np.float32),
        "mel_SFM": np.zeros((S, MEL_FRAMES, MEL_BINS), np.float32),
        "patches_NPC": np.zeros((N, 4, 2, 40, 40, 3), np.uint8),
        "frame_N": np.zeros(N, np.int64),
        "seen_NK": np.full((N, len(IN_VIEW)), NO_TARGET, np.int64),
        "_heard_BL": np.zeros((B, L), bool),
    }


def _fill(out: dict[str, np.ndarray], row: int, ticks: Ticks, packed: Packed, shape: BatchShape, frames: int) -> int:
    """Fill one row; `frames` video frames are there already. Returns how many there are now."""
    T, L, A = shape.ticks, shape.positions, shape.audio_positions
    length = min(L, len(packed), int(np.searchsorted(packed.tick_L, T)))
    p, n = packed.head(length), int(packed.tick_L[length - 1]) + 1
    out["token_BL"][row, :length] = p.token_L
    out["tick_BL"][row, :length] = p.tick_L
    out["target_BL"][row, :length] = p.target_L
    out["_heard_BL"][row, :length] = _heard(p)
    audio = p.kind_L == Kind.AUDIO
    out["source_BL"][row, :length][audio] = (row * T + p.tick_L[audio]) * A + p.part_L[audio]
    last = np.flatnonzero(audio & (p.part_L == A - 1))
    out["audio_BT"][row, : len(last)] = row * L + last
    out["real_BT"][row, : len(last)] = True
    for name, values in (
        ("dmel_BTFM", ticks.dmel_TFM),
        ("missing_BT", ticks.missing_T),
        ("second_BT", ticks.second_T),
        ("phone_BTF", ticks.phone_TF),
        ("word_BTF", ticks.word_TF),
    ):
        out[name][row, :n] = values[:n]
    _voices(out, row, ticks, p, shape)
    return _videos(out, row, ticks, p, shape, frames)


def _voices(out: dict[str, np.ndarray], row: int, ticks: Ticks, p: Packed, shape: BatchShape) -> None:
    at = np.flatnonzero(p.kind_L == Kind.SPEAK)
    spoken = p.tick_L[at]
    after = spoken + 1
    keep = after < shape.ticks
    out["own_BTFM"][row, after[keep]] = ticks.mel_SFM[ticks.speak_T[spoken[keep]]]
    at, spoken = at[: shape.speaking], spoken[: shape.speaking]
    slots = slice(row * shape.speaking, row * shape.speaking + len(at))
    out["speak_S"][slots] = row * shape.positions + at
    out["speak_weight_S"][slots] = 1.0
    out["mel_SFM"][slots] = ticks.mel_SFM[ticks.speak_T[spoken]]


def _videos(out: dict[str, np.ndarray], row: int, ticks: Ticks, p: Packed, shape: BatchShape, first: int) -> int:
    """Frames from slot `first` on; those beyond the batch's limit keep their position but show nothing (the zero row)."""
    at = np.flatnonzero(p.kind_L == Kind.VIDEO)[: shape.rows * shape.frames - first]
    zero = shape.rows * shape.ticks * shape.audio_positions
    before = np.zeros((FRAME_SIZE, FRAME_SIZE, 3), np.uint8)
    for i, position in enumerate(at):
        frame = ticks.frames[ticks.frame_T[p.tick_L[position]]]
        slot = first + i
        out["patches_NPC"][slot] = patches(before, frame)
        out["source_BL"][row, position] = zero + 1 + slot
        out["frame_N"][slot] = row * shape.positions + position
        out["seen_NK"][slot] = ticks.seen_TK[p.tick_L[position]]
        before = frame
    return first + len(at)


def _own(out: dict[str, np.ndarray], rng: np.random.Generator, most: float) -> None:
    own = out["own_BTFM"]
    if not most:
        return
    spoke = own.any(axis=(2, 3))
    level = rng.uniform(0, most, (own.shape[0], 1)) * np.ones(own.shape[:2])
    noise = rng.standard_normal(own[spoke].shape, np.float32) * level[spoke][:, None, None].astype(np.float32)
    own[spoke] += noise
    own[rng.random(len(own)) < 0.2] = 0


def _heard(p: Packed) -> np.ndarray:
    """The positions [L] of words on the channel `heard`: output tokens whose last tag is HEARD."""
    written = p.kind_L == Kind.TOKEN
    tag = written & (p.token_L < len(Tag))
    channel = p.token_L[np.maximum.accumulate(np.where(tag, np.arange(len(p)), 0))]
    return written & ~tag & (channel == Tag.HEARD)


def _mishear(out: dict[str, np.ndarray], rng: np.random.Generator, most: float) -> None:
    """Other words for some of those that were written down, of the words written anywhere in the batch."""
    heard = out["_heard_BL"]
    words = out["token_BL"][heard]
    if not most or not len(words):
        return
    share = rng.uniform(0, most, (len(heard), 1)) * (rng.random((len(heard), 1)) < 0.5)
    wrong = heard & (rng.random(heard.shape) < share)
    out["token_BL"][wrong] = rng.choice(words, int(wrong.sum()))
