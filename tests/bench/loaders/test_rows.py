"""Tables of items: JSON lines, CSV and parquet, whole and damaged, and the clips in them or beside them."""

import builtins
import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from microturn.bench.controls import tone
from microturn.bench.loaders.rows import clip, count_rows, lacking, question, read_rows, tables
from microturn.protocol.events import Channel
from microturn.protocol.media import USER_HZ, write_wav

ROWS = [{"prompt": "one", "audio": {"bytes": b"x", "path": None}}, {"prompt": "two", "audio": None}]


def test_json_lines_and_csv(tmp_path: Path) -> None:
    (tmp_path / "b.jsonl").write_text('{"a": 1}\n\n{"a": [2]}\n')
    (tmp_path / "a.csv").write_text('a,b\n1,"x, y"\n')
    (tmp_path / "c.txt").write_text("no table")
    assert [path.name for path in tables(tmp_path)] == ["a.csv", "b.jsonl"]
    assert list(read_rows(tmp_path / "b.jsonl")) == [{"a": 1}, {"a": [2]}]
    assert list(read_rows(tmp_path / "a.csv")) == [{"a": "1", "b": "x, y"}]
    assert count_rows(tmp_path / "b.jsonl") == 2
    assert tables(tmp_path / "none") == []


@pytest.mark.parametrize(("line", "says"), [('{"a": ', "line 2 is no JSON"), ("[1]", "line 2: every line")])
def test_damaged_lines_are_named(tmp_path: Path, line: str, says: str) -> None:
    (tmp_path / "a.jsonl").write_text(f'{{"a": 1}}\n{line}\n')
    with pytest.raises(ValueError, match=says):
        count_rows(tmp_path / "a.jsonl")


def test_parquet(tmp_path: Path) -> None:
    pyarrow = pytest.importorskip("pyarrow")
    parquet: Any = pytest.importorskip("pyarrow.parquet")
    path = tmp_path / "a.parquet"
    parquet.write_table(pyarrow.Table.from_pylist(ROWS), path)
    assert count_rows(path) == 2 and list(read_rows(path)) == ROWS
    path.write_bytes(path.read_bytes()[:-20])
    with pytest.raises(ValueError, match="cut off"):
        count_rows(path)


def test_parquet_that_is_cut_off_or_cannot_be_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "a.parquet"
    path.write_bytes(b"PAR1 and then nothing")
    with pytest.raises(ValueError, match="cut off"):
        count_rows(path)
    path.write_bytes(b"PAR1 something else PAR1")
    real = builtins.__import__

    def without(name: str, *more: Any) -> Any:
        if name.startswith("pyarrow"):
            raise ImportError(name)
        return real(name, *more)

    monkeypatch.setattr(builtins, "__import__", without)
    with pytest.raises(ValueError, match="pip install pyarrow"):
        count_rows(path)


def test_clips_and_what_lacks(tmp_path: Path) -> None:
    write_wav(tmp_path / "a.wav", tone(500, rate_hz=USER_HZ), USER_HZ)
    beside = clip("a.wav", tmp_path)
    within = clip({"bytes": (tmp_path / "a.wav").read_bytes(), "path": "somewhere/b.wav"}, tmp_path)
    assert len(beside) == 8000
    np.testing.assert_array_equal(beside, within)
    np.testing.assert_array_equal(beside, clip({"bytes": None, "path": "a.wav"}, tmp_path))
    with pytest.raises(ValueError, match="has no sound"):
        clip({"bytes": None, "path": None}, tmp_path)
    with pytest.raises(FileNotFoundError):
        clip("b.wav", tmp_path)
    (tmp_path / "c.wav").write_bytes((tmp_path / "a.wav").read_bytes()[:9000])
    with pytest.raises(ValueError, match=r"c\.wav is cut off"):
        clip("c.wav", tmp_path)
    assert lacking({"a": 0, "b": "", "c": None}, ("a", "b", "c", "d")) == ["b", "c", "d"]


def test_a_question_has_time_for_the_answer() -> None:
    timeline, meta = question(tone(500, rate_hz=USER_HZ), {"prompt": "p"}, tail_ms=2000)
    assert timeline.duration_ms == timeline.audio[Channel.USER].duration_ms == 2500
    assert json.loads(json.dumps(meta)) == meta == {"turn_end_ms": 500.0, "prompt": "p"}
