"""Audio features: dMel levels of what is heard, log-mel frames of what is said, and resampling. NumPy only.

What is heard: 16 kHz mono -> `dmel`: 80 Slaney mel bins every 50 ms in 16 levels (arXiv 2407.15835), with the constants
of the open Inkling checkpoints. It is causal: frame `f` sees samples `[(f-1)*800, (f+1)*800)`, and `DmelStream` gives
the same levels, bit for bit, for any chunking.

What is said: 24 kHz mono -> `log_mel`: natural log of the magnitude mel, 80 bins every 12.5 ms. Frame `f` is centred
on sample `f*300 + 150`, so the 16 frames of a 200 ms tick belong to that tick's 4800 samples.

Shapes: F frames, M mel bins, S samples, N samples of one window, K frequencies of its transform.
"""

import functools

import numpy as np
import soxr
from numpy.typing import NDArray

Samples = NDArray[np.float32]
Levels = NDArray[np.uint8]
Mel = NDArray[np.float32]

N_MELS = 80
IN_HZ, IN_WINDOW, IN_HOP = 16_000, 1600, 800
OUT_HZ, OUT_WINDOW, OUT_HOP = 24_000, 1200, 300
DMEL_LEVELS, DMEL_MIN, DMEL_MAX = 16, -7.0, 2.0
DMEL_STEP = (DMEL_MAX - DMEL_MIN) / (DMEL_LEVELS - 1)
MAGNITUDE_FLOOR = 1e-5
# Over all bins and frames of the own voice (-6.83, 3.11), rounded: `mel_statistics` of train/vocoder.py
MEL_MEAN, MEL_STD = -7.0, 3.0


