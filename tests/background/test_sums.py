"""Sums in words, there and back."""

from fractions import Fraction

import pytest

from microturn.background.sums import number, solve, spoken


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("what is seven times eight", 56),
        ("how much is two plus three times four", 14),
        ("twenty minus four minus three", 13),
        ("ten divided by four", Fraction(5, 2)),
        ("how much seven times eight is", 56),
        ("12 * 3 + 1", 37),
        ("2.5 plus 2", Fraction(9, 2)),
        ("three thousand two hundred and five plus one", 3206),
        ("a hundred plus one", None),
        ("hundred plus one", 101),
        ("the weather in the town", None),
        ("seven", None),
        ("two point five plus one point oh", None),
        ("two point two five minus one", Fraction(5, 4)),
        ("point five plus one", Fraction(3, 2)),
        ("two point plus one", None),
        ("seven times the lamp", None),
        ("plus", None),
        ("", None),
    ],
)
def test_sums(text: str, value: Fraction | int | None) -> None:
    assert solve(text) == value


@pytest.mark.parametrize("number", [0, 7, 13, 42, 100, 101, 342, 1000, 1001, 56_789, 100_000, 1_000_000, 999_999_999])
def test_numbers_there_and_back(number: int) -> None:
    assert solve(f"{spoken(Fraction(number))} plus zero") == number


def test_spoken() -> None:
    assert spoken(Fraction(-5, 2)) == "minus two point five"
    assert spoken(Fraction(1, 3)) == "zero point three three" and spoken(Fraction(201, 100)) == "two point zero one"
    with pytest.raises(ValueError, match="up to"):
        spoken(Fraction(10**9))
    with pytest.raises(ZeroDivisionError):
        solve("two divided by zero")


def test_numbers_in_words() -> None:
    said = {
        "minus ten": -10,
        "two point oh": None,
        "three point one four": Fraction(157, 50),
        "2.5": Fraction(5, 2),
        "": None,
    }
    assert {text: number(text.split()) for text in said} == said
