"""Batches of packed sessions as tensors of one fixed shape, so that a training loop touches no fresh memory.

A session is laid out once (`Row`); `Rows` holds many, on any device, and puts batches together there: six for a step on a
CPU (`collate`), or a whole corpus in the memory of a GPU.

Letters: B rows, T ticks, L positions, F frames within a tick, M mel bins, S speaking ticks, X spoken mels, N video frames of a
batch, Z of a row, H and W their height and width, P patches, C what a patch holds (two frames of 40 x 40 RGB), K kinds of things
in view.
"""

from collections.abc import Sequence
from dataclasses import dataclass, fields

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from microturn.features.layout import (
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
from microturn.features.video import PATCH_PX, PATCHES

NONE = -1  # no mel, no frame


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
    row, then the video frames. `heard_BL` marks the words that the model wrote down. Padding: token PAD, target -1, weight 0."""

    token_BL: Tensor
    tick_BL: Tensor
    target_BL: Tensor
    source_BL: Tensor
    heard_BL: Tensor
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


@dataclass(frozen=True, kw_only=True)
class Row:
    """One session, cut to a shape and padded to it. Positions and indices count within the row.

    source_L: tick * A + part of an audio position, T * A for neither, T * A + 1 + i for video frame i. own_T: which of
    the mels was spoken in the tick before. speak_S: positions of speaking ticks, spoken_S: their mels; `NONE` beyond.
    """

    token_L: NDArray[np.int32]
    tick_L: NDArray[np.int32]
    target_L: NDArray[np.int32]
    source_L: NDArray[np.int32]
    heard_L: NDArray[np.bool_]
    dmel_TFM: NDArray[np.uint8]
    missing_T: NDArray[np.bool_]
    second_T: NDArray[np.float32]
    real_T: NDArray[np.bool_]
    audio_T: NDArray[np.int32]
    phone_TF: NDArray[np.uint8]
    word_TF: NDArray[np.int16]
    own_T: NDArray[np.int32]
    speak_S: NDArray[np.int32]
    spoken_S: NDArray[np.int32]
    mel_XFM: NDArray[np.float16]
    frame_ZHWC: NDArray[np.uint8]
    place_Z: NDArray[np.int32]
    seen_ZK: NDArray[np.int16]


RAGGED = ("mel_XFM", "frame_ZHWC", "place_Z", "seen_ZK")  # as long as the session makes them


def laid(ticks: Ticks, shape: BatchShape) -> Row:
    """A session as a row of the shape, cut where it is longer."""
    T, L, A = shape.ticks, shape.positions, shape.audio_positions
    packed = pack(ticks, A)
    length = min(L, len(packed), int(np.searchsorted(packed.tick_L, T)))
    p, n = packed.head(length), int(packed.tick_L[length - 1]) + 1
    audio = p.kind_L == Kind.AUDIO
    last = np.flatnonzero(audio & (p.part_L == A - 1))
    video = np.flatnonzero(p.kind_L == Kind.VIDEO)
    speak = np.flatnonzero(p.kind_L == Kind.SPEAK)
    source_L = np.full(length, T * A, np.int32)
    source_L[audio] = p.tick_L[audio] * A + p.part_L[audio]
    source_L[video] = T * A + 1 + np.arange(len(video))
    spoken = ticks.speak_T[p.tick_L[speak]]
    own_T = np.full(T + 1, NONE, np.int32)
    own_T[p.tick_L[speak] + 1] = spoken
    return Row(
        token_L=_padded(p.token_L, L, int(Tag.PAD)),
        tick_L=_padded(p.tick_L, L, 0),
        target_L=_padded(p.target_L, L, NO_TARGET),
        source_L=_padded(source_L, L, T * A),
        heard_L=_padded(_heard(p), L, 0),
        dmel_TFM=_padded(ticks.dmel_TFM[:n], T, SILENCE_LEVEL),
        missing_T=_padded(ticks.missing_T[:n], T, 0),
        second_T=_padded(ticks.second_T[:n], T, 0),
        real_T=_padded(np.ones(len(last), bool), T, 0),
        audio_T=_padded(last.astype(np.int32), T, 0),
        phone_TF=_padded(ticks.phone_TF[:n], T, 0),
        word_TF=_padded(ticks.word_TF[:n], T, 0),
        own_T=own_T[:T],
        speak_S=_padded(speak[: shape.speaking].astype(np.int32), shape.speaking, 0),
        spoken_S=_padded(spoken[: shape.speaking].astype(np.int32), shape.speaking, NONE),
        mel_XFM=ticks.mel_SFM,
        frame_ZHWC=ticks.frames[ticks.frame_T[p.tick_L[video]]],
        place_Z=video.astype(np.int32),
        seen_ZK=ticks.seen_TK[p.tick_L[video]],
    )


def _padded(values: NDArray, length: int, filler: int) -> NDArray:
    out = np.full((length, *values.shape[1:]), filler, values.dtype)
    out[: len(values)] = values
    return out


def _heard(p: Packed) -> NDArray[np.bool_]:
    """The positions [L] of words on the channel `heard`: output tokens whose last tag is HEARD."""
    written = p.kind_L == Kind.TOKEN
    tag = written & (p.token_L < len(Tag))
    channel = p.token_L[np.maximum.accumulate(np.where(tag, np.arange(len(p)), 0))]
    return written & ~tag & (channel == Tag.HEARD)


class _Pool:
    """Rows of one kind, one after the other, in memory that grows by half when it is full."""

    def __init__(self, device: torch.device) -> None:
        self.device, self.count = device, 0
        self._values: Tensor | None = None

    @property
    def values(self) -> Tensor:
        assert self._values is not None, "nothing was added"
        return self._values

    def add(self, added: NDArray) -> int:
        """Append; where the first of the new ones lies."""
        first, new = self.count, torch.from_numpy(np.ascontiguousarray(added))
        self.count += len(new)
        if self._values is None:
            self._values = new.to(self.device)
        elif self.count <= len(self._values):
            self._values[first : self.count] = new.to(self.device)
        else:
            grown = torch.empty((self.count + self.count // 2, *new.shape[1:]), dtype=new.dtype, device=self.device)
            grown[:first] = self._values[:first]
            grown[first : self.count] = new.to(self.device)
            self._values = grown
        return first


class Rows:
    """Sessions laid out on a device, and the batches that are made of them."""

    def __init__(self, shape: BatchShape, device: torch.device | str = "cpu") -> None:
        self.shape, self.device = shape, torch.device(device)
        self._pools = {f.name: _Pool(self.device) for f in fields(Row)}
        self._firsts: list[tuple[int, int, int]] = []  # of each row: its first mel, its first frame, how many frames
        blank = np.zeros((1, FRAME_SIZE, FRAME_SIZE, 3), np.uint8)
        self._pools["mel_XFM"].add(np.zeros((1, MEL_FRAMES, MEL_BINS), np.float16))  # 0 is silence, and a black picture
        self._pools["frame_ZHWC"].add(blank)
        self._pools["place_Z"].add(np.zeros(1, np.int32))
        self._pools["seen_ZK"].add(np.full((1, len(IN_VIEW)), NO_TARGET, np.int16))

    def __len__(self) -> int:
        return len(self._firsts)

    def add(self, rows: Sequence[Row]) -> None:
        """Take rows in; they are numbered in the order in which they come."""
        at: dict[str, int] = {}
        for name, pool in self._pools.items():
            values = [getattr(row, name) for row in rows]
            at[name] = pool.add(np.concatenate(values) if name in RAGGED else np.stack(values))
        mels = np.cumsum([at["mel_XFM"], *(len(row.mel_XFM) for row in rows)])
        frames = np.cumsum([at["frame_ZHWC"], *(len(row.frame_ZHWC) for row in rows)])
        self._firsts += [(int(mels[i]), int(frames[i]), len(row.frame_ZHWC)) for i, row in enumerate(rows)]

    def batch(self, numbers: Sequence[int]) -> Batch:
        """These rows as a batch; ValueError where they are not as many as the shape has."""
        shape = self.shape
        if len(numbers) != shape.rows:
            raise ValueError(f"a batch takes {shape.rows} sessions, got {len(numbers)}")
        T, L, A, B = shape.ticks, shape.positions, shape.audio_positions, shape.rows
        number_B = torch.tensor(list(numbers), device=self.device)
        row_B1 = torch.arange(B, device=self.device)[:, None]
        mel_B1 = torch.tensor([self._firsts[i][0] for i in numbers], device=self.device)[:, None]
        frame_N, before_N, owner_N, slot_B1, room_B1 = self._frames(numbers)

        def of(name: str) -> Tensor:
            return self._pools[name].values[number_B]

        def mels(which: Tensor) -> Tensor:
            """Those of the rows [B, anything], silence where there is none."""
            return self._pools["mel_XFM"].values[torch.where(which == NONE, 0, which + mel_B1)].float()

        source, real, spoken = of("source_L"), of("real_T"), of("spoken_S")
        seen = source - (T * A + 1)
        shown = (seen >= 0) & (seen < room_B1)
        source_BL = torch.where(source < T * A, source + row_B1 * T * A, B * T * A)
        place_N = torch.where(frame_N > 0, self._pools["place_Z"].values[frame_N] + owner_N * L, 0)
        return Batch(
            token_BL=of("token_L"),
            tick_BL=of("tick_L"),
            target_BL=of("target_L"),
            source_BL=torch.where(shown, seen + slot_B1 + B * T * A + 1, source_BL).int(),
            heard_BL=of("heard_L"),
            dmel_BTFM=of("dmel_TFM"),
            missing_BT=of("missing_T"),
            second_BT=of("second_T"),
            own_BTFM=mels(of("own_T")),
            real_BT=real,
            audio_BT=torch.where(real, of("audio_T") + row_B1 * L, 0),
            phone_BTF=of("phone_TF"),
            word_BTF=of("word_TF"),
            speak_S=torch.where(spoken == NONE, 0, of("speak_S") + row_B1 * L).flatten(),
            speak_weight_S=(spoken != NONE).float().flatten(),
            mel_SFM=mels(spoken).flatten(0, 1),
            patches_NPC=_pairs(self._pools["frame_ZHWC"].values, before_N, frame_N),
            frame_N=place_N,
            seen_NK=self._pools["seen_ZK"].values[frame_N].long(),
        )

    def _frames(self, numbers: Sequence[int]) -> tuple[Tensor, ...]:
        """The pooled numbers of the batch's frames and of those before them, whose they are; the first slot of each row and how
        many slots it has. Slots are given row after row until there are no more."""
        most = self.shape.rows * self.shape.frames
        frame, before, owner = (np.zeros(most, np.int64) for _ in range(3))
        slots, rooms, used = [], [], 0
        for row, number in enumerate(numbers):
            _, first, count = self._firsts[number]
            room = min(count, most - used)
            frame[used : used + room] = np.arange(first, first + room)
            before[used + 1 : used + room] = np.arange(first, first + room - 1)
            owner[used : used + room] = row
            slots.append([used])
            rooms.append([room])
            used += room
        return tuple(torch.from_numpy(np.asarray(x)).to(self.device) for x in (frame, before, owner, slots, rooms))


def _pairs(frames: Tensor, before_N: Tensor, now_N: Tensor) -> Tensor:
    """`features.video.patches` of many pairs of pooled frames: uint8 [N, P, 2, 40, 40, 3]."""
    pair = torch.stack([frames[before_N], frames[now_N]], 1)
    side = FRAME_SIZE // PATCH_PX
    grid = pair.view(-1, 2, side, PATCH_PX, side, PATCH_PX, 3).permute(0, 2, 4, 1, 3, 5, 6)
    return grid.reshape(-1, PATCHES, 2, PATCH_PX, PATCH_PX, 3)


def collate(sessions: Sequence[Ticks], shape: BatchShape) -> Batch:
    """One row per session, cut to the shape. ValueError where they are not as many as its rows."""
    rows = Rows(shape)
    if len(sessions) == shape.rows:
        rows.add([laid(ticks, shape) for ticks in sessions])
    return rows.batch(range(len(sessions)))
