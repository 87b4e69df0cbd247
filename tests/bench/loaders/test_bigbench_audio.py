"""BigBench Audio's layout, made up."""

import json
from pathlib import Path
from typing import Any

import pytest

from microturn.bench.controls import tone
from microturn.bench.loaders.bigbench_audio import check, load
from microturn.protocol.media import USER_HZ, write_wav
from tests.bench.loaders.parted import parted


def put(folder: Path, items: list[dict[str, Any]]) -> None:
    folder.mkdir(exist_ok=True)
    write_wav(folder / "q.wav", tone(400, rate_hz=USER_HZ), USER_HZ)
    (folder / "metadata.jsonl").write_text("".join(json.dumps(item) + "\n" for item in items))


ITEM = {"category": "web_of_lies", "official_answer": "No", "file_name": "q.wav", "id": 7}


def test_items_are_loaded(tmp_path: Path) -> None:
    put(tmp_path / "data", [ITEM, {**ITEM, "category": "object counting", "official_answer": 5, "id": 8}])
    first, second = load(tmp_path)
    assert (first.id, first.kind) == ("metadata-7", "web_of_lies")
    assert dict(first.meta) == {"category": "web_of_lies", "official": "No", "prompt": "", "turn_end_ms": 400.0}
    assert (second.kind, second.meta["official"]) == ("object_counting", "5")


def test_gaps(tmp_path: Path) -> None:
    put(tmp_path, [ITEM, {**ITEM, "file_name": "gone.mp3", "id": 8}])
    gaps = check(tmp_path)
    assert sum(gap.items for gap in gaps) == 3 * 250 + 248 + 1
    assert any("web_of_lies: 2 items of 250" in gap.what for gap in gaps) and "1 clips are missing" in gaps[-1].what
    (whole,), lost = parted(load(tmp_path))
    assert whole == "metadata-7" and "gone.mp3: no such file" in lost["metadata-8"]
    names = ("formal_fallacies", "navigate", "object_counting", "web_of_lies")
    put(tmp_path, [{**ITEM, "category": name} for name in names for _ in range(250)])
    assert check(tmp_path) == []


def test_what_is_no_such_folder(tmp_path: Path) -> None:
    assert [gap.items for gap in check(tmp_path)] == [1000]
    with pytest.raises(ValueError, match="neither metadata.jsonl nor parquet"):
        load(tmp_path)
    put(tmp_path, [{**ITEM, "category": "poetry"}])
    assert "no category 'poetry'" in check(tmp_path)[0].what
    put(tmp_path, [{"category": "navigate", "file_name": "q.wav"}])
    with pytest.raises(ValueError, match="item 0 lacks official_answer"):
        list(load(tmp_path))
