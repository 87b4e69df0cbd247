"""Every act of every mixture: the released data stays as it was, seeds decide, splits share no request, voices fit."""

import hashlib
from dataclasses import replace

import numpy as np
import pytest

from microturn.data.acts import ACTS, AT_ONCE, FOREIGN, MIXTURES, OPEN, REAL, WATCHING, about, listing, playable
from microturn.data.acts.human import HUMAN
from microturn.data.lexicon import WORDS
from microturn.data.scene import CLEAN, Cast, draw_session, make_scene
from microturn.data.script import Stage
from microturn.data.voices.voice import Speech
from microturn.protocol.events import Channel, Word
from microturn.protocol.timeline import Timeline
from tests.data.test_acts import CAST, Beeper, OwnBeep, played

NEW = [name for name in MIXTURES["all"] if name not in {*MIXTURES["nano"], *WATCHING}]
WITHOUT_TEXT = ("music", "noise", "long_silence", "so_far", "until_told", "at_time", "since")  # nothing to keep apart


class Bound(Beeper):
    """A voice that says only the words of the lexicon."""

    name = "bound"
    languages = ()

    def say(self, text: str, *, seed: int = 0, speed: float = 1.0) -> Speech:
        unknown = set(text.split()) - set(WORDS)
        if unknown:
            raise ValueError(f"lacks {unknown}")
        return super().say(text, seed=seed, speed=speed)


class English(Beeper):
    name = "english"
    languages = ("en",)


def heard(name: str, seed: int, split: str = "train", who: Cast = CAST) -> list[str]:
    """What the user says in an act; nothing is mixed."""
    rng = np.random.default_rng([len(split), seed])
    stage = draw_session(rng, 1, split=split, who=who, acts=[name])
    return [event.text for event in stage.events if isinstance(event, Word) and event.channel is Channel.HEARD]


def digest(scene: Timeline) -> str:
    sha = hashlib.sha256(repr(scene.events).encode())
    return sha.hexdigest()[:16]


def test_scenes_of_the_released_mixture_are_what_they_were() -> None:
    made = {seed: digest(make_scene(seed, split="test", seconds=60, max_ticks=448, cast_of=CAST)) for seed in (0, 1, 2)}
    assert made == {0: "d1312843ea2734a4", 1: "3f99e34f70f75d0d", 2: "f9b9c4449c067a0a"}


def test_the_larger_mixture_holds_the_released_one_with_its_weights() -> None:
    assert MIXTURES["nano"].items() <= MIXTURES["all"].items()
    assert set(MIXTURES["all"]) == set(ACTS) - {*REAL, *HUMAN}
    with pytest.raises(ValueError, match="no mixture 'none'; choose from nano, all"):
        make_scene(0, mixture="none", cast_of=CAST)


def test_a_session_of_all_acts_draws_new_ones_and_keeps_its_length() -> None:
    drawn: set[str] = set()
    for seed in range(20):
        scene = make_scene(seed, seconds=72, max_ticks=448, mixture="all", setting=CLEAN, cast_of=CAST)
        assert scene.duration_ms <= 448 * 200
        drawn |= set(scene.meta["acts"])
    assert len(drawn & set(NEW)) > 15 and drawn & set(MIXTURES["nano"])


@pytest.mark.parametrize("name", NEW)
def test_the_seed_decides(name: str) -> None:
    assert digest(played(name, 3)) == digest(played(name, 3)) != digest(played(name, 4))


@pytest.mark.parametrize("name", [name for name in NEW if name not in WITHOUT_TEXT])
def test_what_is_asked_in_tests_is_never_trained_on(name: str) -> None:
    def texts(split: str) -> set[str]:
        return {" ".join(heard(name, seed, split)) for seed in range(10 if name == "amid" else 40)}

    assert not texts("train") & texts("test")


@pytest.mark.parametrize("name", [name for name in NEW if name not in (*OPEN, *FOREIGN)])
def test_acts_that_need_no_open_voice_say_only_words_of_the_lexicon(name: str) -> None:
    for seed in range(5 if name in ("music", "noise", "amid") else 30):
        assert set(heard(name, seed, who=replace(CAST, users=(Bound(),)))) <= set(WORDS)


@pytest.mark.parametrize("name", OPEN)
def test_open_acts_are_those_that_need_it(name: str) -> None:
    said = {word for seed in range(30) for word in heard(name, seed)}
    assert said - set(WORDS) or name == "mispronounced"


def test_a_voice_plays_only_what_it_can_say() -> None:
    both = Cast(users=(Bound(), Beeper()), own=OwnBeep)
    for seed in range(8):
        scene = make_scene(seed, seconds=40, mixture="all", setting=CLEAN, cast_of=both)
        voice = {"bound": Bound(), "beeper": Beeper()}[scene.meta["voice"]]
        assert all(playable(name, voice) for name in scene.meta["acts"])


def test_another_voice_takes_over_where_the_drawn_one_can_play_nothing() -> None:
    both = Cast(users=(Bound(), English(), Beeper()), own=OwnBeep)
    voices = {make_scene(seed, seconds=1, acts=["what_means"], cast_of=both).meta["voice"] for seed in range(6)}
    assert voices == {"beeper"}
    with pytest.raises(ValueError, match="no voice of this split can play what_means"):
        make_scene(0, seconds=1, acts=["what_means"], cast_of=Cast(users=(Bound(), English()), own=OwnBeep))


@pytest.mark.parametrize("name", ACTS)
def test_every_act_says_what_it_is(name: str) -> None:
    act = about(name)
    assert len(act.what) > 15 and act.window and "\n" not in act.what + act.window
    assert bool(act.mixtures) == (name not in REAL)


def test_the_list_is_in_families() -> None:
    families = [act.family for act in listing()]
    assert families == sorted(families) and len(families) == len(ACTS)
    assert about("repeat").window == AT_ONCE != about("at_time").window


def test_one_of_each_pool_is_picked_and_some_combinations_are_kept() -> None:
    def drawn(split: str) -> set[tuple[str, ...]]:
        stage = Stage(rng=np.random.default_rng(0), voice=Beeper(), own=OwnBeep, split=split)
        return {stage.pick_apart("abcdefgh", "xyz") for _ in range(400)}

    train, test = drawn("train"), drawn("test")
    assert not train & test and len(train) + len(test) == 24 and 2 <= len(test) <= 5
