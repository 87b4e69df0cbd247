"""Microphones and loudspeakers colour without delay; a canceller takes away what it says, once it has adapted."""

import numpy as np
import pytest

from microturn.data import sound
from microturn.data.sound import microphones


def test_a_microphone_colours_without_delay_and_a_flat_one_does_nothing() -> None:
    flat = sound.microphone(np.random.default_rng(0), 1e-6)
    assert flat[0] == pytest.approx(1, abs=1e-3) and np.abs(flat[1:]).max() < 1e-3
    for seed in range(8):
        response = sound.microphone(np.random.default_rng(seed), 6.0)
        level_db = 20 * np.log10(np.abs(np.fft.rfft(response, 512))[4:200])
        assert 3 < level_db.max() - level_db.min() < 60
        assert np.square(response[:32]).sum() > 0.8 and np.linalg.norm(response) == pytest.approx(1, abs=1e-3)


def test_a_loudspeaker_has_no_bass_and_bends_loud_sounds() -> None:
    rng = np.random.default_rng(0)
    levels = np.abs(np.fft.rfft(microphones.loudspeaker(rng), 2048))
    assert levels[:8].max() < 0.3 * levels[128:256].mean()  # below 60 Hz, against 1 to 2 kHz
    tone = 0.3 * np.sin(2 * np.pi * 500 * np.arange(16_000) / 16_000).astype(np.float32)
    np.testing.assert_array_equal(microphones.driven(tone, 0.0), tone)
    spectrum = np.abs(np.fft.rfft(microphones.driven(tone, 0.5)))
    assert 0.005 < spectrum[1500] / spectrum[500] < 0.2  # a third harmonic
    assert spectrum[1000] / spectrum[500] > 1e-3  # and a second: it is not symmetric


def test_a_canceller_adapts_and_leaves_what_is_bent() -> None:
    echo = np.random.default_rng(1).standard_normal(16_000 * 12).astype(np.float32)
    bent = 0.01 * np.roll(echo, 50)
    left = microphones.cancelled(echo, bent, 30.0, np.random.default_rng(5))
    assert sound.rms(left[:800]) > 0.5
    assert sound.rms(left[-32_000:]) < 0.3
    assert sound.rms(microphones.cancelled(echo, echo, 30.0, np.random.default_rng(5)) - echo) == 0


def test_a_canceller_waits_for_an_echo_to_adapt_to() -> None:
    echo = np.zeros(16_000 * 6, np.float32)
    echo[-16_000:] = 0.1
    left = microphones.cancelled(echo, np.zeros_like(echo), 30.0, np.random.default_rng(2))
    assert left[-15_900] > 0.08
