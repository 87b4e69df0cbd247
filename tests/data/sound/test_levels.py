"""Levels are what they say; what lies outside a track is dropped."""

import numpy as np
import pytest

from microturn.data import sound


def test_levels_are_of_the_active_part() -> None:
    tone = np.zeros(16_000, np.float32)
    tone[:4000] = np.sin(np.arange(4000) * 0.2)
    assert 20 * np.log10(sound.rms(sound.to_level(tone, -20))) == pytest.approx(-20, abs=0.1)
    assert not sound.to_level(np.zeros(10, np.float32), -20).any()


@pytest.mark.parametrize("start", [-3, 0, 2, 8, 20])
def test_adding_outside_the_target_is_dropped(start: int) -> None:
    target = np.zeros(10, np.float32)
    sound.add(target, np.ones(5, np.float32), start)
    assert np.flatnonzero(target).tolist() == [i for i in range(start, start + 5) if 0 <= i < 10]
