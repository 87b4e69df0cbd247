"""Footage: a real file gives its pictures and moments; whatever is wrong with it is said, with the file's name."""

from pathlib import Path
from typing import Any

import numpy as np
import pytest

from microturn.data.pictures.cameras import SIDE
from microturn.data.pictures.footage import FOLDER, footage_files, read_footage
from tests.data.pictures.filmed import write_video


def test_pictures_and_moments_have_their_times(tmp_path: Path) -> None:
    footage = read_footage(write_video(tmp_path / "flash.mp4"))
    assert len(footage.pictures) == 20 and footage.pictures[0].size == (SIDE, SIDE)
    assert footage.times_ms == pytest.approx([200.0 * index for index in range(20)], abs=1)
    (moment,) = footage.moments
    assert (moment.at_ms, moment.label, footage.source, footage.licence) == (
        2000,
        "the light comes on",
        "a test",
        "CC0",
    )
    white = [np.asarray(picture).mean() > 150 for picture in footage.pictures]
    assert white == [at_ms >= moment.at_ms - 1 for at_ms in footage.times_ms]


WRONG: dict[str, tuple[Any, str]] = {
    "no json": (None, "is missing"),
    "not json": ("{", "is not JSON"),
    "no events": ({"events": []}, "needs a list"),
    "a list": ([], "needs a list"),
    "no time": ({"events": [{"label": "x"}]}, 'event 1 needs "at_ms"'),
    "before it began": ({"events": [{"at_ms": -1, "label": "x"}]}, 'event 1 needs "at_ms"'),
    "no label": ({"events": [{"at_ms": 0, "label": ""}]}, 'event 1 needs a "label"'),
    "after the end": ({"events": [{"at_ms": 9000, "label": "x"}]}, "after the end"),
}


@pytest.mark.parametrize("name", WRONG)
def test_wrong_descriptions_are_refused_by_name(name: str, tmp_path: Path) -> None:
    about, message = WRONG[name]
    with pytest.raises(ValueError, match=message) as error:
        read_footage(write_video(tmp_path / "cat.mp4", about))
    assert "cat.json" in str(error.value)


def test_a_broken_or_cut_off_video_is_refused_by_name(tmp_path: Path) -> None:
    broken = write_video(tmp_path / "cat.mp4")
    broken.write_bytes(b"no video at all" * 100)
    with pytest.raises(ValueError, match=r"cat\.mp4: not a readable video"):
        read_footage(broken)
    cut = write_video(tmp_path / "dog.mp4")
    cut.write_bytes(cut.read_bytes()[:400])
    with pytest.raises(ValueError, match=r"dog\.mp4"):
        read_footage(cut)


def test_a_missing_folder_or_an_empty_one_says_what_to_put_there(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv(FOLDER, raising=False)
    with pytest.raises(ValueError, match="set MICROTURN_DATA"):
        footage_files()
    monkeypatch.setenv(FOLDER, str(tmp_path))
    with pytest.raises(ValueError, match="holds no video"):
        footage_files()
    video = write_video(tmp_path / "video" / "a.mp4")
    assert footage_files() == [video]
