"""The mini of Full-Duplex-Bench v1, spoken by tones: what each control scores."""

import pytest

from microturn.bench.controls import AlwaysTalking, Oracle, Silent
from microturn.bench.driver import Driver
from microturn.bench.scenarios import onstage
from microturn.bench.suites.fdb_v1 import TASK
from microturn.bench.task import Scenario, score_all
from tests.bench.worlds import CAST


@pytest.fixture(scope="module")
def made() -> list[Scenario]:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(onstage, "cast", lambda split: CAST)
        return list(TASK.scenarios(8, 0))


def values(scenarios: list[Scenario], driver: Driver) -> dict[str, float | None]:
    results = score_all(TASK, scenarios, driver.run(scenarios))
    return {result.measure.name: result.estimate.value for result in results}


def test_silence_takes_nothing_and_is_as_far_from_the_raters_as_can_be(made: list[Scenario]) -> None:
    got = values(made, Silent())
    assert all(got[measure.name] == 0 for measure in TASK.measures if "takeover" in measure.name)
    assert got["backchannel JSD"] == 1 and got["backchannels"] == 0
    assert got["turn latency"] is None and got["interruption latency"] is None


def test_who_always_talks_takes_everything_and_replies_to_nothing(made: list[Scenario]) -> None:
    got = values(made, AlwaysTalking())
    assert got["pause takeover"] == 1 and got["backchannel takeover"] == 1
    assert got["turn takeover"] == 1 and got["turn takeover, fixed"] == 0
    assert got["interruption takeover"] == 1 and got["interruption takeover, fixed"] == 0


def test_the_oracle_waits_murmurs_where_it_should_and_answers(made: list[Scenario]) -> None:
    got = values(made, Oracle())
    assert got["pause takeover"] == 0 and got["backchannel takeover, fixed"] == 0
    assert got["turn takeover, fixed"] == 1 and got["interruption takeover, fixed"] == 1
    below = got["backchannel JSD below random"]
    assert below is not None and below > 0
    assert got["turn latency"] is not None and got["turn latency"] < 0.4


def test_the_recording_of_a_pause_ends_with_the_turn_and_holds_pauses(made: list[Scenario]) -> None:
    for scenario in made:
        if scenario.kind == "pause":
            assert 0 <= scenario.timeline.duration_ms - scenario.meta["turn_end_ms"] < 200
            assert len(scenario.meta["pauses_ms"]) >= 2
            assert all(400 <= until - at <= 1000 for at, until in scenario.meta["pauses_ms"])


def test_the_raters_want_as_many_murmurs_as_the_script_has(made: list[Scenario]) -> None:
    for scenario in made:
        if scenario.kind == "backchannel":
            assert sum(scenario.meta["raters"]) == pytest.approx(len(scenario.timeline.spans("expect")), abs=0.9)


def test_published_numbers_are_in_the_measures_units() -> None:
    names = {measure.name for measure in TASK.measures}
    assert {one.measure for one in TASK.published} <= names
    moshi = {(one.measure, one.note): one.value for one in TASK.published if one.system == "Moshi"}
    assert moshi["pause takeover", "Candor"] == pytest.approx(98.0) and moshi["turn latency", "Candor"] == 0.265
