"""Sound: FFT blocks equal direct convolution, levels are what they say, bands pass what they should."""

import numpy as np
import pytest

from microturn.data import sound


def test_convolution_in_blocks_equals_the_direct_sum() -> None:
    rng = np.random.default_rng(0)
    samples = rng.standard_normal(5000).astype(np.float32)
    response = rng.standard_normal(333).astype(np.float32)
    direct = np.convolve(samples, response)[:5000]
    np.testing.assert_allclose(sound.convolve(samples, response, block=512), direct, atol=1e-3)


@pytest.mark.parametrize("name", sorted(sound.NOISES))
def test_noises_have_unit_power_and_depend_only_on_the_seed(name: str) -> None:
    one, two = (sound.NOISES[name](np.random.default_rng(3), 40_000) for _ in range(2))
    assert one.dtype == np.float32 and one.shape == (40_000,)
    np.testing.assert_array_equal(one, two)
    assert abs(float(np.mean(one**2)) - 1) < 0.01


def test_levels_are_of_the_active_part() -> None:
    tone = np.zeros(16_000, np.float32)
    tone[:4000] = np.sin(np.arange(4000) * 0.2)
    assert 20 * np.log10(sound.rms(sound.to_level(tone, -20))) == pytest.approx(-20, abs=0.1)
    assert not sound.to_level(np.zeros(10, np.float32), -20).any()


def test_a_room_keeps_the_energy_and_starts_with_the_direct_sound() -> None:
    for seed in range(5):
        response = sound.room(np.random.default_rng(seed))
        assert np.linalg.norm(response) == pytest.approx(1, abs=1e-4)
        assert response[0] == response.max()


def test_the_telephone_band_passes_speech_and_stops_the_rest() -> None:
    seconds = np.arange(16_000) / 16_000
    levels = {
        hz: sound.rms(sound.band(np.sin(2 * np.pi * hz * seconds).astype(np.float32), 300, 3400))
        for hz in (60, 1000, 6000)
    }
    assert levels[1000] > 0.65
    assert levels[60] < 0.1 and levels[6000] < 0.05


@pytest.mark.parametrize("start", [-3, 0, 2, 8, 20])
def test_adding_outside_the_target_is_dropped(start: int) -> None:
    target = np.zeros(10, np.float32)
    sound.add(target, np.ones(5, np.float32), start)
    assert np.flatnonzero(target).tolist() == [i for i in range(start, start + 5) if 0 <= i < 10]


def test_a_microphone_colours_without_delay_and_a_flat_one_does_nothing() -> None:
    flat = sound.microphone(np.random.default_rng(0), 1e-6)
    assert flat[0] == pytest.approx(1, abs=1e-3) and np.abs(flat[1:]).max() < 1e-3
    for seed in range(8):
        response = sound.microphone(np.random.default_rng(seed), 6.0)
        level_db = 20 * np.log10(np.abs(np.fft.rfft(response, 512))[4:200])
        assert 3 < level_db.max() - level_db.min() < 60
        assert np.square(response[:32]).sum() > 0.8 and np.linalg.norm(response) == pytest.approx(1, abs=1e-3)
