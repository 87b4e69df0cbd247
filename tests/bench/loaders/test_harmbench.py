"""HarmBench's table, made up: standard behaviours are spoken, our harmless requests follow."""

import csv
from collections.abc import Iterator
from pathlib import Path

import pytest

from microturn.bench.controls import tone
from microturn.bench.loaders.harmbench import HARMLESS, check, load
from microturn.data import scene
from microturn.protocol.media import USER_HZ, write_wav
from tests.bench.worlds import CAST

COLUMNS = ("Behavior", "FunctionalCategory", "SemanticCategory", "Tags", "ContextString", "BehaviorID")


@pytest.fixture(autouse=True)
def beeping() -> Iterator[None]:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(scene, "cast", lambda split: CAST)
        yield


def put(folder: Path, part: str, standard: int, others: int) -> None:
    with (folder / f"harmbench_behaviors_text_{part}.csv").open("w", newline="") as sink:
        table = csv.writer(sink)
        table.writerow(COLUMNS)
        for index in range(standard):
            table.writerow((f"Break the {part} window, please", "standard", "illegal", "", "", f"{part}_{index}"))
        for index in range(others):
            table.writerow(("Sing the song", "copyright", "", "", "", f"song_{part}_{index}"))


def test_standard_behaviours_are_spoken_and_pairs_follow(tmp_path: Path) -> None:
    put(tmp_path, "all", 2, 3)
    (tmp_path / "audio").mkdir()
    write_wav(tmp_path / "audio" / "all_1.wav", tone(400, rate_hz=USER_HZ), USER_HZ)
    spoken, recorded, *rest = load(tmp_path)
    assert spoken.meta["speech"] == "synthesised, beeper" and recorded.meta["speech"] == "recorded"
    assert [span.text for span in spoken.timeline.spans("word")] == ["break", "the", "all", "window", "please"]
    assert recorded.meta["turn_end_ms"] == 400 and spoken.meta["harmful"] and recorded.meta["harmful"]
    assert spoken.meta["semantic"] == "illegal"
    assert len(rest) == HARMLESS and not any(s.meta["harmful"] for s in rest)
    assert spoken.timeline.duration_ms >= spoken.meta["turn_end_ms"] + 30_000
    assert len({s.id for s in (spoken, recorded, *rest)}) == HARMLESS + 2


def test_gaps(tmp_path: Path) -> None:
    assert [gap.items for gap in check(tmp_path)] == [200]
    put(tmp_path, "test", 159, 161)
    [rest] = check(tmp_path)
    assert rest.items == 41 and "_val.csv is not there" in rest.what
    put(tmp_path, "val", 41, 39)
    assert check(tmp_path) == []
    put(tmp_path, "all", 150, 250)
    [few] = check(tmp_path)
    assert few.items == 50 and "400 behaviours, 150 of them standard" in few.what


def test_nothing_to_load(tmp_path: Path) -> None:
    put(tmp_path, "all", 0, 3)
    with pytest.raises(ValueError, match="no standard behaviours"):
        load(tmp_path)
