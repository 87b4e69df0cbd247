"""Filters: convolution by FFT blocks, and bands. Samples are mono float32 [S] at 16 kHz."""

import numpy as np

from microturn.data.sound.levels import RATE_HZ, Samples


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


def band(samples: Samples, low_hz: float, high_hz: float) -> Samples:
    """Only what lies between the two frequencies, by a 255-tap windowed sinc (linear phase, delay removed)."""
    taps = np.arange(-127, 128)
    low = 2 * low_hz / RATE_HZ * np.sinc(2 * low_hz / RATE_HZ * taps)
    high = 2 * high_hz / RATE_HZ * np.sinc(2 * high_hz / RATE_HZ * taps)
    kernel = ((high - low) * np.hanning(255)).astype(np.float32)
    return convolve(np.concatenate([samples, np.zeros(127, np.float32)]), kernel)[127:]
