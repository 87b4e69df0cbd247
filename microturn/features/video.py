"""Video features: any picture -> one 80x80 RGB frame -> four 40x40 patches in temporal pairs. NumPy and Pillow only.

Shapes: T the two frames of a pair, H height, W width, C colours.
"""

from typing import Literal

import numpy as np
from numpy.typing import NDArray
from PIL import Image

FRAME_PX, PATCH_PX = 80, 40
PATCHES = (FRAME_PX // PATCH_PX) ** 2


def to_frame(rgb_HWC: NDArray[np.uint8], *, fit: Literal["crop", "pad"] = "crop") -> NDArray[np.uint8]:
    """An RGB picture of any size as uint8 [80, 80, 3], averaged over areas.

    "crop" keeps the central square (cameras); "pad" keeps everything between black bars (screens).
    Raises ValueError if the picture is not uint8 RGB.
    """
    if rgb_HWC.ndim != 3 or rgb_HWC.shape[2] != 3 or rgb_HWC.dtype != np.uint8 or 0 in rgb_HWC.shape:
        raise ValueError(f"a picture must be uint8 RGB [H, W, 3], got {rgb_HWC.dtype} {list(rgb_HWC.shape)}")
    height, width = rgb_HWC.shape[:2]
    if fit == "crop":
        side = min(height, width)
        top, left = (height - side) // 2, (width - side) // 2
        return _resize(rgb_HWC[top : top + side, left : left + side], FRAME_PX, FRAME_PX)
    scale = FRAME_PX / max(height, width)
    small_HWC = _resize(rgb_HWC, max(1, round(height * scale)), max(1, round(width * scale)))
    frame_HWC = np.zeros((FRAME_PX, FRAME_PX, 3), np.uint8)
    top, left = (FRAME_PX - small_HWC.shape[0]) // 2, (FRAME_PX - small_HWC.shape[1]) // 2
    frame_HWC[top : top + small_HWC.shape[0], left : left + small_HWC.shape[1]] = small_HWC
    return frame_HWC


def patches(previous_HWC: NDArray[np.uint8] | None, frame_HWC: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """Four patches (rows first) of a pair of frames: uint8 [4, 2, 40, 40, 3]; pair 0 is the previous frame, 1 this one.

    Without a previous frame the pair is this frame twice: nothing moved.
    """
    pair_THWC = np.stack([frame_HWC if previous_HWC is None else previous_HWC, frame_HWC])
    if pair_THWC.shape != (2, FRAME_PX, FRAME_PX, 3):
        raise ValueError(f"frames must be {FRAME_PX}x{FRAME_PX} RGB, got {list(frame_HWC.shape)}: use to_frame first")
    side = FRAME_PX // PATCH_PX
    grid = pair_THWC.reshape(2, side, PATCH_PX, side, PATCH_PX, 3).transpose(1, 3, 0, 2, 4, 5)
    return np.ascontiguousarray(grid.reshape(PATCHES, 2, PATCH_PX, PATCH_PX, 3))


def _resize(rgb_HWC: NDArray[np.uint8], height: int, width: int) -> NDArray[np.uint8]:
    if rgb_HWC.shape[:2] == (height, width):
        return np.ascontiguousarray(rgb_HWC)
    return np.asarray(Image.fromarray(rgb_HWC).resize((width, height), Image.Resampling.BOX), np.uint8)
