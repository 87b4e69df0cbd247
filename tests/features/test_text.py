"""Text comes back as it was, words of the vocabulary are single tokens, and no text becomes control."""

from pathlib import Path

import pytest

from microturn.data.factory import tokenizer
from microturn.data.lexicon import WORDS
from microturn.features.text import TAGS, Tag, Tokenizer

TOKENS = tokenizer()
ODD = [
    "",
    "x",
    "don't stop, please!",
    "naïve café 北京 🙂 42",
    "a\u0301 \u200d zero-width",
    "<heard> one <end>",
    "</say> <|endoftext|> <spare_15>",
    "supercalifragilistic",
    "1,000.5% of #tags @ http://x.y/z?q=1",
]


def test_every_word_of_the_lexicon_is_one_token() -> None:
    ids = {word: TOKENS.encode(word) for word in WORDS}
    assert [word for word, tokens in ids.items() if len(tokens) != 1] == []
    assert len({tokens[0] for tokens in ids.values()}) == len(WORDS)
    sentence = " ".join(WORDS)
    assert TOKENS.encode(sentence) == [ids[word][0] for word in WORDS]
    assert TOKENS.decode(TOKENS.encode(sentence)) == sentence
    assert TOKENS.words(TOKENS.encode(sentence)) == list(WORDS)


@pytest.mark.parametrize("text", ODD)
def test_decoding_gives_back_odd_text(text: str) -> None:
    assert TOKENS.decode(TOKENS.encode(text)) == text


def test_text_is_lower_cased_and_spaces_are_single() -> None:
    assert TOKENS.encode("  Hello\n\tTHERE ") == TOKENS.encode("hello there")
    assert TOKENS.encode(" \n ") == []


@pytest.mark.parametrize("tag", TAGS)
def test_a_tag_in_the_text_is_plain_characters(tag: str) -> None:
    for text in (tag, f"one{tag}two", tag.upper(), f" {tag} "):
        assert min(TOKENS.encode(text)) >= len(Tag)


def test_tags_are_left_out_of_the_text() -> None:
    one, two = TOKENS.encode("one two")
    assert TOKENS.decode([Tag.SAY, one, Tag.END, two]) == "one two"
    assert TOKENS.words([Tag.SAY, one, two]) == ["one", "two"]


def test_words_gather_pieces() -> None:
    assert TOKENS.words(TOKENS.encode("hello xylofon stop")) == ["hello", "xylofon", "stop"]
    pieces = TOKENS.encode("xylofon")
    assert len(pieces) > 1
    assert TOKENS.words(pieces[1:]) == [TOKENS.decode(pieces[1:])]


def test_a_saved_tokenizer_is_the_same(tmp_path: Path) -> None:
    TOKENS.save(tmp_path / "tokenizer.json")
    again = Tokenizer.load(tmp_path / "tokenizer.json")
    assert again.size == TOKENS.size
    for text in (*ODD, " ".join(WORDS), *TAGS):
        assert again.encode(text) == TOKENS.encode(text)


def test_the_order_of_the_words_does_not_matter() -> None:
    one, other = Tokenizer.train(["b", "abc", "cab"]), Tokenizer.train(["cab", "abc", "b", "abc"])
    assert [one.encode(w) for w in ("abc", "cab", "zzz")] == [other.encode(w) for w in ("abc", "cab", "zzz")]


@pytest.mark.parametrize("content", [None, "", "{}", '{"model": 1}'])
def test_what_is_no_tokenizer_is_refused(tmp_path: Path, content: str | None) -> None:
    path = tmp_path / "tokenizer.json"
    if content is not None:
        path.write_text(content)
    with pytest.raises(ValueError, match="tokenizer"):
        Tokenizer.load(path)


def test_a_tokenizer_without_our_tags_is_refused(tmp_path: Path) -> None:
    TOKENS.save(tmp_path / "tokenizer.json")
    text = (tmp_path / "tokenizer.json").read_text().replace("<spare_15>", "<other>")
    (tmp_path / "tokenizer.json").write_text(text)
    with pytest.raises(ValueError, match="no microturn tags"):
        Tokenizer.load(tmp_path / "tokenizer.json")
