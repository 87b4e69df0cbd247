"""A small streaming source-filter vocoder: log-mel frames -> 24 kHz samples.

A convolutional net reads the mel (`features.audio.log_mel`, 80 bins every 12.5 ms) and names, for each frame, the
pitch, whether there is one, and two spectral envelopes in 80 bands. A pulse train with that pitch passes through the
minimum-phase filter of the first envelope, noise through that of the second (the family is DDSP, arXiv 2001.04643).

Streaming is the only path: `forward` is `step` with a fresh state. `step` gives exactly as many samples as its frames
cover, DELAY_SAMPLES (43.75 ms) late: the net sees 2 frames ahead, a pulse needs the next frame's pitch, and a frame's
window opens half a frame before it. To hear the end of an utterance, go on with `silence` for one more tick.
Everything random comes from a counter in the state: the same mel and seed give the same samples, in any batch.

Shapes: B sessions, F frames, M mel bins = bands, C channels, S samples, K frequency bins, P pitch classes, X blocks or
the corrections of both envelopes.
"""

import math
from dataclasses import dataclass, fields, replace

import torch
from torch import Tensor, nn
from torch.nn import functional as nnf

from microturn.features.audio import MAGNITUDE_FLOOR, MEL_MEAN, MEL_STD, N_MELS, OUT_HOP, OUT_HZ, mel_filters

AHEAD = 2
DELAY_SAMPLES = (AHEAD + 1) * OUT_HOP + OUT_HOP // 2
N_FFT = 4 * OUT_HOP
TAIL = N_FFT - OUT_HOP
TOP_HARMONIC_HZ = 11_500.0
# A sinusoid of amplitude 1 and white noise of variance 1, as the magnitude mel shows them (window 1200, filters 1/20).
SINE_LOG_MEL, NOISE_LOG_MEL = math.log(300.0 / 20.0), math.log(math.sqrt(450.0) / 20.0)


@dataclass(frozen=True, kw_only=True)
class VocoderConfig:
    channels: int = 192
    blocks: int = 4
    kernel: int = 7
    pitches: int = 96
    lowest_hz: float = 60.0
    highest_hz: float = 480.0


@dataclass(frozen=True, kw_only=True)
class VocoderState:
    """What outlives a tick; the first axis of every tensor is the session."""

    mel_BFM: Tensor  # the net's past input
    past_BXCF: Tensor  # the past of each of the X blocks
    pitch_hz_B: Tensor  # the last frame's, as the four below
    voiced_B: Tensor
    tone_BM: Tensor
    noise_BM: Tensor
    pulses_BS: Tensor  # excitation since the frame before the last one
    hiss_BS: Tensor
    tail_BS: Tensor  # samples that later frames still add to
    phase_B: Tensor  # cycles, float64
    counter_B: Tensor  # samples of noise so far, int64
    seed_B: Tensor  # int64


@dataclass(frozen=True, kw_only=True)
class Frames:
    """The net's reading of F frames: pitch in Hz, voicing 0 or 1, log amplitudes of tone and noise in each band."""

    pitch_hz_BF: Tensor
    voiced_BF: Tensor
    tone_BFM: Tensor
    noise_BFM: Tensor


class Block(nn.Module):
    """Causal depthwise convolution, then a two-layer net on each frame; residual."""

    def __init__(self, channels: int, kernel: int) -> None:
        super().__init__()
        self.mix = nn.Conv1d(channels, channels, kernel, groups=channels)
        self.norm = nn.LayerNorm(channels)
        self.widen = nn.Linear(channels, 2 * channels)
        self.narrow = nn.Linear(2 * channels, channels)

    def forward(self, x_BCF: Tensor, past_BCF: Tensor) -> tuple[Tensor, Tensor]:
        seen_BCF = torch.cat([past_BCF, x_BCF], dim=2)
        y_BFC = self.norm(self.mix(seen_BCF).transpose(1, 2))
        y_BFC = self.narrow(nnf.gelu(self.widen(y_BFC)))
        return x_BCF + y_BFC.transpose(1, 2), seen_BCF[:, :, -past_BCF.shape[2] :]


