"""SID-Bench's mini: what never breaking off costs, what breaking off for everybody does, and who had nothing to break off."""

from collections.abc import Iterator
from dataclasses import replace

import pytest

from microturn.bench.controls import AlwaysTalking, Oracle, Silent
from microturn.bench.driver import Driver
from microturn.bench.scenarios import onstage
from microturn.bench.scorers.sid_bench import line_of, score_penalty
from microturn.bench.suites.sid_bench import SCRIPTS, TASK
from microturn.bench.task import Scenario, score_all
from microturn.protocol.events import Channel
from microturn.protocol.timeline import Timeline
from tests.bench.worlds import CAST, output, scenario

SKITTISH_MS = 300.0


@pytest.fixture(scope="module")
def made() -> list[Scenario]:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(onstage, "cast", lambda split: CAST)
        return list(TASK.scenarios(16, 0))


def values(made: list[Scenario], driver: Driver) -> dict[str, float | None]:
    return {r.measure.name: r.estimate.value for r in score_all(TASK, made, driver.run(made))}


class Skittish:
    """Plays its script and falls silent at whatever is heard over it."""

    name = "skittish"

    def run(self, scenarios: list[Scenario]) -> Iterator[Timeline]:
        played = Oracle().run(scenarios)
        for one, out in zip(scenarios, played, strict=True):
            track = out.audio[Channel.MODEL]
            samples = track.samples.copy()
            samples[round((one.meta["event_ms"][0] + SKITTISH_MS) * track.rate_hz / 1000) :] = 0
            yield replace(out, audio={Channel.MODEL: replace(track, samples=samples)})


def test_half_of_the_kinds_are_interruptions(made: list[Scenario]) -> None:
    assert {s.kind for s in made} == set(SCRIPTS)
    assert sum(s.meta["break_ms"] is not None for s in made) == len(made) / 2


def test_the_oracle_breaks_off_within_half_a_second_and_for_nobody_else(made: list[Scenario]) -> None:
    got = values(made, Oracle())
    assert (got["false interruptions"], got["stopped too early"]) == (0, 0)
    assert got["response latency"] is not None and got["response latency"] < 0.6
    assert got["average penalty time"] == pytest.approx(got["response latency"] / 2)


def test_who_never_breaks_off_pays_for_each_interruption_to_its_end(made: list[Scenario]) -> None:
    got = values(made, AlwaysTalking())
    cost = [(s.meta["event_ms"][1] - s.meta["event_ms"][0]) / 1000 for s in made if s.meta["break_ms"] is not None]
    assert got["average penalty time"] == pytest.approx(sum(cost) / len(made))
    assert (got["false interruptions"], got["response latency"]) == (0, None)


def test_who_always_breaks_off_is_always_false_where_nobody_interrupts(made: list[Scenario]) -> None:
    results = score_all(TASK, made, list(Skittish().run(made)))
    got = {result.measure.name: result.estimate.value for result in results}
    assert got["false interruptions"] == 1 and got["false interruptions, official"] == 0.5
    assert got["response latency"] == pytest.approx(SKITTISH_MS / 1000, abs=0.03)


def test_silence_is_unscored(made: list[Scenario]) -> None:
    assert set(values(made, Silent()).values()) == {None}


CLIP = {"event_ms": [2000.0, 3000.0], "watch_ms": 4500.0, "reply_from_ms": 3000.0}


@pytest.mark.parametrize(
    ("break_ms", "stops_ms", "broke", "penalty_s"),
    [
        (2100.0, 2600.0, True, 0.5),
        (2100.0, 3500.0, False, 0.9),  # after the clip it is too late to count as a break
        (None, 3500.0, True, 1.0),  # but not too late to be a false one
        (None, 4600.0, False, 0.0),
    ],
)
def test_breaks_after_the_clip(break_ms: float | None, stops_ms: float, broke: bool, penalty_s: float) -> None:
    world = scenario("a", meta={**CLIP, "break_ms": break_ms})
    said = output([(500, stops_ms, "la")])
    line = line_of(world, said)
    assert line is not None and line.broke == broke
    assert score_penalty(world, said).value == pytest.approx(penalty_s, abs=0.02)
