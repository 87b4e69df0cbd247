"""Intelligibility: a recogniser's words against the said ones; a tone earns nothing, silence is unscored."""

import numpy as np
import pytest

from microturn.bench import recogniser
from microturn.bench.scorers import intelligibility
from microturn.bench.task import Scenario
from microturn.protocol.events import Channel, Word
from microturn.protocol.timeline import Timeline, Track

TONE = np.sin(np.arange(48_000) * 0.05).astype(np.float32) * 0.3


def speech(words: str) -> Timeline:
    said = tuple(
        Word(at_ms=400.0 * i, until_ms=400.0 * (i + 1), channel=Channel.SAY, text=word)
        for i, word in enumerate(words.split())
    )
    track = Track(samples=TONE, rate_hz=24_000)
    return Timeline(duration_ms=2000, events=said, audio={Channel.MODEL: track})


SCENARIO = Scenario(id="one", kind="kind", timeline=Timeline(duration_ms=2000))


@pytest.mark.parametrize(
    ("heard", "value"), [("One, two 3 four.", 1.0), ("one two", 0.5), ("", 0.0), ("a b c d e f g h", 0.0)]
)
def test_the_share_of_words_that_the_ear_gets(monkeypatch: pytest.MonkeyPatch, heard: str, value: float) -> None:
    monkeypatch.setattr(recogniser, "transcribe", lambda samples, rate_hz: heard)
    monkeypatch.setattr(recogniser, "available", lambda: True)
    assert intelligibility.score_intelligibility(SCENARIO, speech("one two three four")).value == value


def test_nothing_said_is_unscored() -> None:
    assert intelligibility.score_intelligibility(SCENARIO, Timeline(duration_ms=2000)).value is None


def test_the_clock_is_read_as_words() -> None:
    assert intelligibility.spelled("It's 10:42, or 1042.") == [
        "its",
        "ten",
        "forty",
        "two",
        "or",
        "ten",
        "forty",
        "two",
    ]


@pytest.mark.skipif(not recogniser.available(), reason="the extra judge is not installed")
def test_a_tone_is_no_word() -> None:
    assert intelligibility.score_intelligibility(SCENARIO, speech("apple window green chair")).value == 0.0
