"""Screens: what is typed is there from its keystroke on, everything fits, and different things look different."""

import numpy as np
import pytest
from PIL import Image, ImageFont

from microturn.data.pictures import programs, screens
from microturn.data.pictures.cameras import SIDE
from microturn.data.pictures.screens import Style

STYLE = Style(paper=(250, 250, 247), accent=(38, 110, 200))


def different(one: Image.Image, two: Image.Image) -> bool:
    return bool((np.asarray(one) != np.asarray(two)).any())


def test_each_character_is_there_from_its_keystroke_on() -> None:
    text = "print(cake)\nbox"
    keys_ms = screens.keystrokes(np.random.default_rng(0), text, 1000.0)
    assert len(keys_ms) == len(text) and list(keys_ms) == sorted(keys_ms) and keys_ms[0] > 1000
    for index, at_ms in enumerate(keys_ms):
        assert screens.typed(text, keys_ms, at_ms - 0.01) == text[:index]
        assert screens.typed(text, keys_ms, at_ms) == text[: index + 1]


def test_a_line_break_takes_longer_than_a_letter() -> None:
    keys_ms = np.diff((0.0, *screens.keystrokes(np.random.default_rng(1), "aaaa\naaaa\naaaa\n", 0.0)))
    breaks = np.array([c == "\n" for c in "aaaa\naaaa\naaaa\n"])
    assert keys_ms[breaks].min() > 150 and np.median(keys_ms[~breaks]) < 180


@pytest.mark.parametrize("seed", range(20))
def test_programs_and_logs_fit_the_width(seed: int) -> None:
    rng = np.random.default_rng(seed)
    font = ImageFont.load_default(18)
    texts = [programs.draw_program(rng, bug=bug).text for bug in ("", *programs.BUGS)]
    lines = [line for text in texts for line in text.split("\n")] + list(programs.draw_log(rng, passes=seed % 2 == 0))
    assert max(font.getlength(line) for line in lines) < SIDE - 8


def test_pictures_of_different_things_differ_and_the_same_are_the_same() -> None:
    pages = [
        screens.editor(STYLE, "a = 1"),
        screens.editor(STYLE, "a = 1\n"),
        screens.terminal(STYLE, ("run", "all passed")),
        screens.terminal(STYLE, ("run", "error: cake")),
        screens.slide(STYLE, "apple", ()),
        screens.slide(STYLE, "apple", ("music",)),
        screens.chat(STYLE, (("hello", True),)),
        screens.chat(STYLE, (("hello", False),)),
        *(screens.bar(STYLE, percent) for percent in (0, 99, 100)),
        *(screens.clock(STYLE, 10, minute) for minute in (41, 42)),
        screens.text_page(STYLE, "wonderfully long"),
    ]
    for index, one in enumerate(pages):
        assert one.size == (SIDE, SIDE) and one.mode == "RGB"
        assert all(different(one, two) for two in pages[:index])
    assert not different(screens.bar(STYLE, 7), screens.bar(STYLE, 7))


def test_a_scrolled_log_shows_its_last_lines() -> None:
    lines = tuple(f"line {number}" for number in range(20))
    assert not different(screens.terminal(STYLE, lines), screens.terminal(STYLE, lines[-screens.ROWS :]))
