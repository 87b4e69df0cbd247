"""`remember` and `recall`: notes that last across sessions (SQLite FTS5, one file), as the user had them made."""

import asyncio
import sqlite3
from collections.abc import Callable
from contextlib import closing
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from microturn.background.brief import Brief
from microturn.background.memory.documents import home
from microturn.background.memory.ranking import content_words
from microturn.background.tools.tool import JSON, Found, Tool, ToolError

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
        kept = sqlite3.connect(self.path, timeout=5.0)
        try:
            kept.execute(SCHEMA)
        except sqlite3.DatabaseError as error:
            kept.close()
            raise ValueError(f"{self.path} holds no notes ({error}): delete it") from error
        return kept


def notebook(notes: Notes | None = None, now: Callable[[], datetime] = datetime.now) -> list[Tool]:
    """The tools `remember` and `recall`; the user's notes where none are given."""
    kept = notes or Notes()

    async def remember(arguments: JSON, brief: Brief) -> Found:
        del brief
        try:
            await asyncio.to_thread(kept.add, arguments["note"], now())
        except ValueError as error:
            raise ToolError(str(error)) from error
        return Found(text="noted")

    async def recall(arguments: JSON, brief: Brief) -> Found:
        del brief
        try:
            found = await asyncio.to_thread(kept.search, arguments["query"])
        except ValueError as error:
            raise ToolError("the notes cannot be read") from error
        if not found:
            raise ToolError("there is no note about that")
        return Found(text="\n".join(f"{note.made}: {note.text}" for note in found))

    return [
        Tool(
            name="remember",
            summary="Keep a note for later sessions: only what the user asks to be remembered.",
            parameters=_one_text("note", LONGEST),
            run=remember,
        ),
        Tool(
            name="recall",
            summary="What the user had noted before, by its words; an empty query gives the latest notes.",
            parameters=_one_text("query", 300),
            run=recall,
            foreign=True,
        ),
    ]


def _one_text(name: str, longest: int) -> JSON:
    return {
        "type": "object",
        "properties": {name: {"type": "string", "maxLength": longest}},
        "required": [name],
        "additionalProperties": False,
    }
