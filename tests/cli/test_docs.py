"""`microturn docs`: add, search, list and remove, with their status."""

from pathlib import Path

import pytest

from microturn.cli import main


def test_docs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    monkeypatch.setenv("MICROTURN_HOME", str(tmp_path / "home"))
    note = tmp_path / "note.txt"
    note.write_text("The key lies under the stone.")
    assert main(["docs", "list"]) == 1
    assert main(["docs", "add", str(note)]) == 0
    assert "1 files indexed in 1 passages" in capsys.readouterr().out
    assert main(["docs", "search", "key"]) == 0 and "under the stone" in capsys.readouterr().out
    assert main(["docs", "search", "horse"]) == 1
    assert main(["docs", "remove", str(note)]) == 0 and main(["docs", "list"]) == 1
    assert main(["docs", "add", str(tmp_path / "nothing")]) == 2
    assert "there is no" in capsys.readouterr().err
