"""Numbers said as events at the ends of repetitions."""

import pytest

from microturn.bench.scorers.repetitions import score_error, score_event_lag, score_events, score_official_error
from tests.bench.worlds import output, scenario

WORLD = scenario("a", meta={"rep_times_ms": [2000.0, 4000.0, 6000.0, 8000.0]})
SAID = output([(2300.0, 2600.0, "one"), (4100.0, 4400.0, "two"), (5400.0, 5700.0, "three")])


def test_each_number_is_paired_with_one_repetition_within_a_second() -> None:
    score = score_events(WORLD, SAID)
    assert score.value == pytest.approx(2 * 1.0 * 0.75 / 1.75) and score.weight == 4
    assert score.evidence["lags_ms"] == [300.0, 100.0, -600.0]
    assert score_event_lag(WORLD, SAID).value == pytest.approx(-0.2 / 3)


def test_too_many_numbers_cost_precision() -> None:
    babble = output([(at, at + 200.0, "one") for at in (1500.0, 2000.0, 2500.0, 9500.0)])
    assert score_events(WORLD, babble).value == pytest.approx(0.25)


def test_silence_counts_none() -> None:
    assert score_events(WORLD, output()).value == 0 and score_event_lag(WORLD, output()).value is None
    assert score_error(WORLD, output()).value == 1.0
    assert score_official_error(WORLD, output()).value == pytest.approx(4 / 4.1)
    assert score_error(WORLD, SAID).value == 0.25


def test_nothing_to_count_is_unscored() -> None:
    for scorer in (score_events, score_event_lag, score_error):
        assert scorer(scenario("b"), SAID).value is None
