"""Trains the vocoder on the model's own voice, in minutes on one core: no adversary, labels for pitch.

The synthesiser tells the true pitch of every frame, so the net learns pitch and voicing by classification, and its
envelopes by comparing spectra of what comes out with the original, excited with the true pitch. Its input is
roughened (noise, blur, gain), because at work it reads mels that the flow head made.

Run: python -m microturn.train.vocoder OUT.safetensors [MINUTES [START.safetensors]]

Shapes: B crops, F frames, M mel bins, S samples, P pitch classes, X corrections of both envelopes.
"""

import math
import sys
from dataclasses import dataclass, field, replace
from functools import cache
from pathlib import Path

import numpy as np
import torch
from safetensors.torch import load_file, save_file
from torch import Tensor
from torch.nn import functional as nnf

from microturn.data.lexicon import WORDS
from microturn.data.voices.hibari import OwnVoice
from microturn.features.audio import MAGNITUDE_FLOOR, MEL_STD, OUT_HOP, OUT_HZ, log_mel, mel_filters
from microturn.model.vocoder import AHEAD, Frames, Vocoder, VocoderConfig
from microturn.protocol.clock import MonotonicClock

WARM_UP_FRAMES = 2 * AHEAD + 24  # the net's past: not scored


@dataclass(frozen=True, kw_only=True)
class VocoderRun:
    model: VocoderConfig = field(default_factory=VocoderConfig)
    minutes: float = 9.0
    sentences: int = 400
    batch: int = 12
    crop_frames: int = 100
    peak_lr: float = 2e-3
    seed: int = 0
    start: Path | None = None

    def __post_init__(self) -> None:
        if self.crop_frames < WARM_UP_FRAMES + 16:
            raise ValueError(f"crop_frames must be at least {WARM_UP_FRAMES + 16}, got {self.crop_frames}")


@dataclass(frozen=True, kw_only=True)
class Speech:
    """One long recording at 24 kHz, with the mel, pitch in Hz and voicing of frames centred on sample 300 f + 150."""

    samples_S: Tensor
    mel_FM: Tensor
    pitch_hz_F: Tensor
    voiced_F: Tensor


@dataclass(frozen=True, kw_only=True)
class Crops:
    samples_BS: Tensor
    mel_BFM: Tensor
    pitch_hz_BF: Tensor
    voiced_BF: Tensor


