"""Objects on a plain ground: shapes of colours that come, go, move, change colour, lie in a box. Several at once."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
from PIL import Image, ImageDraw

from microturn.data.lexicon import SHAPES
from microturn.data.pictures.cameras import SIDE
from microturn.data.pictures.figure import RGB, Look, paint_shape

VIVID = tuple(RGB)[:8]
RADIUS = 0.105  # half the width of an object, as a share of the picture
BOX_X, BOX_Y = 0.5, 0.8  # the middle of the box's opening
_BOX_WIDE, _BOX_DEEP = 0.34, 0.17
MOVE_MS = 1000.0  # into or out of the box, or to another place


@dataclass(frozen=True, kw_only=True, slots=True)
class Key:
    """From `at_ms` on the object is at (x, y), 0..1, in a colour, seen or not; between keys that say so it glides."""

    at_ms: float
    x: float
    y: float
    colour: str
    seen: bool = True
    glides: bool = False  # moves evenly from the key before, arriving here at `at_ms`


@dataclass(frozen=True, kw_only=True, slots=True)
class Item:
    """One object and what becomes of it: keys in order of time, the first one's state holding before it."""

    shape: str
    keys: tuple[Key, ...]

    def at(self, at_ms: float) -> Key:
        """Its state at a moment."""
        state = self.keys[0]
        for key in self.keys[1:]:
            if key.at_ms <= at_ms:
                state = key
                continue
            if key.glides and at_ms > state.at_ms:
                share = (at_ms - state.at_ms) / (key.at_ms - state.at_ms)
                x, y = state.x + (key.x - state.x) * share, state.y + (key.y - state.y) * share
                return replace(state, x=x, y=y)
            break
        return state

    def then(self, at_ms: float, **changes: object) -> "Item":
        """The item with one more key: as it last was, but for the changes."""
        return replace(self, keys=(*self.keys, replace(self.keys[-1], at_ms=at_ms, glides=False, **changes)))  # pyright: ignore

    def glide(self, at_ms: float, x: float, y: float) -> "Item":
        """The item on its way to (x, y) from `at_ms` on, for `MOVE_MS`."""
        start = replace(self.keys[-1], at_ms=at_ms, glides=False)
        stop = replace(start, at_ms=at_ms + MOVE_MS, x=x, y=y, glides=True)
        return replace(self, keys=(*self.keys, start, stop))

    def into_box(self, at_ms: float) -> "Item":
        """Over the box, then down into it: hidden from `at_ms` + 2 `MOVE_MS` on."""
        over = self.glide(at_ms, BOX_X, BOX_Y - 0.22)
        return over.glide(at_ms + MOVE_MS, BOX_X, BOX_Y + 0.06).then(at_ms + 2 * MOVE_MS, seen=False)

    def out_of_box(self, at_ms: float, x: float, y: float) -> "Item":
        """Up out of the box, then to (x, y), where it is at `at_ms` + 2 `MOVE_MS`."""
        shown = self.then(at_ms, seen=True, x=BOX_X, y=BOX_Y + 0.06)
        return shown.glide(at_ms, BOX_X, BOX_Y - 0.22).glide(at_ms + MOVE_MS, x, y)


def places(rng: np.random.Generator, count: int, *, box: bool = False) -> list[tuple[float, float]]:
    """`count` places (at most 9, with a box 6) that do not overlap: cells of a three by three grid, shaken a little."""
    rows = 2 if box else 3
    if not 0 <= count <= 3 * rows:
        raise ValueError(f"there is room for {3 * rows} objects, got {count}")
    cells = rng.choice(3 * rows, size=count, replace=False)
    jitter = rng.uniform(-0.035, 0.035, (count, 2))
    return [
        (0.18 + 0.32 * (int(cell) % 3) + float(dx), (0.15 if box else 0.18) + 0.32 * (int(cell) // 3) + float(dy))
        for cell, (dx, dy) in zip(cells, jitter, strict=True)
    ]


def draw_things(rng: np.random.Generator, count: int) -> list[tuple[str, str]]:
    """`count` different pairs of shape and colour."""
    pairs = [(shape, colour) for shape in SHAPES for colour in VIVID]
    return [pairs[int(index)] for index in rng.choice(len(pairs), size=count, replace=False)]


def picture(look: Look, items: Sequence[Item], at_ms: float, *, box: bool = False) -> Image.Image:
    """The objects at a moment, RGB `SIDE` x `SIDE`; what is in the box is behind its front."""
    image = Image.new("RGB", (SIDE, SIDE), look.background)
    draw = ImageDraw.Draw(image)
    left, right = ((BOX_X + side * _BOX_WIDE / 2) * SIDE for side in (-1, 1))
    top, bottom = BOX_Y * SIDE, (BOX_Y + _BOX_DEEP) * SIDE
    if box:
        draw.polygon([(left, top), (left + 8, top - 12), (right - 8, top - 12), (right, top)], fill=(88, 58, 34))
    for item in items:
        state = item.at(at_ms)
        if state.seen:
            place = (state.x * SIDE, state.y * SIDE)
            paint_shape(draw, item.shape, RGB[state.colour], place, RADIUS * SIDE, look.background)
    if box:
        draw.rectangle((left, top, right, bottom), fill=(150, 105, 62), outline=(88, 58, 34), width=2)
    return image
