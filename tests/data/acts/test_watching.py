"""Every act that watches: the oracle meets its truths, event times are those of the frames, texts stay in their split."""

import itertools
from pathlib import Path

import numpy as np
import pytest

from microturn.data.acts import MIXTURES, REAL, WATCHING, bodies
from microturn.data.lexicon import WORDS
from microturn.data.pictures import footage, people
from microturn.data.scene import CLEAN, Cast, make_scene
from microturn.data.voices.voice import Speech
from microturn.features.layout import IN_VIEW
from microturn.protocol.events import Channel
from microturn.protocol.timeline import Timeline
from tests.data.pictures.filmed import write_video
from tests.data.test_acts import CAST, Beeper, OwnBeep, played

SEEDS = range(8)


class Spliced(Beeper):
    """Knows the lexicon and no other word, like voices spliced from recordings."""

    def say(self, text: str, *, seed: int = 0, speed: float = 1.0) -> Speech:
        if not set(text.split()) <= set(WORDS):
            raise ValueError("no recording of that")
        return super().say(text, seed=seed, speed=speed)


def test_the_names_are_new_and_no_act_of_the_default_mixture() -> None:
    assert not set(WATCHING) & set(MIXTURES["nano"]) and set(WATCHING) < set(MIXTURES["all"])
    assert not any(set(REAL) & set(mixture) for mixture in MIXTURES.values())
    scenes = [make_scene(seed, seconds=40, setting=CLEAN, cast_of=CAST) for seed in range(3)]
    assert not {name for scene in scenes for name in scene.meta["acts"]} & set(WATCHING)


@pytest.mark.parametrize("name", WATCHING)
def test_the_oracle_meets_every_expectation(name: str) -> None:
    wishes = 0
    for seed in SEEDS:
        scene = played(name, seed)
        says = scene.words(Channel.SAY)
        assert all(one.until_ms <= two.at_ms for one, two in itertools.pairwise(says))
        assert scene.meta["acts"] == [name]
        for wish in scene.spans("expect"):
            texts = [w.text for w in says if wish.at_ms <= w.at_ms <= wish.until_ms]
            assert wish.text.split()[0] in texts, (name, seed, wish)
        wishes += len(scene.spans("expect"))
        assert sum(len(wish.text.split()) for wish in scene.spans("expect")) == len(says)
    assert wishes >= 5


