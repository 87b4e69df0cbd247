"""The user's notes, which last across sessions: found again by their words (SQLite FTS5, one file)."""

import sqlite3
from contextlib import closing
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from microturn.background.memory.kept import home, opened
from microturn.background.memory.ranking import content_words

LONGEST, MOST = 500, 1000  # characters of a note; notes
RECALLED = 5
SCHEMA = "CREATE VIRTUAL TABLE IF NOT EXISTS notes USING fts5(text, made UNINDEXED, tokenize='porter unicode61')"


@dataclass(frozen=True, kw_only=True)
class Note:
    """`id` is how a note is forgotten; `made` is the day, as 2026-11-23."""

    id: int
    text: str
    made: str


class Notes:
    """The notes, one file, made with the first. ValueError when the file holds none, or a note cannot be kept."""

    def __init__(self, path: Path | None = None) -> None:
        self.path = path or home() / "notes.sqlite"

    def add(self, text: str, made: datetime) -> None:
        """Keep a note; one that is there already is dated anew."""
        text = " ".join(text.split())
        if not 0 < len(text) <= LONGEST:
            raise ValueError(f"a note has 1 to {LONGEST} characters, got {len(text)}")
        self.path.parent.mkdir(parents=True, exist_ok=True)
        with closing(self._open()) as kept, kept:
            kept.execute("DELETE FROM notes WHERE text = ?", (text,))
            if kept.execute("SELECT count(*) FROM notes").fetchone()[0] >= MOST:
                raise ValueError(
                    f"there are {MOST} notes, which is the most: forget some with `microturn notes forget`"
                )
            kept.execute("INSERT INTO notes (text, made) VALUES (?, ?)", (text, f"{made:%Y-%m-%d}"))

    def search(self, query: str, most: int = RECALLED) -> list[Note]:
        """The notes that share telling words with the query, best first; the latest ones where it has no such word."""
        words = content_words(query)
        if not words:
            return self.all()[-most:][::-1]
        matching = " OR ".join(f'"{word}"' for word in words)
        return self._rows("WHERE notes MATCH ? ORDER BY bm25(notes) LIMIT ?", (matching, most))

    def all(self) -> list[Note]:
        """Every note, oldest first."""
        return self._rows("ORDER BY rowid")

    def forget(self, id: int) -> bool:
        """Whether there was such a note."""
        return bool(self._delete("DELETE FROM notes WHERE rowid = ?", (id,)))

    def clear(self) -> int:
        """Forget all; how many there were."""
        return self._delete("DELETE FROM notes")

    def _rows(self, which: str, values: tuple[str | int, ...] = ()) -> list[Note]:
        if not self.path.is_file():
            return []
        with closing(self._open()) as kept:
            rows = kept.execute(f"SELECT rowid, text, made FROM notes {which}", values).fetchall()
        return [Note(id=row, text=text, made=made) for row, text, made in rows]

    def _delete(self, statement: str, values: tuple[int, ...] = ()) -> int:
        if not self.path.is_file():
            return 0
        with closing(self._open()) as kept:
            with kept:
                gone = kept.execute(statement, values).rowcount
                kept.execute("INSERT INTO notes (notes) VALUES ('optimize')")
            kept.execute("VACUUM")  # what is forgotten is gone from the file, too
        return gone

    def _open(self) -> sqlite3.Connection:
        return opened(self.path, SCHEMA, remedy="holds no notes: delete it")
