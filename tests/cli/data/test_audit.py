"""`microturn data audit` and `microturn data card`: tables for people, one JSON line for programs, an exit status."""

import json
from dataclasses import replace
from pathlib import Path

import pytest

from microturn.cli import main
from microturn.data.keepsakes import entry_of
from microturn.data.shards import Entry, write_shard
from tests.data.audit.stories import scene, session


def entry(seed: int, split: str = "train") -> Entry:
    one = scene(seed, split=split)
    return entry_of(one, session(one).ticks)


@pytest.fixture(scope="module")
def folders(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    train, test = tmp_path_factory.mktemp("train"), tmp_path_factory.mktemp("test")
    write_shard(train / "00000.npz", [entry(1), entry(2)], {"split": "train", "seeds": [1, 3]})
    spoken = entry(1, "test")
    voiced = replace(spoken, item={**spoken.item, "voice": "espeak/en-us+m5/1"})
    write_shard(test / "00000.npz", [voiced], {"split": "test", "seeds": [1, 2]})
    return train, test


def last(capsys: pytest.CaptureFixture[str]) -> dict:
    return json.loads(capsys.readouterr().out.splitlines()[-1])


def test_sound_folders_pass(folders: tuple[Path, Path], capsys: pytest.CaptureFixture[str]) -> None:
    train, test = map(str, folders)
    for words in ([train, test], [train, "--against", test]):
        assert main(["data", "audit", *words, "--workers", "1"]) == 0
        told = last(capsys)
        assert told["faults"] == 0 and told["reasons"].keys() == {"unknown licence"}
        assert told["sessions"] == (3 if "--against" not in words else 2) and told["folders"][0] == train


def test_a_leak_is_a_fault(folders: tuple[Path, Path], capsys: pytest.CaptureFixture[str]) -> None:
    train = str(folders[0])
    assert main(["data", "audit", train, "--against", train, "--workers", "1"]) == 1
    out = capsys.readouterr().out
    assert "same seed" in out and "same speaker" in out
    assert json.loads(out.splitlines()[-1])["reasons"]["same seed"]["count"] == 2


def test_a_broken_shard_is_a_fault(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "00000.npz").write_bytes(b"torn [bold]")
    assert main(["data", "audit", str(tmp_path), "--workers", "1"]) == 1
    assert last(capsys)["reasons"]["unreadable"]["gravity"] == "fault"


def test_the_card_counts_and_writes_a_page(folders: tuple[Path, Path], capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["data", "card", *map(str, folders)]) == 0
    told = last(capsys)
    assert told["sessions"] == 3 and told["splits"] == {"train": 2, "test": 1}
    made = sum(row["seconds"] for row in told["provenance"] if row["source"].startswith("made here"))
    assert 0 < made < 3600 * told["hours"] + 4
    assert main(["data", "card", *map(str, folders), "--markdown"]) == 0
    assert capsys.readouterr().out.startswith(f"# {folders[0].name} and {folders[1].name}\n")


@pytest.mark.parametrize("command", ["audit", "card", "look"])
def test_what_is_not_there_is_one_sentence(command: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["data", command, str(tmp_path / "gone")]) == 2
    assert main(["data", command, str(tmp_path)]) == 2
    errors = capsys.readouterr().err.splitlines()
    assert errors[0].startswith(f"microturn data {command}: there is no") and "holds no shard" in errors[1]


def test_look_refuses_a_session_that_is_not_there(
    folders: tuple[Path, Path], capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["data", "look", str(folders[0]), "--session", "9"]) == 2
    assert "the shard has 2 sessions" in capsys.readouterr().err
    assert main(["data", "audit", str(folders[0]), "--words", "0"]) == 2
