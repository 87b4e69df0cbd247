"""`microturn notes`: list, forget and clear, with their status."""

from datetime import datetime
from pathlib import Path

import pytest

from microturn.background.memory.notes import Notes
from microturn.cli import main


def test_notes(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    monkeypatch.setenv("MICROTURN_HOME", str(tmp_path))
    assert main(["notes", "list"]) == 1 and main(["notes", "clear"]) == 1
    for text in ("the key lies under the stone", "buy lamps"):
        Notes().add(text, datetime(2026, 11, 22))
    capsys.readouterr()
    assert main(["notes", "list"]) == 0
    assert capsys.readouterr().out.splitlines()[0].split(maxsplit=2) == [
        "1",
        "2026-11-22",
        "the key lies under the stone",
    ]
    assert main(["notes", "forget", "1"]) == 0 and main(["notes", "forget", "1"]) == 1
    assert [note.text for note in Notes().all()] == ["buy lamps"]
    assert main(["notes", "clear"]) == 0 and Notes().all() == []
