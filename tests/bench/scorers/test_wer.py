"""Word errors are Levenshtein's; words, not scenarios, weigh."""

import itertools
import random

import pytest

from microturn.bench.scorers.wer import edit_distance, score_wer
from microturn.protocol.events import Span
from tests.bench.worlds import output, scenario


def slow_distance(a: list[str], b: list[str]) -> int:
    """The recursive definition."""
    if not a or not b:
        return len(a) + len(b)
    return min(slow_distance(a[1:], b) + 1, slow_distance(a, b[1:]) + 1, slow_distance(a[1:], b[1:]) + (a[0] != b[0]))


def test_edit_distance_equals_its_definition() -> None:
    rng = random.Random(0)
    for n, m in itertools.product(range(5), repeat=2):
        a, b = ([rng.choice("xyz") for _ in range(size)] for size in (n, m))
        assert edit_distance(a, b) == slow_distance(a, b)


def test_wer_counts_the_users_words_only() -> None:
    spans = [
        Span(at_ms=i * 500.0, until_ms=i * 500.0 + 400, kind="word", text=word, who=who)
        for i, (word, who) in enumerate([("tell", "user"), ("me", "user"), ("noise", "other"), ("twelve", "user")])
    ]
    heard = [(0.0, 400.0, "Tell"), (1500.0, 1900.0, "12"), (2000.0, 2100.0, "so")]
    score = score_wer(scenario("a", spans), output(heard=heard))
    assert score.value == pytest.approx(2 / 3)
    assert score.weight == 3


def test_nothing_said_is_unscored() -> None:
    assert score_wer(scenario("a"), output(heard=[(0.0, 1.0, "ghost")])).value is None
