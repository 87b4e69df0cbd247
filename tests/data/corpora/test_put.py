"""Files of an export are whole or not there, and tell where they come from."""

from pathlib import Path

import numpy as np
import pytest

from microturn.data.corpora import put
from tests.data.corpora.talks import talk


def test_a_file_is_whole_or_not_there(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    put.put(tmp_path / "deep" / "a.txt", b"one")
    put.put_wav(tmp_path / "deep" / "a.wav", np.zeros((2, 9), np.float32), 16_000)
    assert sorted(path.name for path in (tmp_path / "deep").iterdir()) == ["a.txt", "a.wav"]

    def failing(path: Path, *_: object) -> None:
        path.write_bytes(b"RIFF")
        raise OSError("the disk is full")

    monkeypatch.setattr(put, "write_wav", failing)
    with pytest.raises(OSError, match="full"):
        put.put_wav(tmp_path / "deep" / "b.wav", np.zeros((2, 9), np.float32), 16_000)
    assert sorted(path.name for path in (tmp_path / "deep").iterdir()) == ["a.txt", "a.wav"]


def test_an_export_tells_where_it_comes_from() -> None:
    told = {"voice": "tone", "second_of_day": 3600.0, "duration_ms": 5000.0}
    assert put.told(talk()) == {"provenance": talk().meta["provenance"], **told}
