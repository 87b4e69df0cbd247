"""Numbers survive words and back; the clock is read on twelve hours, in words of the lexicon."""

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
