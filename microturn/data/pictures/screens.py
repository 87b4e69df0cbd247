"""Screens: text being typed, an editor, a terminal, slides, a chat, a progress bar, a clock. Large type, for small frames.

Drawings are RGB `SIDE` x `SIDE` and kept while nothing changes; nobody may draw on them.
"""

from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from PIL import Image, ImageDraw, ImageFont

from microturn.data.pictures.cameras import SIDE

Rgb = tuple[int, int, int]
PAPERS: tuple[Rgb, ...] = ((250, 250, 247), (238, 240, 245), (22, 24, 30), (0, 43, 54), (40, 42, 54), (12, 12, 12))
ACCENTS: tuple[Rgb, ...] = ((38, 110, 200), (120, 70, 180), (20, 130, 120), (190, 90, 30))
GOOD, BAD = (40, 160, 70), (215, 50, 45)
ROWS, COLUMNS = 7, 18  # what an editor or a terminal holds
_TEXT_PX, _ROW_PX, _TOP_PX, _LEFT_PX = 18, 20, 16, 5


@dataclass(frozen=True, kw_only=True)
class Style:
    """The colours of a screen."""

    paper: Rgb
    accent: Rgb

    @property
    def ink(self) -> Rgb:
        return (25, 25, 30) if sum(self.paper) > 380 else (232, 232, 228)


def draw_style(rng: np.random.Generator) -> Style:
    """Light or dark, with an accent."""
    return Style(paper=PAPERS[int(rng.integers(len(PAPERS)))], accent=ACCENTS[int(rng.integers(len(ACCENTS)))])


def keystrokes(rng: np.random.Generator, text: str, start_ms: float, *, key_ms: float = 110.0) -> tuple[float, ...]:
    """When each character is typed: one after about `key_ms`, with a longer pause before a new word or line."""
    gaps_ms = key_ms * np.exp(rng.normal(0, 0.3, len(text)))
    for index, character in enumerate(text):
        if character == "\n":
            gaps_ms[index] += rng.uniform(150, 700)
        elif character == " ":
            gaps_ms[index] += rng.uniform(0, 120)
    return tuple(float(at_ms) for at_ms in start_ms + np.cumsum(gaps_ms))


def typed(text: str, keys_ms: Sequence[float], at_ms: float) -> str:
    """What of `text` has been typed at a moment."""
    return text[: bisect_right(keys_ms, at_ms)]


@lru_cache(maxsize=8)
def _font(size: int) -> ImageFont.FreeTypeFont | ImageFont.ImageFont:
    return ImageFont.load_default(size)


def _blank(style: Style, title: str = "", *, bar: bool = True) -> tuple[Image.Image, ImageDraw.ImageDraw]:
    image = Image.new("RGB", (SIDE, SIDE), style.paper)
    draw = ImageDraw.Draw(image)
    if bar:
        draw.rectangle((0, 0, SIDE, _TOP_PX - 3), fill=style.accent)
        if title:
            draw.text((SIDE / 2, (_TOP_PX - 3) / 2), title, fill=(255, 255, 255), font=_font(13), anchor="mm")
    return image, draw


@lru_cache(maxsize=32)
def editor(style: Style, text: str) -> Image.Image:
    """A window with the last `ROWS` lines of a text, and the cursor after its last character."""
    image, draw = _blank(style)
    lines = text.split("\n")[-ROWS:]
    for row, line in enumerate(lines):
        draw.text((_LEFT_PX, _TOP_PX + row * _ROW_PX), line, fill=style.ink, font=_font(_TEXT_PX))
    x = _LEFT_PX + draw.textlength(lines[-1], font=_font(_TEXT_PX)) + 2
    y = _TOP_PX + (len(lines) - 1) * _ROW_PX
    draw.rectangle((x, y + 2, x + 2, y + _ROW_PX - 1), fill=style.accent)
    return image


