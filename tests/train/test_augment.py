"""Augmentation keeps levels levels, is a function of its generator, and leaves its input alone."""

import numpy as np

from microturn.train.augment import _smeared, augment


def test_augmented_levels_stay_levels() -> None:
    levels = np.random.default_rng(0).integers(0, 16, (50, 4, 80)).astype(np.uint8)
    before = levels.copy()
    made = [augment(levels, np.random.default_rng(seed)) for seed in range(20)]
    assert all(a.shape == levels.shape and a.dtype == np.uint8 and a.max() < 16 for a in made)
    assert np.array_equal(made[3], augment(levels, np.random.default_rng(3)))
    assert len({a.tobytes() for a in made}) == 20 and np.array_equal(levels, before)


def test_smeared_bins_are_means_of_their_neighbours() -> None:
    levels = np.random.default_rng(0).integers(0, 16, (3, 4, 80)).astype(np.int8)
    for reach in (1, 2, 3):
        made = _smeared(levels, reach)
        inner = [levels[..., i - reach : i + reach + 1].mean(-1) for i in range(reach, 80 - reach)]
        assert np.array_equal(made[..., reach : 80 - reach], np.round(np.stack(inner, -1)))
        assert made.shape == levels.shape and made.min() >= 0 and made.max() < 16
