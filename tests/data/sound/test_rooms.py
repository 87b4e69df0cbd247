"""Rooms keep energy and time; the bank is the same again, and no room of the tests is one of training."""

import sys
from pathlib import Path

import numpy as np
import pytest

from microturn.data import sound
from microturn.data.sound import rooms


def test_a_room_keeps_the_energy_and_starts_with_the_direct_sound() -> None:
    for seed in range(5):
        response = sound.room(np.random.default_rng(seed))
        assert np.linalg.norm(response) == pytest.approx(1, abs=1e-4)
        assert response[0] == response.max()


def test_the_bank_is_kept_on_the_disk_and_is_the_same_when_computed_again(tmp_path: Path) -> None:
    pytest.importorskip("pyroomacoustics")
    made = rooms.bank("train", count=2, folder=tmp_path / "a")
    before = [path.read_bytes() for path in (tmp_path / "a").iterdir()]
    rooms.bank.cache_clear()
    again = rooms.bank("train", count=2, folder=tmp_path / "a")
    assert [path.read_bytes() for path in (tmp_path / "a").iterdir()] == before
    rooms.bank("train", count=2, folder=tmp_path / "b")
    assert [path.read_bytes() for path in (tmp_path / "b").iterdir()] == before
    for one, other in zip(made, again, strict=True):
        assert (one.name, one.t60_s) == (other.name, other.t60_s)
        for a, b in zip(one.responses, other.responses, strict=True):
            np.testing.assert_array_equal(a, b)


def test_everybody_stands_elsewhere_and_is_heard_at_once(tmp_path: Path) -> None:
    pytest.importorskip("pyroomacoustics")
    drawn = [*rooms.bank("train", count=2, folder=tmp_path), *rooms.bank("unseen", count=2, folder=tmp_path)]
    assert [one.name for one in drawn] == ["train/0", "train/1", "test/0", "test/1"]
    heard = {response.tobytes() for one in drawn for response in one.responses}
    assert len(heard) == len(drawn) * len(rooms.PLACES)
    for one in drawn:
        assert rooms.SHORTEST_S <= one.t60_s <= rooms.LONGEST_S
        for response in one.responses:
            assert response.dtype == np.float32 and np.linalg.norm(response) == pytest.approx(1, abs=1e-4)
            onset = int(np.argmax(np.abs(response) > 0.3 * np.abs(response[:40]).max()))
            assert onset <= 10  # the direct sound, 0.6 ms at most


def test_a_room_dies_away_as_it_says(tmp_path: Path) -> None:
    pytest.importorskip("pyroomacoustics")
    for one in rooms.bank("train", count=2, folder=tmp_path):
        energy = np.cumsum(np.square(one.responses[1][::-1], dtype=np.float64))[::-1]
        level_db = 10 * np.log10(np.maximum(energy, 1e-12) / energy[0])
        t20_s = 3 * (np.argmax(level_db < -25) - np.argmax(level_db < -5)) / sound.RATE_HZ
        assert t20_s == pytest.approx(one.t60_s, rel=0.35)


def test_without_pyroomacoustics_a_bank_says_what_to_install(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "pyroomacoustics", None)
    rooms.bank.cache_clear()
    with pytest.raises(ValueError, match="--extra rooms"):
        rooms.bank("train", count=1, folder=tmp_path)
    assert not list(tmp_path.iterdir())


def test_the_cache_folder_can_be_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(rooms.FOLDER, str(tmp_path))
    assert rooms.cache_folder() == tmp_path
