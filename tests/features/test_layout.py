"""A session taken apart and gathered is the same, and `pack` lays out what a plain loop over the ticks would."""

from dataclasses import fields

import numpy as np
import pytest

from microturn.features.layout import (
    DMEL_FRAMES,
    MEL_BINS,
    MEL_FRAMES,
    NO_TARGET,
    Kind,
    Packed,
    TickInput,
    TickOutput,
    Ticks,
    gather,
    index,
    offsets,
    pack,
)
from microturn.features.text import Tag

HELLO, WORLD = 40, 41


def heard(k: int, *, text: tuple[int, ...] = (), frame: bool = False, missing: bool = False) -> TickInput:
    return TickInput(
        tick=k,
        dmel_FM=np.full((DMEL_FRAMES, MEL_BINS), k % 16, np.uint8),
        second_of_day=k * 0.25,
        audio_missing=missing,
        frame=np.full((80, 80, 3), k, np.uint8) if frame else None,
        text=text,
    )


def put_out(*tokens: int, mel: float | None = None) -> TickOutput:
    return TickOutput(
        tokens=tuple(map(int, tokens)),
        mel_FM=None if mel is None else np.full((MEL_FRAMES, MEL_BINS), mel, np.float32),
    )


def every_kind() -> Ticks:
    return gather(
        [
            heard(0),
            heard(1, text=(Tag.TYPED, HELLO), frame=True),
            heard(2, missing=True),
            heard(3, frame=True),
            heard(4),
        ],
        [
            put_out(),
            put_out(Tag.HEARD, HELLO),
            put_out(Tag.SAY, WORLD, mel=0.5),
            put_out(mel=-1.5),
            put_out(Tag.CLEAR),
        ],
    )


def same(one: Ticks | Packed, other: Ticks | Packed) -> None:
    for field in fields(one):
        a, b = getattr(one, field.name), getattr(other, field.name)
        assert a.dtype == b.dtype, field.name
        np.testing.assert_array_equal(a, b, err_msg=field.name)


def test_gathering_what_was_taken_apart_gives_the_same() -> None:
    ticks = every_kind()
    assert len(ticks) == 5
    same(gather([ticks.input(k) for k in range(5)], [ticks.output(k) for k in range(5)]), ticks)
    seen = ticks.input(1)
    assert seen.text == (Tag.TYPED, HELLO) and seen.frame is not None and seen.frame[0, 0, 0] == 1
    assert seen.second_of_day == 0.25 and not seen.audio_missing and ticks.input(2).audio_missing
    assert ticks.input(2).frame is None and ticks.output(1).mel_FM is None
    mel_FM = ticks.output(3).mel_FM
    assert mel_FM is not None and mel_FM.dtype == np.float32 and (mel_FM == -1.5).all()


def test_a_session_of_silence_gathers() -> None:
    ticks = gather([heard(0), heard(1)], [put_out(), put_out()])
    assert ticks.frames.shape == (0, 80, 80, 3) and ticks.mel_SFM.shape == (0, MEL_FRAMES, MEL_BINS)
    assert pack(ticks, 1).target_L.tolist() == [Tag.END, Tag.END]


def by_loop(ticks: Ticks, audio_positions: int) -> list[tuple[int, int, int, int, int]]:
    """(kind, token, tick, part, target) of every position, as the module's docstring says it."""
    rows: list[tuple[int, int, int, int, int]] = []
    for k in range(len(ticks)):
        seen, done = ticks.input(k), ticks.output(k)
        follows = [*done.tokens, Tag.END if done.mel_FM is None else Tag.SPEAK]
        rows += [(Kind.TEXT, token, k, 0, NO_TARGET) for token in seen.text]
        rows += [(Kind.VIDEO, Tag.VIDEO, k, 0, NO_TARGET)] * (seen.frame is not None)
        rows += [(Kind.AUDIO, Tag.AUDIO, k, part, NO_TARGET) for part in range(audio_positions - 1)]
        rows += [(Kind.AUDIO, Tag.AUDIO, k, audio_positions - 1, follows[0])]
        rows += [(Kind.TOKEN, token, k, 0, follows[i + 1]) for i, token in enumerate(done.tokens)]
        rows += [(Kind.SPEAK, Tag.SPEAK, k, 0, NO_TARGET)] * (done.mel_FM is not None)
    return rows


@pytest.mark.parametrize("audio_positions", [1, 2, 4])
def test_pack_lays_out_what_a_plain_loop_does(audio_positions: int) -> None:
    ticks = every_kind()
    packed = pack(ticks, audio_positions)
    columns = (packed.kind_L, packed.token_L, packed.tick_L, packed.part_L, packed.target_L)
    assert list(zip(*(column.tolist() for column in columns), strict=True)) == by_loop(ticks, audio_positions)


def test_the_layout_written_out() -> None:
    packed = pack(every_kind(), 1)
    assert packed.token_L.tolist() == [
        *(Tag.AUDIO,),
        *(Tag.TYPED, HELLO, Tag.VIDEO, Tag.AUDIO, Tag.HEARD, HELLO),
        *(Tag.AUDIO, Tag.SAY, WORLD, Tag.SPEAK),
        *(Tag.VIDEO, Tag.AUDIO, Tag.SPEAK),
        *(Tag.AUDIO, Tag.CLEAR),
    ]
    assert packed.target_L.tolist() == [
        *(Tag.END,),
        *(-1, -1, -1, Tag.HEARD, HELLO, Tag.END),
        *(Tag.SAY, WORLD, Tag.SPEAK, -1),
        *(-1, Tag.SPEAK, -1),
        *(Tag.CLEAR, Tag.END),
    ]


@pytest.mark.parametrize("audio_positions", [1, 2, 4])
def test_more_ticks_do_not_change_earlier_positions(audio_positions: int) -> None:
    ticks = every_kind()
    packed = pack(ticks, audio_positions)
    for T in range(1, 5):
        part = gather([ticks.input(k) for k in range(T)], [ticks.output(k) for k in range(T)])
        start = pack(part, audio_positions)
        same(start, packed.head(len(start)))


def test_offsets_and_index() -> None:
    assert offsets([2, 0, 3]).tolist() == [0, 2, 2, 5] and offsets([]).tolist() == [0]
    assert index([True, False, True]).tolist() == [0, -1, 1] and index([]).tolist() == []
