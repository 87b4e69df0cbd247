"""What stands between a mouth and a microphone: noises, rooms, telephones, levels. Cheap numpy at 16 kHz.

Every function is pure and takes its randomness as an argument; samples are mono float32 [S].
"""

from collections.abc import Callable

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


def unit(samples: NDArray[np.floating]) -> Samples:
    """Scaled to root mean square 1."""
    level = float(np.sqrt(np.mean(np.square(samples)))) if samples.size else 0.0
    return (samples / max(level, 1e-9)).astype(np.float32)


def room(rng: np.random.Generator) -> Samples:
    """An impulse response [0.1 to 0.4 s]: the direct sound, then noise that decays exponentially. Energy is 1."""
    decay_s = rng.uniform(0.08, 0.4)
    tail = rng.standard_normal(int(RATE_HZ * decay_s)).astype(np.float32)
    tail *= np.exp(-6.9 * np.arange(len(tail)) / len(tail)).astype(np.float32)
    tail[: int(RATE_HZ * rng.uniform(0.002, 0.01))] = 0
    tail *= np.float32(gain(rng.uniform(-14, -3)) / max(float(np.linalg.norm(tail)), 1e-9))
    tail[0] = 1.0
    return (tail / np.linalg.norm(tail)).astype(np.float32)


def convolve(samples: Samples, response: Samples, block: int = 1 << 13) -> Samples:
    """`samples` [S] through `response` [R], same length S; overlap-add of FFT blocks."""
    size = 1 << (block + len(response) - 2).bit_length()
    step = size - len(response) + 1
    kernel = np.fft.rfft(response, size)
    blocks = -(-len(samples) // step)
    padded = np.zeros(blocks * step, np.float32)
    padded[: len(samples)] = samples
    wet = np.fft.irfft(np.fft.rfft(padded.reshape(blocks, step), size, axis=1) * kernel, size, axis=1)
    out = np.zeros(blocks * step + size, np.float32)
    for index in range(blocks):
        out[index * step : index * step + size] += wet[index]
    return out[: len(samples)]


def microphone(rng: np.random.Generator, tone_db: float) -> Samples:
    """An impulse response [255] whose gain wanders smoothly over frequency, by `tone_db` (standard deviation) around a
    slope of its own. Causal, 8 ms late at most."""
    hz = np.array([0, 150, 300, 600, 1200, 2000, 3000, 4500, 6000, 8000])
    octaves = np.log2(np.maximum(hz, 100) / 1000)
    level_db = rng.normal(0, tone_db, len(hz)) + rng.normal(0, tone_db / 3) * octaves
    level_db = np.convolve(np.pad(level_db, 1, mode="edge"), (0.25, 0.5, 0.25), "valid")
    magnitude = 10 ** (np.interp(np.linspace(0, RATE_HZ / 2, 129), hz, level_db) / 20)
    # The minimum-phase response of that magnitude, through the cepstrum: no delay to speak of.
    cepstrum = np.fft.irfft(np.log(magnitude))
    cepstrum[1:128] *= 2
    cepstrum[129:] = 0
    response = np.fft.irfft(np.exp(np.fft.rfft(cepstrum)))[:255]
    return (response / np.linalg.norm(response)).astype(np.float32)


def band(samples: Samples, low_hz: float, high_hz: float) -> Samples:
    """Only what lies between the two frequencies, by a 255-tap windowed sinc (linear phase, delay removed)."""
    taps = np.arange(-127, 128)
    low = 2 * low_hz / RATE_HZ * np.sinc(2 * low_hz / RATE_HZ * taps)
    high = 2 * high_hz / RATE_HZ * np.sinc(2 * high_hz / RATE_HZ * taps)
    kernel = ((high - low) * np.hanning(255)).astype(np.float32)
    return convolve(np.concatenate([samples, np.zeros(127, np.float32)]), kernel)[127:]


def add(target: Samples, samples: Samples, start: int) -> None:
    """Mix `samples` into `target` from index `start` on, in place; what lies outside is dropped."""
    skip = max(0, -start)
    stop = min(len(target), start + len(samples))
    if stop > start + skip:
        target[start + skip : stop] += samples[skip : stop - start]


def limited(samples: Samples) -> Samples:
    """Clipped softly at full scale, as a microphone does."""
    return np.clip(samples, -0.99, 0.99).astype(np.float32)
