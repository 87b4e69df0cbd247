"""The released aligner on voices that it never heard: close to the truth, and it says when a text is not what was said."""

import numpy as np
import pytest

from microturn.data.voices.espeak import speakers as espeak_speakers
from microturn.data.voices.hibari import speakers as hibari_speakers
from microturn.data.voices.phones import PHONES
from microturn.data.voices.voice import Speech
from microturn.train.aligner import Aligner, pronunciations

TEXT = "please count the apples on the kitchen table"
OTHER = "nobody wanted to swim across that cold river"


@pytest.fixture(scope="module")
def aligner() -> Aligner:
    return Aligner.load()


@pytest.fixture(scope="module", params=["hibari", "espeak"])
def speech(request: pytest.FixtureRequest) -> Speech:
    speakers = {"hibari": hibari_speakers, "espeak": espeak_speakers}[request.param]
    return speakers("test")[0].say(TEXT, seed=5)


def test_words_are_within_40_ms_in_the_median(aligner: Aligner, speech: Speech) -> None:
    aligned = aligner.align(speech.samples, speech.rate_hz, TEXT)
    assert not aligned.reason
    assert [word.text for word in aligned.words] == TEXT.split()
    pairs = list(zip(aligned.words, speech.words, strict=True))
    errors_ms = [abs(a.at_ms - b.at_ms) for a, b in pairs] + [abs(a.until_ms - b.until_ms) for a, b in pairs]
    assert np.median(errors_ms) <= 40
    assert all(0.1 < confidence <= 1 for confidence in aligned.confidence)


def test_phones_fill_the_recording_and_words_lie_on_them(aligner: Aligner, speech: Speech) -> None:
    aligned = aligner.align(speech.samples, speech.rate_hz, TEXT)
    assert aligned.phones[0].at_ms == 0
    assert all(a.until_ms == b.at_ms for a, b in zip(aligned.phones, aligned.phones[1:], strict=False))
    assert aligned.phones[-1].until_ms == pytest.approx(1000 * len(speech.samples) / speech.rate_hz, abs=15)
    assert {phone.text for phone in aligned.phones} <= set(PHONES)
    edges = {phone.at_ms for phone in aligned.phones} | {phone.until_ms for phone in aligned.phones}
    assert all({word.at_ms, word.until_ms} <= edges for word in aligned.words)


def test_another_text_is_refused(aligner: Aligner, speech: Speech) -> None:
    assert "match" in aligner.align(speech.samples, speech.rate_hz, OTHER).reason


def test_a_text_without_the_second_half_is_refused(aligner: Aligner, speech: Speech) -> None:
    twice = np.concatenate([speech.samples, speech.samples])
    assert aligner.align(twice, speech.rate_hz, TEXT).reason


@pytest.mark.parametrize("level", [0.0, 1e-4, 0.1])
def test_silence_and_noise_are_no_speech(aligner: Aligner, level: float) -> None:
    noise = np.random.default_rng(0).normal(0, level, 32000).astype(np.float32)
    assert aligner.align(noise, 16000, TEXT).reason


@pytest.mark.parametrize(
    ("seconds", "text", "reason"),
    [(1.0, "", "no word"), (0.2, TEXT, "too short"), (0.01, "yes", "lasts"), (121.0, "yes", "lasts")],
)
def test_what_cannot_be_aligned_says_why(aligner: Aligner, seconds: float, text: str, reason: str) -> None:
    aligned = aligner.align(np.full(round(16000 * seconds), 0.1, np.float32), 16000, text)
    assert reason in aligned.reason
    assert not aligned.words


def test_a_word_has_the_pronunciations_of_the_sentence_of_its_own_and_those_given() -> None:
    (the, options), _ = pronunciations("the apple", {"the": [("d", "ah")]})
    assert the == "the"
    assert ("d", "ah") in options and len(options) >= 2
    assert len(set(options)) == len(options)