def dmel(samples_S: Samples) -> Levels:
    """dMel levels of mono float32 audio at 16 kHz: uint8 [ceil(S / 800), 80], each 0..15.

    The last frame is padded with silence. Raises ValueError if the audio is not mono float32.
    """
    samples_S = _mono(samples_S)
    frames = -(-len(samples_S) // IN_HOP)
    padded_S = np.zeros((frames + 1) * IN_HOP, np.float32)
    padded_S[IN_HOP : IN_HOP + len(samples_S)] = samples_S
    return _levels(padded_S)


class DmelStream:
    """`dmel` of a stream: keeps the last 50 ms and what does not yet fill a frame."""

    def __init__(self) -> None:
        self._held_S: Samples = np.zeros(IN_HOP, np.float32)

    def push(self, samples_S: Samples) -> Levels:
        """The levels of every frame that `samples_S` completes: uint8 [n, 80], n may be 0."""
        self._held_S = np.concatenate([self._held_S, _mono(samples_S)])
        frames = len(self._held_S) // IN_HOP - 1
        levels_FM = _levels(self._held_S[: (frames + 1) * IN_HOP])
        self._held_S = self._held_S[frames * IN_HOP :].copy()
        return levels_FM


def log_mel(samples_S: Samples, wanted_F: NDArray[np.bool_] | None = None) -> Mel:
    """Log-mel of mono float32 audio at 24 kHz: float32 [ceil(S / 300), 80], natural log, at least log(1e-5).

    Frame f sees samples [f*300 - 450, f*300 + 750), with silence outside the audio. With `wanted_F` only the frames
    where it is true, the same to the bit.
    """
    samples_S = _mono(samples_S)
    frames = -(-len(samples_S) // OUT_HOP)
    left = (OUT_WINDOW - OUT_HOP) // 2
    padded_S = np.zeros(frames * OUT_HOP + 2 * left, np.float32)
    padded_S[left : left + len(samples_S)] = samples_S
    windows_FN = _windows(padded_S, OUT_WINDOW, OUT_HOP)
    mel_FM = _mel(windows_FN if wanted_F is None else windows_FN[wanted_F], OUT_HZ)
    return np.log(np.maximum(mel_FM, np.float32(MAGNITUDE_FLOOR)))


def normalize_mel(mel_FM: Mel) -> Mel:
    """Log-mel to about zero mean and unit variance, the scale on which the flow head works."""
    return (mel_FM - np.float32(MEL_MEAN)) / np.float32(MEL_STD)


def denormalize_mel(mel_FM: Mel) -> Mel:
    """The inverse of `normalize_mel`."""
    return mel_FM * np.float32(MEL_STD) + np.float32(MEL_MEAN)


def resample(samples_S: Samples, from_hz: int, to_hz: int) -> Samples:
    """Band-limited resampling of mono float32 audio; the audio itself if the rates are equal."""
    if from_hz == to_hz:
        return samples_S
    return np.asarray(soxr.resample(_mono(samples_S), from_hz, to_hz), np.float32)


@functools.cache
def mel_filters(rate_hz: int, window: int) -> NDArray[np.float32]:
    """Slaney mel filters of equal area, 0 Hz to half the rate: float32 [window // 2 + 1, 80]."""
    edges_hz = _mel_to_hz(np.linspace(0.0, _hz_to_mel(rate_hz / 2), N_MELS + 2))
    bins_hz = np.linspace(0.0, rate_hz / 2, window // 2 + 1)[:, None]
    low, centre, high = edges_hz[:-2], edges_hz[1:-1], edges_hz[2:]
    rising, falling = (bins_hz - low) / (centre - low), (high - bins_hz) / (high - centre)
    triangles = np.maximum(0.0, np.minimum(rising, falling))
    return (triangles * (2.0 / (high - low))).astype(np.float32)


def _hz_to_mel(hz: float) -> float:
    """Slaney's scale: linear to 1 kHz (15 mel), then 27 mel for each factor of 6.4."""
    return 3.0 * hz / 200.0 if hz < 1000.0 else 15.0 + 27.0 * float(np.log(hz / 1000.0) / np.log(6.4))


def _mel_to_hz(mel: NDArray[np.float64]) -> NDArray[np.float64]:
    return np.where(mel < 15.0, 200.0 * mel / 3.0, 1000.0 * 6.4 ** ((mel - 15.0) / 27.0))


@functools.cache
def _hann(window: int) -> NDArray[np.float32]:
    """The periodic Hann window."""
    return (0.5 - 0.5 * np.cos(2 * np.pi * np.arange(window) / window)).astype(np.float32)


def _windows(padded_S: Samples, window: int, hop: int) -> NDArray[np.float32]:
    if len(padded_S) < window:
        return np.zeros((0, window), np.float32)
    return np.lib.stride_tricks.sliding_window_view(padded_S, window)[::hop]


def _mel(windows_FN: NDArray[np.float32], rate_hz: int) -> Mel:
    """Magnitude mel [F, 80]. One product per frame, not one for all: so a frame's bits depend on its window alone."""
    window = windows_FN.shape[1]
    magnitudes_FK = np.abs(np.fft.rfft(windows_FN * _hann(window), axis=1)).astype(np.float32)
    magnitudes_FK = np.maximum(magnitudes_FK, np.float32(MAGNITUDE_FLOOR))
    return np.matmul(magnitudes_FK[:, None, :], mel_filters(rate_hz, window))[:, 0]


def _levels(padded_S: Samples) -> Levels:
    """Levels of all whole windows; a value half way between two levels takes the lower one, as Inkling's argmin does."""
    mel_FM = np.log10(np.maximum(_mel(_windows(padded_S, IN_WINDOW, IN_HOP), IN_HZ), np.float32(1e-10)))
    steps_FM = (np.clip(mel_FM, DMEL_MIN, DMEL_MAX) - DMEL_MIN) / DMEL_STEP
    return np.ceil(steps_FM - 0.5).astype(np.uint8)


def _mono(samples_S: Samples) -> Samples:
    if samples_S.ndim != 1 or samples_S.dtype != np.float32:
        raise ValueError(
            f"audio must be mono float32 [S], got {samples_S.dtype} {list(samples_S.shape)}: convert it first"
        )
    return samples_S
