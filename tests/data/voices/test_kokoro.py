"""Kokoro itself, where it is: KOKORO_MODEL and KOKORO_VOICES name its ONNX file and its folder of voices."""

import os
from pathlib import Path

import numpy as np
import pytest

from microturn.data.voices.kokoro import SPEAKERS, Kokoro, _begun, _murmuring
from microturn.data.voices.phones import PHONE_ID, SIL
from microturn.data.voices.voice import Sound

MODEL, VOICES = (Path(os.environ.get(name, "")) for name in ("KOKORO_MODEL", "KOKORO_VOICES"))
kokoro_only = pytest.mark.skipif(
    not (MODEL.is_file() and (VOICES / "am_adam.bin").is_file()),
    reason="Kokoro is not here: KOKORO_MODEL has to name its ONNX file and KOKORO_VOICES its folder of voices",
)


@kokoro_only
def test_words_and_phones_are_in_order_and_sound_where_they_say() -> None:
    speech = Kokoro(model=MODEL, voices=VOICES, voice="am_adam").say("Hello there, stop the river.", speed=1.1)
    assert [word.text for word in speech.words] == ["hello", "there", "stop", "the", "river"]
    duration_ms = len(speech.samples) * 1000 / speech.rate_hz
    for sounds in (speech.words, speech.phones):
        edges_ms = [edge for sound in sounds for edge in (sound.at_ms, sound.until_ms)]
        assert edges_ms == sorted(edges_ms)
        assert 0 <= edges_ms[0]
        assert edges_ms[-1] <= duration_ms + 1e-6
    assert {phone.text for phone in speech.phones} <= set(PHONE_ID) - {SIL}
    first, stop = (round(ms * speech.rate_hz / 1000) for ms in (speech.words[0].at_ms, speech.words[-1].until_ms))
    power = np.square(speech.samples)
    assert power[first:stop].sum() > 0.97 * power.sum()


@kokoro_only
def test_a_blend_is_neither_voice_and_a_missing_voice_is_named() -> None:
    ann, bob, both = (
        Kokoro(model=MODEL, voices=VOICES, voice=voice).say("stop").samples
        for voice in ("af_bella", "am_adam", "af_bella+am_adam")
    )
    assert len({ann.tobytes(), bob.tobytes(), both.tobytes()}) == 3
    with pytest.raises(ValueError, match="xx_nobody"):
        Kokoro(model=MODEL, voices=VOICES, voice="xx_nobody").say("stop")


def test_murmurs_can_be_heard() -> None:
    assert _murmuring("m, hmm mˈun", ("mm", "hmm", "moon")) == ("mˈm, hˈm mˈun", ("mm", "hmm", "moon"))


def test_a_word_begins_in_the_space_before_it_and_not_in_the_word_before() -> None:
    words = (Sound("see", 100.0, 250.0), Sound("a", 275.0, 300.0), Sound("fox", 375.0, 600.0))
    phones = (Sound("s", 100.0, 200.0), Sound("iy", 200.0, 275.0), Sound("ax", 275.0, 375.0), Sound("f", 375.0, 600.0))
    assert _begun(words, phones) == (
        (Sound("see", 60.0, 250.0), Sound("a", 250.0, 300.0), Sound("fox", 335.0, 600.0)),
        (Sound("s", 60.0, 200.0), Sound("iy", 200.0, 250.0), Sound("ax", 250.0, 335.0), Sound("f", 335.0, 600.0)),
    )


def test_the_speakers_are_many_and_none_is_the_model_itself() -> None:
    assert len(set(SPEAKERS)) == len(SPEAKERS) >= 50
    assert not [name for name in SPEAKERS if "af_heart" in name.split("+")]
