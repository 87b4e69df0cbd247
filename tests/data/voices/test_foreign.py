"""Foreign texts in hibari's alphabet: every sound has a near one, every word its group, and both engines say them."""

import pytest

from microturn.data.phrasebook import LANGUAGE_OF, NOUNS, PHRASES
from microturn.data.voices.espeak import Espeak
from microturn.data.voices.foreign import nearest, spelled
from microturn.data.voices.hibari import Hibari, OwnVoice
from microturn.data.voices.phonemes import hibari_tts

TEXTS = [(text, language) for text, language in LANGUAGE_OF.items()]


@pytest.mark.parametrize(
    ("ipa", "language", "spoken"),
    [("bwˈenos", "es", "bwˈɛnOs"), ("ˈxente", "es", "ˈhɛntɛ"), ("ɪç", "de", "ɪʃ"), ("bɔ̃ʒˈuʁ", "fr", "bOnʒˈuɹ")],
)
def test_each_sound_becomes_the_nearest_english_one(ipa: str, language: str, spoken: str) -> None:
    assert nearest(ipa, language) == spoken


def test_every_text_of_the_phrase_book_has_a_group_a_word_that_hibari_knows() -> None:
    vocabulary = set(hibari_tts().vocab)
    for text, language in TEXTS:
        phonemes, names = spelled(text, language)
        assert list(names) == text.split() and len(phonemes.split(" ")) == len(names)
        assert set(phonemes) <= vocabulary and all(any(c.isalpha() for c in group) for group in phonemes.split(" "))


@pytest.mark.parametrize(("text", "language"), TEXTS[::17])
def test_the_engines_time_each_word(text: str, language: str) -> None:
    for voice in (Espeak().speaking(language), Hibari().speaking(language)):
        speech = voice.say(text)
        assert [word.text for word in speech.words] == text.split()
        assert all(word.until_ms > word.at_ms for word in speech.words)
        assert len({phone.text for phone in speech.phones}) > 2


def test_the_model_says_a_phrase_in_its_language_and_whole_ticks() -> None:
    phrase = PHRASES[0]["es"]
    speech = OwnVoice(languages=LANGUAGE_OF).say(phrase)
    assert [word for word, _, _ in speech.words] == phrase.split()
    assert len(speech.samples) == speech.n_ticks * 4800
    read_as_english = OwnVoice().say(phrase)
    assert len(read_as_english.samples) != len(speech.samples) or (read_as_english.samples != speech.samples).any()


def test_other_languages_are_refused() -> None:
    with pytest.raises(ValueError, match="do not speak 'it'; use one of en, es, de, fr"):
        spelled(NOUNS[0]["en"], "it")
    with pytest.raises(ValueError, match="no word"):
        spelled("...", "es")
