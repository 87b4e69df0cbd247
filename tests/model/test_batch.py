"""A batch is its packed sessions, cut to the shape; only the model's own past is ever corrupted: its voice, and what it wrote down."""

from dataclasses import fields, replace

import numpy as np
import pytest
import torch

from microturn.features.layout import NO_TARGET, Kind, Ticks, pack
from microturn.features.text import Tag
from microturn.features.video import patches
from microturn.model.batch import Batch, BatchShape, collate
from tests.model.tiny import session

SHAPE = BatchShape(rows=2, positions=80, ticks=24, speaking=12, frames=10)
SESSIONS = [session(14, seed) for seed in range(2)]


def batch(shape: BatchShape = SHAPE, sessions: list[Ticks] = SESSIONS, noise: float = 0.0, seed: int = 0) -> Batch:
    return collate(sessions, shape, np.random.default_rng(seed), own_noise=noise)


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


def test_noise_touches_only_the_own_past_and_only_where_it_spoke() -> None:
    clean = batch()
    silent = ~clean.own_BTFM.flatten(2).any(2)
    dropped = touched = 0
    for seed in range(20):
        noisy = batch(noise=0.6, seed=seed)
        for field in fields(Batch):
            if field.name != "own_BTFM":
                assert torch.equal(getattr(noisy, field.name), getattr(clean, field.name)), field.name
        assert not noisy.own_BTFM[silent].any()
        for row in range(2):
            gone = not noisy.own_BTFM[row].any()
            dropped += gone
            touched += not gone and not torch.equal(noisy.own_BTFM[row], clean.own_BTFM[row])
            error = (noisy.own_BTFM - clean.own_BTFM)[row][~silent[row]]
            assert gone or error.std() < 0.62
    assert touched + dropped == 40 and 2 <= dropped <= 18


def test_the_same_generator_gives_the_same_batch_and_another_does_not() -> None:
    one, again, other = batch(noise=0.6, seed=1), batch(noise=0.6, seed=1), batch(noise=0.6, seed=2)
    assert torch.equal(one.own_BTFM, again.own_BTFM) and not torch.equal(one.own_BTFM, other.own_BTFM)


def test_moving_takes_the_dtype_of_the_mels_only() -> None:
    moved = batch().to("cpu", torch.bfloat16)
    assert moved.own_BTFM.dtype == moved.mel_SFM.dtype == torch.bfloat16
    assert moved.dmel_BTFM.dtype == torch.uint8 and moved.second_BT.dtype == torch.float32


def test_a_wrong_number_of_sessions_is_refused() -> None:
    with pytest.raises(ValueError, match="takes 2 sessions, got 1"):
        batch(sessions=SESSIONS[:1])


def listening(ticks: Ticks, seed: int) -> Ticks:
    """The session with about half of what it says written down as heard instead, and other words."""
    rng = np.random.default_rng(seed)
    heard = (ticks.out == Tag.SAY) & (rng.random(len(ticks.out)) < 0.5)
    words = np.where(ticks.out >= len(Tag), rng.integers(len(Tag), 200, len(ticks.out)), ticks.out)
    return replace(ticks, out=np.where(heard, int(Tag.HEARD), words).astype(np.int32))


def test_only_words_that_were_written_down_are_misheard_and_what_to_write_stays() -> None:
    sessions = [listening(ticks, seed) for seed, ticks in enumerate(SESSIONS)]
    true = batch(sessions=sessions)
    changed = torch.zeros_like(true.token_BL, dtype=torch.bool)
    for seed in range(40):
        made = collate(sessions, SHAPE, np.random.default_rng(seed), misheard=1.0)
        for f in fields(Batch):
            assert f.name == "token_BL" or torch.equal(getattr(made, f.name), getattr(true, f.name)), f.name
        changed |= made.token_BL != true.token_BL
    for row, ticks in enumerate(sessions):
        packed, channel = pack(ticks, 1), Tag.PAD
        for position, (kind, token) in enumerate(zip(packed.kind_L, packed.token_L, strict=True)):
            channel = Tag(token) if kind == Kind.TOKEN and token < len(Tag) else channel
            heard = kind == Kind.TOKEN and token >= len(Tag) and channel == Tag.HEARD
            assert changed[row, position] == heard
