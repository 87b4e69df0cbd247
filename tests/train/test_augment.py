"""Augmentation keeps levels levels; of the rest of a batch only the model's own past is ever corrupted: its voice, and what it
wrote down."""

from dataclasses import fields

import numpy as np
import torch

from microturn.features.text import Tag
from microturn.model.batch import Batch, BatchShape, collate
from microturn.train.augment import _Draw, augmented, corrupted, rehearsed, smeared
from tests.model.tiny import listening, session

SHAPE = BatchShape(rows=2, positions=80, ticks=24, speaking=12, frames=10)
SESSIONS = [listening(session(14, seed), seed) for seed in range(2)]
CLEAN = collate(SESSIONS, SHAPE)


def draw(seed: int) -> torch.Generator:
    return torch.Generator().manual_seed(seed)


def differs(one: Batch, other: Batch) -> set[str]:
    return {f.name for f in fields(Batch) if not torch.equal(getattr(one, f.name), getattr(other, f.name))}


def test_augmented_levels_stay_levels() -> None:
    levels = torch.randint(0, 16, (6, 200, 80), dtype=torch.uint8, generator=draw(0))
    before = levels.clone()
    made = [augmented(levels, _Draw(draw(seed), levels.device)) for seed in range(20)]
    assert all(a.shape == levels.shape and a.dtype == torch.uint8 and a.max() < 16 for a in made)
    assert torch.equal(made[3], augmented(levels, _Draw(draw(3), levels.device)))
    assert len({a.numpy().tobytes() for a in made}) == 20 and torch.equal(levels, before)


def test_augmented_speech_keeps_its_shape() -> None:
    """What is loud stays where it was, but for a few bins: the levels go with the true ones."""
    bump = 3 + 9 * torch.exp(-((torch.arange(80) - 40.0) ** 2) / 100)
    levels = bump.round().to(torch.uint8).expand(8, 100, 80).contiguous()
    like = []
    for seed in range(20):
        made = augmented(levels, _Draw(draw(seed), levels.device)).float()
        like += [float(np.corrcoef(row.mean(0), bump)[0, 1]) for row in made]
    assert np.median(like) > 0.9 and np.quantile(like, 0.05) > 0.5


def test_smeared_bins_are_means_of_their_neighbours() -> None:
    levels = torch.randint(0, 16, (4, 3, 80), generator=draw(0)).float()
    made = smeared(levels, torch.tensor([0, 1, 2, 3]))
    assert torch.equal(made[0], levels[0])
    for reach in (1, 2, 3):
        inner = [levels[reach, :, i - reach : i + reach + 1].mean(-1) for i in range(reach, 80 - reach)]
        torch.testing.assert_close(made[reach][:, reach : 80 - reach], torch.stack(inner, -1))


def test_nothing_is_changed_unasked_and_the_same_generator_changes_the_same() -> None:
    assert not differs(CLEAN, corrupted(CLEAN, draw(0)))
    one, again, other = (corrupted(CLEAN, draw(seed), augment=True, own_noise=0.6, misheard=0.9) for seed in (1, 1, 2))
    assert not differs(one, again) and differs(one, other) >= {"dmel_BTFM", "own_BTFM"}
    assert differs(CLEAN, one) <= {"dmel_BTFM", "own_BTFM", "token_BL"}


def test_noise_touches_only_the_own_past_and_only_where_it_spoke() -> None:
    silent = ~CLEAN.own_BTFM.flatten(2).any(2)
    dropped = touched = 0
    for seed in range(20):
        noisy = corrupted(CLEAN, draw(seed), own_noise=0.6)
        assert differs(CLEAN, noisy) == {"own_BTFM"}
        assert not noisy.own_BTFM[silent].any()
        for row in range(2):
            gone = not noisy.own_BTFM[row].any()
            dropped += gone
            touched += not gone and not torch.equal(noisy.own_BTFM[row], CLEAN.own_BTFM[row])
            error = (noisy.own_BTFM - CLEAN.own_BTFM)[row][~silent[row]]
            assert gone or error.std() < 0.62
    assert touched + dropped == 40 and 2 <= dropped <= 18


def test_only_words_that_were_written_down_are_misheard_as_others_of_the_batch() -> None:
    words = set(CLEAN.token_BL[CLEAN.heard_BL].tolist())
    changed = torch.zeros_like(CLEAN.heard_BL)
    for seed in range(40):
        made = corrupted(CLEAN, draw(seed), misheard=1.0)
        assert differs(CLEAN, made) <= {"token_BL"}
        changed |= made.token_BL != CLEAN.token_BL
        assert set(made.token_BL[CLEAN.heard_BL].tolist()) <= words
    assert torch.equal(changed, CLEAN.heard_BL)


def test_where_nothing_was_heard_nothing_is_misheard() -> None:
    silent = collate([session(14, seed) for seed in range(2)], SHAPE)
    assert not silent.heard_BL.any() and int(Tag.PAD) == 0
    assert not differs(silent, corrupted(silent, draw(0), misheard=1.0))


def test_in_rehearsed_rows_the_model_reads_its_own_words_for_those_it_heard() -> None:
    guess = torch.full_like(CLEAN.token_BL, int(CLEAN.token_BL.max()) + 1)
    guess[:, ::3] = int(Tag.END)  # no word: the true one stays
    every, one = rehearsed(CLEAN, guess), rehearsed(CLEAN, guess[:1])
    changed = every.token_BL != CLEAN.token_BL
    assert differs(CLEAN, every) == differs(CLEAN, one) == {"token_BL"}
    assert torch.equal(changed, CLEAN.heard_BL & (guess != int(Tag.END))) and changed[0].any()
    assert (every.token_BL[changed] == guess[changed]).all()
    assert torch.equal(one.token_BL, torch.cat([every.token_BL[:1], CLEAN.token_BL[1:]]))
