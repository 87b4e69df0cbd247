"""Stretching changes time and nothing else."""

import numpy as np
import pytest

from microturn.data.voices.stretch import SEARCH, stretched

RATE_HZ = 24000


def tone(seconds: float, hz: float = 150.0) -> np.ndarray:
    return np.sin(2 * np.pi * hz * np.arange(int(RATE_HZ * seconds)) / RATE_HZ).astype(np.float32)


@pytest.mark.parametrize("factor", [0.75, 0.9, 1.1, 1.35])
def test_the_length_changes_and_the_pitch_does_not(factor: float) -> None:
    long = stretched(tone(1.0), factor)
    assert len(long) == round(RATE_HZ * factor)
    hz = np.argmax(np.abs(np.fft.rfft(long, 1 << 17))) * RATE_HZ / (1 << 17)
    assert abs(hz - 150) < 2
    assert abs(long[RATE_HZ // 20 : -RATE_HZ // 20].std() - np.sqrt(0.5)) < 0.02


def test_a_factor_of_one_changes_nothing() -> None:
    samples = np.random.default_rng(1).normal(size=5000).astype(np.float32)
    assert np.abs(stretched(samples, 1.0) - samples).max() < 1e-5


@pytest.mark.parametrize("factor", [0.8, 1.25])
def test_a_click_lands_where_its_time_says(factor: float) -> None:
    samples = np.zeros(RATE_HZ, np.float32)
    samples[15000] = 1
    assert abs(int(np.argmax(stretched(samples, factor))) - 15000 * factor) <= SEARCH
