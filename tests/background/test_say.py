"""What a language model writes, as plain small words."""

import pytest

from microturn.background.say import said


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("It's **3.5 °C** now.", "it's three point five degrees c now"),
        ("That costs $1,250.50!", "that costs one thousand two hundred fifty point five dollars"),
        ("About 12% & rising", "about twelve percent and rising"),
        ("Minus: -4, and 10-12", "minus minus four and ten twelve"),
        ("It’s 293.15 K", "it's two hundred ninety three point one five k"),
        ("- one\n- two", "one two"),
        ("", ""),
        ("***", ""),
    ],
)
def test_said(text: str, words: str) -> None:
    assert said(text) == words
