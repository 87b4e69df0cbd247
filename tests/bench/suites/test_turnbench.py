"""TurnBench's mini: the truth of conversations, what controls and blind predictors score, decisions made aloud."""

from dataclasses import replace

import pytest

from microturn.bench.blind import EnergyTurns, says_every
from microturn.bench.controls import AlwaysTalking, Oracle, Silent
from microturn.bench.driver import Driver
from microturn.bench.scenarios import conversations
from microturn.bench.scenarios.conversations import Part, turn_ends
from microturn.bench.scorers.turnbench import commits_s, false_alarms, recall
from microturn.bench.suites.turnbench import TASK
from microturn.bench.task import Scenario, score_all
from tests.bench.worlds import CAST, output, scenario


@pytest.fixture(scope="module")
def made() -> list[Scenario]:
    with pytest.MonkeyPatch.context() as patch:
        scene = conversations.factory.make_scene
        patch.setattr(conversations.factory, "make_scene", lambda *args, **rest: scene(*args, cast_of=CAST, **rest))
        patch.setattr(conversations, "cast", lambda split: CAST)
        return list(TASK.scenarios(6, 0))


def values(made: list[Scenario], driver: Driver) -> dict[str, float | None]:
    return {r.measure.name: r.estimate.value for r in score_all(TASK, made, driver.run(made))}


def test_the_conversations_hold_events_of_every_sort(made: list[Scenario]) -> None:
    for task in ("eot", "interruption"):
        for sort in ("positives", "negatives"):
            assert sum(len(s.meta["turnbench"][task][sort]) for s in made) > 0, (task, sort)


def test_the_oracle_meets_every_event_and_alarms_nowhere(made: list[Scenario]) -> None:
    got = values(made, Oracle())
    assert (got["EOT recall"], got["EOT false alarms"]) == (1, 0)
    assert (got["interruption recall"], got["interruption false alarms"]) == (1, 0)
    late = got["EOT latency"]
    assert late is not None and 60 <= late <= 300  # it answers in the next tick, and is heard one later


def test_silence_meets_nothing_and_alarms_nowhere(made: list[Scenario]) -> None:
    got = values(made, Silent())
    assert (got["EOT recall"], got["EOT false alarms"], got["EOT latency"]) == (0, 0, None)
    assert got["interruption recall"] is None  # it was never speaking when interrupted


def test_one_long_sound_decides_nothing(made: list[Scenario]) -> None:
    got = values(made, AlwaysTalking())
    assert (got["EOT recall"], got["EOT false alarms"]) == (0, 0)
    assert (got["interruption recall"], got["interruption false alarms"]) == (0, 0)


def test_who_speaks_every_two_seconds_meets_the_ends_and_pays_in_pauses(made: list[Scenario]) -> None:
    got = values(made, says_every(every_s=2.0))
    assert got["EOT recall"] == 1  # the deadline is three seconds: recall alone says nothing
    assert got["EOT false alarms"] is not None and got["EOT false alarms"] > 0


def test_loudness_tells_ends_from_pauses_only_by_waiting(made: list[Scenario]) -> None:
    quick, patient = (values(made, EnergyTurns(hang_ms=hang)) for hang in (200.0, 1200.0))
    assert quick["EOT recall"] is not None and quick["EOT recall"] > 0.5
    assert quick["EOT false alarms"] is not None and patient["EOT false alarms"] is not None
    assert quick["EOT false alarms"] > patient["EOT false alarms"]
    assert quick["interruption false alarms"] == 1  # a murmur is as loud


def test_the_floor_passes_when_the_other_speaks_next_or_already_does() -> None:
    mine = [Part(0, 1000), Part(1500, 3000), Part(9000, 10_000), Part(11_000, 12_000)]
    ends, pauses = turn_ends(mine, [Part(3200, 5000), Part(9500, 10_800)])
    assert ends == [3000, 10_000]
    assert pauses == [(1000, 1500)]  # and nobody answers the last one
    assert turn_ends(mine[:1], [Part(200, 1300)]) == ([], [])  # who falls silent at once has not taken it


def test_a_murmur_is_no_decision_that_the_turn_is_over() -> None:
    said = output([(1000, 1300, "mm"), (1300, 1600, "hmm"), (4000, 4300, "yes"), (4300, 4600, "sure")])
    assert commits_s(said, "eot") == pytest.approx([4.0])
    assert commits_s(said, "interruption") == pytest.approx([1.6, 4.6])


def test_interruptions_that_find_the_system_silent_are_not_its_fault() -> None:
    world = scenario("a", meta={"turnbench": {"interruption": {"positives": [2.0, 4.0], "negatives": [[8.0, 8.4]]}}})
    said = output([(1500, 2400, "la")])
    assert recall("interruption")(world, said).value == 1
    assert recall("interruption")(world, said).weight == 1
    assert false_alarms("interruption")(world, said).value is None
    aloud = replace(said, meta={"turnbench": {"eot": [], "interruption": [8.1]}})  # a detector answers for all of them
    assert recall("interruption")(world, aloud).value == 0
    assert false_alarms("interruption")(world, aloud).value == 1
