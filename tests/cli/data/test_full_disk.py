"""Really full disks, small ones of memory: one sentence, whole files alone stay, and the run goes on when there is room.

They can be mounted by root on Linux; elsewhere these tests are skipped.
"""

import os
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path

import pytest

from microturn.cli import main
from microturn.data import factory
from microturn.data.corpora import moshi
from microturn.data.dialogue import dialogue
from microturn.data.scene import Cast, make_scene
from microturn.data.shards import Shard
from microturn.protocol.timeline import FILE, Timeline
from tests.data.corpora.talks import talk
from tests.data.dialogue import beeps
from tests.data.test_acts import CAST

Words = Callable[[Path], list[str]]


@pytest.fixture
def disk(tmp_path: Path) -> Iterator[Path]:
    """A disk of its own."""
    if sys.platform != "linux" or os.geteuid() != 0:
        pytest.skip("only root can mount a small disk, on Linux")
    place = tmp_path / "disk"
    place.mkdir()
    mounted = subprocess.run(
        ["mount", "-t", "tmpfs", "-o", "size=16m", "tmpfs", place], check=False, capture_output=True
    )
    if mounted.returncode:
        pytest.skip("this system lets nobody mount a small disk")
    yield place
    subprocess.run(["umount", "--lazy", place], check=True)


@pytest.fixture(autouse=True)
def beeping(monkeypatch: pytest.MonkeyPatch) -> None:
    """Nothing is spoken."""

    def cast(split: str) -> Cast:
        return beeps.CAST

    monkeypatch.setattr(factory, "make_scene", partial(make_scene, cast_of=CAST))
    monkeypatch.setattr(dialogue, "cast", cast)


def make(folder: Path) -> list[str]:
    return ["data", "make", "--sessions", "1", "--shards", "3", "--workers", "1"]


def dialogues(folder: Path) -> list[str]:
    texts = beeps.write_texts(folder / "mine.jsonl")
    return ["data", "dialogues", texts, "--sessions", "1", "--shards", "3", "--workers", "1", "--seconds", "20"]


def imports(folder: Path, form: str = "shards") -> list[str]:
    corpus = folder / "moshi"
    list(moshi.write([(name, talk()) for name in "abc"], corpus))
    return ["data", "import", "moshi", str(corpus), "--sessions", "1", "--as", form]


def timelines(folder: Path) -> list[str]:
    return imports(folder, "timelines")


def whole(folder: Path) -> dict[str, bytes]:
    """Every finished thing of a folder by its name; each must open. Nothing half-written lies beside them."""
    assert not list(folder.rglob("*.part")) and not list(folder.rglob(".*.part"))
    for path in folder.glob("*.npz"):
        assert len(Shard(path)[0])
    for path in folder.rglob(FILE):
        assert Timeline.load(path.parent).duration_ms
    finished = (path for path in folder.rglob("*") if path.is_file() and path.suffix != ".ndjson")
    return {str(path.relative_to(folder)): path.read_bytes() for path in finished}


def leave(disk: Path, room: int) -> Path:
    """Fill the disk but for so many bytes; the file that does it."""
    filler = disk / "filler"
    filler.write_bytes(bytes(max(0, shutil.disk_usage(disk).free - room)))
    return filler


@pytest.mark.parametrize("words", [make, dialogues, imports, timelines])
def test_a_full_disk(words: Words, disk: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    command, out = words(tmp_path), disk / "out"
    assert main([*command, "--out", str(tmp_path / "wanted")]) == 0
    wanted = whole(tmp_path / "wanted")
    third = sum(map(len, wanted.values())) // 3
    filler = leave(disk, 2 * third)  # room for one, not for all
    capsys.readouterr()
    assert main([*command, "--out", str(out)]) in (1, 2)
    said = " ".join(capsys.readouterr().err.split())
    assert "no room left on the disk: make some, and run this again" in said or "the disk is full" in said
    before = whole(out)
    assert 0 < len(before) < len(wanted) and before.items() <= wanted.items()
    filler.unlink()
    assert main([*command, "--out", str(out)]) == 0
    assert whole(out) == wanted


def test_workers_stop_too(disk: Path) -> None:
    leave(disk, 0)
    with pytest.raises(ValueError, match="there is no room left on the disk"):
        list(factory.in_parallel(partial(one_shard, disk), disk, factory.DataConfig(shards=4), workers=2))
    assert [path.name for path in disk.iterdir()] == ["filler"]


def one_shard(folder: Path, number: int) -> Path:
    """Somebody else's process: it makes its own beeps."""
    factory.make_scene = partial(make_scene, cast_of=CAST)
    return factory.make_shard(folder, number, factory.DataConfig(sessions=1))
