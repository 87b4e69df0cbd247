"""dMel equals Inkling's extractor, streamed equals whole, and the output mel sits where the clock says it does."""

import numpy as np
import pytest

from microturn.features.audio import (
    DmelStream,
    Samples,
    denormalize_mel,
    dmel,
    log_mel,
    mel_filters,
    normalize_mel,
    resample,
)


def noise(samples: int, seed: int = 0) -> Samples:
    rng = np.random.default_rng(seed)
    loudness = np.repeat(10 ** rng.uniform(-4, 0, samples // 500 + 1), 500)[:samples]
    return (rng.standard_normal(samples) * loudness).astype(np.float32)


def test_dmel_equals_inkling() -> None:
    transformers = pytest.importorskip("transformers")
    torch = pytest.importorskip("torch")
    extractor = transformers.InklingFeatureExtractor()
    for samples in (16_000, 12_345, 48_000):
        audio = noise(samples, seed=samples)
        mel = extractor(audio, sampling_rate=16_000, return_tensors="pt")["input_features"][0]
        centres = torch.linspace(-7.0, 2.0, 16, dtype=torch.float64).float()
        wanted = (mel.clamp(-7.0, 2.0)[..., None] - centres).abs().argmin(-1).numpy()
        got = dmel(audio).astype(np.int64)
        assert got.shape == wanted.shape
        assert np.abs(got - wanted).max() <= 1
        assert (got != wanted).mean() < 1e-3


@pytest.mark.parametrize("rate_hz, window", [(16_000, 1600), (24_000, 1200)])
def test_filters_equal_those_of_transformers(rate_hz: int, window: int) -> None:
    bank = pytest.importorskip("transformers.audio_utils").mel_filter_bank(
        num_frequency_bins=window // 2 + 1,
        num_mel_filters=80,
        min_frequency=0.0,
        max_frequency=rate_hz / 2,
        sampling_rate=rate_hz,
        norm="slaney",
        mel_scale="slaney",
    )
    np.testing.assert_allclose(mel_filters(rate_hz, window), bank, atol=1e-7)


@pytest.mark.parametrize("chunk", [1, 160, 800, 3200, 3201, 20_000])
def test_streamed_dmel_equals_whole(chunk: int) -> None:
    audio = noise(8000 if chunk == 1 else 40_000)
    stream = DmelStream()
    parts = [stream.push(audio[at : at + chunk]) for at in range(0, len(audio), chunk)]
    np.testing.assert_array_equal(np.concatenate(parts), dmel(audio))


def test_dmel_is_causal() -> None:
    audio, changed = noise(16_000), noise(16_000)
    changed[8000:] = 0.5
    np.testing.assert_array_equal(dmel(audio)[:10], dmel(changed)[:10])
    assert (dmel(audio)[10:] != dmel(changed)[10:]).any()


def test_dmel_of_nothing_and_of_silence() -> None:
    assert dmel(np.zeros(0, np.float32)).shape == (0, 80)
    silence = dmel(np.zeros(3200, np.float32))
    assert silence.shape == (4, 80) and (silence == silence[0]).all()
    assert silence.max() < dmel(noise(3200)).max()


def test_a_click_lands_in_its_own_mel_frame() -> None:
    audio = np.zeros(4800, np.float32)
    audio[7 * 300 + 150] = 1.0
    mel = log_mel(audio)
    assert mel.shape == (16, 80)
    loudness = mel.mean(axis=1)
    assert loudness.argmax() == 7
    np.testing.assert_allclose(loudness[6], loudness[8], atol=1e-3)
    assert (mel[:5] == np.log(np.float32(1e-5))).all()


def test_mel_of_a_tone_peaks_at_its_bin() -> None:
    tone = np.sin(2 * np.pi * 1000 * np.arange(24_000) / 24_000).astype(np.float32)
    assert (np.abs(log_mel(tone)[10:-10].argmax(axis=1) - 24) <= 1).all()


def test_mel_scale_is_inverted() -> None:
    mel = log_mel(noise(4800))
    np.testing.assert_allclose(denormalize_mel(normalize_mel(mel)), mel, atol=1e-5)


def test_resampled_tone_keeps_its_pitch() -> None:
    tone = np.sin(2 * np.pi * 440 * np.arange(48_000) / 48_000).astype(np.float32)
    low = resample(tone, 48_000, 16_000)
    assert len(low) == 16_000 and low.dtype == np.float32
    assert np.abs(np.fft.rfft(low)).argmax() == 440
    assert resample(tone, 16_000, 16_000) is tone


def test_stereo_is_refused() -> None:
    with pytest.raises(ValueError, match="mono float32"):
        dmel(np.zeros((2, 1600), np.float32))


def test_the_frames_that_are_wanted_are_the_same_to_the_bit() -> None:
    samples = np.random.default_rng(8).standard_normal(24_000).astype(np.float32)
    whole = log_mel(samples)
    wanted = np.random.default_rng(9).random(len(whole)) < 0.3
    np.testing.assert_array_equal(log_mel(samples, wanted), whole[wanted])
    assert log_mel(samples, np.zeros(len(whole), bool)).shape == (0, 80)
