"""Cheap variety for heard audio, on dMel levels: other levels, other vocal tracts, lost bands.

Levels are logarithmic (0.6 of log10 magnitude each, 12 dB), so a gain is a shift of levels, and another vocal tract is,
roughly, a shift of bins. It costs milliseconds where remaking the speech would cost a core.

Letters: T ticks, F frames, M mel bins.
"""

import numpy as np
from numpy.typing import NDArray

from microturn.features.audio import DMEL_LEVELS


def augment(dmel_TFM: NDArray[np.uint8], rng: np.random.Generator) -> NDArray[np.uint8]:
    """One session's levels, changed as a whole.

    A gain of up to one level; bins moved by up to 3 and stretched by up to 8%; for a quarter of the sessions neighbouring bins
    run together, as in a muffled or a coarse voice; up to two bands masked, for a tenth nothing above some bin; for half, a
    frame in every 25 or so lost; a twentieth of the values off by one level.
    """
    levels = dmel_TFM.astype(np.int8)
    bins = levels.shape[-1]
    source = np.arange(bins) * rng.uniform(0.92, 1.08) + rng.uniform(-3, 3)
    levels = np.take(levels, np.clip(np.round(source).astype(int), 0, bins - 1), axis=-1)
    if rng.random() < 0.25:
        levels = _smeared(levels, int(rng.integers(1, 4)))
    levels += np.int8(rng.choice((-1, 0, 0, 0, 1)))
    for _ in range(int(rng.integers(0, 3))):
        width = int(rng.integers(1, 9))
        at = int(rng.integers(0, bins - width))
        levels[..., at : at + width] = levels.min()
    if rng.random() < 0.1:
        levels[..., int(rng.integers(bins // 2, bins)) :] = levels.min()
    if rng.random() < 0.5:
        levels[rng.random(levels.shape[:2]) < rng.uniform(0, 0.08)] = levels.min()
    levels += rng.choice(np.array([-1, 1] + [0] * 38, np.int8), levels.shape)
    return np.clip(levels, 0, DMEL_LEVELS - 1).astype(np.uint8)


def _smeared(levels_TFM: NDArray[np.int8], reach: int) -> NDArray[np.int8]:
    """Each bin the rounded mean of those within `reach`."""
    width = 2 * reach + 1
    padded = np.pad(levels_TFM, ((0, 0), (0, 0), (reach + 1, reach)), mode="edge").astype(np.int16)
    total = np.cumsum(padded, axis=-1, dtype=np.int16)
    return np.round((total[..., width:] - total[..., :-width]) / width).astype(np.int8)
