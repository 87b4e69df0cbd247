"""Plain noises, each of unit power: `NOISES` names them. Samples are mono float32 [S] at 16 kHz."""

from collections.abc import Callable

import numpy as np

from microturn.data.sound.filters import band
from microturn.data.sound.levels import RATE_HZ, Samples, unit


def coloured(rng: np.random.Generator, count: int, exponent: float) -> Samples:
    """Noise whose power falls with frequency ** -exponent: 0 white, 1 pink, 2 brown. A block is looped over `count`."""
    block = 1 << min(17, max(8, (max(count, 1) - 1).bit_length()))
    spectrum = np.fft.rfft(rng.standard_normal(block, dtype=np.float32))
    spectrum *= np.maximum(np.arange(len(spectrum)), 20 * block / RATE_HZ + 1) ** (-exponent / 2)
    return unit(np.resize(np.fft.irfft(spectrum, block), count))


def hum(rng: np.random.Generator, count: int) -> Samples:
    """Mains hum: 50 or 60 Hz with falling harmonics."""
    base_hz = float(rng.choice((50.0, 60.0)))
    seconds = np.arange(min(count, RATE_HZ)) / RATE_HZ
    tones = sum(np.sin(2 * np.pi * base_hz * k * seconds + rng.uniform(0, 6.28)) / k for k in range(1, 8))
    return unit(np.resize(np.asarray(tones), count))


def music(rng: np.random.Generator, count: int) -> Samples:
    """A plain tune of decaying tones, four bars long, looped."""
    beat = int(RATE_HZ * rng.uniform(0.15, 0.5))
    decay = np.exp(-np.arange(beat) / (0.4 * beat))
    seconds = np.arange(beat) / RATE_HZ
    scale_hz = 220 * 2 ** (np.array([0, 2, 4, 5, 7, 9, 11, 12]) / 12)
    notes = [
        decay * sum(np.sin(2 * np.pi * pitch * k * seconds) / k**1.5 for k in (1, 2, 3))
        for pitch in rng.choice(scale_hz, size=16)
    ]
    return unit(np.resize(np.concatenate(notes), count))


def babble(rng: np.random.Generator, count: int) -> Samples:
    """Crowd-like: pink noise whose loudness moves at the pace of syllables (3 to 6 Hz), several voices at once."""
    noise = np.zeros(count, np.float32)
    for _ in range(3):
        steps = np.abs(rng.standard_normal(count // (RATE_HZ // 9) + 2))
        envelope = np.interp(np.arange(count) / (RATE_HZ / 9), np.arange(len(steps)), steps)
        noise += band(coloured(rng, count, 1.0), 200, 3400) * envelope.astype(np.float32)
    return unit(noise)


NOISES: dict[str, Callable[[np.random.Generator, int], Samples]] = {
    "white": lambda rng, count: coloured(rng, count, 0.0),
    "pink": lambda rng, count: coloured(rng, count, 1.0),
    "brown": lambda rng, count: coloured(rng, count, 2.0),
    "hum": hum,
    "music": music,
    "babble": babble,
}
