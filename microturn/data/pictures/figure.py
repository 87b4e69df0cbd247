"""Small moving pictures, 80x80 RGB at 5 frames a second: a figure that does jumping jacks, shapes that come and go.

A renderer draws the world at one moment; where things are is decided by `acts.sight`. Pure functions of their
arguments; frames are uint8 [80, 80, 3].
"""

from dataclasses import dataclass
from functools import cache

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageDraw, ImageFont

SIDE = 80
_SCALE = 2  # drawn larger and reduced, so that edges are smooth
RGB: dict[str, tuple[int, int, int]] = {
    "red": (220, 40, 40),
    "green": (40, 170, 60),
    "blue": (45, 80, 220),
    "yellow": (240, 215, 50),
    "orange": (245, 140, 30),
    "purple": (130, 50, 170),
    "pink": (250, 150, 190),
    "brown": (125, 75, 40),
    "black": (15, 15, 15),
    "white": (245, 245, 245),
    "grey": (128, 128, 128),
}
Frame = NDArray[np.uint8]


@dataclass(frozen=True, kw_only=True)
class Look:
    """What stays the same during a clip: background and ink colour, camera noise, place and size of the subject."""

    background: tuple[int, int, int]
    ink: tuple[int, int, int]
    noise: float
    x: float
    y: float
    size: float


def draw_look(rng: np.random.Generator, *, grey: bool = False) -> Look:
    """A random look whose ink stands out; `grey` keeps the background colourless (for games about colours)."""
    light = bool(rng.random() < 0.6)
    base = rng.uniform(170, 235) if light else rng.uniform(20, 80)
    tint = np.zeros(3) if grey else rng.uniform(-18, 18, 3)
    ink = rng.uniform(10, 70, 3) if light else rng.uniform(180, 250, 3)
    return Look(
        background=_rgb(base + tint),
        ink=_rgb(ink),
        noise=float(rng.uniform(0, 6)),
        x=float(rng.uniform(-0.12, 0.12)),
        y=float(rng.uniform(-0.06, 0.06)),
        size=float(rng.uniform(0.75, 1.1)),
    )


def _rgb(values: NDArray[np.floating]) -> tuple[int, int, int]:
    red, green, blue = (int(v) for v in np.clip(values, 0, 255))
    return red, green, blue


def _finish(image: Image.Image, look: Look, rng: np.random.Generator) -> Frame:
    small = np.asarray(image.resize((SIDE, SIDE), Image.Resampling.BOX), np.float32)
    noisy = small + look.noise * rng.standard_normal(small.shape, dtype=np.float32)
    return np.clip(noisy, 0, 255).astype(np.uint8)


def _canvas(look: Look) -> tuple[Image.Image, ImageDraw.ImageDraw]:
    image = Image.new("RGB", (SIDE * _SCALE, SIDE * _SCALE), look.background)
    return image, ImageDraw.Draw(image)


def jumper(look: Look, raised: float, rng: np.random.Generator) -> Frame:
    """A stick figure; `raised` is 0 with arms down and legs closed, 1 with arms up and legs apart."""
    image, draw = _canvas(look)
    full = SIDE * _SCALE
    unit = full * 0.4 * look.size
    cx = full * (0.5 + look.x)
    cy = full * (0.5 + look.y) - 0.12 * unit * raised
    width = max(2, int(unit * 0.11))
    head, hip = cy - 0.55 * unit, cy + 0.2 * unit
    draw.ellipse((cx - 0.17 * unit, head - 0.34 * unit, cx + 0.17 * unit, head), fill=look.ink)
    draw.line((cx, head, cx, hip), fill=look.ink, width=width)
    arm = np.deg2rad(75 - 145 * raised)  # below the horizontal: 75 degrees down to 70 degrees up
    leg = np.deg2rad(82 - 32 * raised)
    for side in (-1, 1):
        hand = (cx + side * 0.55 * unit * np.cos(arm), head + 0.1 * unit + 0.55 * unit * np.sin(arm))
        foot = (cx + side * 0.65 * unit * np.cos(leg), hip + 0.65 * unit * np.sin(leg))
        draw.line((cx, head + 0.1 * unit, *hand), fill=look.ink, width=width)
        draw.line((cx, hip, *foot), fill=look.ink, width=width)
    return _finish(image, look, rng)


def thing(
    look: Look, shape: str | None, rgb: tuple[int, int, int], rng: np.random.Generator, *, at: tuple[float, float]
) -> Frame:
    """One shape of a colour with its centre at `at` (0..1, 0..1), or only the background for None."""
    image, draw = _canvas(look)
    if shape is not None:
        full = SIDE * _SCALE
        paint_shape(draw, shape, rgb, (at[0] * full, at[1] * full), 0.2 * look.size * full, look.background)
    return _finish(image, look, rng)


@cache
def _font(size: int) -> ImageFont.FreeTypeFont | ImageFont.ImageFont:
    return ImageFont.load_default(size)


def page(look: Look, word: str, rng: np.random.Generator, *, at: tuple[float, float], scale: float = 1.0) -> Frame:
    """A screen with one word on it, its middle at `at`; the word is as wide as half the screen to nearly all of it."""
    image, draw = _canvas(look)
    full = SIDE * _SCALE
    font = _font(round(full * scale * min(0.4, 1.6 / len(word))))
    draw.text((at[0] * full, at[1] * full), word, fill=look.ink, font=font, anchor="mm")
    return _finish(image, look, rng)


def paint_shape(
    draw: ImageDraw.ImageDraw,
    shape: str,
    rgb: tuple[int, int, int],
    centre: tuple[float, float],
    radius: float,
    background: tuple[int, int, int],
) -> None:
    """One of the lexicon's shapes; the hole of a ring has the background's colour. ValueError for another shape."""
    x, y = centre
    box = (x - radius, y - radius, x + radius, y + radius)
    match shape:
        case "circle":
            draw.ellipse(box, fill=rgb)
        case "ring":
            draw.ellipse(box, fill=rgb)
            hole = 0.55 * radius
            draw.ellipse((x - hole, y - hole, x + hole, y + hole), fill=background)
        case "square":
            draw.rectangle(box, fill=rgb)
        case "triangle":
            draw.polygon([(x, y - radius), (x - radius, y + radius), (x + radius, y + radius)], fill=rgb)
        case "cross":
            arm = 0.3 * radius
            draw.rectangle((x - arm, y - radius, x + arm, y + radius), fill=rgb)
            draw.rectangle((x - radius, y - arm, x + radius, y + arm), fill=rgb)
        case "star":
            turns = np.arange(10) * np.pi / 5 - np.pi / 2
            reach = np.where(np.arange(10) % 2, 0.42, 1.1) * radius
            draw.polygon([(x + r * np.cos(t), y + r * np.sin(t)) for r, t in zip(reach, turns, strict=True)], fill=rgb)
        case _:
            raise ValueError(f"figure draws circle, ring, square, triangle, cross and star; got {shape!r}")
