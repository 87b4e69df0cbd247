"""VoiceBench's layout, made up: what is there is loaded, what is missing is named."""

import json
from pathlib import Path
from typing import Any

import pytest

from microturn.bench.controls import tone
from microturn.bench.loaders.voicebench import COUNTS, check, load
from microturn.protocol.media import USER_HZ, write_wav

ITEMS: dict[str, dict[str, Any]] = {
    "alpacaeval": {},
    "sd-qa": {"reference": "ice"},
    "mmsu": {"reference": "B"},
    "bbh": {"id": "navigate_1", "reference": "yes"},
    "ifeval": {"key": 1, "instruction_id_list": ["punctuation:no_comma"], "kwargs": [{}]},
    "advbench": {},
}


@pytest.fixture
def data(tmp_path: Path) -> Path:
    for subset, item in ITEMS.items():
        put(tmp_path, subset, "test-0", [item, item])
    return tmp_path


def put(root: Path, subset: str, table: str, items: list[dict[str, Any]]) -> None:
    folder = root / subset
    folder.mkdir(exist_ok=True)
    write_wav(folder / "a.wav", tone(400, rate_hz=USER_HZ), USER_HZ)
    lines = [json.dumps({"prompt": "Why?", "audio": "a.wav", **item}) for item in items]
    (folder / f"{table}.jsonl").write_text("\n".join(lines) + "\n")


def test_what_is_there_is_loaded(data: Path) -> None:
    found = list(load(data))
    assert [s.kind for s in found] == [kind for kind in ITEMS for _ in range(2)]
    metas = {s.kind: dict(s.meta) for s in found}
    base = {"prompt": "Why?", "turn_end_ms": 400.0}
    assert metas["alpacaeval"] == base == metas["advbench"]
    assert metas["mmsu"] == {**base, "expected": "B"}
    assert metas["bbh"] == {**base, "expected": "yes", "item": "navigate_1"}
    assert metas["ifeval"] == {**base, "instruction_id_list": ["punctuation:no_comma"], "kwargs": [{}]}
    assert len({s.id for s in found}) == len(found)
    assert found[0].timeline.duration_ms > 30_000


def test_what_is_missing_is_named(data: Path) -> None:
    gaps = check(data)
    missing = [gap for gap in gaps if "has no table" in gap.what]
    assert {gap.items for gap in missing} == {COUNTS["commoneval"], COUNTS["wildvoice"], COUNTS["openbookqa"]}
    few = next(gap for gap in gaps if "mmsu" in gap.what)
    assert few.items == 3072 and "has 2 items, the published subset 3074" in few.what
    assert all("huggingface.co" in gap.what for gap in gaps)
    (data / "bbh" / "test-0.jsonl").write_text('{"id": 1}\n{"id"')
    assert any("line 2 is no JSON" in gap.what and gap.items == 1000 for gap in check(data))


def test_a_whole_subset_is_no_gap(data: Path) -> None:
    put(data, "commoneval", "test-0", [{}] * 200)
    assert not any("commoneval" in gap.what for gap in check(data))


def test_the_full_alpacaeval_and_the_accent_of_the_leaderboard(data: Path) -> None:
    put(data, "alpacaeval_full", "test-0", [{}])
    put(data, "sd-qa", "usa-0", [{"reference": "water"}])
    found = list(load(data))
    assert [s.kind for s in found].count("alpacaeval") == 1
    assert [s.meta["expected"] for s in found if s.kind == "sd-qa"] == ["water"]
    assert any("alpacaeval_full has 1 items, the published subset 636" in gap.what for gap in check(data))


def test_bad_items_and_empty_folders(data: Path, tmp_path: Path) -> None:
    put(data, "mmsu", "test-0", [{}])
    with pytest.raises(ValueError, match="item 0 of mmsu lacks reference"):
        list(load(data))
    with pytest.raises(ValueError, match="has no subset of VoiceBench"):
        load(tmp_path / "nothing")
    assert sum(gap.items for gap in check(tmp_path / "nothing")) == sum(COUNTS.values()) - COUNTS["alpacaeval"]
