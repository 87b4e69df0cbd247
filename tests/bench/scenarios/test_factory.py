"""Scenes become scenarios: the model's side one tick later, and a tail of the room."""

import shutil

import numpy as np
import pytest

from microturn.bench.audible import soundings
from microturn.bench.scenarios.factory import TAIL_MS, at_listener, nothing_scored, scenarios
from microturn.bench.task import UNOPENED
from microturn.data.scene import make_scene
from microturn.protocol.events import Channel
from tests.bench.worlds import CAST

SCENE = make_scene(1, split="test", seconds=1, acts=["count"], cast_of=CAST)
MOVED = at_listener(SCENE, nothing_scored)


def test_the_model_is_heard_one_tick_later() -> None:
    before, after = SCENE.words(Channel.SAY), MOVED.words(Channel.SAY)
    assert [(w.text, w.at_ms + 200) for w in before] == [(w.text, w.at_ms) for w in after]
    assert soundings(MOVED)[0].at_ms == soundings(SCENE)[0].at_ms + 200
    assert abs(soundings(MOVED)[0].at_ms - after[0].at_ms) < 20


def test_the_user_is_left_in_place_and_the_room_goes_on() -> None:
    before, after = SCENE.audio[Channel.USER].samples, MOVED.audio[Channel.USER].samples
    np.testing.assert_array_equal(after[: len(before)], before)
    assert MOVED.duration_ms == SCENE.duration_ms + TAIL_MS
    assert MOVED.audio[Channel.USER].duration_ms == MOVED.audio[Channel.MODEL].duration_ms == MOVED.duration_ms
    assert np.abs(after).max() == np.abs(before).max()


def test_without_the_synthesiser_its_items_are_unscored_and_say_what_to_install(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(shutil, "which", lambda _: None)
    heard, unseen = scenarios(5, ("plain",), splits=("test", "unseen"))(2, 0)
    assert UNOPENED not in heard.meta and "apt-get install flite" in unseen.meta[UNOPENED]
