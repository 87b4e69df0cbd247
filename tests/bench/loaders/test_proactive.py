"""Anybody's items: one line and one sound file each."""

import json
from pathlib import Path

import pytest

from microturn.bench.controls import tone
from microturn.bench.loaders.proactive import check, load
from microturn.bench.scorers.expect import score_expect, score_expect_strict, score_reaction
from microturn.protocol.media import USER_HZ, write_wav
from tests.bench.loaders.parted import parted
from tests.bench.worlds import output

ITEM = {
    "id": "breathe-1",
    "audio": "breathe.wav",
    "group": "interval",
    "expect": [
        {"text": "okay", "window_s": [1.0, 2.0], "allowed": True},
        {"text": "breathe in", "window_s": [3.0, 5.0], "or": ["inhale"], "due_s": 4.0},
    ],
}


def folder_of(path: Path, *items: object) -> Path:
    write_wav(path / "breathe.wav", tone(2000, rate_hz=USER_HZ), USER_HZ)
    lines = [item if isinstance(item, str) else json.dumps(item) for item in items]
    (path / "spec.jsonl").write_text("\n".join(lines) + "\n")
    return path


def test_an_item_is_a_scenario_of_the_suite(tmp_path: Path) -> None:
    folder = folder_of(tmp_path, ITEM, {**ITEM, "id": "quiet", "expect": []})
    item, quiet = load(folder)
    assert (item.id, item.kind, item.timeline.duration_ms) == ("breathe-1", "interval", 7000)
    met = output([(1500, 1800, "okay"), (4200, 4500, "inhale")])
    assert (score_expect(item, met).value, score_expect_strict(item, met).value) == (1, 1)
    assert score_reaction(item, met).value == pytest.approx(0.2)
    assert score_expect(item, output([(5100, 5400, "inhale")])).value == 0
    assert score_expect(quiet, met).value is None
    assert check(folder) == []


@pytest.mark.parametrize(
    ("line", "says"),
    [
        ("{", "Expecting property name"),
        ({**ITEM, "id": "b", "audio": "none.wav"}, "none.wav is missing"),
        ({"id": "a", "audio": "breathe.wav"}, "group is not given"),
        ({**ITEM, "id": "../a"}, "plain name"),
        ({**ITEM, "expect": [{"text": "a", "window_s": [5.0, 3.0]}]}, "window_s has to be"),
        ({**ITEM, "expect": [{"text": " ", "window_s": [3.0, 5.0]}]}, "text is empty"),
        ([1], "an item is an object"),
    ],
)
def test_a_line_that_cannot_be_run_stays_an_item(tmp_path: Path, line: object, says: str) -> None:
    folder = folder_of(tmp_path, ITEM, line)
    [gap] = check(folder)
    assert says in gap.what and "line 2" in gap.what and gap.items == 1
    whole, lost = parted(load(folder))
    assert whole == ["breathe-1"] and [says in why for why in lost.values()] == [True]


def test_an_id_may_be_used_once(tmp_path: Path) -> None:
    folder = folder_of(tmp_path, ITEM, ITEM)
    assert "is taken" in check(folder)[0].what and parted(load(folder))[0] == ["breathe-1"]
    assert "is taken" in parted(load(folder))[1]["line 2"]


def test_without_items_there_is_nothing_to_run(tmp_path: Path) -> None:
    assert "spec.jsonl is missing" in check(tmp_path)[0].what
    with pytest.raises(ValueError, match="no item that can be run"):
        load(tmp_path)


def test_an_item_whose_sound_is_damaged_inside_stays_an_item(tmp_path: Path) -> None:
    folder = folder_of(tmp_path, {**ITEM, "id": "bad", "audio": "bad.flac"}, ITEM)
    (folder / "bad.flac").write_bytes(b"fLaC" + bytes(200))
    whole, lost = parted(load(folder))
    assert whole == ["breathe-1"] and "not a readable audio" in lost["bad"]
