"""Words as the rules read them."""

import pytest

from microturn.bench.judges.tokens import clauses, sentences, tokens


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("It's 3:30 p.m., isn't it?", "it is 3:30 pm is not it"),
        ("He can’t; I won't!", "he can not i will not"),
        ("$5 or 10€, 50%, 1,200 m.", "5 dollars or 10 euros 50 percent 1,200 m"),
        ("Um, the dog's bone; the dogs' bones", "the dog bone the dogs bones"),
        ("On the 21st, twenty-five push-ups, -3 degrees", "on the 21st twenty five push ups minus 3 degrees"),
        ("", ""),
    ],
)
def test_contractions_signs_and_numbers(text: str, words: str) -> None:
    assert " ".join(tokens(text)) == words


def test_clauses_and_sentences() -> None:
    assert len(clauses("It is Sydney, not Canberra, but it costs 1,200.5 euros.")) == 3
    assert sentences("One. Two? 3.5 is a number!") == ["One.", "Two?", "3.5 is a number!"]
