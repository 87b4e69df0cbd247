"""Written text as it is spoken: what a language model writes, for an interaction model that reads plain small words."""

import re
from fractions import Fraction

from microturn.background.offline import as_spoken
from microturn.background.sums import spoken

SIGNS = {
    "%": " percent ",
    "€": " euros ",
    "$": " dollars ",
    "£": " pounds ",
    "°": " degrees ",
    "&": " and ",
    "+": " plus ",
}
NUMBER = re.compile(r"(?<![\w.])(-?)(\d{1,3}(?:,\d{3})+|\d+)(\.\d+)?(?![\w]|\.\d)")
MONEY = re.compile(r"([€$£])\s?(\d[\d,]*(?:\.\d+)?)")


def said(text: str) -> str:
    """Small letters without marks, numbers in words: "It's **3.5 °C**." is "it's three point five degrees c"."""
    text = MONEY.sub(r"\2 \1", text.replace("’", "'").replace("−", "-"))
    text = NUMBER.sub(_in_words, text)
    return as_spoken("".join(SIGNS.get(letter, letter) for letter in text))


def _in_words(found: re.Match[str]) -> str:
    sign, whole, part = found.groups()
    try:
        return spoken(Fraction(f"{sign}{whole.replace(',', '')}{part or ''}"))
    except ValueError:
        return found[0]
