"""Levels of mono float32 samples [S] at 16 kHz: measuring, scaling, mixing, clipping."""

import numpy as np
from numpy.typing import NDArray

Samples = NDArray[np.float32]
RATE_HZ = 16_000


def rms(samples: Samples) -> float:
    """Root mean square over the samples that are not digital silence; 0 for silence."""
    active = samples[np.abs(samples) > 1e-4]
    return float(np.sqrt(np.mean(np.square(active, dtype=np.float64)))) if active.size else 0.0


def gain(db: float) -> float:
    return float(10 ** (db / 20))


def to_level(samples: Samples, level_dbfs: float) -> Samples:
    """Scaled so that its active part has `level_dbfs`; silence stays silence."""
    now = rms(samples)
    return samples if now == 0 else (samples * np.float32(gain(level_dbfs) / now)).astype(np.float32)


def unit(samples: NDArray[np.floating]) -> Samples:
    """Scaled to root mean square 1."""
    level = float(np.sqrt(np.mean(np.square(samples)))) if samples.size else 0.0
    return (samples / max(level, 1e-9)).astype(np.float32)


def add(target: Samples, samples: Samples, start: int) -> None:
    """Mix `samples` into `target` from index `start` on, in place; what lies outside is dropped."""
    skip = max(0, -start)
    stop = min(len(target), start + len(samples))
    if stop > start + skip:
        target[start + skip : stop] += samples[skip : stop - start]


def limited(samples: Samples) -> Samples:
    """Clipped softly at full scale, as a microphone does."""
    return np.clip(samples, -0.99, 0.99).astype(np.float32)
