"""Microphones and loudspeakers: what they do to a spectrum, and a loudspeaker to loud sounds. Mono float32 [S] at 16 kHz."""

import numpy as np

from microturn.data.sound.levels import RATE_HZ, Samples, gain, rms


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


def loudspeaker(rng: np.random.Generator) -> Samples:
    """An impulse response [255] of a small loudspeaker: nothing below 200 to 600 Hz, uneven above."""
    response = microphone(rng, float(rng.uniform(2, 5)))
    lowest_hz = float(rng.uniform(200, 600))
    spectrum = np.fft.rfft(response, 512)
    hz = np.fft.rfftfreq(512, 1 / RATE_HZ)
    # A second-order high pass of Butterworth's, with its own phase: causal, hardly late.
    s = 1j * np.maximum(hz, 1) / lowest_hz
    response = np.fft.irfft(spectrum * s**2 / (s**2 + np.sqrt(2) * s + 1), 512)[:255]
    return (response / np.linalg.norm(response)).astype(np.float32)


def driven(samples: Samples, distortion: float) -> Samples:
    """[S] samples as a small loudspeaker plays them: loud ones bent, by `distortion` of 0 (none) to 1 (rattling), one
    way a little more than the other."""
    level = rms(samples)
    if distortion == 0 or level == 0:
        return samples
    drive = np.float32(0.6 * distortion / level)
    bent = np.tanh(samples * drive + np.float32(0.2 * distortion)) - np.tanh(np.float32(0.2 * distortion))
    return (bent / drive).astype(np.float32)


def cancelled(echo: Samples, bent: Samples, depth_db: float, rng: np.random.Generator) -> Samples:
    """What an echo canceller leaves of `echo` [S], whose non-linear part is `bent` [S] (it stays).

    The rest is `depth_db` lower once the canceller has adapted, in half a second to three; now and then (somebody moves,
    or both talk) it loses its way for a moment.
    """
    step = RATE_HZ // 20
    count = -(-len(echo) // step) + 1
    adapted = np.zeros(count)
    pace = 0.05 / rng.uniform(0.5, 3.0)
    sounding = np.array([np.abs(echo[i * step : (i + 1) * step]).max(initial=0) > 1e-5 for i in range(count)])
    slips = rng.random(count) < 1 / 160  # once in 8 s
    now = 0.0
    for index in range(count):
        now = rng.uniform(0, 0.6) * now if slips[index] else now + pace * (1 - now) * sounding[index]
        adapted[index] = now
    gains = np.array([gain(-depth_db * a) for a in adapted])
    curve = np.interp(np.arange(len(echo)), np.arange(count) * step, gains).astype(np.float32)
    return ((echo - bent) * curve + bent).astype(np.float32)
