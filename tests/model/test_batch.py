"""A batch is its packed sessions, cut to the shape, however many others lie beside them."""

from dataclasses import fields, replace

import numpy as np
import pytest
import torch

from microturn.features.layout import NO_TARGET, Kind, Ticks, pack
from microturn.features.text import Tag
from microturn.features.video import patches
from microturn.model.batch import Batch, BatchShape, Rows, collate, laid
from tests.model.tiny import listening, session

SHAPE = BatchShape(rows=2, positions=80, ticks=24, speaking=12, frames=10)
SESSIONS = [session(14, seed) for seed in range(2)]


def batch(shape: BatchShape = SHAPE, sessions: list[Ticks] = SESSIONS) -> Batch:
    return collate(sessions, shape)


@pytest.mark.parametrize("audio_positions", [1, 2, 4])
def test_a_row_is_its_packed_session(audio_positions: int) -> None:
    made = batch(replace(SHAPE, positions=150, audio_positions=audio_positions))
    T = SHAPE.ticks
    for row, ticks in enumerate(SESSIONS):
        packed = pack(ticks, audio_positions)
        L, n = len(packed), len(ticks)
        assert L < 150
        np.testing.assert_array_equal(made.token_BL[row, :L], packed.token_L)
        np.testing.assert_array_equal(made.tick_BL[row, :L], packed.tick_L)
        np.testing.assert_array_equal(made.target_BL[row, :L], packed.target_L)
        assert (made.target_BL[row, L:] == NO_TARGET).all() and (made.token_BL[row, L:] == Tag.PAD).all()
        audio = packed.kind_L == Kind.AUDIO
        expected = (row * T + packed.tick_L[audio]) * audio_positions + packed.part_L[audio]
        np.testing.assert_array_equal(made.source_BL[row, :L][torch.from_numpy(audio)], expected)
        plain = ~audio & (packed.kind_L != Kind.VIDEO)
        assert (made.source_BL[row, :L][torch.from_numpy(plain)] == 2 * T * audio_positions).all()
        np.testing.assert_array_equal(made.dmel_BTFM[row, :n], ticks.dmel_TFM)
        np.testing.assert_array_equal(made.missing_BT[row, :n], ticks.missing_T)
        np.testing.assert_array_equal(made.word_BTF[row, :n], ticks.word_TF)
        assert made.real_BT[row].sum() == n
        last = made.audio_BT[row, :n] - row * 150
        assert (packed.kind_L[last] == Kind.AUDIO).all() and (packed.part_L[last] == audio_positions - 1).all()


def test_the_own_voice_is_heard_in_the_tick_after() -> None:
    made = batch()
    for row, ticks in enumerate(SESSIONS):
        for k in range(len(ticks)):
            mel_FM = ticks.output(k).mel_FM
            expected_FM = np.zeros((16, 80), np.float32) if mel_FM is None else mel_FM
            np.testing.assert_array_equal(made.own_BTFM[row, k + 1], expected_FM)
        spoken = ticks.speak_T[ticks.speak_T >= 0]
        slots = slice(row * SHAPE.speaking, row * SHAPE.speaking + len(spoken))
        np.testing.assert_array_equal(made.mel_SFM[slots], ticks.mel_SFM[spoken].astype(np.float32))
        assert (made.token_BL.flatten()[made.speak_S[slots]] == Tag.SPEAK).all()
    assert made.speak_weight_S.sum() == sum(len(ticks.mel_SFM) for ticks in SESSIONS)


def test_a_row_longer_than_the_shape_is_the_start_of_the_whole_one() -> None:
    whole = batch(replace(SHAPE, positions=100))
    for limits in ({"positions": 31}, {"ticks": 9}, {"positions": 30, "ticks": 5}):
        cut = batch(replace(SHAPE, **limits))
        used = (cut.target_BL != NO_TARGET).sum(1)
        assert (used > 0).all()
        for row in range(2):
            packed = pack(SESSIONS[row], 1)
            length = min(cut.token_BL.shape[1], int(np.searchsorted(packed.tick_L, cut.real_BT.shape[1])))
            for name in ("token_BL", "tick_BL", "target_BL"):
                a, b = getattr(cut, name)[row, :length], getattr(whole, name)[row, :length]
                assert torch.equal(a, b), (name, limits)
            assert (cut.target_BL[row, length:] == NO_TARGET).all()
            assert cut.real_BT[row].sum() == int((packed.kind_L[:length] == Kind.AUDIO).sum())
        spoken = cut.speak_S[cut.speak_weight_S > 0]
        assert (cut.token_BL.flatten()[spoken] == Tag.SPEAK).all()


