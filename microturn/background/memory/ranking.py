"""Passages found by their words and by their meaning: BM25 (SQLite FTS5) and sentence embeddings, fused by rank.

The index has a table `passages` (FTS5, a column `text`), made by its owner, and `vectors`, one unit vector as float16 for
each passage that has been embedded. Ranks are fused after Cormack et al. 2009 (reciprocal rank fusion, k 60), but a place
by words counts only where a passage has half of the question's telling words: one word in common is no answer. Without the
package of the embeddings, or before anything is embedded, words alone rank.

The right passage comes first for 28 of 30 made-up spoken questions that nothing was tuned on (93% [79, 98]), for 14 by BM25
alone (47% [30, 64]) and for 20 where every place by words counts (67% [49, 81]): 16 of them share no telling word with
their passage, 14 do or ask by a name or a number (`tests/background/look_ups.jsonl`, `test_ranking.py`).

Letters: P passages, D width.
"""

# ruff: noqa: SIM905  (a row of quoted strings is no easier to read)

import re
import sqlite3
from collections.abc import Generator, Sequence

import numpy as np
from numpy.typing import NDArray

from microturn.features import minilm

VECTORS = "CREATE TABLE IF NOT EXISTS vectors (passage INTEGER PRIMARY KEY, vector BLOB NOT NULL)"
RANK_K = 60.0
CANDIDATES = 50  # of each of the two rankings
COVERS = 0.5  # the share of the question's telling words with which a place by words counts
NEAREST = 0.25  # the least cosine of a passage that has to do with the question
TOGETHER = 8  # passages embedded at a time: more are slower, they leave the cache
STEM = 5  # letters that tell a word from others, without its ending
ENDING = re.compile(r"(?<=\w{3})(?:ing|ed|es|e|s)$")
STOP = frozenset(
    "a an and any are as at be by can do does for from how i in is it its me my of on or our please tell that the their there this to "
    "was what when where which who why will with you your find out look up".split()
)
Ranked = list[tuple[int, float]]


def content_words(text: str) -> list[str]:
    """The telling words of a question, in order, each once."""
    return list(dict.fromkeys(word for word in re.findall(r"\w+", text.lower()) if word not in STOP))


def covered(question: str, text: str) -> float:
    """The share of the question's telling words that are in a text, by their first letters; 0 where it has none."""
    wanted = _stems(question)
    return len(wanted & _stems(text)) / len(wanted) if wanted else 0.0


def find(index: sqlite3.Connection, question: str, most: int) -> Ranked:
    """The row and score of the passages that fit a question, best first; a higher score fits better.

    None where the question has no telling word.
    """
    words = content_words(question)
    if not words:
        return []
    query = " OR ".join(f'"{word}"' for word in words)
    rows: list[tuple[int, str, float]] = index.execute(
        "SELECT rowid, text, -bm25(passages) FROM passages WHERE passages MATCH ? ORDER BY 3 DESC LIMIT ?",
        (query, max(most, CANDIDATES)),
    ).fetchall()
    near = nearest(index, question)
    if not near:
        return [(row, score) for row, _, score in rows][:most]
    return fused([(row, covered(question, text) >= COVERS) for row, text, _ in rows], near)[:most]


def fused(by_words: Sequence[tuple[int, bool]], by_meaning: Sequence[int]) -> Ranked:
    """Two rankings as one, with scores up to 1; of `by_words` those that are True count, the others come last."""
    scores = {row: 0.0 for row, _ in by_words}
    for rank, (row, counts) in enumerate(by_words, 1):
        scores[row] += counts / (RANK_K + rank)
    for rank, row in enumerate(by_meaning, 1):
        scores[row] = scores.get(row, 0.0) + 1.0 / (RANK_K + rank)
    best = 2.0 / (RANK_K + 1.0)
    return [(row, score / best) for row, score in sorted(scores.items(), key=lambda kept: -kept[1])]


def nearest(index: sqlite3.Connection, question: str) -> list[int]:
    """The rows of the passages that are nearest in meaning, nearest first; none where nothing is embedded, or can be."""
    if not minilm.available():
        return []
    rows, vectors_PD = _vectors(index)
    if not rows:
        return []
    likeness_P = vectors_PD @ minilm.minilm().embed([question])[0]
    order_P = np.argsort(-likeness_P, kind="stable")[:CANDIDATES]
    return [rows[place] for place in order_P if likeness_P[place] >= NEAREST]


def embed(index: sqlite3.Connection) -> Generator[tuple[int, int], None, None]:
    """Give every passage that lacks one its vector, and say (how many, of how many) again and again. What is done is
    kept when it is broken off. Nothing without the package of the embeddings. About 30 ms a full passage on one core."""
    if not minilm.available():
        return
    lacking = index.execute(
        "SELECT rowid, text FROM passages WHERE rowid NOT IN (SELECT passage FROM vectors) ORDER BY length(text)"
    ).fetchall()
    for start in range(0, len(lacking), TOGETHER):
        batch = lacking[start : start + TOGETHER]
        vectors_PD = minilm.minilm().embed([text for _, text in batch]).astype(np.float16)
        with index:  # a passage that was forgotten in the meantime gets none
            index.executemany(
                "INSERT OR REPLACE INTO vectors SELECT rowid, ? FROM passages WHERE rowid = ?",
                [(vector_D.tobytes(), row) for (row, _), vector_D in zip(batch, vectors_PD, strict=True)],
            )
        yield start + len(batch), len(lacking)


def _stems(text: str) -> set[str]:
    return {ENDING.sub("", word)[:STEM] for word in content_words(text)}


def _vectors(index: sqlite3.Connection) -> tuple[list[int], NDArray[np.float32]]:
    kept = index.execute("SELECT passage, vector FROM vectors").fetchall()
    rows = [row for row, _ in kept]
    flat = np.frombuffer(b"".join(vector for _, vector in kept), np.float16)
    return rows, flat.reshape(len(rows), -1).astype(np.float32) if rows else np.zeros((0, 0), np.float32)
