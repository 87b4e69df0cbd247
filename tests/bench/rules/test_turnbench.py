"""TurnBench's rule: windows, deadlines, one prediction for one event, false alarms once a stretch."""

import random

import pytest

from microturn.bench.rules.turnbench import Tally, score_task


@pytest.mark.parametrize(
    ("events", "predictions", "tp", "latencies"),
    [
        ([2.0], [1.75], 1, [-0.25]),  # a little early is right
        ([2.0], [1.74], 0, []),
        ([2.0], [5.0], 1, [3.0]),  # the deadline is inclusive
        ([2.0], [5.01], 0, []),
        ([2.0, 4.0], [4.0], 1, [2.0]),  # both windows hold it, the first event takes it
        ([2.0, 4.0], [4.1], 1, [0.1]),  # past the next event it belongs to that one
        ([2.0, 4.0], [2.5, 2.6], 1, [0.5]),  # a burst is one detection
        ([2.0], [3.0, 2.5], 1, [0.5]),  # the earliest, in whatever order they come
    ],
)
def test_events_and_their_windows(events, predictions, tp: int, latencies: list[float]) -> None:
    tally = score_task([(1, at) for at in events], [], {1: predictions})
    assert (tally.tp, tally.fn) == (tp, len(events) - tp)
    assert tally.latencies_s == pytest.approx(latencies)


@pytest.mark.parametrize(
    ("predictions", "alarms"),
    [([], 0), ([3.75], 1), ([3.74], 0), ([5.0], 1), ([5.01], 0), ([4.0, 4.5], 1)],
)
def test_a_stretch_alarms_once_from_a_quarter_second_before(predictions: list[float], alarms: int) -> None:
    tally = score_task([], [(1, 4.0, 5.0)], {1: predictions})
    assert (tally.fp, tally.tn) == (alarms, 1 - alarms)
    assert tally.recall is None and tally.fp_rate == alarms


def test_what_lies_in_the_window_of_an_event_is_no_false_alarm() -> None:
    tally = score_task([(1, 2.0)], [(1, 2.5, 4.0)], {1: [2.2, 3.0]})
    assert (tally.tp, tally.fp, tally.tn) == (1, 0, 1)


def test_speakers_do_not_see_each_other() -> None:
    tally = score_task([(1, 2.0)], [(2, 2.0, 3.0)], {1: [], 2: [2.5]})
    assert (tally.tp, tally.fn, tally.fp) == (0, 1, 1)


def test_predictions_in_an_excluded_stretch_do_not_exist() -> None:
    tally = score_task([(1, 2.0)], [(1, 6.0, 7.0)], {1: [2.5, 6.5]}, [(1, 2.4, 2.5), (1, 6.0, 7.0), (2, 0.0, 9.0)])
    assert (tally.tp, tally.fn, tally.fp, tally.tn) == (0, 1, 0, 1)


def test_percentiles_are_of_all_met_events() -> None:
    pooled = Tally(tp=2, latencies_s=(0.1, 0.3)) + Tally(tp=1, latencies_s=(0.2,))
    assert pooled.percentiles_s() == pytest.approx((0.12, 0.2, 0.28))
    assert Tally().percentiles_s() is None


def test_whoever_predicts_the_truth_meets_everything_and_alarms_nowhere() -> None:
    rng = random.Random(0)
    for _ in range(50):
        events = sorted({(rng.choice((1, 2)), round(rng.uniform(0, 60), 2)) for _ in range(8)})
        spans = [(rng.choice((1, 2)), start := round(rng.uniform(0, 60), 2), start + rng.uniform(0, 2)) for _ in "abcd"]
        truth = {speaker: [at for who, at in events if who == speaker] for speaker in (1, 2)}
        tally = score_task(events, spans, truth)
        assert (tally.fn, tally.fp) == (0, 0)
        assert score_task(events, spans, {}).tp == 0


def test_counts_add_up_and_more_time_never_loses_an_event() -> None:
    rng = random.Random(1)
    for _ in range(100):
        events = [(rng.choice((1, 2)), rng.uniform(0, 30)) for _ in range(rng.randint(0, 6))]
        spans = [(1, start := rng.uniform(0, 30), start + 1) for _ in range(3)]
        guesses = {who: [rng.uniform(0, 33) for _ in range(rng.randint(0, 12))] for who in (1, 2)}
        tally = score_task(events, spans, guesses)
        assert tally.tp + tally.fn == len(events) and tally.fp + tally.tn == 3
        assert tally.tp <= sum(map(len, guesses.values())) and len(tally.latencies_s) == tally.tp
        assert all(-0.25 - 1e-9 <= late <= 3.0 + 1e-9 for late in tally.latencies_s)
