"""Counting, macro accuracy and marking by voice, in the readings adopted."""

import pytest

from microturn.bench.rules.proactive import accuracy, counted, last_number, mean, overlap, spoken_interval

REPS = [1.0, 2.1, 3.2, 4.3, 5.5]


@pytest.mark.parametrize(
    ("spoken", "last"),
    [
        ([(1.4, 1), (2.5, 2), (3.6, 3), (4.2, 4)], None),  # stopped early
        ([(4.6, 4), (5.8, 8), (6.4, 5)], 5),  # corrected late
        ([(6.4, 5), (4.6, 4)], 5),  # in whatever order they come
        ([(4.3, 5)], None),  # at the penultimate repetition is not after it
        ([(6.0, 9), (6.0, 5)], 5),  # of two at once the later in order
        ([(0.5, 5)], None),  # blurted at the start
    ],
)
def test_only_numbers_after_the_penultimate_repetition_count(spoken, last) -> None:
    assert last_number(REPS, spoken) == last


def test_one_repetition_makes_every_number_eligible() -> None:
    assert last_number([3.0], [(0.5, 1)]) == 1


def test_right_within_one() -> None:
    assert [counted(answer, 5) for answer in (3, 4, 5, 6, 7, None)] == [False, True, True, True, False, False]
    assert not counted(4, 5, off_by=0)


def test_accuracy_needs_both_and_the_macro_mean_ignores_sizes() -> None:
    by_group = accuracy({"a": [(True, True), (True, False), (False, True)], "b": [(True, True)], "none": []})
    assert by_group == pytest.approx({"a": 100 / 3, "b": 100.0})
    assert mean(list(by_group.values())) == pytest.approx(200 / 3)
    assert mean([]) is None


@pytest.mark.parametrize(
    ("start", "stop", "marked"),
    [
        (2.0, 8.0, (2.0, 8.0)),
        (2.0, None, (2.0, 30.0)),  # never closed: to the end
        (None, 8.0, None),
        (9.0, 3.0, None),
        (3.0, 3.0, None),
        (31.0, None, None),
    ],
)
def test_what_was_marked(start, stop, marked) -> None:
    assert spoken_interval(start, stop, 30.0) == marked


def test_overlap() -> None:
    assert overlap((2.0, 8.0), (2.0, 8.0)) == 1
    assert overlap((0.0, 4.0), (2.0, 6.0)) == pytest.approx(2 / 6)
    assert overlap((10.0, 12.0), (2.0, 8.0)) == 0
    assert overlap(None, (2.0, 8.0)) == 0
