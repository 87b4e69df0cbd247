"""Words for systems that give none: found where the sound is, marked, kept, and never put over words of their own."""

from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pytest

from microturn.bench.ear_error import measure
from microturn.bench.listening import Given, Kept, Samples, open_recogniser, with_words
from microturn.bench.recogniser import Heard
from microturn.protocol.events import Channel
from microturn.protocol.timeline import Timeline
from tests.bench.worlds import Beeper, output

SOUND = output([(1000, 1400, "one"), (1500, 1900, "two"), (5000, 5400, "three")])
MUTE = output([(1000, 1400, "one"), (1500, 1900, "two"), (5000, 5400, "three")])
MUTE = Timeline(duration_ms=MUTE.duration_ms, audio=MUTE.audio, meta={"clock": "own"})


def hear_two(samples: Samples, rate_hz: int) -> Sequence[Heard]:
    """Says that there are two words, the first from the very beginning."""
    length_ms = 1000 * len(samples) / rate_hz
    return [("la", 0.0, length_ms / 2), ("lo", length_ms / 2, length_ms)]


EAR = Given(name="two", function=hear_two)


def test_words_lie_in_the_sound_they_were_heard_in() -> None:
    got = with_words(MUTE, EAR)
    words = got.words(Channel.SAY)
    assert [word.text for word in words] == ["la", "lo", "la", "lo"]
    assert (words[0].at_ms, words[1].until_ms) == (1000, 1900) and (words[2].at_ms, words[3].until_ms) == (5000, 5400)
    assert got.meta == {"clock": "own", "words_from": "two"} and got.audio is MUTE.audio


def test_own_words_silence_and_no_ear_stay_as_they_are() -> None:
    assert with_words(SOUND, EAR) is SOUND
    assert with_words(output(), EAR).events == () and "words_from" not in with_words(output(), EAR).meta
    assert with_words(MUTE, None) is MUTE
    text_alone = Timeline(duration_ms=1000)
    assert with_words(text_alone, EAR) is text_alone


def test_what_was_heard_is_kept(tmp_path: Path) -> None:
    calls: list[int] = []

    def ear(samples: Samples, rate_hz: int) -> Sequence[Heard]:
        calls.append(rate_hz)
        return hear_two(samples, rate_hz)

    kept = Kept(ear=Given(name="counted", function=ear), folder=tmp_path)
    first = with_words(MUTE, kept)
    assert with_words(MUTE, kept).events == first.events and len(calls) == 2
    for path in tmp_path.iterdir():
        path.write_text("[[1]]", encoding="utf-8")
    assert with_words(MUTE, kept).events == first.events and len(calls) == 4


def test_names(tmp_path: Path) -> None:
    assert open_recogniser("none") is None
    mine = open_recogniser("tests.bench.test_listening:hear_two", cache=tmp_path)
    assert mine is not None and len(mine.hear(np.zeros(160, np.float32), 16_000)) == 2
    for name in ("siri", "tests.bench.test_listening:nothing", "no.such.module:f"):
        with pytest.raises(ValueError, match=r"--recogniser takes|cannot be loaded"):
            open_recogniser(name, cache=tmp_path)


def test_error_of_an_ear_that_hears_nothing_and_of_one_that_is_told() -> None:
    beeper = Beeper()
    (deaf,) = measure(Given(name="deaf", function=lambda samples, rate_hz: []), 4, speakers=[beeper])
    assert deaf.error.value == 1.0 and deaf.off_ms.n == 0 and deaf.voices == "beeper (1)"
    (noisy,) = measure(EAR, 4, speakers=[beeper])
    assert noisy.error.value is not None and noisy.error.value >= 0.9
