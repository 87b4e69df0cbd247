"""The aligner's ear: log-mel frames of 10 ms in, chances of every phone class out. It looks both ways; nothing streams.

    net = load_phone_net(released_file("aligner.safetensors"))
    logits_BFP = net(torch.from_numpy(phone_mel(samples_S))[None])

Frame `f` stands for the media time [10 f, 10 f + 10) ms. Each recording is brought to one spectrum on average, so that
microphones and levels matter little. Trained by `train/align.py`.

Shapes: B recordings, S samples, F frames, M mel bins, P phone classes, C channels, N samples of one window.
"""

from dataclasses import asdict, dataclass
from functools import cache
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from safetensors import safe_open
from safetensors.torch import save_file
from torch import Tensor, nn
from torch.nn import functional as nnf

from microturn.features.audio import N_MELS, mel_filters
from microturn.protocol.whole import whole

RATE_HZ, FRAME_MS = 16_000, 10.0
_HOP, _WINDOW, _TRANSFORM = 160, 400, 512
_FLOOR, _LOUD, _SCALE = 1e-4, 4.0, 2.0  # magnitude; nepers below the loudest that count as sound; the deviation


@dataclass(frozen=True, kw_only=True)
class PhoneNetConfig:
    """`dilations` has one residual convolution each: together they see 0.3 s either way."""

    phones: int = 42
    channels: int = 144
    kernel: int = 5
    dilations: tuple[int, ...] = (1, 1, 2, 2, 4, 4)


class PhoneNet(nn.Module):
    """Convolutions over time. 0.7 million weights."""

    def __init__(self, config: PhoneNetConfig) -> None:
        super().__init__()
        self.config = config
        width = config.channels
        self.first = nn.Conv1d(N_MELS, width, config.kernel, padding="same")
        self.convs = nn.ModuleList(
            nn.Conv1d(width, width, config.kernel, padding="same", dilation=dilation) for dilation in config.dilations
        )
        self.norms = nn.ModuleList(nn.BatchNorm1d(width) for _ in config.dilations)
        self.last = nn.Conv1d(width, config.phones, 1)

    def forward(self, mel_BFM: Tensor) -> Tensor:
        """Logits [B, F, P] of mel frames [B, F, M]."""
        x_BCF = nnf.relu(self.first(mel_BFM.transpose(1, 2)))
        for conv, norm in zip(self.convs, self.norms, strict=True):
            x_BCF = x_BCF + nnf.relu(norm(conv(x_BCF)))
        return self.last(x_BCF).transpose(1, 2)


def phone_mel(samples_S: NDArray[np.float32]) -> NDArray[np.float32]:
    """Log-mel of mono audio at 16 kHz, even over the recording: float32 [ceil(S / 160), 80].

    Frame f is centred on sample 160 f + 80. Each bin's mean over the frames that are not far below the loudest is 0.
    """
    frames = -(-len(samples_S) // _HOP)
    left = (_WINDOW - _HOP) // 2
    padded_S = np.zeros(frames * _HOP + 2 * left, np.float32)
    padded_S[left : left + len(samples_S)] = samples_S
    windows_FN = np.lib.stride_tricks.sliding_window_view(padded_S, _WINDOW)[::_HOP]
    magnitudes_FN = np.abs(np.fft.rfft(windows_FN * _hann(), _TRANSFORM, axis=1)).astype(np.float32)
    mel_FM = np.log(magnitudes_FN @ mel_filters(RATE_HZ, _TRANSFORM) + np.float32(_FLOOR))
    return (mel_FM - mel_FM[_loud(mel_FM)].mean(axis=0)) / np.float32(_SCALE)


def _loud(mel_FM: NDArray[np.float32]) -> NDArray[np.bool_]:
    level_F = mel_FM.mean(axis=1)
    return level_F >= np.percentile(level_F, 95) - _LOUD


@cache
def _hann() -> NDArray[np.float32]:
    return np.hanning(_WINDOW + 1)[:_WINDOW].astype(np.float32)


def save_phone_net(net: PhoneNet, path: Path) -> None:
    """Write the weights as float16; a file of that name is replaced when the new one is whole."""
    weights = {name: value.half() if value.is_floating_point() else value for name, value in net.state_dict().items()}
    config = {name: str(value) for name, value in asdict(net.config).items()}
    with whole(path) as part:
        save_file({name: value.contiguous() for name, value in weights.items()}, part, metadata=config)


def load_phone_net(path: Path) -> PhoneNet:
    """The net of a file that `save_phone_net` wrote. ValueError when it is no such file."""
    try:
        with safe_open(path, "pt") as file:
            about = file.metadata() or {}
            weights = {name: file.get_tensor(name) for name in file.keys()}  # noqa: SIM118  (no mapping)
        dilations = tuple(int(number) for number in about["dilations"].strip("()").split(",") if number.strip())
        sizes = {name: int(about[name]) for name in ("phones", "channels", "kernel")}
        net = PhoneNet(PhoneNetConfig(dilations=dilations, **sizes))
        net.load_state_dict(weights)
    except FileNotFoundError:
        raise
    except Exception as error:
        raise ValueError(
            f"{path} is no phone net: train one with `python -m microturn.train.align` ({error})"
        ) from error
    return net.float().eval().requires_grad_(False)
