"""What an ear made of a sound: made once for a sound and an ear, again where the file is damaged, and not kept where it cannot be."""

from pathlib import Path

import numpy as np
import pytest

from microturn.bench import recogniser
from microturn.bench.kept import path_of, read_or_make
from microturn.protocol.media import on_grid

SOUND = np.linspace(0, 0.5, 800, dtype=np.float32)


def test_a_sound_an_ear_and_a_rate_have_a_file_of_their_own(tmp_path: Path) -> None:
    same = path_of(tmp_path, "ear", SOUND, 16_000)
    others = [
        path_of(tmp_path, "ear", SOUND[1:], 16_000),
        path_of(tmp_path, "ear", SOUND, 8_000),
        path_of(tmp_path, "other", SOUND, 16_000),
    ]
    assert same == path_of(tmp_path, "ear", SOUND.copy(), 16_000) == path_of(tmp_path, "ear", on_grid(SOUND), 16_000)
    assert len({same, *others}) == 4


def test_it_is_made_once_and_again_where_it_is_damaged(tmp_path: Path) -> None:
    made: list[str] = []

    def make() -> str:
        made.append("yes")
        return "yes"

    path = tmp_path / "a" / "b.json"
    assert [read_or_make(path, make, str) for _ in range(3)] == ["yes"] * 3 and len(made) == 1
    path.write_text("{")
    assert read_or_make(path, make, str) == "yes" and len(made) == 2


def test_nothing_is_kept_where_nothing_can_be_written(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    assert read_or_make(tmp_path / "file" / "b.json", lambda: "yes", str) == "yes"


def test_the_recogniser_listens_to_a_sound_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    heard: list[int] = []

    class Segment:
        text = "apple"

    def segments(samples: object, rate_hz: int) -> list[Segment]:
        heard.append(rate_hz)
        return [Segment(), Segment()]

    monkeypatch.setattr(recogniser, "_segments", segments)
    assert [recogniser.transcribe(SOUND, 16_000) for _ in range(2)] == ["apple apple"] * 2
    assert heard == [16_000]
