"""The suite of work that is handed over: what each control scores, exactly, and what each fault costs."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import partial

import pytest

from microturn.bench.constant import spoken
from microturn.bench.controls import AlwaysTalking, Delayed, Oracle, Silent
from microturn.bench.driver import Driver
from microturn.bench.scenarios import factory
from microturn.bench.scenarios.delegation import arrivals, handovers, results
from microturn.bench.suites.delegation import TASK
from microturn.bench.task import Scenario, score_all
from microturn.data.scene import make_scene
from microturn.protocol.events import Channel, Do
from microturn.protocol.notes import REQUEST
from microturn.protocol.timeline import Timeline
from tests.bench.worlds import CAST

SHARES = [measure.name for measure in TASK.measures if measure.unit == "%"]
HOLDS_BACK = ("not over the user", "nothing of what was called off", "silent until asked")


@pytest.fixture(scope="module")
def made() -> list[Scenario]:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(factory, "make_scene", partial(make_scene, cast_of=CAST))
        return list(TASK.scenarios(20, 0))


def values(made: list[Scenario], driver: Driver) -> dict[str, float | None]:
    return {r.measure.name: r.estimate.value for r in score_all(TASK, made, driver.run(made))}


def test_the_oracle_is_perfect_and_as_quick_as_the_script(made: list[Scenario]) -> None:
    got = values(made, Oracle())
    assert {name: got[name] for name in SHARES} == dict.fromkeys(SHARES, 1.0)
    assert got["from room to result"] == pytest.approx(0.2)


def test_silence_only_holds_back(made: list[Scenario]) -> None:
    got = values(made, Silent())
    assert {name: got[name] for name in SHARES} == {name: float(name in HOLDS_BACK) for name in SHARES}
    assert got["from room to result"] is None


def test_chatter_is_only_never_about_what_was_called_off(made: list[Scenario]) -> None:
    got = values(made, AlwaysTalking())
    assert {name: got[name] for name in SHARES} == {name: float(name == HOLDS_BACK[1]) for name in SHARES}


def test_a_second_late_is_too_late_for_results_alone(made: list[Scenario]) -> None:
    got = values(made, Delayed())
    late = ("result said in time", "words of the result in time")
    assert {name: got[name] for name in SHARES} == {name: float(name not in late) for name in SHARES}
    assert got["from room to result"] == pytest.approx(1.2)


@dataclass(frozen=True)
class Blurts:
    """Says whatever comes back as soon as it comes."""

    name: str = "blurts"

    def run(self, scenarios: Sequence[Scenario]) -> list[Timeline]:
        return [self._one(scenario) for scenario in scenarios]

    def _one(self, scenario: Scenario) -> Timeline:
        texts = [text for way in (Channel.COMMENTARY, Channel.THINKING) for text in arrivals(scenario.timeline, way)]
        return spoken(scenario.timeline, [(text.at_ms + 200, text.text) for text in texts])


def test_who_blurts_speaks_over_the_user_out_of_turn_and_says_what_is_stale(made: list[Scenario]) -> None:
    got = values(made, Blurts())
    assert {name: got[name] for name in HOLDS_BACK} == dict.fromkeys(HOLDS_BACK, 0.0)
    silent_when_it_comes = [s for s in made if results(s.timeline)]
    assert silent_when_it_comes and 0.3 < (got["result said in time"] or 0) < 0.7


@dataclass(frozen=True)
class Misheard:
    """The oracle, with the last words of its notes wrong."""

    words: int
    name: str = "misheard"

    def run(self, scenarios: Sequence[Scenario]) -> list[Timeline]:
        def wrong(note: Do) -> Do:
            kept = note.text.split()[: -self.words]
            return replace(note, text=" ".join([*kept, *["la"] * self.words]))

        return [
            replace(one, events=tuple(wrong(event) if isinstance(event, Do) else event for event in one.events))
            for one in Oracle().run(scenarios)
        ]


def test_a_word_may_be_misheard_but_not_half_of_them(made: list[Scenario]) -> None:
    worded = [s for s in made if not any(one.task == REQUEST for one in handovers(s.timeline))]
    assert len(worded) > 10
    one, many = values(worded, Misheard(1)), values(worded, Misheard(4))
    assert one["handed over, word for word"] == 0 and (one["handed over"] or 0) > 0.8
    assert many["handed over"] == 0 and many["called off"] == 1  # the mailbox takes the likest errand


def test_where_anything_said_is_handed_over_the_note_is_free(made: list[Scenario]) -> None:
    free = [s for s in made if {one.task for one in handovers(s.timeline)} == {REQUEST}]
    assert free and values(free, Misheard(1))["handed over"] == 1 and values(free, Silent())["handed over"] == 0


def test_half_of_the_items_have_a_user_who_talks_when_the_result_comes(made: list[Scenario]) -> None:
    scores = score_all(TASK, made, Silent().run(made))
    scored = {r.measure.name: len(made) - r.unscored for r in scores}
    assert scored["not over the user"] == 5 and scored["result said in time"] == 10
    assert len({scenario.id for scenario in made}) == 20
