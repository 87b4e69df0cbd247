"""Mixing: places, echo, codec and network do what the setting says, and every word stays where it is said."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from microturn.data import mix
from microturn.data.mix import OnClock, carry, lose
from microturn.data.scene import CLEAN, Setting, make_scene
from microturn.data.sound import rooms
from microturn.data.sound.network import Network
from microturn.protocol.events import Channel, Missing, Span
from microturn.protocol.timeline import Timeline
from tests.data.test_acts import CAST, Beeper


@pytest.fixture
def few_rooms(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    pytest.importorskip("pyroomacoustics")
    monkeypatch.setenv(rooms.FOLDER, str(tmp_path))
    monkeypatch.setattr(rooms, "ROOMS", {"train": 2, "test": 1})
    rooms.bank.cache_clear()


def scene(seed: int, setting: Setting | str, **options: object) -> Timeline:
    return make_scene(seed, setting=setting, cast_of=CAST, **options)  # type: ignore[arg-type]


def onset_ms(samples: np.ndarray, near_ms: float) -> float:
    """When it gets loud within 60 ms of a time."""
    first = round((near_ms - 60) * 16)
    part = np.abs(samples[first : first + 1920])
    return (first + int(np.argmax(part > 0.3 * part.max()))) / 16


def first_words_ms(timeline: Timeline) -> list[float]:
    """Starts of words before which the user was silent for a quarter of a second."""
    words = timeline.words(Channel.HEARD)
    before = [0.0, *(word.until_ms for word in words)]
    return [word.at_ms for word, end in zip(words, before, strict=False) if word.at_ms - end > 250]


@pytest.mark.parametrize(
    "changed", [{"place": "train/1"}, {"codec": "opus-12"}, {"codec": "mulaw"}, {"drift_ppm": 200.0}], ids=str
)
def test_words_stay_within_5_ms(few_rooms: None, changed: dict[str, object]) -> None:
    setting = replace(CLEAN, **changed)
    for seed in range(2):
        one = scene(seed, setting, seconds=30, acts=["repeat", "count"])
        starts = first_words_ms(one)
        late = [onset_ms(one.audio[Channel.USER].samples, at_ms) - at_ms for at_ms in starts]
        assert len(starts) >= 3 and np.abs(late).max() <= 5, late


def test_people_in_a_room_are_heard_from_their_places(few_rooms: None) -> None:
    a, b = (
        scene(3, replace(CLEAN, place=place), seconds=1, acts=["elsewhere"]).audio[Channel.USER].samples
        for place in ("train/0", "train/1")
    )
    assert a.any() and not np.array_equal(a, b)
    with pytest.raises(ValueError, match="no room 'train/99'"):
        scene(3, replace(CLEAN, place="train/99"), seconds=1, acts=["elsewhere"])


def test_the_simple_rooms_of_other_people_are_left_out_of_a_simulated_one(few_rooms: None) -> None:
    stage_clips: list[mix.Clip] = []
    real = mix._heard

    def spy(clip: mix.Clip, setting: Setting, place: rooms.Room | None) -> np.ndarray:
        stage_clips.append(clip)
        return real(clip, setting, place)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(mix, "_heard", spy)
        scene(3, replace(CLEAN, place="train/0"), seconds=1, acts=["elsewhere"])
    others = [clip for clip in stage_clips if clip.who == "other"]
    assert others and all(clip.dry is not None and clip.place in (1, 2) for clip in others)
    assert all(len(clip.samples) == len(clip.dry) for clip in others if clip.dry is not None)


def level_db(samples: np.ndarray) -> float:
    return 10 * np.log10(np.mean(np.square(samples[np.abs(samples) > 1e-4])))


@pytest.mark.parametrize("echo_db", [-10.0, -30.0])
def test_the_echo_has_its_level_and_a_canceller_takes_it_away(echo_db: float) -> None:
    setting = replace(CLEAN, level_dbfs=-10.0, echo_db=echo_db, loudspeaker=True, distortion=0.3)
    dry = scene(2, replace(CLEAN, level_dbfs=-10.0), seconds=1, acts=["count"]).audio[Channel.USER].samples
    wet = scene(2, setting, seconds=1, acts=["count"]).audio[Channel.USER].samples
    left = scene(2, replace(setting, canceller_db=30.0), seconds=1, acts=["count"]).audio[Channel.USER].samples
    silent = dry == 0
    assert level_db((wet - dry)[silent]) == pytest.approx(-10 + echo_db, abs=3)
    assert np.square(left[silent]).sum() < 0.7 * np.square(wet[silent]).sum()


def test_a_drifting_clock_stretches_every_word_and_phone() -> None:
    speech = Beeper().say("one two three")
    heard = OnClock(Beeper(), 1.01)
    moved = heard.say("one two three")
    assert heard.name == "beeper" and moved.rate_hz == pytest.approx(16_000 / 1.01)
    for before, after in zip([*speech.words, *speech.phones], [*moved.words, *moved.phones], strict=True):
        assert (after.at_ms, after.until_ms) == pytest.approx((before.at_ms * 1.01, before.until_ms * 1.01))


def test_lost_packets_are_silent_and_named() -> None:
    setting = replace(CLEAN, snr_db=5.0, network=Network(packet_ms=60, loss=0.2, burst=2.0))
    one = scene(4, setting, seconds=30)
    user = one.audio[Channel.USER].samples
    holes = [event for event in one.events if isinstance(event, Missing)]
    assert len(holes) > 10 and sum(hole.until_ms - hole.at_ms for hole in holes) > 0.1 * one.duration_ms
    named = np.zeros(len(user), bool)
    for hole in holes:
        assert hole.at_ms % 60 == 0 and hole.until_ms <= one.duration_ms
        named[round(hole.at_ms * 16) : round(hole.until_ms * 16)] = True
    assert not user[named].any() and (user[~named] != 0).mean() > 0.99


def test_two_ways_of_losing_leave_holes_where_they_say() -> None:
    rng = np.random.default_rng(0)
    for losing in (lambda user: lose(user, rng), lambda user: carry(user, Network(loss=0.1), rng)):
        user = np.ones(16_000 * 60, np.float32)
        missing_ms = sum(hole.until_ms - hole.at_ms for hole in losing(user) if isinstance(hole, Missing))
        assert (user == 0).sum() / 16 == pytest.approx(missing_ms, abs=30) and missing_ms > 1000


def test_a_world_scene_is_the_same_again_and_says_how_it_sounds(few_rooms: None) -> None:
    for seed in (1, 5):
        one, two = scene(seed, "world", seconds=15), scene(seed, "world", seconds=15)
        assert one.events == two.events and one.meta == two.meta
        np.testing.assert_array_equal(one.audio[Channel.USER].samples, two.audio[Channel.USER].samples)
        assert one.meta["setting"]["loudspeaker"]
        assert all(event.until_ms <= one.duration_ms + 2000 for event in one.events if isinstance(event, Span))


def test_an_unknown_mixture_and_a_recording_that_is_gone_are_refused() -> None:
    with pytest.raises(ValueError, match="no settings 'moon'.*plain, world"):
        scene(1, "moon")
    with pytest.raises(ValueError, match="'file/gone.wav' is not in the folder"):
        scene(1, replace(CLEAN, noise="file/gone.wav", snr_db=10.0), seconds=1, acts=["hello"])
