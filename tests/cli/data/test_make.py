"""`microturn data make`: by hours or shards, kept where they are there, audited if asked; nothing is spoken here."""

from functools import partial
from pathlib import Path

import pytest

from microturn.cli import main
from microturn.data import factory
from microturn.data.scene import make_scene
from tests.data.test_acts import CAST


@pytest.fixture(autouse=True)
def beeps(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(factory, "make_scene", partial(make_scene, cast_of=CAST))


def test_hours_become_shards_and_are_audited(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    words = ["data", "make", "--out", str(tmp_path), "--hours", "0.03", "--sessions", "1", "--workers", "1"]
    status = main([*words, "--audit"])
    said = capsys.readouterr().out
    assert [path.name for path in sorted(tmp_path.glob("*.npz"))] == ["00000.npz", "00001.npz"]
    assert "about 0.0 hours in" in said and '"sessions": 2' in said
    assert status == int('"faults": 0' not in said)
    before = {path: path.read_bytes() for path in tmp_path.glob("*.npz")}
    assert main(words) == 0 and "hours in" not in capsys.readouterr().out
    assert before == {path: path.read_bytes() for path in tmp_path.glob("*.npz")}


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        (["--hours", "0"], "--hours is a number of hours above 0"),
        (["--sessions", "0"], "--sessions and --workers are numbers from 1 on"),
        (["--mixture", "soup"], "no mixture 'soup'"),
    ],
)
def test_what_cannot_be_made_is_one_sentence(
    words: list[str], sentence: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["data", "make", "--out", str(tmp_path), *words]) == 2
    assert sentence in capsys.readouterr().err
