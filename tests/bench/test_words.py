"""How the scorers read words."""

from microturn.bench.words import find, normalised, numbers


def test_normalised() -> None:
    assert normalised("Twenty-3 reps, um! Don't 45") == ["twenty", "three", "reps", "dont", "forty", "five"]
    assert normalised("¿Dónde está? L'hôpital") == ["dónde", "está", "lhôpital"]


def test_find_gives_every_run() -> None:
    assert find(["a", "b"], ["a", "b", "a", "a", "b"]) == [0, 3]
    assert find([], ["a"]) == []


def test_numbers_take_the_longest_reading() -> None:
    assert numbers(["one", "so", "twenty", "one", "thirty", "ten"]) == [(0, 1), (2, 21), (4, 30), (5, 10)]
