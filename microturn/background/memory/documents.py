"""The user's own documents: plain texts cut into passages, found again by their words and their meaning (`ranking`)."""

import html
import re
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

from microturn.background.memory import ranking
from microturn.background.memory.kept import home, opened

KINDS = (".txt", ".md", ".markdown", ".rst", ".html", ".htm", ".csv")
LARGEST_BYTES = 10 << 20
PASSAGE_WORDS = 80
HEADING_WORDS = 8  # a paragraph of one line that is no longer, and no sentence, is a heading
SCHEMA = f"""
CREATE TABLE IF NOT EXISTS files (path TEXT PRIMARY KEY, stamp TEXT NOT NULL);
CREATE VIRTUAL TABLE IF NOT EXISTS passages USING fts5(text, path UNINDEXED, tokenize='porter unicode61');
{ranking.VECTORS};
"""


@dataclass(frozen=True, kw_only=True)
class Passage:
    """A piece of a document; a higher `score` fits better."""

    text: str
    path: str
    score: float


@dataclass(frozen=True, kw_only=True)
class Added:
    """What became of one file: `passages` of it are new, or `why_not` says why it was left out."""

    path: Path
    passages: int = 0
    why_not: str = ""


class Documents:
    """The index, one file, made when something is added first. ValueError when the file is no such index."""

    def __init__(self, path: Path | None = None) -> None:
        self.path = path or home() / "documents.sqlite"

    def add(self, where: Path) -> Iterator[Added]:
        """Index a file or all texts in a folder, new and changed ones only. FileNotFoundError when there is nothing at `where`."""
        if not where.exists():
            raise FileNotFoundError(f"there is no {where}; give a text file or a folder of texts")
        self.path.parent.mkdir(parents=True, exist_ok=True)
        paths = sorted(p for p in where.rglob("*") if p.is_file()) if where.is_dir() else [where]
        with closing(self._open()) as index:
            for path in paths:
                yield _add(index, path.resolve())

    def embed(self) -> Iterator[tuple[int, int]]:
        """After `add`: let passages be found by their meaning, too; (how many, of how many) as it goes on.

        Nothing where the package of the embeddings is not installed, or there is no index.
        """
        if self.path.is_file():
            with closing(self._open()) as index:
                yield from ranking.embed(index)

    def remove(self, where: Path) -> int:
        """Forget a file or everything in a folder; how many files that were."""
        gone = where.resolve()
        with closing(self._open()) as index, index:
            files = [path for path in _files(index) if Path(path).is_relative_to(gone)]
            for path in files:
                _forget(index, path)
        return len(files)

    def files(self) -> list[str]:
        """What is indexed, by name."""
        if not self.path.is_file():
            return []
        with closing(self._open()) as index:
            return sorted(_files(index))

    def search(self, text: str, most: int = 5) -> list[Passage]:
        """The passages that fit `text`, best first; none without an index or a telling word."""
        if not self.path.is_file():
            return []
        with closing(self._open()) as index:
            index.execute("BEGIN")  # what is found stays while it is read
            return [_passage(index, row, score) for row, score in ranking.find(index, text, most)]

    def _open(self) -> sqlite3.Connection:
        return opened(self.path, SCHEMA, remedy="is no index of documents: delete it and add them again")


def _add(index: sqlite3.Connection, path: Path) -> Added:
    try:
        about = path.stat()
        stamp = f"{about.st_size}/{about.st_mtime_ns}"
        if path.suffix.lower() not in KINDS:
            return Added(path=path, why_not=f"not one of {', '.join(KINDS)}")
        if about.st_size > LARGEST_BYTES:
            return Added(path=path, why_not=f"larger than {LARGEST_BYTES >> 20} MB")
        if index.execute("SELECT 1 FROM files WHERE path = ? AND stamp = ?", (str(path), stamp)).fetchone():
            return Added(path=path, why_not="unchanged")
        passages = list(_passages(_plain(path)))
    except (OSError, UnicodeDecodeError) as error:
        return Added(path=path, why_not=f"cannot be read: {error}")
    with index:
        _forget(index, str(path))
        index.executemany("INSERT INTO passages (text, path) VALUES (?, ?)", [(text, str(path)) for text in passages])
        index.execute("INSERT INTO files VALUES (?, ?)", (str(path), stamp))
    return Added(path=path, passages=len(passages))


def _plain(path: Path) -> str:
    text = path.read_text(encoding="utf-8")
    if path.suffix.lower() in (".html", ".htm"):
        text = re.sub(r"(?is)<(script|style).*?</\1>", " ", text)
        text = html.unescape(re.sub(r"<[^>]+>", " ", text))
    return text


def _passages(text: str) -> Iterator[str]:
    """Paragraphs with their lines, long ones in pieces; a heading goes with the paragraph under it."""
    heading = ""
    for paragraph in re.split(r"\n\s*\n", text):
        lines = [line.split() for line in paragraph.splitlines() if line.strip()]
        if len(lines) == 1 and (len(lines[0]) <= HEADING_WORDS) and not lines[0][-1].endswith((".", "!", "?")):
            if heading:
                yield heading
            heading = " ".join(lines[0])
            continue
        for piece in _pieces(lines):
            yield f"{heading}\n{piece}".strip()
        heading = ""
    if heading:
        yield heading


def _pieces(lines: list[list[str]]) -> Iterator[str]:
    """Lines together up to `PASSAGE_WORDS`; a longer line in pieces."""
    held: list[list[str]] = []
    for line in lines:
        for start in range(0, len(line), PASSAGE_WORDS):
            part = line[start : start + PASSAGE_WORDS]
            if held and sum(map(len, held)) + len(part) > PASSAGE_WORDS:
                yield "\n".join(map(" ".join, held))
                held = []
            held.append(part)
    if held:
        yield "\n".join(map(" ".join, held))


def _files(index: sqlite3.Connection) -> list[str]:
    return [path for (path,) in index.execute("SELECT path FROM files")]


def _passage(index: sqlite3.Connection, row: int, score: float) -> Passage:
    text, path = index.execute("SELECT text, path FROM passages WHERE rowid = ?", (row,)).fetchone()
    return Passage(text=text, path=path, score=score)


def _forget(index: sqlite3.Connection, path: str) -> None:
    if not index.execute("DELETE FROM files WHERE path = ?", (path,)).rowcount:
        return
    index.execute("DELETE FROM vectors WHERE passage IN (SELECT rowid FROM passages WHERE path = ?)", (path,))
    index.execute("DELETE FROM passages WHERE path = ?", (path,))
