"""Stopping and going on, judged on sound."""

import pytest

from microturn.bench.scorers.interruption import score_goes_on, score_stop_latency, score_stops
from tests.bench.worlds import output, scenario

BARGE = scenario("a", meta={"interruption_ms": 4000.0})
MURMUR = scenario("b", meta={"backchannel_ms": [4000.0, 4500.0], "speech_end_ms": 9000.0})


def counting(until_ms: float):
    """A word every 0.8 s: the gaps are breaths, not stops."""
    starts = [1000.0 + 800 * i for i in range(20) if 1000 + 800 * i < until_ms]
    return output([(at, min(at + 500, until_ms), "one") for at in starts])


@pytest.mark.parametrize(("until_ms", "stops"), [(4600.0, 1.0), (4550.0, 1.0), (4700.0, 0.0), (9500.0, 0.0)])
def test_stops_within_600_ms_or_not(until_ms: float, stops: float) -> None:
    said = output([(1000.0, until_ms, "one")])
    assert score_stops(BARGE, said).value == stops
    assert score_stop_latency(BARGE, said).value == pytest.approx(until_ms - 4000)


def test_who_was_not_speaking_cannot_be_interrupted() -> None:
    assert score_stops(BARGE, output()).value is None
    assert score_stops(BARGE, output([(5000.0, 6000.0, "one")])).value is None
    assert score_stops(scenario("c"), counting(9000)).value is None


def test_a_reply_to_the_interruption_is_not_the_old_speech() -> None:
    said = output([(1000.0, 4400.0, "one"), (5100.0, 5600.0, "lemon")])
    assert score_stops(BARGE, said).value == 0
    asks = scenario("d", meta={"interruption_ms": 4000.0, "reply_from_ms": 5000.0})
    assert score_stop_latency(asks, said).value == pytest.approx(400)
    assert score_stops(asks, counting(9000)).value == 0


def test_goes_on_through_a_murmur() -> None:
    assert score_goes_on(MURMUR, counting(9000)).value == 1
    assert score_goes_on(MURMUR, counting(4400)).value == 0
    assert score_goes_on(MURMUR, output()).value is None
