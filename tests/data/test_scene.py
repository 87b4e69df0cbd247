"""Scenes: the seed decides everything, splits never meet, tracks and truth agree."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from microturn.data.scene import CLEAN, Setting, first_ms, make_scene
from microturn.protocol.events import Channel, Missing
from microturn.protocol.timeline import Timeline
from tests.data.test_acts import CAST


def scene(seed: int, setting: Setting | None = None, split: str = "train", **options: object) -> Timeline:
    return make_scene(seed, split=split, setting=setting, cast_of=CAST, **options)  # type: ignore[arg-type]


def test_the_same_seed_gives_the_same_scene_and_another_seed_or_split_another() -> None:
    one, two = scene(5, seconds=20), scene(5, seconds=20)
    assert one.events == two.events
    for channel in one.audio:
        np.testing.assert_array_equal(one.audio[channel].samples, two.audio[channel].samples)
    assert scene(6, seconds=20).events != one.events
    assert scene(5, seconds=20, split="test").events != one.events


def test_both_tracks_cover_whole_ticks_and_a_longest_length_is_kept() -> None:
    for seed in range(5):
        one = scene(seed, seconds=40, max_ticks=150)
        ticks = one.duration_ms / 200
        assert ticks == int(ticks) <= 150
        assert len(one.audio[Channel.USER].samples) == ticks * 3200
        assert len(one.audio[Channel.MODEL].samples) == ticks * 4800
        assert all(event.at_ms < one.duration_ms for event in one.events)


def test_the_users_track_sounds_where_the_words_are() -> None:
    one = scene(1, CLEAN, seconds=1, acts=["repeat"])
    samples = one.audio[Channel.USER].samples
    for word in one.words(Channel.HEARD):
        assert np.abs(samples[int(word.at_ms * 16) : int(word.until_ms * 16)]).mean() > 0.01
    assert not samples[: int(one.words(Channel.HEARD)[0].at_ms * 16) - 1].any()


def test_the_models_track_sounds_exactly_in_the_ticks_of_its_words() -> None:
    one = scene(2, CLEAN, seconds=1, acts=["count"])
    expected = np.zeros(len(one.audio[Channel.MODEL].samples), bool)
    for word in one.words(Channel.SAY):
        expected[int(word.at_ms * 24) : int(word.until_ms * 24)] = True
    np.testing.assert_array_equal(one.audio[Channel.MODEL].samples != 0, expected)


def test_the_echo_comes_one_tick_and_the_delay_after_the_models_voice() -> None:
    setting = replace(CLEAN, echo_db=-10.0, echo_ms=100.0)
    dry = scene(2, CLEAN, seconds=1, acts=["count"]).audio[Channel.USER].samples
    wet_scene = scene(2, setting, seconds=1, acts=["count"])
    echo = wet_scene.audio[Channel.USER].samples - dry
    begun_ms = wet_scene.words(Channel.SAY)[0].at_ms + 300
    assert np.abs(echo[: int(begun_ms * 16) - 200]).max() < 1e-3
    assert np.abs(echo[int(begun_ms * 16) :][:1600]).max() > 0.01


def test_lost_chunks_are_silent_and_named() -> None:
    one = scene(4, replace(CLEAN, snr_db=5.0, lossy=True), seconds=60)
    lost = [event for event in one.events if isinstance(event, Missing)]
    assert lost
    for hole in lost:
        assert not one.audio[Channel.USER].samples[round(hole.at_ms * 16) : round(hole.until_ms * 16)].any()


def test_a_fifth_of_the_training_sessions_begin_with_their_first_act() -> None:
    starts = np.array([first_ms(np.random.default_rng(seed), "train") for seed in range(400)])
    assert 0.12 < np.mean(starts == 0) < 0.28
    assert starts.max() > 1300
    assert min(first_ms(np.random.default_rng(seed), "test") for seed in range(400)) >= 300


def test_a_scene_survives_saving(tmp_path: Path) -> None:
    one = scene(3, seconds=1, acts=["jumps"])
    back = Timeline.load(one.save(tmp_path / "scene"))
    assert back.events == one.events and len(back.frames) == len(one.frames) and back.meta == one.meta


def test_an_unknown_act_is_refused_with_the_list_of_acts() -> None:
    with pytest.raises(ValueError, match="no act 'juggle'; choose from hello"):
        scene(1, acts=["juggle"])
