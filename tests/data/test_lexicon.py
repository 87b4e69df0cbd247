"""The word list keeps its promises."""

from microturn.data import lexicon


def test_words_are_distinct_lower_case_and_of_the_promised_count() -> None:
    assert len(set(lexicon.WORDS)) == len(lexicon.WORDS)
    assert 600 <= len(lexicon.WORDS) <= 720
    assert all(word.isalpha() and word == word.lower() for word in lexicon.WORDS)