@pytest.mark.parametrize("name", WATCHING)
def test_frames_are_in_order_labelled_and_of_a_size_and_the_same_for_the_same_seed(name: str) -> None:
    for seed in SEEDS:
        scene = played(name, seed)
        views = {span.at_ms: span.data for span in scene.spans("view")}
        assert set(views) == {frame.at_ms // 200 * 200 for frame in scene.frames}
        assert all(one.at_ms < two.at_ms for one, two in itertools.pairwise(scene.frames))
        assert {frame.rgb.shape for frame in scene.frames} == {(80, 80, 3)}
        assert {kind for view in views.values() for kind in view} <= set(IN_VIEW)
    one, two = (played(name, 3) for _ in range(2))
    assert one.events == two.events
    for frame, again in zip(one.frames, two.frames, strict=True):
        np.testing.assert_array_equal(frame.rgb, again.rgb)


@pytest.mark.parametrize("name", WATCHING)
def test_a_cue_is_answered_after_its_event_and_soon(name: str) -> None:
    for seed in SEEDS:
        scene = played(name, seed)
        for wish in scene.spans("expect"):
            if "event_ms" in wish.data and "rep" not in wish.data:
                due_ms = wish.at_ms + 200
                assert -0.01 <= due_ms - wish.data["event_ms"] < 2200, (name, seed, wish)
                assert wish.data["event_ms"] in [event.at_ms for event in scene.spans("event")]


@pytest.mark.parametrize("name", WATCHING)
def test_a_voice_of_recordings_can_play_every_act(name: str) -> None:
    cast = Cast(users=(Spliced(),), own=OwnBeep)
    for seed in range(6):
        scene = make_scene(seed, seconds=1, acts=[name], setting=CLEAN, cast_of=cast)
        assert {word.text for word in scene.words(Channel.HEARD)} <= set(WORDS)


def test_as_many_are_counted_as_repetitions_are_shown_each_as_it_ends() -> None:
    partial = 0
    for seed in range(8):
        scene = played("repetitions", seed)
        wishes = scene.spans("expect")
        events = [event for event in scene.spans("event") if not event.text.startswith("partial")]
        partial += len(scene.spans("event")) - len(events)
        assert len(wishes) == len(events) == wishes[0].data["of"]
        assert [wish.data["rep_end_ms"] for wish in wishes] == [event.at_ms for event in events]
        for wish, event in zip(wishes, events, strict=True):
            assert -500 < wish.at_ms + 400 - event.at_ms < 700
    assert partial


def test_the_frame_of_an_event_shows_it() -> None:
    """When somebody has left, the picture is that of an empty room; a squat ends as it began."""
    rng = np.random.default_rng(0)
    person, room = people.draw_person(rng), people.draw_room(rng)
    world = bodies.walk_world(room, person, [(1000.0, 2000.0, 0.5, bodies._OUTSIDE)])
    empty = np.asarray(people.picture(room, []))
    assert (np.asarray(world(1950.0)[0]) != empty).any()
    np.testing.assert_array_equal(np.asarray(world(2000.0)[0]), empty)
    reps = people.draw_reps(rng, "squat", 500.0, 3)
    squats = bodies.exercise_world(room, person, "squat", reps)
    for rep in reps:
        np.testing.assert_array_equal(np.asarray(squats(rep.until_ms)[0]), np.asarray(squats(0.0)[0]))
        assert (np.asarray(squats(rep.until_ms - 200)[0]) != np.asarray(squats(0.0)[0])).any()


@pytest.mark.parametrize("name", ["bug", "typing"])
def test_answers_of_the_test_split_are_not_those_of_the_training_split(name: str) -> None:
    def asked(split: str) -> set[str]:
        scenes = [played(name, seed, split) for seed in range(12)]
        spans = [(span.data["sight"], span.text) for scene in scenes for span in scene.spans("expect")]
        return {f"{sight}: {text}" for sight, text in spans if " " not in text}

    assert asked("train") and asked("test") and not asked("train") & asked("test")


def test_code_without_a_bug_asks_for_nothing() -> None:
    silent = [scene for scene in (played("bug", seed) for seed in range(16)) if not scene.spans("expect")]
    assert silent and not any(scene.words(Channel.SAY) for scene in silent)


# Real clips.


def filmed(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(footage.FOLDER, str(folder))
    for number in range(12):
        write_video(folder / "video" / f"clip{number}.mp4")


def clip(seed: int, split: str = "train") -> Timeline:
    return played("clip", seed, split)


def test_a_real_clip_is_answered_when_its_moment_is_seen(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    filmed(tmp_path, monkeypatch)
    used: dict[str, set[str]] = {}
    for split, seed in itertools.product(("train", "test"), range(6)):
        scene = clip(seed, split)
        (wish,) = scene.spans("expect")
        bright_ms = min(frame.at_ms for frame in scene.frames if frame.rgb.mean() > 150)
        assert bright_ms == wish.at_ms == scene.words(Channel.SAY)[0].at_ms
        (source,) = scene.spans("source")
        assert source.data["licence"] == "CC0" and source.data["seconds"] > 3
        used.setdefault(split, set()).add(source.text)
    assert not used["train"] & used["test"]


def test_a_broken_clip_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    filmed(tmp_path, monkeypatch)
    for path in (tmp_path / "video").glob("*.mp4"):
        path.write_bytes(b"broken" * 50)
    with pytest.raises(ValueError, match=r"clip\d+\.mp4: not a readable video"):
        clip(0)


def test_without_a_folder_the_act_says_what_is_missing(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv(footage.FOLDER, raising=False)
    with pytest.raises(ValueError, match="set MICROTURN_DATA"):
        clip(0)
