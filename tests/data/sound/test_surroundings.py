"""Surroundings have unit power and depend only on the seed; recordings keep their last fifth for the tests."""

from pathlib import Path

import numpy as np
import pytest

from microturn.data.sound import surroundings
from microturn.data.sound.noise import NOISES
from microturn.data.sound.surroundings import SURROUNDINGS
from microturn.protocol.media import write_flac

COUNT = 40_000
NEW = sorted(set(SURROUNDINGS) - set(NOISES))


@pytest.mark.parametrize("name", NEW)
def test_noises_have_unit_power_and_depend_only_on_the_seed(name: str) -> None:
    one, two, other = (SURROUNDINGS[name](np.random.default_rng(seed), COUNT) for seed in (3, 3, 4))
    assert one.dtype == np.float32 and one.shape == (COUNT,)
    np.testing.assert_array_equal(one, two)
    assert not np.array_equal(one, other)
    assert np.mean(np.square(one)) == pytest.approx(1, abs=0.01)


def test_impacts_stand_out_and_a_fan_does_not() -> None:
    peaks = {name: np.abs(SURROUNDINGS[name](np.random.default_rng(1), 200_000)).max() for name in NEW}
    assert peaks["typing"] > 10 and peaks["kitchen"] > 8 > peaks["fan"]


def test_a_crowd_is_made_of_the_voices_it_is_given() -> None:
    tone = np.sin(2 * np.pi * 1000 * np.arange(16_000) / 16_000).astype(np.float32)
    crowd = surroundings.crowd(np.random.default_rng(0), 64_000, [tone])
    spectrum = np.abs(np.fft.rfft(crowd))
    assert crowd.shape == (64_000,) and abs(int(np.argmax(spectrum)) - 4000) <= 2


def recording(folder: Path, seconds: int) -> Path:
    """Its first four fifths are 500 Hz, the rest 2 kHz."""
    s = np.arange(16_000 * seconds) / 16_000
    tone = 0.3 * np.sin(2 * np.pi * np.where(s < 0.8 * seconds, 500, 2000) * s).astype(np.float32)
    (folder / "noise").mkdir(exist_ok=True)
    write_flac(folder / "noise" / f"hall{seconds}.flac", tone, 16_000)
    return folder / "noise" / f"hall{seconds}.flac"


def test_recordings_are_found_and_split(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = recording(tmp_path, 10)
    (tmp_path / "noise" / "readme.txt").write_text("no sound")
    assert surroundings.recordings() == []
    monkeypatch.setenv("MICROTURN_DATA", str(tmp_path))
    assert surroundings.recordings() == [path]
    for split, hz in (("train", 500), ("test", 2000), ("unseen", 2000)):
        heard = surroundings.recorded(np.random.default_rng(0), 16_000, path, split)
        assert abs(int(np.argmax(np.abs(np.fft.rfft(heard)))) - hz) < 20


def test_a_short_recording_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="less than 5 s"):
        surroundings.recorded(np.random.default_rng(0), 100, recording(tmp_path, 2), "train")
