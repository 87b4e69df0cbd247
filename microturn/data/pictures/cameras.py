"""Cameras: a drawn picture as a lens, a hand and a wire deliver it, and the times at which its frames arrive.

A camera trembles, wanders, leans, skews its rows (rolling shutter), hunts for exposure, is noisy, blurred, dark or
compressed; its frames are late or lost. Everything follows from `Camera.seed` and the time: the same picture at the
same time gives the same frame. Lengths are in pixels of the drawing, `SIDE` wide.
"""

import io
import math
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageFilter

SIDE = 160  # drawings are this wide and high
_MARGIN = 16  # drawn on beyond the edge, so that a moving camera sees no black
_WAVES = 3
_HOLD_MS = 3000.0  # exposure is set anew this often
_TREMBLE_HZ, _WANDER_HZ, _FLICKER_HZ = 1.7, 0.12, 0.25


@dataclass(frozen=True, kw_only=True)
class Camera:
    """What a camera does to a picture. `light` 1 is well lit; `hunt` and `flicker` move it, in stops and as a share.

    `skew` moves the last row by this many pixels for each pixel of tremble; `quality` is that of JPEG, None for none.
    A frame every `interval_ms`; a share `drop` never arrives, a share `late` arrives up to `late_ms` later.
    """

    seed: int = 0
    tremble_px: float = 0.0
    wander_px: float = 0.0
    lean_deg: float = 0.0
    skew: float = 0.0
    light: float = 1.0
    hunt: float = 0.0
    flicker: float = 0.0
    noise: float = 0.0
    blur_px: float = 0.0
    quality: int | None = None
    interval_ms: float = 200.0
    drop: float = 0.0
    late: float = 0.0
    late_ms: float = 400.0

    def __post_init__(self) -> None:
        if self.interval_ms <= 0 or not 0 <= self.drop < 1:
            raise ValueError(f"interval_ms must be above 0 and drop from 0 to below 1, got {self}")

    @property
    def moves(self) -> bool:
        return any((self.tremble_px, self.wander_px, self.lean_deg))


@dataclass(frozen=True, kw_only=True, slots=True)
class Shot:
    """A frame that shows the world at `world_ms` and arrives at `at_ms`."""

    world_ms: float
    at_ms: float


def draw_camera(rng: np.random.Generator, *, fast: bool = False) -> Camera:
    """A tripod, a hand, a dark room or a bad webcam; 2 to 5 frames a second, 5 where `fast`."""
    kind = str(rng.choice(("tripod", "hand", "dark", "webcam"), p=(0.35, 0.35, 0.12, 0.18)))
    hand = 1.0 if kind == "hand" else 0.25 if kind == "dark" else 0.0
    lossy_wire = kind == "webcam"
    return Camera(
        seed=int(rng.integers(1 << 30)),
        tremble_px=hand * float(rng.uniform(0.5, 2.5)),
        wander_px=hand * float(rng.uniform(0, 7)),
        lean_deg=hand * float(rng.uniform(0, 5)),
        skew=float(rng.uniform(0, 1.5)),
        light=float(rng.uniform(0.5, 0.7)) if kind == "dark" else float(rng.uniform(0.8, 1.1)),
        hunt=float(rng.uniform(0, 0.35)) if rng.random() < 0.3 else 0.0,
        flicker=float(rng.uniform(0, 0.12)) if rng.random() < 0.3 else 0.0,
        noise=float(rng.uniform(8, 14)) if kind == "dark" else float(rng.uniform(0, 6)),
        blur_px=float(rng.uniform(0.5, 1.6)) if lossy_wire else 0.0,
        quality=int(rng.integers(25, 70)) if rng.random() < (0.9 if lossy_wire else 0.3) else None,
        interval_ms=200.0 if fast or rng.random() < 0.6 else float(rng.choice((250.0, 400.0, 500.0))),
        drop=float(rng.uniform(0, 0.15)) if lossy_wire or rng.random() < 0.15 else 0.0,
        late=float(rng.uniform(0, 0.2)) if lossy_wire and not fast else 0.0,
    )


