"""FFT blocks equal direct convolution, bands pass what they should."""

import numpy as np

from microturn.data import sound


def test_convolution_in_blocks_equals_the_direct_sum() -> None:
    rng = np.random.default_rng(0)
    samples = rng.standard_normal(5000).astype(np.float32)
    response = rng.standard_normal(333).astype(np.float32)
    direct = np.convolve(samples, response)[:5000]
    np.testing.assert_allclose(sound.convolve(samples, response, block=512), direct, atol=1e-3)


def test_the_telephone_band_passes_speech_and_stops_the_rest() -> None:
    seconds = np.arange(16_000) / 16_000
    levels = {
        hz: sound.rms(sound.band(np.sin(2 * np.pi * hz * seconds).astype(np.float32), 300, 3400))
        for hz in (60, 1000, 6000)
    }
    assert levels[1000] > 0.65
    assert levels[60] < 0.1 and levels[6000] < 0.05
