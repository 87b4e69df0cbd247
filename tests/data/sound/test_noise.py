"""Noises have unit power and depend only on the seed."""

import numpy as np
import pytest

from microturn.data import sound


@pytest.mark.parametrize("name", sorted(sound.NOISES))
def test_noises_have_unit_power_and_depend_only_on_the_seed(name: str) -> None:
    one, two = (sound.NOISES[name](np.random.default_rng(3), 40_000) for _ in range(2))
    assert one.dtype == np.float32 and one.shape == (40_000,)
    np.testing.assert_array_equal(one, two)
    assert abs(float(np.mean(one**2)) - 1) < 0.01