class Vocoder(nn.Module):
    """`step` for a stream, `forward` for a whole utterance, `read` and `synthesise` for training."""

    bands_KM: Tensor
    window_S: Tensor
    fold_S: Tensor
    pitches_P: Tensor

    def __init__(self, config: VocoderConfig | None = None) -> None:
        super().__init__()
        self.config = config = config or VocoderConfig()
        self.enter = nn.Conv1d(N_MELS, config.channels, 2 * AHEAD + 1)
        self.blocks = nn.ModuleList(Block(config.channels, config.kernel) for _ in range(config.blocks))
        self.norm = nn.LayerNorm(config.channels)
        self.pitch = nn.Linear(config.channels, config.pitches + 1)
        self.envelope = nn.Linear(config.channels, 2 * N_MELS)
        nn.init.zeros_(self.envelope.weight)
        nn.init.zeros_(self.envelope.bias)
        span = torch.linspace(math.log(config.lowest_hz), math.log(config.highest_hz), config.pitches)
        for name, value in (
            ("bands_KM", _bands()),
            ("window_S", torch.hann_window(2 * OUT_HOP)),
            ("fold_S", _fold()),
            ("pitches_P", span),
        ):
            self.register_buffer(name, value, persistent=False)

    def new_state(self, batch: int, *, seeds: list[int] | None = None) -> VocoderState:
        """A silent past for `batch` sessions; `seeds` (default 0) choose their noise."""
        seeds = seeds or [0] * batch
        if len(seeds) != batch:
            raise ValueError(f"give one seed for each of the {batch} sessions, got {len(seeds)}")
        config, device = self.config, self.enter.weight.device
        zeros = torch.zeros(batch, 1, device=device)
        past = torch.zeros(batch, config.blocks, config.channels, config.kernel - 1, device=device)
        floor_BM = torch.full((batch, N_MELS), math.log(MAGNITUDE_FLOOR), device=device)
        return VocoderState(
            mel_BFM=self.silence(batch, 2 * AHEAD),
            past_BXCF=past,
            pitch_hz_B=torch.full((batch,), 200.0, device=device),
            voiced_B=torch.zeros(batch, device=device),
            tone_BM=floor_BM,
            noise_BM=floor_BM,
            pulses_BS=zeros.expand(batch, OUT_HOP),
            hiss_BS=zeros.expand(batch, OUT_HOP),
            tail_BS=zeros.expand(batch, TAIL),
            phase_B=torch.zeros(batch, dtype=torch.float64, device=device),
            counter_B=torch.zeros(batch, dtype=torch.int64, device=device),
            seed_B=torch.tensor(seeds, dtype=torch.int64, device=device),
        )

    def silence(self, batch: int, frames: int) -> Tensor:
        """The mel of silence, [B, F, 80]: what to `step` on while the model does not speak."""
        return torch.full((batch, frames, N_MELS), math.log(MAGNITUDE_FLOOR), device=self.enter.weight.device)

    def forward(self, mel_BFM: Tensor, *, seeds: list[int] | None = None) -> Tensor:
        """Whole utterances: log-mel float32 [B, F, 80] -> samples float32 [B, F * 300] at 24 kHz, without the delay."""
        batch, frames = mel_BFM.shape[:2]
        late = -(-DELAY_SAMPLES // OUT_HOP)
        padded_BFM = torch.cat([mel_BFM, self.silence(batch, late)], dim=1)
        samples_BS, _ = self.step(padded_BFM, self.new_state(batch, seeds=seeds))
        return samples_BS[:, DELAY_SAMPLES : DELAY_SAMPLES + frames * OUT_HOP]

    def step(
        self, mel_BFM: Tensor, state: VocoderState, *, active_B: Tensor | None = None
    ) -> tuple[Tensor, VocoderState]:
        """The next frames of each session: log-mel [B, F, 80] -> samples [B, F * 300], DELAY_SAMPLES late; the state.

        A row where `active_B` (bool) is False keeps its state; its samples mean nothing.
        """
        frames, mel_past_BFM, past_BXCF = self.read(mel_BFM, state)
        samples_BS, after = self.synthesise(frames, state)
        after = replace(after, mel_BFM=mel_past_BFM, past_BXCF=past_BXCF)
        return samples_BS, after if active_B is None else chosen(active_B, after, state)

    def read(self, mel_BFM: Tensor, state: VocoderState) -> tuple[Frames, Tensor, Tensor]:
        """The net alone: what it says about F frames, the first AHEAD before the given mel; its new past."""
        pitch_BFP, envelope_BFX, mel_past_BFM, past_BXCF = self.logits(mel_BFM, state)
        centre_BFM = torch.cat([state.mel_BFM, mel_BFM], dim=1)[:, AHEAD:-AHEAD]
        tone_BFM, noise_BFM = self.envelopes(centre_BFM, envelope_BFX)
        frames = Frames(
            pitch_hz_BF=self.decode_pitch(pitch_BFP[..., :-1]),
            voiced_BF=(pitch_BFP[..., -1] > 0).to(mel_BFM.dtype),
            tone_BFM=tone_BFM,
            noise_BFM=noise_BFM,
        )
        return frames, mel_past_BFM, past_BXCF

    def logits(self, mel_BFM: Tensor, state: VocoderState) -> tuple[Tensor, Tensor, Tensor, Tensor]:
        """Pitch class and voicing logits [B, F, P + 1], envelope corrections [B, F, 160], and the net's new past."""
        seen_BFM = torch.cat([state.mel_BFM, mel_BFM], dim=1)
        x_BCF = self.enter(((seen_BFM - MEL_MEAN) / MEL_STD).transpose(1, 2))
        pasts: list[Tensor] = []
        for index, block in enumerate(self.blocks):
            x_BCF, past_BCF = block(x_BCF, state.past_BXCF[:, index])
            pasts.append(past_BCF)
        x_BFC = self.norm(x_BCF.transpose(1, 2))
        return self.pitch(x_BFC), self.envelope(x_BFC), seen_BFM[:, -2 * AHEAD :], torch.stack(pasts, dim=1)

    def envelopes(self, mel_BFM: Tensor, corrections_BFX: Tensor) -> tuple[Tensor, Tensor]:
        """Log amplitudes of tone and noise [B, F, 80]: the mel itself on their scales, corrected."""
        tone_BFM, noise_BFM = corrections_BFX.split(N_MELS, dim=2)
        return mel_BFM - SINE_LOG_MEL + tone_BFM, mel_BFM - NOISE_LOG_MEL + noise_BFM

    def decode_pitch(self, logits_BFP: Tensor) -> Tensor:
        """The mean pitch near the likeliest class, in Hz [B, F]."""
        best_BF1 = logits_BFP.argmax(dim=2, keepdim=True)
        near = (torch.arange(logits_BFP.shape[2], device=logits_BFP.device) - best_BF1).abs() <= 3
        weights_BFP = logits_BFP.masked_fill(~near, -torch.inf).softmax(dim=2)
        return (weights_BFP * self.pitches_P).sum(dim=2).exp()

    def synthesise(self, frames: Frames, state: VocoderState) -> tuple[Tensor, VocoderState]:
        """Excite and filter: F frames -> samples [B, F * 300]. They lag the last frame's centre by one frame."""
        new_pulses_BS, phase_B = _pulses(frames, state)
        new_hiss_BS = _hiss(state, new_pulses_BS.shape[1])
        pulses_BS = torch.cat([state.pulses_BS, new_pulses_BS], dim=1)
        hiss_BS = torch.cat([state.hiss_BS, new_hiss_BS], dim=1)
        tone_BFM = torch.cat([state.tone_BM[:, None], frames.tone_BFM[:, :-1]], dim=1)
        noise_BFM = torch.cat([state.noise_BM[:, None], frames.noise_BFM[:, :-1]], dim=1)
        spectrum_BFK = self._filtered(pulses_BS, tone_BFM) + self._filtered(hiss_BS, noise_BFM)
        samples_BS = _overlap_add(torch.fft.irfft(spectrum_BFK, N_FFT))
        samples_BS = torch.cat([samples_BS[:, :TAIL] + state.tail_BS, samples_BS[:, TAIL:]], dim=1)
        done = samples_BS.shape[1] - TAIL
        return samples_BS[:, :done], replace(
            state,
            pitch_hz_B=frames.pitch_hz_BF[:, -1],
            voiced_B=frames.voiced_BF[:, -1],
            tone_BM=frames.tone_BFM[:, -1],
            noise_BM=frames.noise_BFM[:, -1],
            pulses_BS=pulses_BS[:, -OUT_HOP:],
            hiss_BS=hiss_BS[:, -OUT_HOP:],
            tail_BS=samples_BS[:, done:],
            phase_B=phase_B,
            counter_B=state.counter_B + new_hiss_BS.shape[1],
        )

    def _filtered(self, excitation_BS: Tensor, bands_BFM: Tensor) -> Tensor:
        """Each frame's windowed excitation times the minimum-phase filter of its band amplitudes: complex [B, F, K]."""
        windows_BFS = excitation_BS.unfold(1, 2 * OUT_HOP, OUT_HOP) * self.window_S
        log_BFK = bands_BFM.clamp(max=5.0) @ self.bands_KM.T
        cepstrum_BFS = torch.fft.irfft(log_BFK.to(torch.complex64), N_FFT) * self.fold_S
        return torch.fft.rfft(windows_BFS, N_FFT) * torch.fft.rfft(cepstrum_BFS).exp()


def _pulses(frames: Frames, state: VocoderState) -> tuple[Tensor, Tensor]:
    """All harmonics at amplitude 1 from the last frame's centre to the newest one's [B, F * 300], and the phase there.

    The sum of cos(h t) over h <= H is sin((H + 1/2) t) / (2 sin(t / 2)) - 1/2.
    """
    hz_BS = _between(state.pitch_hz_B, frames.pitch_hz_BF).double()
    cycles_BS = state.phase_B[:, None] + torch.cumsum(hz_BS / OUT_HZ, dim=1)
    half_BS = math.pi * (cycles_BS - cycles_BS.floor())
    harmonics_BS = torch.floor(TOP_HARMONIC_HZ / hz_BS)
    low_BS = 2 * torch.sin(half_BS)
    sums_BS = torch.sin((2 * harmonics_BS + 1) * half_BS) / torch.where(low_BS.abs() < 1e-9, 1.0, low_BS)
    sums_BS = torch.where(low_BS.abs() < 1e-9, harmonics_BS + 0.5, sums_BS) - 0.5
    return sums_BS.float() * _between(state.voiced_B, frames.voiced_BF), cycles_BS[:, -1] % 1.0


def _between(before_B: Tensor, values_BF: Tensor) -> Tensor:
    """Linear from each frame's value to the next, one per sample, ending at the last one: [B, F * 300]."""
    starts_BF = torch.cat([before_B[:, None], values_BF[:, :-1]], dim=1)
    share_S = torch.arange(1, OUT_HOP + 1, device=values_BF.device, dtype=values_BF.dtype) / OUT_HOP
    return (starts_BF[..., None] + (values_BF - starts_BF)[..., None] * share_S).flatten(1)


def _hiss(state: VocoderState, samples: int) -> Tensor:
    """White noise of variance 1 [B, S]: a hash of seed and sample number (the `lowbias32` mixer), uniform."""
    numbers_BS = state.counter_B[:, None] + torch.arange(samples, device=state.seed_B.device)
    bits = (numbers_BS * 0x9E3779B1 + state.seed_B[:, None] * 0x85EBCA77) & 0xFFFFFFFF
    for shift, factor in ((16, 0x21F0AAAD), (15, 0x735A2D97)):
        bits = ((bits ^ (bits >> shift)) * factor) & 0xFFFFFFFF
    bits = bits ^ (bits >> 15)
    return (bits.double() * (2.0 / 2**32) - 1.0).float() * math.sqrt(3.0)


def _overlap_add(frames_BFS: Tensor) -> Tensor:
    """Frames of 4 hops, one hop apart, added up: [B, (F + 3) * 300]."""
    parts_BFXS = frames_BFS.unflatten(2, (4, OUT_HOP))
    added = sum(nnf.pad(parts_BFXS[:, :, part], (0, 0, part, 3 - part)) for part in range(4))
    assert isinstance(added, Tensor)
    return added.flatten(1)


def _bands() -> Tensor:
    """Weights that draw 80 band values as a line over the 601 frequency bins, flat beyond the first and last band."""
    centres_M = torch.from_numpy(mel_filters(OUT_HZ, N_FFT)).double()
    bins_K = torch.arange(N_FFT // 2 + 1, dtype=torch.float64)
    centres_M = (centres_M * bins_K[:, None]).sum(0) / centres_M.sum(0)
    above_K = torch.searchsorted(centres_M, bins_K).clamp(1, N_MELS - 1)
    low_K, high_K = centres_M[above_K - 1], centres_M[above_K]
    share_K = ((bins_K - low_K) / (high_K - low_K)).clamp(0, 1)
    weights_KM = (
        nnf.one_hot(above_K - 1, N_MELS) * (1 - share_K)[:, None] + nnf.one_hot(above_K, N_MELS) * share_K[:, None]
    )
    return weights_KM.float()


def _fold() -> Tensor:
    """Weights that turn a real cepstrum into that of the minimum-phase filter: the past doubled, the future gone."""
    fold_S = torch.zeros(N_FFT)
    fold_S[0] = fold_S[N_FFT // 2] = 1.0
    fold_S[1 : N_FFT // 2] = 2.0
    return fold_S


def chosen(active_B: Tensor, new: VocoderState, old: VocoderState) -> VocoderState:
    """The new state in active rows (bool [B]), the old one elsewhere."""

    def pick(name: str) -> Tensor:
        value = getattr(new, name)
        return torch.where(active_B.view(-1, *[1] * (value.ndim - 1)), value, getattr(old, name))

    return VocoderState(**{f.name: pick(f.name) for f in fields(new)})
