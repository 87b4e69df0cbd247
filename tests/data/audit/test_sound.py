"""Silence, lost words, impossible words, clipping and levels are found; sound sessions have none of it."""

from dataclasses import replace

import numpy as np
import pytest

from microturn.data.audit.session import Session
from microturn.data.audit.sound import level, own_voice, silence, speed, words_and_sound
from microturn.data.scene import CLEAN, Setting, make_scene
from microturn.features.layout import SILENCE_LEVEL
from microturn.protocol.events import Channel, Missing, Word
from tests.data.audit.stories import heard, reasons, scene, session, with_events
from tests.data.test_acts import CAST

SOUND = session(scene())


def silenced(one: Session, first: int = 0, stop: int | None = None) -> Session:
    """The session with some ticks of its sound taken away."""
    dmel = one.ticks.dmel_TFM.copy()
    dmel[first:stop] = SILENCE_LEVEL
    return replace(one, ticks=replace(one.ticks, dmel_TFM=dmel))


def test_a_sound_session_has_no_finding() -> None:
    for check in (silence, words_and_sound, speed, level, own_voice):
        assert check(SOUND) == []


@pytest.mark.parametrize("noise", ["white", "pink", "babble", "music"])
def test_noise_does_not_hide_words(noise: str) -> None:
    noisy = Setting(noise=noise, snr_db=20.0, echo_db=-20.0, room=True)
    made = session(make_scene(2, seconds=20, acts=["plain", "repeat"], setting=noisy, cast_of=CAST))
    assert words_and_sound(made) == silence(made) == []


def test_a_silent_session() -> None:
    assert reasons(silence(silenced(SOUND))) == ["silent session"]
    assert reasons(silence(replace(silenced(SOUND), events=()))) == ["no sound"]
    assert words_and_sound(silenced(SOUND)) == []  # told once


def test_a_word_without_sound_and_many_of_them() -> None:
    word = SOUND.heard[1]
    ticks = slice(int(word.at_ms // 200), int(word.until_ms // 200) + 2)
    found = reasons(words_and_sound(silenced(SOUND, ticks.start, ticks.stop)))
    assert found and set(found) <= {"silent word", "words without sound"}
    half = int(SOUND.heard[len(SOUND.heard) // 2].at_ms // 200)
    assert "words without sound" in reasons(words_and_sound(silenced(SOUND, 0, half)))


def test_lost_sound_is_not_a_fault() -> None:
    word = SOUND.heard[1]
    ticks = slice(int(word.at_ms // 200), int(word.until_ms // 200) + 2)
    hole = Missing(at_ms=ticks.start * 200.0, until_ms=ticks.stop * 200.0, channel=Channel.USER)
    gone = silenced(SOUND, ticks.start, ticks.stop)
    assert words_and_sound(replace(gone, events=(*gone.events, hole))) == []


@pytest.mark.parametrize(("spoken", "beside"), [(9, False), (4, True)])
def test_words_that_lie_beside_the_sound(spoken: int, beside: bool) -> None:
    dmel = np.full_like(SOUND.ticks.dmel_TFM, 5)
    dmel[::10], dmel[1::10], dmel[5::10] = spoken, spoken, 9
    words = [heard("apple", 2000.0 * n, 2000.0 * n + 400) for n in range(8)]
    one = replace(SOUND, ticks=replace(SOUND.ticks, dmel_TFM=dmel), events=tuple(words))
    assert ("words beside the sound" in reasons(words_and_sound(one))) == beside


@pytest.mark.parametrize(
    ("word", "odd"),
    [(heard("a", 0, 25), 0), (heard("island", 0, 25), 1), (heard("island", 0, 600), 0), (heard("no", 0, 2500), 1)],
)
def test_words_that_nobody_speaks(word: Word, odd: int) -> None:
    assert reasons(speed(with_events([word]))) == ["impossible word"] * odd
    many = [replace(word, at_ms=word.at_ms + n, until_ms=word.until_ms + n) for n in (0.0, 3000.0)]
    assert ("impossible words" in reasons(speed(with_events(many)))) == bool(odd)


@pytest.mark.parametrize(
    ("measured", "found"),
    [
        ({"dbfs": -22.0, "clipped": 0.0005}, []),
        ({"dbfs": -22.0, "clipped": 0.002}, ["clipping"]),
        ({"dbfs": -3.0, "clipped": 0.2}, ["heavy clipping", "level"]),
        ({"dbfs": -61.0, "clipped": 0.0}, ["level"]),
        ({"dbfs": -120.0, "clipped": 0.0}, []),  # silence has no level
    ],
)
def test_clipping_and_levels(measured: dict[str, float], found: list[str]) -> None:
    item = {"levels": {"user": measured, "model": {"dbfs": -25.0, "clipped": 0.0}}}
    assert reasons(level(replace(SOUND, item=item))) == found
    assert level(replace(SOUND, item={})) == []


def test_a_voice_without_sound() -> None:
    silent = replace(SOUND.ticks, mel_SFM=np.full_like(SOUND.ticks.mel_SFM, -1.51))
    assert reasons(own_voice(replace(SOUND, ticks=silent))) == ["silent voice"]
    assert own_voice(replace(SOUND, ticks=silent, events=())) == []
    assert CLEAN.snr_db is None


def test_times_that_were_shared_out_are_not_judged() -> None:
    words = tuple(heard("island", 10.0 * n, 10.0 * n + 5) for n in range(9))
    spread = replace(SOUND, item={"timed": "spread"}, events=words)
    assert words_and_sound(spread) == speed(spread) == []
    assert speed(replace(spread, item={"timed": "aligned"}))
