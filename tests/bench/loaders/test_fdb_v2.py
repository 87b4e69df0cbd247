"""The staged tasks: counted, named when damaged, spoken by the examiner."""

import json
from pathlib import Path
from typing import Any

import pytest

from microturn.bench.controls import Silent
from microturn.bench.loaders.fdb_v2 import CATEGORIES, FILE, check, load
from microturn.bench.scenarios import onstage
from microturn.bench.suites.fdb_v2 import TASK
from microturn.bench.task import score_all
from tests.bench.loaders.parted import parted
from tests.bench.worlds import CAST


def task(split: str, number: int, **more: Any) -> dict[str, Any]:
    stages_of = {"T1": "Ask for a table.", "T2": "For two people, at 8.", "T3": "No, three.", "T4": "Thank them."}
    return {"id": f"{split}.x.{number:03d}", "split": split, "staged_reveal": stages_of, **more}


def write(folder: Path, splits: dict[str, Any]) -> Path:
    (folder / FILE).write_text(json.dumps({"settings": {}, "splits": splits}))
    return folder


def whole(folder: Path) -> Path:
    tasks = {name: [task(name, number) for number in range(50)] for name in CATEGORIES}
    splits = {name: {"classes": [], "tasks": found} for name, found in tasks.items()}
    splits["Daily"] = {"classes": [{"tasks": tasks["Daily"][:20]}, {"tasks": tasks["Daily"][20:]}]}
    return write(folder, splits)


def test_whole_data_have_no_gap(tmp_path: Path) -> None:
    assert check(whole(tmp_path)) == []
    inner = tmp_path / "v2"
    inner.mkdir()
    (tmp_path / FILE).rename(inner / FILE)  # as in the repository
    assert check(tmp_path) == []


def test_what_is_missing_is_named(tmp_path: Path) -> None:
    assert "github.com" in check(tmp_path)[0].what and check(tmp_path)[0].items == 200
    broken = {**task("Safety", 0), "staged_reveal": None}
    write(
        tmp_path,
        {name: {"tasks": [task(name, n) for n in range(50)]} for name in CATEGORIES[:3]}
        | {"Safety": {"tasks": [broken]}},
    )
    gaps = check(tmp_path)
    assert [gap.items for gap in gaps] == [49, 1] and "Safety.x.000" in gaps[1].what
    (tmp_path / FILE).write_text('{"splits": {"Daily": ')
    assert "damaged" in check(tmp_path)[0].what
    with pytest.raises(ValueError, match="damaged"):
        load(tmp_path)
    (tmp_path / FILE).unlink()
    with pytest.raises(ValueError, match="take it from"):
        load(tmp_path)


def test_tasks_become_conversations_at_both_paces(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(onstage, "cast", lambda split: CAST)
    write(tmp_path, {"Daily": {"tasks": [task("Daily", 1), {**task("Daily", 2), "staged_reveal": None}]}})
    fast, slow, *rest = load(tmp_path)
    assert list(parted(rest)[1]) == ["Daily.x.002-fast", "Daily.x.002-slow"]
    assert (fast.id, slow.id) == ("Daily.x.001-fast", "Daily.x.001-slow") and fast.kind == "Daily"
    lines = [span.text for span in fast.timeline.spans("line")]
    assert lines == ["ask for a table", "for two people at eight", "no three", "thank them", "the conversation is over"]
    assert fast.timeline.spans("line")[0].data["goal"] == "Ask for a table."
    got = {r.measure.name: r.estimate.value for r in score_all(TASK, [fast, slow], Silent().run([fast, slow]))}
    assert got["turn-taking"] == 1.0 and got["task score"] is None and got["instruction following"] is None
