"""Languages: the phrase book is unambiguous, translations begin under the next phrase, foreign words are said foreign."""

import itertools

import numpy as np
import pytest

from microturn.data.acts.language import FOREIGN
from microturn.data.lexicon import WORDS
from microturn.data.phrasebook import LANGUAGE_OF, LANGUAGES, NOUNS, PHRASES
from microturn.data.script import Stage
from microturn.data.voices.voice import Speech
from microturn.protocol.events import Channel
from tests.data.test_acts import Beeper, OwnBeep, played

SEEDS = range(15)


@pytest.mark.parametrize("language", LANGUAGES)
def test_no_phrase_begins_another_one(language: str) -> None:
    phrases = [tuple(row[language].split()) for row in PHRASES]
    assert len(phrases) >= 60
    assert not [one for one, two in itertools.permutations(phrases, 2) if two[: len(one)] == one]


def test_a_foreign_text_names_its_language() -> None:
    texts = [row[language] for row in (*PHRASES, *NOUNS) for language in LANGUAGES]
    assert len(set(texts)) == len(texts)
    assert not [text for text in LANGUAGE_OF if set(text.split()) <= set(WORDS)]
    assert all(row["en"] in WORDS for row in NOUNS)
    assert all(text == text.lower().strip() and not set(text) & set(".,;:!?¿¡|-") for text in texts)


@pytest.mark.parametrize("name", ["translate_to", "translate_from"])
def test_each_phrase_is_translated_from_its_end_on_while_the_user_goes_on(name: str) -> None:
    under = 0
    for seed in SEEDS:
        scene = played(name, seed)
        heard = scene.words(Channel.HEARD)
        wishes = [span for span in scene.spans("expect") if "cue_end_ms" in span.data]
        assert len(wishes) >= 2
        for wish in wishes:
            end_ms = wish.data["cue_end_ms"]
            source = " ".join(word.text for word in heard if word.until_ms <= end_ms)
            row = next(row for row in PHRASES for l in LANGUAGES if row[l] == wish.text)
            assert any(source.endswith(row[language]) for language in LANGUAGES if language != wish.data["language"])
            assert 0 <= wish.at_ms + 200 - end_ms + 200 <= 1600
        says = scene.words(Channel.SAY)
        under += sum(one.at_ms < word.at_ms < one.until_ms for one in heard for word in says)
    assert under > len(SEEDS)


def test_single_words_and_phrases_go_both_ways() -> None:
    for seed in SEEDS:
        (wish,) = played("how_to_say", seed).spans("expect")
        assert wish.text in LANGUAGE_OF
        (wish,) = played("what_means", seed).spans("expect")
        assert wish.text in {row["en"] for row in (*PHRASES, *NOUNS)}


def test_a_foreign_word_is_said_by_the_voice_of_its_language() -> None:
    spoken: list[tuple[str, str]] = []

    class Polyglot(Beeper):
        def __init__(self, language: str = "en") -> None:
            self.language = language

        def speaking(self, language: str) -> "Polyglot":
            return Polyglot(language)

        def say(self, text: str, *, seed: int = 0, speed: float = 1.0) -> Speech:
            spoken.append((text, self.language))
            return super().say(text, seed=seed, speed=speed)

    stage = Stage(rng=np.random.default_rng(0), voice=Polyglot(), own=OwnBeep)
    told = stage.tell_mixed([("what does", "en"), ("perro", "es"), ("mean", "en")])
    assert spoken == [("what does", "en"), ("perro", "es"), ("mean", "en")]
    assert [word.text for word in told.words] == ["what", "does", "perro", "mean"]
    assert all(one.until_ms <= two.at_ms + 1e-6 for one, two in itertools.pairwise(told.words))


def test_a_voice_without_the_language_is_refused() -> None:
    class English:
        name = "english"
        say = Beeper().say

    stage = Stage(rng=np.random.default_rng(0), voice=English(), own=OwnBeep)
    with pytest.raises(ValueError, match="the voice english does not speak 'es'"):
        stage.tell("buenos días", language="es")


def test_a_foreign_word_in_a_sentence_is_named_in_english_when_asked() -> None:
    for seed in SEEDS:
        scene = played("code_switch", seed)
        (answer,) = scene.spans("expect")
        row = next(row for row in NOUNS if row["en"] == answer.text)
        assert {row[language] for language in FOREIGN} & {word.text for word in scene.words(Channel.HEARD)}
        assert [word.text for word in scene.words(Channel.SAY)] == [row["en"]]
