"""What every voice promises: exact, ordered times, the same speech for the same call, and disjoint splits."""

import shutil
from multiprocessing import get_context
from pathlib import Path

import numpy as np
import pytest

from microturn.data.voices.espeak import Espeak
from microturn.data.voices.flite import Flite
from microturn.data.voices.hibari import Hibari
from microturn.data.voices.phones import PHONE_ID, SIL
from microturn.data.voices.registry import voices
from microturn.data.voices.voice import Speech, Voice, plain_words

TEXT = "Hello there, what is the time out of the water?"
flite_only = pytest.mark.skipif(shutil.which("flite") is None, reason="the program flite is not installed")
VOICES = [Espeak(), Hibari(warp=0.85, pitch=0.6), pytest.param(Flite(voice="slt"), marks=flite_only)]


def digest_of(seed: int) -> bytes:
    return Espeak(accent="en-gb-scotland", variant="f2").say("one two", seed=seed).samples.tobytes()


@pytest.mark.parametrize("voice", VOICES, ids=lambda voice: voice.name.split("/")[0])
def test_words_and_phones_are_in_order_inside_the_speech(voice: Voice) -> None:
    speech = voice.say(TEXT, seed=3)
    duration_ms = len(speech.samples) * 1000 / speech.rate_hz
    assert [word.text for word in speech.words] == plain_words(TEXT)
    assert speech.samples.dtype == np.float32
    assert 0 < np.abs(speech.samples).max() <= 1
    for sounds in (speech.words, speech.phones):
        edges = [edge for sound in sounds for edge in (sound.at_ms, sound.until_ms)]
        assert edges == sorted(edges)
        assert edges[0] >= 0
        assert edges[-1] <= duration_ms + 10  # flite rounds
    assert {phone.text for phone in speech.phones} <= set(PHONE_ID)


@pytest.mark.parametrize("voice", VOICES, ids=lambda voice: voice.name.split("/")[0])
def test_the_sound_is_where_the_words_say(voice: Voice) -> None:
    speech = voice.say("stop", seed=1)
    word = speech.words[0]
    assert energy(speech, word.at_ms, word.until_ms) > 0.95 * energy(speech, 0, 1e9)


@pytest.mark.parametrize("voice", VOICES, ids=lambda voice: voice.name.split("/")[0])
def test_the_same_call_gives_the_same_samples_and_another_seed_does_not(voice: Voice) -> None:
    first = voice.say("two red squares", seed=5)
    other = voice.say("two red squares", seed=6)
    again = voice.say("two red squares", seed=5)
    assert first.samples.tobytes() == again.samples.tobytes()
    assert first.samples.tobytes() != other.samples.tobytes()


def test_speed_shortens_speech() -> None:
    for voice in (Espeak(), Hibari()):
        assert len(voice.say(TEXT, speed=1.5).samples) < 0.8 * len(voice.say(TEXT).samples)


def test_espeak_in_worker_processes_equals_espeak_here() -> None:
    with get_context("fork").Pool(2) as pool:
        assert pool.map(digest_of, [1, 2, 1]) == [digest_of(1), digest_of(2), digest_of(1)]


def test_splits_are_large_and_share_no_speaker() -> None:
    names = {split: [voice.name for voice in voices(split)] for split in ("train", "test", "unseen")}
    assert len(names["train"]) >= 100
    assert len(names["test"]) >= 12
    assert len(set().union(*names.values())) == sum(len(part) for part in names.values())
    variants = [{n.split("/")[1].split("+")[1] for n in names[s] if n.startswith("espeak")} for s in ("train", "test")]
    assert not variants[0] & variants[1]
    with pytest.raises(ValueError, match="split"):
        voices("dev")  # pyright: ignore[reportArgumentType]


def test_every_espeak_speaker_names_a_variant_and_an_accent_that_exist() -> None:
    import espeakng_loader

    data = Path(espeakng_loader.get_data_path())
    variants = {path.name for path in (data / "voices" / "!v").iterdir()}
    accents = {path.name.lower() for path in (data / "lang" / "gmw").iterdir()}
    for voice in [*voices("train"), *voices("test")]:
        if isinstance(voice, Espeak):
            assert voice.variant in variants
            assert voice.accent in accents


def test_users_are_told_what_is_wrong(monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(ValueError, match="no voice"):
        Espeak(accent="xx-nowhere").say("hello")
    with pytest.raises(ValueError, match="no word"):
        Hibari().say("...")
    monkeypatch.setenv("PATH", "")
    with pytest.raises(ValueError, match="apt-get install flite"):
        Flite(voice="slt").say("hello")


def energy(speech: Speech, at_ms: float, until_ms: float) -> float:
    first, stop = (int(edge * speech.rate_hz / 1000) for edge in (at_ms, until_ms))
    return float(np.square(speech.samples[first:stop]).sum())


def test_a_pause_is_silence() -> None:
    speech = Espeak().say("Hello. Goodbye.")
    pauses = [phone for phone in speech.phones if phone.text == SIL and phone.until_ms - phone.at_ms > 150]
    assert pauses
    assert all(energy(speech, p.at_ms + 50, p.until_ms) < 0.01 * energy(speech, 0, 1e9) for p in pauses)
