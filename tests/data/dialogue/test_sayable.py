"""Writing becomes words: every kind of number, sum, time and abbreviation, and nothing that a voice cannot say."""

import re

import pytest

from microturn.data.dialogue.sayable import cardinal, ordinal, sentences, year_or_number
from microturn.data.factory import tokenizer


@pytest.mark.parametrize(
    ("number", "words"),
    [
        (0, "zero"),
        (17, "seventeen"),
        (100, "one hundred"),
        (1512, "one thousand five hundred twelve"),
        (2_000_001, "two million one"),
    ],
)
def test_cardinals(number: int, words: str) -> None:
    assert cardinal(number) == words


@pytest.mark.parametrize(
    ("number", "words"),
    [
        (1, "first"),
        (2, "second"),
        (5, "fifth"),
        (8, "eighth"),
        (9, "ninth"),
        (12, "twelfth"),
        (13, "thirteenth"),
        (20, "twentieth"),
        (21, "twenty first"),
        (100, "one hundredth"),
    ],
)
def test_ordinals(number: int, words: str) -> None:
    assert ordinal(number) == words


@pytest.mark.parametrize(
    ("digits", "words"),
    [
        ("1984", "nineteen eighty four"),
        ("2019", "twenty nineteen"),
        ("1905", "nineteen oh five"),
        ("2000", "two thousand"),
        ("94305", "nine four three zero five"),
        ("007", "zero zero seven"),
        ("45", "forty five"),
    ],
)
def test_years_and_codes(digits: str, words: str) -> None:
    assert year_or_number(digits) == words


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("See you at 5:30 pm, on the 3rd. It's $4.50.", ("see you at five thirty in the evening | on the third", "it's four dollars and fifty cents")),
        ("No.Thank you!Bye", ("no", "thank you", "bye")),
        ('half past 11 o"clock', ("half past eleven o'clock",)),
        ("Call +1 408-247-8880. Rated 4.3", ("call one four zero eight two four seven eight eight eight zero", "rated four point three")),
        ("Dr. Who, 377 Santana Row #100", ("doctor who | three hundred seventy seven santana row number one hundred",)),
        ("It costs $19,663.10 or 2%", ("it costs nineteen thousand six hundred sixty three dollars and ten cents or two percent",)),
        ("at 9 a.m. please. At 17:30. At 20:00", ("at nine in the morning please", "at five thirty", "at eight o'clock")),
        ("at 5 p.m. Thanks", ("at five in the evening", "thanks")),
        ("one-way & rock 'n' roll", ("one way and rock n roll",)),
        ("St. John Ave. near Main St. Is it?", ("saint john avenue near main street", "is it")),
        ("café naïve 😀 it’s", ("cafe naive it's",)),
        ("$5 million, $1, £2.01", ("five million dollars | one dollar | two pounds and one penny",)),
        ("1,234,567 people", ("one million two hundred thirty four thousand five hundred sixty seven people",)),
        ("Hi, I'm [User 1's name]. What's yours?", ("what's yours",)),
        ("I am. You are", ("i am", "you are")),
        ("😀 ...", ()),
        ("", ()),
    ],
)  # fmt: skip
def test_sentences(text: str, said: tuple[str, ...]) -> None:
    assert sentences(text) == said


def test_whatever_comes_in_only_words_come_out_that_the_tokenizer_keeps() -> None:
    texts = [
        "0:99 25:61 00:00 $ $, 1.2.3.4 9999999999999 ''' 1st2nd",
        "\x00\ud7ff @#% O'Hare's ''tis don''t",
        "½ ² Ⅷ 5°",
    ]
    for text in texts:
        for said in sentences(text):
            assert re.fullmatch(r"[a-z']+( \|)?( [a-z']+( \|)?)*", said), (text, said)
            plain = said.replace(" |", "")
            assert tokenizer().decode(tokenizer().encode(plain)) == plain
            assert tokenizer().words(tokenizer().encode(plain)) == plain.split()
