"""Audio on the wire: base64 int16 PCM at the client's rate, float32 at the engine's.

Resampling is a causal polyphase filter with a fixed delay of about 2 ms: a chunk of 100 ms in gives 100 ms out at
once (a general resampler holds back up to 36 ms), and any chunking gives the same samples as the whole.
"""

import base64
import binascii
import math

import numpy as np
from numpy.typing import NDArray

from microturn.protocol.wire import from_pcm16, pcm16

Samples = NDArray[np.float32]
WIRE_RATES_HZ = (16_000, 24_000)
TAPS_PER_PHASE = 48
STOPBAND_BETA = 8.0


class Resampler:
    """Streaming mono resampling from `from_hz` to `to_hz`; state is the tail of the input and the output phase."""

    def __init__(self, from_hz: int, to_hz: int) -> None:
        shared = math.gcd(from_hz, to_hz)
        self.up, self.down = to_hz // shared, from_hz // shared
        taps = TAPS_PER_PHASE * max(self.up, self.down) + 1
        cutoff = 0.94 / max(self.up, self.down)  # of the Nyquist frequency at `from_hz * up`
        time = np.arange(taps) - (taps - 1) / 2
        self.filter = (np.sinc(cutoff * time) * cutoff * self.up * np.kaiser(taps, STOPBAND_BETA)).astype(np.float32)
        self.tail = np.zeros(taps - 1, np.float32)
        self.skip = 0

    def __call__(self, samples: Samples) -> Samples:
        """The next input samples [S] to the output samples they complete, [about S * to_hz / from_hz]."""
        if self.up == self.down or not len(samples):
            return samples
        stuffed = np.zeros(len(samples) * self.up, np.float32)
        stuffed[:: self.up] = samples
        line = np.concatenate([self.tail, stuffed])
        self.tail = line[len(line) - len(self.tail) :]
        filtered = np.convolve(line, self.filter, mode="valid")[self.skip :: self.down]
        self.skip = (self.skip - len(stuffed)) % self.down
        return filtered.astype(np.float32)


def decode_pcm(data: str) -> Samples:
    """Samples [S] from base64 int16 bytes; `ValueError` with what to do when it is not that."""
    try:
        raw = base64.b64decode(data, validate=True)
    except (binascii.Error, ValueError):
        raise ValueError("audio must be base64 of little-endian int16 samples; this text is not base64") from None
    if not raw:
        raise ValueError("audio is empty; send at least one sample, or nothing")
    if len(raw) % 2:
        raise ValueError(f"audio must be whole int16 samples (an even number of bytes), got {len(raw)} bytes")
    return from_pcm16(raw)


def encode_pcm(samples: Samples) -> str:
    """Base64 of little-endian int16."""
    return base64.b64encode(pcm16(samples).tobytes()).decode("ascii")


def rms(samples: Samples) -> float:
    """Root mean square in [0, 1]; 0 for no samples."""
    return float(np.sqrt(np.mean(np.square(samples)))) if len(samples) else 0.0
