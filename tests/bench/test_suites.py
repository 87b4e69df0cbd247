"""Every suite, on scenes of the data factory spoken by tones: controls score as they should, seeds fix everything."""

from functools import partial

import numpy as np
import pytest

from microturn.bench.controls import AlwaysTalking, Oracle, Silent
from microturn.bench.driver import Driver
from microturn.bench.scenarios import conversations, factory, onstage
from microturn.bench.suites import tasks
from microturn.bench.task import Scenario, score_all
from microturn.data import scene
from microturn.data.scene import make_scene
from microturn.protocol.events import Channel, Text
from tests.bench.worlds import CAST

N = 8
EAR = (
    "words understood"  # an independent recogniser judges it: it hears nothing in the tones that stand for voices here
)


@pytest.fixture(scope="module")
def made() -> dict[str, list[Scenario]]:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(factory, "make_scene", partial(make_scene, cast_of=CAST))
        patch.setattr(scene, "cast", lambda split: CAST)
        for module in (conversations, onstage):
            patch.setattr(module, "cast", lambda split: CAST)
        return {name: list(task.scenarios(N, 0)) for name, task in tasks().items()}


def values(name: str, scenarios: list[Scenario], driver: Driver) -> dict[str, float | None]:
    results = score_all(tasks()[name], scenarios, driver.run(scenarios))
    return {result.measure.name: result.estimate.value for result in results}


@pytest.mark.parametrize("name", tasks())
def test_the_oracle_is_perfect(name: str, made: dict[str, list[Scenario]]) -> None:
    got = values(name, made[name], Oracle())
    for measure in tasks()[name].measures:
        if measure.scorer and measure.unit in ("%", "/min") and measure.name != EAR:  # no judge here
            assert got[measure.name] == (1.0 if measure.better == "high" else 0.0), measure.name


def test_controls_of_backchannel(made: dict[str, list[Scenario]]) -> None:
    assert values("backchannel", made["backchannel"], Oracle())["murmurs"] != 0
    assert values("backchannel", made["backchannel"], Silent())["murmurs"] == 0
    assert values("backchannel", made["backchannel"], AlwaysTalking())["takeover in stories"] == 1


@pytest.mark.parametrize("name", ["timespeak", "timespeak-plus", "cuespeak", "cuespeak-plus", "answers", "sight"])
def test_silence_and_chatter_earn_nothing(name: str, made: dict[str, list[Scenario]]) -> None:
    for control in (Silent(), AlwaysTalking()):
        got = values(name, made[name], control)
        assert all(
            got[m.name] == 0 for m in tasks()[name].measures if m.unit == "%" and m.name != EAR and m.judged is None
        )


def test_controls_of_turntaking(made: dict[str, list[Scenario]]) -> None:
    silent = values("turntaking", made["turntaking"], Silent())
    assert silent["takeover in pauses"] == 0 and silent["takeover of turns"] == 0 and silent["latency"] is None
    always = values("turntaking", made["turntaking"], AlwaysTalking())
    assert always["takeover in pauses"] == 1 and always["any sound in pauses"] == 1
    assert always["latency"] is None and always["right answer in time"] == 0


def test_controls_of_interruption_silence_and_hearing(made: dict[str, list[Scenario]]) -> None:
    assert set(values("interruption", made["interruption"], Silent()).values()) == {None}
    always = values("interruption", made["interruption"], AlwaysTalking())
    assert always["stops in 600 ms"] == 0 and always["goes on"] == 1
    assert values("silence", made["silence"], AlwaysTalking())["silent throughout"] == 0
    assert set(values("hearing", made["hearing"], Silent()).values()) == {1.0}


def test_turntaking_has_turns_with_and_without_pauses(made: dict[str, list[Scenario]]) -> None:
    paused = [bool(s.meta["pauses_ms"]) for s in made["turntaking"]]
    assert sum(paused) == N / 2


@pytest.mark.parametrize("name", tasks())
def test_scenarios_have_unique_names_and_keep_the_truth_from_the_system(
    name: str, made: dict[str, list[Scenario]]
) -> None:
    assert len({s.id for s in made[name]}) == N
    for scenario in made[name]:
        stimulus = scenario.stimulus()
        assert set(stimulus.audio) == {Channel.USER}
        assert all(isinstance(event, Text) for event in stimulus.events)
        assert set(stimulus.meta) <= {"echo_db"}  # of the room, not of the truth
        assert stimulus.audio[Channel.USER].duration_ms == pytest.approx(scenario.timeline.duration_ms)


def test_the_same_seed_makes_the_same_scenario(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(factory, "make_scene", partial(make_scene, cast_of=CAST))
    one, again, other = (tasks()["cuespeak"].scenarios(1, base)[0] for base in (5, 5, 6))
    assert one.id == again.id != other.id
    assert one.timeline.events == again.timeline.events
    np.testing.assert_array_equal(one.timeline.audio[Channel.USER].samples, again.timeline.audio[Channel.USER].samples)
