"""Overlaps, recall, average precision and spans in texts on worked numbers."""

import math

import pytest

from microturn.bench.rules.spans import (
    best_overlap,
    hull_overlap,
    mean_average_precision,
    overlap,
    recall_at_one,
    spans_in,
    tall_overlap,
    text_overlap,
    union_overlap,
)


def test_overlaps_agree_where_spans_meet_and_differ_where_they_do_not() -> None:
    for rule in (overlap, hull_overlap, union_overlap, tall_overlap):
        assert rule((0, 8), (2, 10)) == pytest.approx(0.6)
    assert tall_overlap((0, 5), (6, 9)) == pytest.approx(-1 / 9)
    assert overlap((0, 5), (6, 9)) == hull_overlap((0, 5), (6, 9)) == 0.0


def test_spans_the_wrong_way_round_or_without_length() -> None:
    assert tall_overlap((8, 2), (9, 1)) == pytest.approx(4 / 3)
    assert overlap((8, 2), (9, 1)) == overlap((3, 3), (3, 3)) == 0.0
    assert math.isnan(union_overlap((3, 3), (3, 3))) and tall_overlap((3, 3), (3, 3)) is None


def test_a_second_late_at_both_ends_hides_in_the_overlap() -> None:
    assert overlap((1, 9), (0, 8)) == pytest.approx(7 / 9)


def test_the_best_of_several_true_windows() -> None:
    assert best_overlap((0, 4), [(8, 9), (0, 5)], mode="official") == pytest.approx(0.8)
    assert best_overlap((0, 4), [(8, 9), (0, 5)], mode="fixed") == pytest.approx(0.8)
    with pytest.raises(ValueError, match="no true window"):
        best_overlap((0, 4), [], mode="fixed")


def test_recall_at_one_is_in_percent_and_includes_the_threshold() -> None:
    got = recall_at_one([(0, 5), (0, 3)], [[(0, 10)], [(0, 10)]])
    assert got["mIoU"] == 40.0 and got["R1"]["0.5"] == 50.0 and got["R1"]["0.55"] == 0.0 and got["R1"]["0.3"] == 100.0


def test_average_precision_ranks_by_score() -> None:
    right, wrong = (0, 10, 0.2), (50, 60, 0.9)
    got = mean_average_precision([[right, wrong]], [[(0, 10)]])
    assert got["0.5"] == got["0.95"] == got["average"] == 50.0  # the wrong one stands first
    assert mean_average_precision([[(0, 10, 1.0), wrong]], [[(0, 10)]])["average"] == 100.0


def test_a_true_window_is_found_once_and_others_are_missed() -> None:
    twice = [(0, 10, 0.9), (0, 10, 0.8), (20, 30, 0.7)]
    assert mean_average_precision([twice], [[(0, 10), (20, 30)]])["0.5"] == pytest.approx(83.33)
    assert mean_average_precision([twice[:1]], [[(0, 10), (20, 30)]])["0.5"] == 50.0


def test_a_query_without_a_window_is_left_out_officially_and_is_zero_when_fixed() -> None:
    predicted, truths = [[(0, 10, 1.0)], []], [[(0, 10)], [(0, 10)]]
    assert mean_average_precision(predicted, truths)["average"] == 100.0
    assert mean_average_precision(predicted, truths, mode="fixed")["average"] == 50.0


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("from 00:05 to 1:02:12.5", [(5.0, 3732.5)]),
        ("3.5 - 9.2 s, then 10-11", [(3.5, 9.2), (10.0, 11.0)]),
        ("2 to 7", [(2.0, 7.0)]),
        ("Start: 0.8 s. End: 12 s.", [(0.8, 12.0)]),
        ("at 00:05", [(0.0, 5.0)]),
        ("7", []),
        (None, []),
    ],
)
def test_spans_in_texts(text: str | None, found: list[tuple[float, float]]) -> None:
    assert spans_in(text) == found


def test_the_first_span_of_a_text_counts() -> None:
    assert text_overlap("2 to 8, or 0 to 1", (2, 8)) == 1.0 and text_overlap("none", (2, 8)) == 0.0
