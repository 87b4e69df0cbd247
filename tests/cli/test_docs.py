"""`microturn docs`: add, search, list and remove, with their status."""

from pathlib import Path

import pytest

from microturn.cli import main
from microturn.features import minilm


def test_docs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    monkeypatch.setenv("MICROTURN_HOME", str(tmp_path / "home"))
    note = tmp_path / "note.txt"
    note.write_text("The key lies under the stone.")
    assert main(["docs", "list"]) == 1
    assert main(["docs", "add", str(note)]) == 0
    assert "1 files indexed in 1 passages" in capsys.readouterr().out
    assert (
        main(["docs", "search", "where", "do", "i", "find", "it", "key"]) == 0
        and "under the stone" in capsys.readouterr().out
    )
    assert main(["docs", "search", "horse"]) == 1
    assert main(["docs", "remove", str(note)]) == 0 and main(["docs", "list"]) == 1
    assert main(["docs", "add", str(tmp_path / "nothing")]) == 2
    assert "there is no" in capsys.readouterr().err


def test_without_the_embeddings_it_says_so(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("MICROTURN_HOME", str(tmp_path / "home"))
    monkeypatch.setattr(minilm, "PACKAGE", "no_such_package")
    (tmp_path / "note.txt").write_text("The key lies under the stone.")
    assert main(["docs", "add", str(tmp_path / "note.txt")]) == 0
    assert "found by their words alone" in capsys.readouterr().out
    assert main(["docs", "search", "key"]) == 0
