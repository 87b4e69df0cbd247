"""Wire audio: chunked equals whole, the rate is exact, a tone survives, bad bytes get a sentence."""

import base64
import itertools

import numpy as np
import pytest

from microturn.server.pcm import Resampler, decode_pcm, encode_pcm


@pytest.mark.parametrize(("from_hz", "to_hz"), [(24_000, 16_000), (16_000, 16_000), (24_000, 24_000), (16_000, 24_000)])
def test_chunked_equals_whole(from_hz: int, to_hz: int) -> None:
    samples = np.random.default_rng(3).standard_normal(from_hz // 5).astype(np.float32)
    cuts = [0, 1, 2, 7, 960, 961, 2000, len(samples)]
    whole = Resampler(from_hz, to_hz)(samples)
    stream = Resampler(from_hz, to_hz)
    chunked = np.concatenate([stream(samples[a:b]) for a, b in itertools.pairwise(cuts)])
    assert len(whole) == len(samples) * to_hz // from_hz
    np.testing.assert_allclose(chunked, whole, atol=1e-6)


@pytest.mark.parametrize("tone_hz", [100, 1000, 6000])
def test_a_tone_keeps_its_level_and_pitch(tone_hz: int) -> None:
    time_s = np.arange(24_000) / 24_000
    out = Resampler(24_000, 16_000)(np.sin(2 * np.pi * tone_hz * time_s).astype(np.float32))[4000:12_000]
    power = np.abs(np.fft.rfft(out * np.hanning(len(out))))
    assert abs(np.argmax(power) * 16_000 / len(out) - tone_hz) <= 2
    assert np.sqrt(np.mean(out**2)) == pytest.approx(np.sqrt(0.5), rel=0.02)


def test_what_16_khz_cannot_hold_is_removed() -> None:
    time_s = np.arange(24_000) / 24_000
    out = Resampler(24_000, 16_000)(np.sin(2 * np.pi * 10_000 * time_s).astype(np.float32))[4000:]
    assert np.sqrt(np.mean(out**2)) < 0.002


def test_pcm_round_trip_and_bad_bytes() -> None:
    samples = (np.arange(-50, 50) / 64).clip(-1, 1 - 1 / 32768).astype(np.float32)
    np.testing.assert_array_equal(decode_pcm(encode_pcm(samples)), samples)
    with pytest.raises(ValueError, match="even number of bytes"):
        decode_pcm(base64.b64encode(b"abc").decode())
    with pytest.raises(ValueError, match="not base64"):
        decode_pcm("no!")
    with pytest.raises(ValueError, match="empty"):
        decode_pcm("")
