"""The streaming rule of RepCount on worked numbers."""

import pytest

from microturn.bench.scorers.count import last_number, score_count, score_count_exact
from tests.bench.worlds import output, scenario

REPS = [1.0, 2.1, 3.2, 4.3, 5.5]


@pytest.mark.parametrize(
    ("spoken", "last"),
    [
        ([(1.4, 1), (2.5, 2), (3.6, 3), (4.2, 4)], None),  # stopped early
        ([(4.6, 4), (5.8, 8), (6.4, 5)], 5),  # corrected late
        ([(0.5, 5)], None),  # blurted at the start
    ],
)
def test_only_numbers_after_the_penultimate_repetition_count(spoken, last) -> None:
    assert last_number(REPS, spoken) == last


def test_one_repetition_makes_every_number_eligible() -> None:
    assert last_number([3.0], [(0.5, 1)]) == 1


def test_off_by_one_and_exact() -> None:
    world = scenario("a", meta={"rep_times_ms": [1000.0 * t for t in REPS]})
    four = output([(1200.0, 1500.0, "one"), (6000.0, 6300.0, "four")])
    assert score_count(world, four).value == 1
    assert score_count_exact(world, four).value == 0
    assert score_count(world, output([(6000.0, 6300.0, "twenty"), (6300.0, 6600.0, "five")])).value == 0
    assert score_count(scenario("b"), four).value is None
