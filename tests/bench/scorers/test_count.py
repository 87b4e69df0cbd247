"""The streaming rule of RepCount on worked numbers."""

from microturn.bench.scorers.count import score_count, score_count_exact
from tests.bench.worlds import output, scenario

REPS = [1.0, 2.1, 3.2, 4.3, 5.5]


def test_off_by_one_and_exact() -> None:
    world = scenario("a", meta={"rep_times_ms": [1000.0 * t for t in REPS]})
    four = output([(1200.0, 1500.0, "one"), (6000.0, 6300.0, "four")])
    assert score_count(world, four).value == 1
    assert score_count_exact(world, four).value == 0
    assert score_count(world, output([(6000.0, 6300.0, "twenty"), (6300.0, 6600.0, "five")])).value == 0
    assert score_count(scenario("b"), four).value is None
