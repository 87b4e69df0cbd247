"""Numbers survive words and back; the word list keeps its promises."""

import pytest

from microturn.data import lexicon


def test_words_are_distinct_lower_case_and_of_the_promised_count() -> None:
    assert len(set(lexicon.WORDS)) == len(lexicon.WORDS)
    assert 600 <= len(lexicon.WORDS) <= 720
    assert all(word.isalpha() and word == word.lower() for word in lexicon.WORDS)


def test_number_words_and_back_is_the_identity() -> None:
    for number in range(101):
        words = lexicon.number_words(number)
        assert lexicon.number_value(words) == number
        assert set(words) <= set(lexicon.WORDS)


@pytest.mark.parametrize("words", [[], ["apple"], ["one", "two"], ["twenty", "eleven"], ["twenty", "zero"]])
def test_number_value_refuses_what_is_no_number(words: list[str]) -> None:
    with pytest.raises(ValueError, match="not a number"):
        lexicon.number_value(words)


def test_number_words_refuses_what_it_cannot_say() -> None:
    with pytest.raises(ValueError, match="0 to 100"):
        lexicon.number_words(101)


def test_clock_words() -> None:
    assert lexicon.clock_words(10 * 3600 + 42 * 60 + 59) == ["ten", "forty", "two"]
    assert lexicon.clock_words(22 * 3600 + 5 * 60) == ["ten", "oh", "five"]
    assert lexicon.clock_words(0) == ["twelve"]
    assert all(set(lexicon.clock_words(60 * minute)) <= set(lexicon.WORDS) for minute in range(1440))
