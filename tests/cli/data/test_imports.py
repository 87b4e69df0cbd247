"""`microturn data import`: each kind comes in, what is skipped is counted with its reason, and the status says it."""

import errno
from pathlib import Path

import numpy as np
import pytest

from microturn.cli import main
from microturn.data.corpora import lhotse, moshi
from microturn.data.shards import Shard
from microturn.protocol.media import USER_HZ, write_wav
from microturn.protocol.timeline import FILE
from tests.data.corpora.talks import USER, long_talk, talk, tone

SRT = "1\n00:00:00,400 --> 00:00:01,200\nWhat time is it?\n"


@pytest.fixture
def corpora(tmp_path: Path) -> Path:
    """One of each kind, a folder each."""
    list(moshi.write([("a", talk()), ("b", talk())], tmp_path / "moshi"))
    list(lhotse.write([("a", talk()), ("b", talk())], tmp_path / "lhotse"))
    for name in ("a", "b"):
        talk().save(tmp_path / "recordings" / name)
        for kind, ending, text in (("subtitles", "srt", SRT), ("folder", "txt", "what time")):
            (tmp_path / kind).mkdir(exist_ok=True)
            write_wav(tmp_path / kind / f"{name}.wav", tone(USER, USER_HZ, 5000.0, 300.0), USER_HZ)
            (tmp_path / kind / f"{name}.{ending}").write_text(text)
    return tmp_path


def table(capsys: pytest.CaptureFixture[str]) -> str:
    """What was printed, spaces made one."""
    return " ".join(capsys.readouterr().out.split())


@pytest.mark.parametrize("kind", ["moshi", "lhotse", "subtitles", "folder", "recordings"])
def test_every_kind_comes_in(corpora: Path, kind: str, capsys: pytest.CaptureFixture[str]) -> None:
    words = ["data", "import", kind, str(corpora / kind), "--licence", "CC0", "--spread"]
    assert main([*words, "--out", str(corpora / "shards"), "--sessions", "1"]) == 0
    shards = sorted((corpora / "shards").glob("*.npz"))
    assert len(shards) == 2 and Shard(shards[0]).about["items"][0]["provenance"][0]["licence"] == "CC0"
    assert main([*words, "--out", str(corpora / "timelines"), "--as", "timelines"]) == 0
    assert len(list((corpora / "timelines").rglob(FILE))) == 2
    assert table(capsys).count("2 imported 0.00 hours") == 2
    assert main([*words, "--out", str(corpora / "shards"), "--sessions", "1"]) == 0
    assert "0 imported 0.00 hours 2 kept from before" in table(capsys)


def test_reasons_are_counted_and_nothing_is_status_1(corpora: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (corpora / "moshi" / "data_stereo" / "b.json").unlink()
    out = str(corpora / "out")
    assert main(["data", "import", "moshi", str(corpora / "moshi"), "--out", out]) == 0
    said = table(capsys)
    assert (
        "1 imported 0.00 hours 1 the words' times: exact" in said
        and "1 skipped: missing transcript data_stereo/b: b.json is not there" in said
    )
    assert main(["data", "import", "folder", str(corpora / "folder"), "--out", str(corpora / "none")]) == 1
    assert "0 imported 0.00 hours 2 skipped: text does not match" in table(capsys)  # it is a tone


def test_long_recordings_are_cut(corpora: Path) -> None:
    long_talk(10).save(corpora / "recordings" / "long")
    words = ["data", "import", "recordings", str(corpora / "recordings"), "--window", "9", "--as", "timelines"]
    assert main([*words, "--out", str(corpora / "out")]) == 0
    assert len(list((corpora / "out").glob("long-*"))) >= 5


def test_a_full_disk_is_one_sentence(
    corpora: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    savez, calls = np.savez, list[int]()

    def filling(*args: object, **arrays: object) -> None:
        calls.append(1)
        if len(calls) == 2:
            raise OSError(errno.ENOSPC, "No space left on device")
        savez(*args, **arrays)  # pyright: ignore[reportArgumentType]

    monkeypatch.setattr(np, "savez", filling)
    words = ["data", "import", "moshi", str(corpora / "moshi"), "--out", str(corpora / "out"), "--sessions", "1"]
    assert main(words) == 1
    said = capsys.readouterr()
    assert "the disk is full; all that is in" in said.err and "free some space" in said.err
    assert " ".join(said.out.split()).startswith("items what became of them for instance 1 imported 0.00 hours")
    assert [path.name for path in sorted((corpora / "out").glob("*.npz"))] == ["00000.npz"]
    assert main(words) == 0
    assert [path.name for path in sorted((corpora / "out").glob("*.npz"))] == ["00000.npz", "00001.npz"]


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        (["moshi", "gone"], "gone: no such file or folder"),
        (["moshi", "in"], "holds no .jsonl"),
        (["moshi", "."], "lies inside of the corpus"),
        (["lhotse", ".", "--model-channel", "left"], "--model-channel takes a number"),
        (["folder", ".", "--window", "0"], "at least 1 s"),
        (["folder", ".", "--sessions", "0"], "--sessions must be positive"),
        (["subtitles", ".", "--pictures", "25"], "up to 5 a second"),
    ],
)
def test_wrong_use_is_one_sentence(
    words: list[str], sentence: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    Path("in").mkdir()
    assert main(["data", "import", *words, "--out", "out"]) == 2
    assert sentence in capsys.readouterr().err
