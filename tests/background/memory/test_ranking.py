"""Passages by words and by meaning: the fused ranking finds what is asked in other words, and keeps what words find."""

import json
import sqlite3
from collections.abc import Iterator
from pathlib import Path

import pytest

from microturn.background.memory import ranking
from microturn.features import minilm

needed = pytest.mark.skipif(not minilm.available(), reason="the sentence embeddings are not installed")
LINES = [json.loads(line) for line in (Path(__file__).parent / "look_ups.jsonl").read_text().splitlines()]
PASSAGES = [line["passage"] for line in LINES]


def index_of(passages: list[str]) -> sqlite3.Connection:
    index = sqlite3.connect(":memory:")
    index.execute("CREATE VIRTUAL TABLE passages USING fts5(text, tokenize='porter unicode61')")
    index.execute(ranking.VECTORS)
    index.executemany("INSERT INTO passages (rowid, text) VALUES (?, ?)", list(enumerate(passages)))
    return index


@pytest.fixture(scope="module")
def embedded() -> Iterator[sqlite3.Connection]:
    index = index_of(PASSAGES)
    steps = list(ranking.embed(index))
    assert steps[-1] == (len(PASSAGES), len(PASSAGES)) and list(ranking.embed(index)) == []
    yield index
    index.close()


def right_ones(index: sqlite3.Connection, kind: str, split: str = "test") -> tuple[int, int]:
    """How many questions of a kind have their passage first, of how many."""
    asked = [i for i, line in enumerate(LINES) if (line["kind"], line["split"]) == (kind, split)]
    first = [ranking.find(index, LINES[i]["question"], 1) for i in asked]
    return sum(bool(found) and found[0][0] == i for i, found in zip(asked, first, strict=True)), len(asked)


def test_words_alone() -> None:
    index = index_of(PASSAGES)
    assert right_ones(index, "paraphrase") == (0, 16)
    assert right_ones(index, "same words") == (8, 8) and right_ones(index, "names") == (6, 6)


@needed
def test_words_and_meaning(embedded: sqlite3.Connection) -> None:
    """The figures of the module's docstring."""
    assert right_ones(embedded, "paraphrase") == (14, 16)
    assert right_ones(embedded, "same words") == (8, 8) and right_ones(embedded, "names") == (6, 6)


@needed
def test_a_place_by_words_counts_only_with_half_of_them(
    embedded: sqlite3.Connection, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(ranking, "COVERS", 0.0)
    assert right_ones(embedded, "paraphrase")[0] < 10


@needed
def test_what_has_nothing_to_do_with_it_is_not_found(embedded: sqlite3.Connection) -> None:
    assert ranking.find(embedded, "who wrote hamlet", 5) == []
    assert ranking.find(embedded, "the of", 5) == []


@needed
def test_a_passage_without_a_vector_is_found_by_its_words() -> None:
    index = index_of(PASSAGES[:8])
    list(ranking.embed(index))
    index.execute("INSERT INTO passages (rowid, text) VALUES (999, 'The zeppelin lands at noon.')")
    assert ranking.find(index, "when does the zeppelin land", 1)[0][0] == 999


@needed
def test_embedding_that_is_broken_off_goes_on() -> None:
    index = index_of(PASSAGES[:20])
    steps = ranking.embed(index)
    assert next(steps) == (ranking.TOGETHER, 20)
    steps.close()
    assert index.execute("SELECT count(*) FROM vectors").fetchone() == (ranking.TOGETHER,)
    assert list(ranking.embed(index))[-1] == (20 - ranking.TOGETHER, 20 - ranking.TOGETHER)


def test_two_rankings_as_one() -> None:
    both = ranking.fused([(1, True), (2, False), (3, True)], [3, 4])
    assert [row for row, _ in both] == [3, 1, 4, 2]
    assert both[0][1] < 1.0 and both[-1] == (2, 0.0)
    assert ranking.fused([(7, True)], [7]) == [(7, 1.0)]


def test_telling_words() -> None:
    assert ranking.content_words("What is the code of the alarm, the alarm?") == ["code", "alarm"]
    assert ranking.covered("the opening of the shop", "The shops open at nine") == 1.0
    assert ranking.covered("the of", "anything") == 0.0