def shots(camera: Camera, first_ms: float, until_ms: float) -> list[Shot]:
    """The frames that arrive of those taken from `first_ms` to before `until_ms`, in order. One overtaken is lost; the
    first and the last are neither late nor lost. Raises ValueError where there is no time for one."""
    count = math.ceil((until_ms - first_ms) / camera.interval_ms)
    if count < 1:
        raise ValueError(f"there is no frame between {first_ms} and {until_ms} ms: give a later until_ms")
    rng = np.random.default_rng([camera.seed, 1])
    lost, late = rng.random(count) < camera.drop, rng.random(count) < camera.late
    delay_ms = np.where(late, rng.uniform(0, camera.late_ms, count), 0.0)
    lost[[0, -1]], delay_ms[[0, -1]] = False, 0.0
    world_ms = first_ms + camera.interval_ms * np.arange(count)
    kept: list[Shot] = []
    soonest_ms = math.inf
    for index in range(count - 1, -1, -1):
        at_ms = float(world_ms[index] + delay_ms[index])
        if not lost[index] and at_ms < soonest_ms:
            kept.append(Shot(world_ms=float(world_ms[index]), at_ms=at_ms))
            soonest_ms = at_ms
    return kept[::-1]


def photograph(camera: Camera, picture: Image.Image, at_ms: float, size: int = 80) -> NDArray[np.uint8]:
    """The picture (RGB, `SIDE` x `SIDE`) as a frame, uint8 [size, size, 3]."""
    if picture.size != (SIDE, SIDE) or picture.mode != "RGB":
        raise ValueError(f"a drawing is RGB and {SIDE} x {SIDE}, got {picture.mode} {picture.size}")
    small = _moved(camera, picture, at_ms, size)
    if camera.blur_px:
        small = small.filter(ImageFilter.GaussianBlur(camera.blur_px * size / SIDE))
    gain = _exposure(camera, at_ms)
    if gain != 1.0 or camera.noise:
        pixels = np.asarray(small, np.float32) * np.float32(gain)
        if camera.noise:
            rng = np.random.default_rng([camera.seed, 2, round(at_ms)])
            pixels += np.float32(camera.noise) * rng.standard_normal(pixels.shape, dtype=np.float32)
        small = Image.fromarray(np.clip(pixels, 0, 255).astype(np.uint8))
    return np.asarray(_compressed(small, camera.quality), np.uint8)


def _moved(camera: Camera, picture: Image.Image, at_ms: float, size: int) -> Image.Image:
    if not camera.moves:
        return picture if size == SIDE else picture.resize((size, size), Image.Resampling.BOX)
    tremble_x, tremble_y = (camera.tremble_px * _sway(camera.seed, part, _TREMBLE_HZ, at_ms) for part in (0, 1))
    wander_x, wander_y = (camera.wander_px * _sway(camera.seed, part, _WANDER_HZ, at_ms) for part in (2, 3))
    lean = math.radians(camera.lean_deg * _sway(camera.seed, 4, _WANDER_HZ, at_ms))
    step = SIDE / size
    cos, sin = step * math.cos(lean), step * math.sin(lean)
    skew = camera.skew * tremble_x / size
    middle = size / 2
    left = _MARGIN + SIDE / 2 + tremble_x + wander_x - (cos + skew - sin) * middle
    top = _MARGIN + SIDE / 2 + tremble_y + wander_y - (sin + cos) * middle
    wide = Image.fromarray(np.pad(np.asarray(picture), ((_MARGIN, _MARGIN), (_MARGIN, _MARGIN), (0, 0)), mode="edge"))
    matrix = (cos, skew - sin, left, sin, cos, top)
    return wide.transform((size, size), Image.Transform.AFFINE, matrix, resample=Image.Resampling.BILINEAR)


def _exposure(camera: Camera, at_ms: float) -> float:
    gain = camera.light
    if camera.hunt:
        held = np.random.default_rng([camera.seed, 3, max(0, int(at_ms // _HOLD_MS))])
        gain *= 2 ** (camera.hunt * float(held.uniform(-1, 1)))
    if camera.flicker:
        gain *= 1 + camera.flicker * _sway(camera.seed, 5, _FLICKER_HZ, at_ms)
    return gain


def _compressed(image: Image.Image, quality: int | None) -> Image.Image:
    if quality is None:
        return image
    file = io.BytesIO()
    image.save(file, "JPEG", quality=quality)
    return Image.open(file)


@lru_cache(maxsize=64)
def _waves(seed: int, part: int) -> tuple[tuple[float, float], ...]:
    """Relative frequency and phase of the sines that one movement is made of."""
    rng = np.random.default_rng([seed, 4, part])
    return tuple((float(rng.uniform(0.6, 1.5)), float(rng.uniform(0, 2 * math.pi))) for _ in range(_WAVES))


def _sway(seed: int, part: int, hz: float, at_ms: float) -> float:
    """A smooth movement between -1 and 1."""
    turns = 2 * math.pi * hz * at_ms / 1000
    return sum(math.sin(turns * pace + phase) for pace, phase in _waves(seed, part)) / _WAVES
