"""Streamed equals whole, a row alone equals the row in a batch, and a source-filter model does what it is told."""

import pytest
import torch
from torch import Tensor

from microturn.features.audio import log_mel
from microturn.model.vocoder import DELAY_SAMPLES, Frames, Vocoder


@pytest.fixture
def vocoder() -> Vocoder:
    torch.manual_seed(0)
    model = Vocoder()
    torch.nn.init.normal_(model.envelope.weight, std=0.1)
    return model.eval().requires_grad_(False)


def some_mel(batch: int, frames: int, seed: int = 0) -> Tensor:
    noise = torch.randn(batch, frames, 80, generator=torch.Generator().manual_seed(seed))
    return noise - 5.0 + torch.linspace(2, -2, 80)


def steady(frames: int, *, pitch_hz: float, voiced: float, tone: float, noise: float) -> Frames:
    return Frames(
        pitch_hz_BF=torch.full((1, frames), pitch_hz),
        voiced_BF=torch.full((1, frames), voiced),
        tone_BFM=torch.full((1, frames, 80), tone),
        noise_BFM=torch.full((1, frames, 80), noise),
    )


@pytest.mark.parametrize("chunk", [1, 5, 16, 48])
def test_streamed_equals_whole(vocoder: Vocoder, chunk: int) -> None:
    mel = some_mel(2, 32)
    whole = vocoder(mel, seeds=[3, 4])
    state, parts = vocoder.new_state(2, seeds=[3, 4]), []
    for part in torch.cat([mel, vocoder.silence(2, 16)], dim=1).split(chunk, dim=1):
        samples, state = vocoder.step(part, state)
        assert samples.shape == (2, part.shape[1] * 300)
        parts.append(samples)
    streamed = torch.cat(parts, dim=1)
    assert whole.shape == (2, 32 * 300) and whole.abs().max() > 1e-3
    torch.testing.assert_close(streamed[:, DELAY_SAMPLES : DELAY_SAMPLES + 32 * 300], whole, rtol=1e-3, atol=1e-5)


def test_delay_is_within_sixty_ms() -> None:
    assert DELAY_SAMPLES / 24 <= 60.0


def test_the_future_does_not_change_the_past(vocoder: Vocoder) -> None:
    mel = some_mel(1, 32)
    changed = mel.clone()
    changed[:, 16:] = some_mel(1, 16, seed=9)
    a, _ = vocoder.step(mel, vocoder.new_state(1))
    b, _ = vocoder.step(changed, vocoder.new_state(1))
    torch.testing.assert_close(a[:, :4800], b[:, :4800], rtol=1e-3, atol=1e-5)
    assert (a[:, 4800:] - b[:, 4800:]).abs().max() > 1e-3


def test_a_row_alone_equals_the_row_in_a_batch(vocoder: Vocoder) -> None:
    mel = some_mel(3, 16)
    together, _ = vocoder.step(mel, vocoder.new_state(3, seeds=[1, 2, 3]))
    for row in range(3):
        alone, _ = vocoder.step(mel[row : row + 1], vocoder.new_state(1, seeds=[row + 1]))
        torch.testing.assert_close(alone[0], together[row], rtol=1e-3, atol=1e-5)


def test_replay_is_bit_exact_and_seeds_differ(vocoder: Vocoder) -> None:
    mel = some_mel(1, 16)
    assert torch.equal(vocoder(mel, seeds=[5]), vocoder(mel, seeds=[5]))
    assert not torch.equal(vocoder(mel, seeds=[5]), vocoder(mel, seeds=[6]))


def test_an_inactive_row_keeps_its_state(vocoder: Vocoder) -> None:
    _, state = vocoder.step(some_mel(2, 16), vocoder.new_state(2))
    active = torch.tensor([True, False])
    _, after = vocoder.step(some_mel(2, 16, seed=1), state, active_B=active)
    for name, value in vars(after).items():
        assert torch.equal(value[1], vars(state)[name][1]), name
    assert not torch.equal(after.tail_BS[0], state.tail_BS[0])


def test_tone_has_the_pitch_and_the_amplitude_it_is_told(vocoder: Vocoder) -> None:
    told = steady(80, pitch_hz=200.0, voiced=1.0, tone=-2.0, noise=-20.0)
    samples, _ = vocoder.synthesise(told, vocoder.new_state(1))
    spectrum = torch.fft.rfft(samples[0, -12_000:]).abs() / 6000
    torch.testing.assert_close(spectrum[100::100][:50], torch.full((50,), 0.1353), rtol=0.02, atol=0)
    assert spectrum[50::100][:50].max() < 1e-3


def test_noise_has_the_loudness_it_is_told(vocoder: Vocoder) -> None:
    told = steady(80, pitch_hz=200.0, voiced=0.0, tone=0.0, noise=-2.0)
    samples, _ = vocoder.synthesise(told, vocoder.new_state(1))
    # Two windows overlap; their weights add up to one, so the same noise passes through unchanged.
    torch.testing.assert_close(samples[0, 2400:].std(), torch.tensor(0.1353), rtol=0.03, atol=0)


def test_an_untrained_net_already_gives_back_the_level_of_noise() -> None:
    torch.manual_seed(1)
    model = Vocoder().eval().requires_grad_(False)
    torch.nn.init.constant_(model.pitch.bias, -50.0)
    noise = 0.1 * torch.randn(24_000)
    mel = torch.from_numpy(log_mel(noise.numpy()))
    again = torch.from_numpy(log_mel(model(mel[None])[0].numpy()))
    assert (again - mel)[10:-10].mean().abs() < 0.3


def test_size() -> None:
    assert sum(p.numel() for p in Vocoder().parameters()) < 1_000_000


def test_one_seed_for_each_session(vocoder: Vocoder) -> None:
    with pytest.raises(ValueError, match="one seed"):
        vocoder.new_state(2, seeds=[1])
