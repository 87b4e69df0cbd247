"""Numbers survive words and back; the clock is read on twelve hours, in words of the lexicon."""

from fractions import Fraction

import pytest

from microturn.data import lexicon
from microturn.features import numbers


def test_number_words_and_back_is_the_identity() -> None:
    for number in range(101):
        words = numbers.number_words(number)
        assert numbers.number_value(words) == number
        assert set(words) <= set(lexicon.WORDS)


@pytest.mark.parametrize("words", [[], ["apple"], ["one", "two"], ["twenty", "eleven"], ["twenty", "zero"]])
def test_number_value_refuses_what_is_no_number(words: list[str]) -> None:
    with pytest.raises(ValueError, match="not a number"):
        numbers.number_value(words)


def test_number_words_refuses_what_it_cannot_say() -> None:
    with pytest.raises(ValueError, match="0 to 100"):
        numbers.number_words(101)


def test_clock_words() -> None:
    assert numbers.clock_words(10 * 3600 + 42 * 60 + 59) == ["ten", "forty", "two"]
    assert numbers.clock_words(22 * 3600 + 5 * 60) == ["ten", "oh", "five"]
    assert numbers.clock_words(0) == ["twelve"]
    assert all(set(numbers.clock_words(60 * minute)) <= set(lexicon.WORDS) for minute in range(1440))


@pytest.mark.parametrize("value", [0, 7, 13, 42, 100, 101, 342, 1000, 1001, 56_789, 100_000, 1_000_000, 999_999_999])
def test_large_numbers_there_and_back(value: int) -> None:
    assert numbers.number(numbers.large_words(value)) == value
    assert numbers.spoken(Fraction(value)).split() == numbers.large_words(value)


def test_spoken() -> None:
    assert numbers.spoken(Fraction(-5, 2)) == "minus two point five"
    assert numbers.spoken(Fraction(1, 3)) == "zero point three three"
    assert numbers.spoken(Fraction(201, 100)) == "two point zero one"
    with pytest.raises(ValueError, match="up to"):
        numbers.spoken(Fraction(10**9))


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("minus ten", -10),
        ("three thousand two hundred and five", 3205),
        ("hundred", 100),
        ("a hundred", None),
        ("three point one four", Fraction(157, 50)),
        ("point five", Fraction(1, 2)),
        ("two point oh", None),
        ("two point", None),
        ("2.5", Fraction(5, 2)),
        ("the lamp", None),
        ("", None),
    ],
)
def test_numbers_in_words(text: str, value: Fraction | int | None) -> None:
    assert numbers.number(text.split()) == value


def test_places_in_a_row() -> None:
    said = {number: " ".join(numbers.ordinal_words(number)) for number in (1, 2, 3, 4, 8, 12, 13, 20, 21, 30, 100, 142)}
    assert list(said.values()) == [
        *("first", "second", "third", "fourth", "eighth", "twelfth", "thirteenth", "twentieth", "twenty first"),
        *("thirtieth", "one hundredth", "one hundred forty second"),
    ]
