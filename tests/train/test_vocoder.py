"""The vocoder's crops line up with their labels, its loss is zero for the truth, and a step of training lowers it."""

import numpy as np
import pytest
import torch

from microturn.features.audio import log_mel
from microturn.model.vocoder import Vocoder, VocoderConfig
from microturn.train.vocoder import Speech, VocoderRun, crops, loss, roughened, spectral_terms

RUN = VocoderRun(model=VocoderConfig(channels=32, blocks=1), batch=2, crop_frames=48)


@pytest.fixture
def heard() -> Speech:
    """A gliding buzz with known pitch, 1.5 s."""
    frames = 120
    pitch_hz_F = np.linspace(150, 260, frames).astype(np.float32)
    at_S = (np.arange(frames * 300) - 150) / 300
    cycles_S = np.cumsum(np.interp(at_S, np.arange(frames), pitch_hz_F)) / 24_000
    tones = [np.sin(2 * np.pi * h * cycles_S) / h for h in range(1, 20)]
    samples_S = (0.1 * np.sum(tones, axis=0)).astype(np.float32)
    return Speech(
        samples_S=torch.from_numpy(samples_S),
        mel_FM=torch.from_numpy(log_mel(samples_S)),
        pitch_hz_F=torch.from_numpy(pitch_hz_F),
        voiced_F=torch.ones(frames),
    )


def test_crops_line_up(heard: Speech) -> None:
    batch = crops(heard, RUN, np.random.default_rng(0))
    for samples_S, mel_FM in zip(batch.samples_BS, batch.mel_BFM, strict=True):
        again_FM = log_mel(samples_S.numpy())
        np.testing.assert_allclose(again_FM[2:-2], mel_FM[2:-2].numpy(), atol=1e-2)


def test_spectral_terms_are_zero_for_the_truth(heard: Speech) -> None:
    samples_BS = heard.samples_S[None, :9600]
    assert all(float(term) == 0.0 for term in spectral_terms(samples_BS, samples_BS).values())
    assert all(float(term) > 0.1 for term in spectral_terms(0.1 * samples_BS, samples_BS).values())


def test_roughened_keeps_some_rows_clean(heard: Speech) -> None:
    mel_BFM = heard.mel_FM[:60].expand(64, -1, -1)
    changed_B = (roughened(mel_BFM, np.random.default_rng(0)) != mel_BFM).flatten(1).any(dim=1)
    assert 10 < changed_B.sum() < 60


def test_training_lowers_the_loss(heard: Speech) -> None:
    torch.manual_seed(0)
    model, batch = Vocoder(RUN.model), crops(heard, RUN, np.random.default_rng(0))
    weights, history = list(model.parameters()), []
    for _ in range(8):
        total = torch.stack(list(loss(model, batch, np.random.default_rng(1)).values())).sum()
        with torch.no_grad():
            for weight, slope in zip(weights, torch.autograd.grad(total, weights), strict=True):
                weight -= 3e-3 * slope.sign()
        history.append(float(total.detach()))
    assert history[-1] < 0.9 * history[0]


def test_short_crops_are_refused() -> None:
    with pytest.raises(ValueError, match="crop_frames"):
        VocoderRun(crop_frames=20)