def speech(sentences: int, seed: int) -> Speech:
    """Random sentences of the lexicon's words in the own voice, with pauses between them."""
    rng, voice = np.random.default_rng(seed), OwnVoice()
    samples: list[np.ndarray] = [np.zeros(OUT_HOP // 2, np.float32)]  # the labels' frames are centred at 300 f
    pitch_hz: list[np.ndarray] = []
    for number in range(sentences):
        text = " ".join(rng.choice(WORDS, rng.integers(1, 9))) + str(rng.choice([".", "?", ",", "!"]))
        said = voice.say(text, seed=seed + number, speed=float(rng.uniform(0.8, 1.2)))
        pause = int(rng.integers(0, 40))
        samples += [said.samples, np.zeros(pause * OUT_HOP, np.float32)]
        pitch_hz += [said.f0_hz, np.zeros(pause, np.float32)]
    heard_S, hz_F = np.concatenate(samples), np.concatenate(pitch_hz)
    voiced_F, at_F = hz_F > 0, np.arange(len(hz_F))
    return Speech(
        samples_S=torch.from_numpy(heard_S),
        mel_FM=torch.from_numpy(log_mel(heard_S)[: len(hz_F)]),
        pitch_hz_F=torch.from_numpy(np.interp(at_F, at_F[voiced_F], hz_F[voiced_F]).astype(np.float32)),
        voiced_F=torch.from_numpy(voiced_F.astype(np.float32)),
    )


def mel_statistics(heard: Speech) -> tuple[float, float]:
    """Mean and deviation over all bins and frames: where `features.audio` has its constants from."""
    return float(heard.mel_FM.mean()), float(heard.mel_FM.std())


def crops(heard: Speech, run: VocoderRun, rng: np.random.Generator) -> Crops:
    """Random crops at random loudness."""
    frames = run.crop_frames
    starts = rng.integers(0, len(heard.mel_FM) - frames, run.batch).tolist()
    gain_B1 = torch.from_numpy(rng.uniform(-0.7, 1.0, (run.batch, 1)).astype(np.float32))

    def cut(values: Tensor, unit: int = 1) -> Tensor:
        return torch.stack([values[unit * start : unit * (start + frames)] for start in starts])

    return Crops(
        samples_BS=cut(heard.samples_S, OUT_HOP) * gain_B1.exp(),
        mel_BFM=(cut(heard.mel_FM) + gain_B1[..., None]).clamp(min=math.log(MAGNITUDE_FLOOR)),
        pitch_hz_BF=cut(heard.pitch_hz_F),
        voiced_BF=cut(heard.voiced_F),
    )


def roughened(mel_BFM: Tensor, rng: np.random.Generator) -> Tensor:
    """The mel as a flow head might make it: half of the rows noisy, and a third of them blurred."""
    batch = len(mel_BFM)
    blurred_BFM = nnf.avg_pool2d(mel_BFM[:, None], 3, stride=1, padding=1, count_include_pad=False)[:, 0]
    share = np.where(rng.random(batch) < 1 / 3, rng.uniform(0, 0.8, batch), 0)
    depth = np.where(rng.random(batch) < 1 / 2, rng.uniform(0, 0.12 * MEL_STD, batch), 0)
    share_B11, depth_B11 = (torch.from_numpy(x.astype(np.float32))[:, None, None] for x in (share, depth))
    noise_BFM = torch.from_numpy(rng.standard_normal(mel_BFM.shape, dtype=np.float32))
    return mel_BFM + share_B11 * (blurred_BFM - mel_BFM) + depth_B11 * noise_BFM


def loss(model: Vocoder, batch: Crops, rng: np.random.Generator) -> dict[str, Tensor]:
    """The terms of the loss; what is minimised is their sum."""
    rough_BFM, seeds = roughened(batch.mel_BFM, rng), rng.integers(0, 2**31, len(batch.mel_BFM)).tolist()
    state = replace(model.new_state(len(seeds), seeds=seeds), mel_BFM=rough_BFM[:, : 2 * AHEAD])
    logits_BFP, envelope_BFX, _, _ = model.logits(rough_BFM[:, 2 * AHEAD :], state)
    pitch_hz_BF, voiced_BF = batch.pitch_hz_BF[:, AHEAD:-AHEAD], batch.voiced_BF[:, AHEAD:-AHEAD]
    told = model.envelopes(rough_BFM[:, AHEAD:-AHEAD], envelope_BFX)
    frames = Frames(pitch_hz_BF=pitch_hz_BF, voiced_BF=voiced_BF, tone_BFM=told[0], noise_BFM=told[1])
    made_BS, _ = model.synthesise(frames, state)
    skip, half = WARM_UP_FRAMES * OUT_HOP, OUT_HOP // 2
    wanted_BS = batch.samples_BS[:, half : half + made_BS.shape[1]]
    terms = spectral_terms(made_BS[:, skip:], wanted_BS[:, skip:])
    classes_BFP = nnf.softmax(-0.5 * ((pitch_hz_BF.log()[..., None] - model.pitches_P) / 0.022) ** 2, dim=2)
    surprise_BF = -(classes_BFP * logits_BFP[..., :-1].log_softmax(dim=2)).sum(dim=2)
    terms["pitch"] = 0.3 * (surprise_BF * voiced_BF).sum() / voiced_BF.sum().clamp(min=1)
    terms["voiced"] = 0.3 * nnf.binary_cross_entropy_with_logits(logits_BFP[..., -1], voiced_BF)
    return terms


def spectral_terms(made_BS: Tensor, wanted_BS: Tensor) -> dict[str, Tensor]:
    """Differences of log and linear magnitudes at three resolutions, and of log-mel."""
    log, linear = [], []
    for window in (600, 1200, 2400):
        made, wanted = _magnitudes(made_BS, window), _magnitudes(wanted_BS, window)
        floor = 1e-2 * window / 1200
        log.append(((made + floor).log() - (wanted + floor).log()).abs().mean())
        linear.append((made - wanted).norm() / wanted.norm().clamp(min=1e-3))
    made, wanted = (_magnitudes(x, 1200) @ _filters() for x in (made_BS, wanted_BS))
    mel = ((made + 1e-4).log() - (wanted + 1e-4).log()).abs().mean()
    return {"log": torch.stack(log).mean(), "linear": 0.5 * torch.stack(linear).mean(), "mel": mel}


@cache
def _filters() -> Tensor:
    return torch.from_numpy(mel_filters(OUT_HZ, 1200))


def _magnitudes(samples_BS: Tensor, window: int) -> Tensor:
    """STFT magnitudes [B, frames, bins], a quarter window apart."""
    windows = samples_BS.unfold(1, window, window // 4) * torch.hann_window(window)
    spectrum = torch.view_as_real(torch.fft.rfft(windows))
    return (spectrum.square().sum(-1) + 1e-9).sqrt()


def train(run: VocoderRun) -> Vocoder:
    """A vocoder trained for `run.minutes` of wall time."""
    clock, rng = MonotonicClock(), np.random.default_rng(run.seed)
    torch.manual_seed(run.seed)
    heard = speech(run.sentences, run.seed)
    print(f"{len(heard.samples_S) / OUT_HZ / 60:.1f} minutes of speech, mel mean and deviation {mel_statistics(heard)}")
    model = Vocoder(run.model)
    if run.start:
        model.load_state_dict(load_file(run.start))
    optimizer = torch.optim.AdamW(model.parameters(), lr=run.peak_lr, betas=(0.9, 0.98), weight_decay=0.01)
    begin_ms, step, done = clock.now_ms(), 0, 0.0
    while done < 1.0:
        terms = loss(model, crops(heard, run, rng), rng)
        optimizer.zero_grad(set_to_none=True)
        torch.stack(list(terms.values())).sum().backward()
        torch.nn.utils.clip_grad_norm_(model.parameters(), 1.0)
        for group in optimizer.param_groups:
            group["lr"] = run.peak_lr * min(1.0, (step + 1) / 50) * (0.01 + 0.99 * 0.5 * (1 + np.cos(np.pi * done)))
        optimizer.step()
        if step % 50 == 0:
            print(
                f"{step} {done:.0%} " + " ".join(f"{k} {float(v.detach()):.3f}" for k, v in terms.items()), flush=True
            )
        step, done = step + 1, (clock.now_ms() - begin_ms) / 60_000 / run.minutes
    return model.eval().requires_grad_(False)


def main(arguments: list[str]) -> None:
    if not 1 <= len(arguments) <= 3:
        raise SystemExit("Say where to save: python -m microturn.train.vocoder OUT.safetensors [MINUTES [START]]")
    minutes = float(arguments[1]) if len(arguments) > 1 else VocoderRun.minutes
    start = Path(arguments[2]) if len(arguments) > 2 else None
    torch.set_num_threads(1)
    model = train(VocoderRun(minutes=minutes, start=start, seed=1 if start else 0))
    save_file(model.state_dict(), arguments[0])


if __name__ == "__main__":
    main(sys.argv[1:])
