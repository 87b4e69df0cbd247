"""Behaviour tags, the split before and after, and means without outliers, on numbers of our own."""

import numpy as np
import pytest

from microturn.bench.rules.fdb_v15 import (
    before_after,
    robust,
    shares,
    span_s,
    split_time,
    tags,
    words_per_minute,
)

WORDS = [(1.0, 1.5), (1.6, 2.0), (3.0, 3.5)]


@pytest.mark.parametrize(
    ("reply", "found"),
    [
        ('{"behaviour": ["C_RESUME"]}', ["C_RESUME"]),
        ('So {this} is it: {"behaviour": ["C_RESPOND"]} and {"behaviour": ["C_UNKNOWN"]}', ["C_RESPOND"]),
        ('{"why": 1} {"behaviour": []}', []),
        ('{"inner": {"behaviour": ["C_RESUME"]}}', None),  # only the object's own key
        ("no object", None),
        ("{", None),
    ],
)
def test_the_first_object_with_the_key_counts(reply, found) -> None:
    got = tags(reply)
    assert (got is None) if found is None else got == {"behaviour": found}


def test_shares_are_of_tags_and_not_of_records() -> None:
    got = shares([{"behaviour": ["C_RESUME", "C_UNKNOWN"]}, {"behaviour": ["C_RESUME"]}, {"behaviour": None}, {}])
    assert got["totals"] == {"C": 3}
    assert got["ratios"]["C"] == pytest.approx({"C_RESUME": 2 / 3, "C_UNKNOWN": 1 / 3})
    assert shares([]) == {"counts": {}, "totals": {}, "ratios": {}}


@pytest.mark.parametrize(
    ("until_s", "at_s", "before"), [(0.5, 1.0, 0), (1.5, 1.6, 1), (1.7, 1.6, 1), (2.5, 3.0, 2), (9.0, 3.5, 3)]
)
def test_after_begins_with_the_first_word_that_ends_after_the_disturbance(until_s, at_s, before) -> None:
    assert split_time(WORDS, until_s) == at_s
    parts = before_after(WORDS, until_s)
    assert len(parts[0]) == before and [*parts[0], *parts[1]] == WORDS


def test_rates() -> None:
    assert words_per_minute(WORDS) == pytest.approx(3 * 60 / 2.5)
    assert words_per_minute([]) == 0 and words_per_minute([(1.0, 1.0)]) == 0
    assert span_s([(1.0, 1.5), (2.0, None)]) == 1.0


VALUES = [150.0, 152.0, 149.0, 151.0, 148.0, 153.0, 900.0]


@pytest.mark.parametrize(
    ("rule", "kept"), [("none", 7), ("iqr", 6), ("mad", 6), ("zscore", 7), ("winsor", 7), ("trim", 5)]
)
def test_outliers_by_rule(rule, kept) -> None:
    values = robust(VALUES, rule)
    assert len(values) == kept
    assert (900.0 in values) == (rule in ("none", "zscore"))


@pytest.mark.parametrize("rule", ["none", "iqr", "mad", "zscore", "winsor", "trim"])
def test_few_or_equal_values_all_count(rule) -> None:
    assert list(robust([1.0, 900.0], rule)) == [1.0, 900.0]
    assert list(robust([5.0] * 6, rule)) == [5.0] * 6
    assert len(robust([], rule)) == 0


def test_an_unknown_rule_is_told() -> None:
    with pytest.raises(ValueError, match="give none, iqr"):
        robust(VALUES, "guess")


def test_what_is_kept_is_among_the_values() -> None:
    rng = np.random.default_rng(0)
    for rule in ("iqr", "mad", "zscore", "trim"):
        values = rng.standard_cauchy(30)
        assert set(robust(values.tolist(), rule)) <= set(values)
