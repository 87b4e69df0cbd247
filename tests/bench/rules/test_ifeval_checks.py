"""Each of IFEval's instructions: a reply that follows it and one that does not, and what the official checks get wrong."""

from typing import Any

import pytest

from microturn.bench.rules.ifeval_checks import CHECKS, sentences, tokens

MORE = {"relation": "at least"}
FEWER = {"relation": "less than"}
FOLLOWED: list[tuple[str, dict[str, Any], str, str]] = [
    ("keywords:existence", {"keywords": ["Sea", "sky"]}, "the sea and the sky", "the sea"),
    ("keywords:frequency", {"keyword": "sea", "frequency": 2, **MORE}, "Sea, sea", "sea"),
    ("keywords:frequency", {"keyword": "sea", "frequency": 2, **FEWER}, "sea", "sea sea"),
    ("keywords:forbidden_words", {"forbidden_words": ["sea"]}, "a seat", "The Sea!"),
    ("keywords:letter_frequency", {"letter": "S", "let_frequency": 3, "let_relation": "at least"}, "Sass", "Sas"),
    ("keywords:letter_frequency", {"letter": "s", "let_frequency": 3, "let_relation": "less than"}, "Sas", "Sass"),
    ("language:response_language", {"language": "de"}, "Das ist ein Haus und nicht viel.", "This is a house."),
    ("length_constraints:number_sentences", {"num_sentences": 2, **MORE}, "One. Two!", "Dr. Who is here."),
    ("length_constraints:number_sentences", {"num_sentences": 2, **FEWER}, "Dr. Who is here.", "One. Two!"),
    ("length_constraints:number_paragraphs", {"num_paragraphs": 2}, "a\n***\nb", "a\n\nb"),
    ("length_constraints:number_paragraphs", {"num_paragraphs": 2}, "***a***b***", "a***  ***b"),
    ("length_constraints:number_words", {"num_words": 3, **MORE}, "it's so", "so it"),
    ("length_constraints:number_words", {"num_words": 3, **FEWER}, "so it", "it's so"),
    (
        "length_constraints:nth_paragraph_first_word",
        {"num_paragraphs": 2, "nth_paragraph": 2, "first_word": "Then"},
        'One.\n\n"then, two',
        "Then.\n\nOne",
    ),
    ("detectable_content:number_placeholders", {"num_placeholders": 2}, "[a] and [b]", "[a"),
    ("detectable_content:postscript", {"postscript_marker": "P.S."}, "Bye.\nP. S. Hello", "Bye. PS hello"),
    ("detectable_content:postscript", {"postscript_marker": "P.P.S"}, "p.p.s hello", "p.s. hello"),
    ("detectable_format:number_bullet_lists", {"num_bullets": 2}, "* a\n - b", "* a\n** b"),
    ("detectable_format:constrained_response", {}, "My answer is maybe.", "maybe"),
    ("detectable_format:number_highlighted_sections", {"num_highlights": 2}, "*a* and **b**", "*a* and * *"),
    (
        "detectable_format:multiple_sections",
        {"section_spliter": "Part", "num_sections": 2},
        "Part 1\na\nPart 2\nb",
        "Part one\nPart 2",
    ),
    ("detectable_format:json_format", {}, '```json\n{"a": [1]}\n```', "{a: 1}"),
    ("detectable_format:title", {}, "<<The sea>>\nIt is wide.", "<< >> <The sea>"),
    ("combination:two_responses", {}, "yes ****** no", "yes ****** yes"),
    ("combination:two_responses", {}, "******yes****** no", "a******b******c"),
    ("combination:repeat_prompt", {"prompt_to_repeat": "Say it."}, "say it. It is said.", "It is said. Say it."),
    ("startend:end_checker", {"end_phrase": "That is ALL."}, 'So "that is all."', "That is all. Bye."),
    ("startend:quotation", {}, ' "so" ', '"so'),
    ("change_case:capital_word_frequency", {"capital_frequency": 2, "capital_relation": "at least"}, "A DOG", "a DOG"),
    ("change_case:capital_word_frequency", {"capital_frequency": 2, "capital_relation": "less than"}, "DOG", "CANNOT"),
    ("change_case:english_capital", {}, "THE SEA IS 2 MILES WIDE", "THE sEA"),
    ("change_case:english_lowercase", {}, "the sea", "The sea"),
    ("punctuation:no_comma", {}, "one; two", "one, two"),
]


@pytest.mark.parametrize(("name", "args", "good", "bad"), FOLLOWED)
def test_a_reply_follows_and_another_does_not(name: str, args: dict[str, Any], good: str, bad: str) -> None:
    for mode in ("official", "fixed"):
        assert CHECKS[name](good, args, mode)
        assert not CHECKS[name](bad, args, mode)


def test_every_instruction_is_tested() -> None:
    assert {name for name, *_ in FOLLOWED} == set(CHECKS) and len(CHECKS) == 25


@pytest.mark.parametrize(
    ("name", "args", "reply"),
    [
        ("keywords:existence", {"keywords": ["cat"]}, "concatenate"),
        ("keywords:frequency", {"keyword": "a.c", "frequency": 1, **MORE}, "abc"),
        ("language:response_language", {"language": "de"}, "1234"),
        ("detectable_format:constrained_response", {}, "My answer is yes. My answer is no."),
    ],
)
def test_the_fixed_mode_is_stricter(name: str, args: dict[str, Any], reply: str) -> None:
    assert CHECKS[name](reply, args, "official")
    assert not CHECKS[name](reply, args, "fixed")


def test_what_is_missing_or_unknown() -> None:
    with pytest.raises(KeyError):
        CHECKS["keywords:existence"]("a", {}, "official")
    with pytest.raises(ValueError, match="at most"):
        CHECKS["length_constraints:number_words"]("a", {"num_words": 1, "relation": "at most"}, "official")


@pytest.mark.parametrize(
    ("text", "count"),
    [
        ("", 0),
        ("no stop", 1),
        ("One. two? Three!", 3),
        ("Mr. A. B. Cole paid 3.50 today.", 1),
        ('He said "Go!" and went. (So did I.)', 3),
        ("Wait... what", 2),
    ],
)
def test_sentences(text: str, count: int) -> None:
    assert len(sentences(text)) == count


def test_tokens() -> None:
    assert tokens('I DON\'T (really) know -- U.S. or "HERE"!') == [
        "I",
        "DO",
        "N'T",
        "really",
        "know",
        "U.S.",
        "or",
        "HERE",
    ]
