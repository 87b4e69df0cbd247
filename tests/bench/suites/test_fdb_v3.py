"""The tool suite: what each control scores, exactly."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

import pytest

from microturn.bench.controls import AlwaysTalking, Oracle, Silent
from microturn.bench.driver import Driver
from microturn.bench.scenarios import onstage
from microturn.bench.scenarios.fdb_v3 import DISFLUENCIES
from microturn.bench.suites.fdb_v3 import TASK
from microturn.bench.task import Scenario, score_all
from microturn.bench.tools import tool_call
from microturn.bench.tools.calls import calls, note_of
from microturn.bench.tools.controls import OneCall
from microturn.protocol.events import Do
from microturn.protocol.timeline import Timeline
from tests.bench.worlds import CAST

WRONG = "something else"


@dataclass(frozen=True, kw_only=True)
class WrongCalls:
    """The oracle, with an argument of its last call wrong: right tools, no pass."""

    name: str = "wrong argument"

    def run(self, scenarios: Sequence[Scenario]) -> list[Timeline]:
        return [_spoiled(output) for output in Oracle().run(scenarios)]


def _spoiled(output: Timeline) -> Timeline:
    made = calls(output)
    if not made:
        return output
    spoken = [name for name, value in made[-1].args.items() if not str(value).startswith("$")]  # others are free
    wrong = replace(made[-1], args={**made[-1].args, spoken[0]: WRONG})
    kept = [event for event in output.events if not isinstance(event, Do)]
    notes = [note_of(call) for call in (*made[:-1], wrong)]
    return replace(output, events=tuple(sorted((*kept, *notes), key=lambda event: event.at_ms)))


@pytest.fixture(scope="module")
def made() -> list[Scenario]:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(onstage, "cast", lambda split: CAST)
        return list(TASK.scenarios(12, 0))


def values(made: list[Scenario], driver: Driver) -> dict[str, float | None]:
    return {r.measure.name: r.estimate.value for r in score_all(TASK, made, driver.run(made))}


def test_the_oracle_calls_rightly_and_at_once(made: list[Scenario]) -> None:
    got = values(made, Oracle())
    passes = {value for name, value in got.items() if name.startswith("Pass@1")}
    assert passes == {1.0} and got["tool selection F1"] == got["argument accuracy"] == got["turn taken"] == 1.0
    assert (
        got["interruption rate"] == 0.0 and 0 < (got["latency"] or 0) < 0.5 and 0 < (got["first tool call"] or 0) < 0.5
    )


def test_one_wrong_argument_is_no_pass(made: list[Scenario]) -> None:
    got = values(made, WrongCalls())
    assert got["Pass@1"] == got["Pass@1, fixed"] == 0.0 and got["tool selection F1"] == 1.0
    assert got["argument accuracy"] == pytest.approx((4 * 0 + 4 * 0.5 + 4 * 2 / 3) / 12, abs=1e-3)


def test_silence_and_chatter(made: list[Scenario]) -> None:
    silent, always = values(made, Silent()), values(made, AlwaysTalking())
    assert silent["Pass@1"] == always["Pass@1"] == silent["turn taken"] == 0.0
    assert silent["tool selection F1"] is None and silent["tool selection F1, all"] == 0.0
    assert silent["latency"] is None and silent["interruption rate"] is None
    assert always["turn taken"] == always["interruption rate"] == 1.0 and always["latency"] is None


def test_a_blind_call_passes_nothing(made: list[Scenario]) -> None:
    got = values(made, OneCall())
    assert got["Pass@1"] == 0.0 and got["tool selection F1"] is None
    # one of three travel requests each has one, two and three calls: F1 1, 2/3 and 1/2
    assert got["tool selection F1, all"] == pytest.approx((1 + 0.667 + 0.5) / 12, abs=1e-3)


def test_every_domain_with_every_difficulty_and_each_disfluency(made: list[Scenario]) -> None:
    assert len({(s.meta["domain"], s.meta["difficulty"]) for s in made}) == 12
    assert {s.meta["disfluency_features"][0] for s in made} == set(DISFLUENCIES)
    assert any(s.meta["state_rollback_test"] for s in made)
    for scenario in made:
        for call in scenario.meta["expected_tool_calls"]:
            assert "error" not in tool_call(call["function"], call["args"])


def test_a_correction_says_both_values_and_expects_the_second(made: list[Scenario]) -> None:
    mended = next(s for s in made if s.meta["disfluency_features"] == ["SELF_CORRECTION"])
    said = [span.text for span in mended.timeline.spans("word")]
    at = said.index("wait")
    meant, slip = said[at + 2], said[at - 2]
    values = [str(value) for call in mended.meta["expected_tool_calls"] for value in call["args"].values()]
    assert any(meant in value for value in values) and not any(slip in value.split() for value in values)


def test_published_numbers_belong_to_measures() -> None:
    assert {one.measure for one in TASK.published} <= {measure.name for measure in TASK.measures}
    best = max((one for one in TASK.published if one.measure == "Pass@1"), key=lambda one: one.value)
    assert best.value == 68.0 and best.system.startswith("TML")
