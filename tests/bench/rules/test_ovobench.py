"""OVO-Bench's scores, with the official faults and without."""

import pytest

from microturn.bench.rules.ovobench import (
    CASES,
    answer,
    choice,
    count,
    f1,
    inconsistent,
    paired,
    report,
    timing,
    totals,
)


@pytest.mark.parametrize(
    ("response", "letter", "official", "fixed"),
    [("B", "B", 1, 1), ("AB", "B", 1, 0), ("The answer is B.", "B", 1, 1), ("Bad", "B", 1, 0), (None, "B", 0, 0)],
)
def test_multiple_choice(response: str | None, letter: str, official: int, fixed: int) -> None:
    assert choice(response, letter) == official and choice(response, letter, mode="fixed") == fixed


@pytest.mark.parametrize(
    ("response", "truth", "official", "fixed"),
    [
        ("3", 3, 1, 1),
        ("1 or 2", 12, 1, 0),
        ("1 or 2", 2, 0, 1),
        ("3 times", 3, 1, 1),
        ("none", 0, 0, 0),
        (None, 0, 0, 0),
    ],
)
def test_counts(response: str | None, truth: int, official: int, fixed: int) -> None:
    assert count(response, truth) == official and count(response, truth, mode="fixed") == fixed


@pytest.mark.parametrize(
    ("response", "kind", "official", "fixed"),
    [("Y", 1, 1, 1), ("N", 0, 1, 1), ("Yes.", 1, 1, 1), ("yes", 1, 0, 1), ("Not sure", 0, 1, 0), ("N", 1, 0, 0)],
)
def test_yes_and_no(response: str, kind: int, official: int, fixed: int) -> None:
    assert answer(response, kind) == official and answer(response, kind, mode="fixed") == fixed


RESULTS = {
    "backward": [{"task": "EPM", "response": ["B"], "ground_truth": "B"}],
    "realtime": [
        {"task": "OCR", "response": "A", "ground_truth": "B"},
        {"task": "ATR", "response": "A", "ground_truth": "A"},
    ],
    "forward": [
        {"task": "REC", "test_info": [{"response": "2", "count": 2}, {"response": "2", "count": 3}]},
        {"task": "CRR", "test_info": [{"response": "No", "type": 0}]},
    ],
}


def test_a_task_a_category_and_the_total() -> None:
    got = report(RESULTS, mode="fixed")
    assert got["tasks"] == {"EPM": 100.0, "OCR": 0.0, "ATR": 100.0, "REC": 50.0, "CRR": 100.0}
    assert (got["backward"], got["realtime"], got["forward"], got["total"]) == (100.0, 50.0, 75.0, 75.0)


def test_lists_crash_the_official_count_and_no_case() -> None:
    lists = {**RESULTS, "forward": [{"task": "REC", "test_info": [{"response": ["2"], "count": 2}]}]}
    with pytest.raises(TypeError):
        report(lists)
    assert report(lists, mode="fixed")["tasks"]["REC"] == 100.0
    cases_score = CASES["OVO-Bench"]["cases_score"]
    assert callable(cases_score) and cases_score(lists) is None


def test_without_a_category_there_is_no_total() -> None:
    with pytest.raises(ValueError, match="no task of the category 'forward'"):
        totals({"backward": {"EPM": 1.0}, "realtime": {"OCR": 1.0}, "forward": {}})


def test_stored_aggregates_have_to_follow_from_the_stored_tasks() -> None:
    tasks = {"EPM": 50.0, "HLD": 40.0, "OCR": 70.0, "CRR": 30.0}
    stored = {"tasks": tasks, "backward": 45.0, "realtime": 70.0, "forward": 30.0, "total": 48.33}
    assert inconsistent(stored) == []
    assert len(inconsistent({**stored, "total": 49.0})) == 1
    assert inconsistent({"error": "TypeError()"}) == []


def test_timing_is_paired_greedily_officially() -> None:
    truths, found = [5.0, 7.5], [6.5, 4.0]
    assert timing(truths, found) == {"recall": 0.5, "precision": 0.5}  # the first takes what only the second could
    assert timing(truths, found, mode="fixed") == {"recall": 1.0, "precision": 1.0}
    assert timing([], []) == {"recall": 0.0, "precision": 0.0}
    assert timing([], [], mode="fixed") == {"recall": None, "precision": None}
    assert timing([1.0], [3.0]) == {"recall": 1.0, "precision": 1.0}
    assert timing([1.0], [3.1]) == {"recall": 0.0, "precision": 0.0}


def test_pairs_and_their_mean() -> None:
    assert paired([1.0, 2.0, 9.0], [2.5, 0.5], 1.0) == [(0, 1), (1, 0)]
    assert f1(0.5, 1.0) == pytest.approx(2 / 3) and f1(0.0, 0.0) == 0.0
