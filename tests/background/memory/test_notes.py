"""Notes: kept across sessions, found by their words, forgotten for good."""

from datetime import datetime
from pathlib import Path

import pytest

from microturn.background.memory.notes import LONGEST, Notes

NOW = datetime(2026, 11, 22)


@pytest.fixture
def notes(tmp_path: Path) -> Notes:
    made = Notes(tmp_path / "home" / "notes.sqlite")
    for text in ("the car is parked on level three", "Anna likes tulips", "buy  two\nlamps"):
        made.add(text, NOW)
    return made


def test_they_last(notes: Notes) -> None:
    again = Notes(notes.path)
    assert [note.text for note in again.all()] == [
        "the car is parked on level three",
        "Anna likes tulips",
        "buy two lamps",
    ]
    assert again.search("where did i park the car")[0].text == "the car is parked on level three"
    assert [note.text for note in again.search("what was it", most=2)] == ["buy two lamps", "Anna likes tulips"]
    assert again.search("horse") == [] and again.search('"; DROP TABLE notes') == []


def test_the_same_note_again_is_one(notes: Notes) -> None:
    notes.add("Anna likes tulips", datetime(2027, 1, 1))
    assert [note.made for note in notes.search("tulips")] == ["2027-01-01"] and len(notes.all()) == 3


def test_what_is_forgotten_is_gone_from_the_file(notes: Notes) -> None:
    id = notes.search("tulips")[0].id
    assert notes.forget(id) and not notes.forget(id) and notes.search("tulips") == []
    assert b"tulip" not in notes.path.read_bytes() and b"level three" in notes.path.read_bytes()
    assert notes.clear() == 2 and notes.all() == [] and b"level three" not in notes.path.read_bytes()


def test_what_cannot_be_kept(notes: Notes, monkeypatch: pytest.MonkeyPatch) -> None:
    for text in ("", "  ", "x" * (LONGEST + 1)):
        with pytest.raises(ValueError, match="a note has 1 to"):
            notes.add(text, NOW)
    monkeypatch.setattr("microturn.background.memory.notes.MOST", 3)
    with pytest.raises(ValueError, match="microturn notes forget"):
        notes.add("one more", NOW)
    assert len(notes.all()) == 3


def test_a_file_that_holds_no_notes(tmp_path: Path) -> None:
    path = tmp_path / "notes.sqlite"
    assert Notes(path).all() == [] and Notes(path).clear() == 0 and not path.exists()
    path.write_text("this is not a database, but it is long enough to look at")
    with pytest.raises(ValueError, match="holds no notes"):
        Notes(path).all()
