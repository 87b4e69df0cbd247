"""Speech made slower or faster at the same pitch: WSOLA (Verhelst and Roelands, ICASSP 1993), several hundred times real time."""

import numpy as np
from numpy.typing import NDArray

WINDOW, HOP, SEARCH = 720, 360, 180  # samples; at 24 kHz 30 ms, 15 ms and 7.5 ms either way
_COARSE = 3  # the search looks at every third sample
_FADE = np.hanning(WINDOW + 1)[:WINDOW].astype(np.float32)


def stretched(samples: NDArray[np.float32], factor: float) -> NDArray[np.float32]:
    """The samples [S] in round(S * factor) samples: what was at t is at t * factor, within SEARCH samples.

    Each window is taken where it continues the one before best.
    """
    length = round(len(samples) * factor)
    before, after = HOP + SEARCH, 4 * WINDOW  # enough for factors over 0.4
    padded = np.concatenate((np.zeros(before, np.float32), samples, np.zeros(after, np.float32)))
    out = np.zeros(length + 2 * WINDOW, np.float32)
    start = SEARCH  # of the window in `padded`; that of output 0 is centred on sample 0
    for at in range(0, length + HOP, HOP):
        if at:
            wanted = round(at / factor) + SEARCH
            start = wanted - SEARCH + _best(padded, wanted, start + HOP)
        out[at : at + WINDOW] += padded[start : start + WINDOW] * _FADE
    return out[HOP : HOP + length]


def _best(padded: NDArray[np.float32], wanted: int, follows: int) -> int:
    """Of the windows that start at `wanted` - SEARCH to + SEARCH, the one most like that at `follows`."""
    region = padded[wanted - SEARCH : wanted + SEARCH + WINDOW : _COARSE]
    template = padded[follows : follows + WINDOW : _COARSE]
    return _COARSE * int(np.argmax(np.correlate(region, template, mode="valid")))
