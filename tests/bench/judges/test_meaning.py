"""Contradictions are found where they are, and not where there are none."""

import pytest

from microturn.bench.judges.meaning import compare
from microturn.bench.judges.opposites import exclusive, opposite, stem, synonym
from microturn.bench.judges.similarity import Lettered

SIMILARITY = Lettered()


@pytest.mark.parametrize(
    ("expected", "reply"),
    [
        ("The gate is open.", "The gate is not open."),
        ("The gate is open.", "The gate is closed."),
        ("The gate is locked.", "The gate is unlocked."),
        ("Nobody saw the fox.", "They saw the fox."),
        ("The boy pushed the girl.", "The girl pushed the boy."),
        ("The ball is green.", "The ball is yellow."),
        ("Take it at seven.", "Take it at eight."),
        ("snow in the east, wind in the west", "wind in the east, snow in the west"),
    ],
)
def test_contradictions(expected: str, reply: str) -> None:
    assert compare(expected, reply, SIMILARITY).contradictions


@pytest.mark.parametrize(
    ("expected", "reply"),
    [
        ("The gate is not open.", "The gate is closed."),
        ("He forgot to lock the gate.", "He did not lock the gate."),
        ("The boy pushed the girl.", "The girl was pushed by the boy."),
        ("Take it at seven.", "Take it at 7:00."),
        ("flour, butter and milk", "milk, butter and flour"),
        ("The word is green.", "It is green, not yellow."),
    ],
)
def test_no_contradictions(expected: str, reply: str) -> None:
    assert not compare(expected, reply, SIMILARITY).contradictions


def test_stems_and_their_relations() -> None:
    assert stem("opened") == stem("opening") == stem("opens") and stem("went") == stem("goes")
    assert opposite(stem("warmer"), stem("colder")) and opposite("valid", "invalid")
    assert exclusive("red", "blue") and not exclusive("red", "red")
    assert synonym(stem("couch"), stem("sofas")) and not synonym("cat", "dog")


def test_an_empty_reply_covers_nothing() -> None:
    compared = compare("The gate is open.", "", SIMILARITY)
    assert compared.covered == 0 and compared.likeness == 0