def test_frames_fill_the_batch_row_after_row_and_those_beyond_its_limit_show_nothing() -> None:
    made = batch(replace(SHAPE, frames=2))
    zero, room, first = 2 * SHAPE.ticks, 2 * 2, 0
    assert sum(len(ticks.frames) for ticks in SESSIONS) > room
    for row, ticks in enumerate(SESSIONS):
        at = np.flatnonzero(made.token_BL[row] == Tag.VIDEO)
        count = min(len(at), room - first)
        assert len(at) == len(ticks.frames)
        sources = [zero + 1 + first + i for i in range(count)] + [zero] * (len(at) - count)
        assert made.source_BL[row][at].tolist() == sources
        before = 0 * ticks.frames[0]
        for i in range(count):
            np.testing.assert_array_equal(made.patches_NPC[first + i], patches(before, ticks.frames[i]))
            assert made.frame_N[first + i] == row * SHAPE.positions + at[i]
            tick = int(np.flatnonzero(ticks.frame_T == i)[0])
            assert made.seen_NK[first + i].tolist() == ticks.seen_TK[tick].tolist()
            before = ticks.frames[i]
        first += count
    assert first == room


def test_spoken_ticks_beyond_the_limit_are_heard_but_not_trained() -> None:
    few, all_ = batch(replace(SHAPE, speaking=2)), batch()
    assert few.speak_weight_S.tolist() == [1.0] * 4
    assert torch.equal(few.own_BTFM, all_.own_BTFM) and torch.equal(few.target_BL, all_.target_BL)


def test_moving_takes_the_dtype_of_the_mels_only() -> None:
    moved = batch().to("cpu", torch.bfloat16)
    assert moved.own_BTFM.dtype == moved.mel_SFM.dtype == torch.bfloat16
    assert moved.dmel_BTFM.dtype == torch.uint8 and moved.second_BT.dtype == torch.float32


def test_a_wrong_number_of_sessions_is_refused() -> None:
    with pytest.raises(ValueError, match="takes 2 sessions, got 1"):
        batch(sessions=SESSIONS[:1])


def test_rows_among_others_give_the_batch_that_they_give_alone() -> None:
    many = [session(int(n), seed) for seed, n in enumerate((14, 3, 20, 9, 14, 6))]
    held = Rows(SHAPE)
    for first in (0, 2, 3):
        held.add([laid(ticks, SHAPE) for ticks in many[first : {0: 2, 2: 3, 3: 6}[first]]])
    assert len(held) == 6
    for pair in ([0, 1], [5, 2], [3, 3], [4, 0]):
        alone, among = collate([many[i] for i in pair], SHAPE), held.batch(pair)
        for f in fields(Batch):
            assert torch.equal(getattr(alone, f.name), getattr(among, f.name)), (pair, f.name)


def test_only_words_that_the_model_wrote_down_are_marked() -> None:
    sessions = [listening(ticks, seed) for seed, ticks in enumerate(SESSIONS)]
    made = batch(sessions=sessions)
    assert made.heard_BL.any()
    for row, ticks in enumerate(sessions):
        packed, channel = pack(ticks, 1), Tag.PAD
        assert not made.heard_BL[row, len(packed) :].any()
        for position, (kind, token) in enumerate(zip(packed.kind_L, packed.token_L, strict=True)):
            channel = Tag(token) if kind == Kind.TOKEN and token < len(Tag) else channel
            heard = kind == Kind.TOKEN and token >= len(Tag) and channel == Tag.HEARD
            assert made.heard_BL[row, position] == heard
