"""Settings: the mixtures are wide, depend only on the chance they are given, and can be written down as JSON."""

import json
from collections import Counter
from dataclasses import asdict
from pathlib import Path

import numpy as np
import pytest

from microturn.data.setting import CLEAN, Setting, draw_setting, draw_world
from microturn.data.sound import codecs, rooms, surroundings


def worlds(count: int, split: str = "train") -> list[Setting]:
    rng = np.random.default_rng(0)
    return [draw_world(rng, split) for _ in range(count)]


def test_a_plain_setting_has_nothing_of_the_world() -> None:
    rng = np.random.default_rng(1)
    for _ in range(50):
        plain = draw_setting(rng)
        assert (plain.place, plain.codec, plain.network, plain.drift_ppm, plain.loudspeaker) == ("", "", None, 0, False)
    assert asdict(CLEAN)["network"] is None


def test_the_world_has_everything_in_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(rooms, "simulated", lambda: True)
    drawn = worlds(1500)
    assert drawn == worlds(1500)
    assert {one.codec for one in drawn} == {"", *codecs.CODECS}
    assert {one.noise for one in drawn} == {"crowd", *surroundings.SURROUNDINGS}
    assert len({one.place for one in drawn}) == 1 + rooms.ROOMS["train"]
    shares = Counter(kind for one in drawn for kind in ("codec", "network", "drift_ppm", "place") if getattr(one, kind))
    assert 0.3 < shares["codec"] / 1500 < 0.4 and 0.2 < shares["network"] / 1500 < 0.3
    assert 0.5 < shares["drift_ppm"] / 1500 < 0.7 and 0.7 < shares["place"] / 1500 < 0.8
    assert max(abs(one.drift_ppm) for one in drawn) == pytest.approx(200, abs=5)
    echoes = [one.echo_db for one in drawn if one.echo_db is not None]
    assert -40 <= min(echoes) < -39 and -11 < max(echoes) <= -10
    json.dumps([asdict(one) for one in drawn[:20]])


def test_rooms_of_the_tests_are_not_those_of_training(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(rooms, "simulated", lambda: True)
    places = {split: {one.place for one in worlds(100, split)} - {""} for split in ("train", "test", "unseen")}
    assert not places["train"] & (places["test"] | places["unseen"])
    assert {place.split("/")[0] for place in places["unseen"]} == {"test"}


def test_without_pyroomacoustics_the_simple_room_stands_in_and_the_setting_says_so(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(rooms, "simulated", lambda: False)
    drawn = worlds(200)
    assert not any(one.place for one in drawn)
    assert 0.65 < sum(one.room for one in drawn) / 200 < 0.85


def test_recordings_are_drawn_where_there_are_some(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "noise").mkdir()
    (tmp_path / "noise" / "hall.flac").touch()
    monkeypatch.setenv("MICROTURN_DATA", str(tmp_path))
    assert 0.1 < sum(one.noise == "file/hall.flac" for one in worlds(300)) / 300 < 0.3