@lru_cache(maxsize=32)
def terminal(style: Style, lines: tuple[str, ...]) -> Image.Image:
    """A log that scrolls: its last lines; one with "error" or "failed" is red, one with "passed" or "done" green."""
    image, draw = _blank(style, bar=False)
    for row, line in enumerate(lines[-ROWS:]):
        bad, good = ("error" in line or "failed" in line), ("passed" in line or "done" in line)
        ink = BAD if bad else GOOD if good else style.ink
        draw.text((_LEFT_PX, 6 + row * (_ROW_PX + 1)), line, fill=ink, font=_font(_TEXT_PX))
    return image


@lru_cache(maxsize=32)
def slide(style: Style, title: str, points: tuple[str, ...]) -> Image.Image:
    """A slide: its title, and points below."""
    image, draw = _blank(style, bar=False)
    draw.rectangle((0, 0, 7, SIDE), fill=style.accent)
    draw.text((18, 14), title, fill=style.accent, font=_fitted(draw, title, 30))
    for row, point in enumerate(points):
        y = 66 + 28 * row
        draw.rectangle((20, y + 8, 26, y + 14), fill=style.accent)
        draw.text((34, y), point, fill=style.ink, font=_font(21))
    return image


@lru_cache(maxsize=32)
def chat(style: Style, messages: tuple[tuple[str, bool], ...]) -> Image.Image:
    """A chat: the last four messages, (text, whether it is one's own); one's own are at the right, in the accent."""
    image, draw = _blank(style, "chat")
    shown = messages[-4:]
    for row, (text, own) in enumerate(shown):
        wide = draw.textlength(text, font=_font(_TEXT_PX)) + 14
        y = 22 + 34 * row
        left = SIDE - wide - 6 if own else 6
        grey = tuple(int(0.8 * paper + 0.2 * ink) for paper, ink in zip(style.paper, style.ink, strict=True))
        draw.rounded_rectangle((left, y, left + wide, y + 28), 8, fill=style.accent if own else grey)
        ink = (255, 255, 255) if own else style.ink
        draw.text((left + 7, y + 14), text, fill=ink, font=_font(_TEXT_PX), anchor="lm")
    return image


@lru_cache(maxsize=32)
def bar(style: Style, percent: int) -> Image.Image:
    """A progress bar, 0 to 100."""
    image, draw = _blank(style, "copy")
    draw.rectangle((14, 70, SIDE - 14, 98), outline=style.ink, width=2)
    if percent > 0:
        draw.rectangle((17, 73, 17 + (SIDE - 34) * percent / 100, 95), fill=style.accent)
    draw.text((SIDE / 2, 122), f"{percent}%", fill=style.ink, font=_font(24), anchor="mm")
    return image


@lru_cache(maxsize=32)
def clock(style: Style, hour: int, minute: int) -> Image.Image:
    """A digital clock, 12 hours."""
    image, draw = _blank(style, bar=False)
    draw.rounded_rectangle((6, 42, SIDE - 6, 118), 10, outline=style.accent, width=4)
    face = f"{(hour - 1) % 12 + 1}:{minute:02d}"
    draw.text((SIDE / 2, SIDE / 2), face, fill=style.ink, font=_font(54), anchor="mm")
    return image


@lru_cache(maxsize=32)
def text_page(style: Style, text: str) -> Image.Image:
    """Words in large type, one line each for `\\n`."""
    image, draw = _blank(style, bar=False)
    for row, line in enumerate(text.split("\n")[-4:]):
        draw.text((10, 8 + 38 * row), line, fill=style.ink, font=_fitted(draw, line, 32))
    return image


def _fitted(draw: ImageDraw.ImageDraw, text: str, size: int) -> ImageFont.FreeTypeFont | ImageFont.ImageFont:
    """The largest type up to `size` in which the text fits beside a margin."""
    wide = draw.textlength(text, font=_font(size))
    return _font(size if wide <= SIDE - 30 else int(size * (SIDE - 30) / wide))
