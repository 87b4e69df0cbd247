"""`--background`: the oracle's calls pass, a perfect interaction model shows what a background is worth, and wrong options are refused."""

import argparse

import pytest

from microturn.background.offline.worker import CANNOT
from microturn.background.tools.tool import Toolbox
from microturn.bench.driver import Driver
from microturn.bench.scenarios import onstage
from microturn.bench.suites.fdb_v3 import TASK
from microturn.bench.task import Scenario, score_all
from microturn.bench.tools import tool_call
from microturn.cli.bench import run as command
from microturn.cli.bench.background import Background, Delegates
from microturn.cli.bench.carrying import driver_of
from microturn.cli.bench.systems import SYSTEMS
from microturn.cli.bench.workers import mock_tools, truth
from microturn.protocol.events import Do, Result
from tests.bench.worlds import CAST, expect, scenario


@pytest.fixture(scope="module")
def made() -> list[Scenario]:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(onstage, "cast", lambda split: CAST)
        return list(TASK.scenarios(12, 0))


def values(made: list[Scenario], who: str) -> dict[str, float | None]:
    background = None if who == "none" else Background(who, least_ms=100.0)
    outputs = Delegates(background=background).run(made)
    return {r.measure.name: r.estimate.value for r in score_all(TASK, made, outputs)}


def test_all_that_an_oracle_behind_a_perfect_model_does_is_right(made: list[Scenario]) -> None:
    got = values(made, "oracle")
    assert {value for name, value in got.items() if name.startswith("Pass@1")} == {1.0}
    assert got["turn taken"] == 1.0 and got["interruption rate"] == 0.0
    assert 0.1 < (got["first tool call"] or 0) < (got["latency"] or 0) < 1.0


def test_with_nobody_behind_it_nothing_is_done(made: list[Scenario]) -> None:
    got = values(made, "none")
    assert got["Pass@1"] == 0.0 and got["turn taken"] == 0.0


def test_the_whole_request_is_handed_over_with_its_disfluencies(made: list[Scenario]) -> None:
    corrected = made[4]
    assert corrected.meta["disfluency_features"] == ["SELF_CORRECTION"]
    (output,) = Delegates().run([corrected])
    (note,) = [event for event in output.events if isinstance(event, Do)]
    assert note.text.startswith("delegate find a flight") and "no wait" in note.text
    assert 0 < note.at_ms - corrected.meta["turn_end_ms"] <= 460


def test_the_embedded_background_answers_in_turn(made: list[Scenario]) -> None:
    (output,) = Delegates(background=Background("offline", least_ms=100.0)).run(made[:1])
    results = [event.text for event in output.events if isinstance(event, Result)]
    assert len(results) == 1 and results[0]


def test_what_an_oracle_says() -> None:
    window = expect("fifty six", 0, 1000)
    assert truth(scenario("a", [window], meta={"reference": "It is 56."})) == "It is 56."
    assert truth(scenario("b", [window])) == "fifty six"
    assert truth(scenario("c", [expect("okay", 0, 1000, scored=False)])) == ""
    aside = Background("oracle", least_ms=1.0).ahead(scenario("c"))
    aside.answered((), [Do(at_ms=0.0, text="delegate it")])
    assert [text.text for text in aside.arriving(1e9)] == [CANNOT]


@pytest.mark.parametrize(
    ("late_ms", "task", "right"), [(400, "", True), (-900, "", False), (400, "the price of a guitar", False)]
)
def test_an_oracle_knows_nothing_that_was_not_asked(
    made: list[Scenario], late_ms: float, task: str, right: bool
) -> None:
    aside = Background("oracle", least_ms=1.0).ahead(made[0])
    note = Do(at_ms=made[0].meta["turn_end_ms"] + late_ms, text=f"delegate {task or made[0].meta['request']}")
    aside.answered((), [note])
    assert [text.text for text in aside.arriving(1e9)] == [made[0].meta["reply"] if right else CANNOT]
    assert len([event for event in aside.events if isinstance(event, Do)]) == int(right)


def test_the_toolbox_has_the_twelve() -> None:
    box = Toolbox.of(mock_tools())
    assert len(box.offered()) == 12 and box.tools["track_order"].parameters["required"] == ["order_id"]
    assert tool_call("track_order", {"order_id": "1"})["status"]


def driver(*words: str) -> Driver:
    parser = argparse.ArgumentParser()
    command.add_arguments(parser)
    return driver_of(parser.parse_args(["toy", *words]), SYSTEMS)


def test_which_systems_have_a_background() -> None:
    assert driver("--system", "delegates", "--background", "oracle").name == "delegates+oracle"
    assert driver("--system", "delegates").name == "delegates+none"
    for words, sentence in (
        (("--system", "ws://h:1", "--background", "offline"), "is for --system local and delegates"),
        (("--system", "silent", "--background", "offline"), "is for --system local and delegates"),
        (("--system", "delegates", "--background", "magic"), "magic"),
        (("--system", "delegates:x"), "no system named"),
    ):
        with pytest.raises(ValueError, match=sentence):
            driver(*words)
