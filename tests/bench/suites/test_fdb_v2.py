"""The conversation suite: what each control scores, exactly, and that a conversation depends on its seed alone."""

import pytest

from microturn.bench.controls import AlwaysTalking, Oracle, Silent
from microturn.bench.driver import Driver
from microturn.bench.scenarios import onstage
from microturn.bench.suites.fdb_v2 import TASK
from microturn.bench.task import Scenario, score_all
from microturn.protocol.events import Channel
from tests.bench.worlds import CAST


@pytest.fixture(scope="module")
def made() -> list[Scenario]:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(onstage, "cast", lambda split: CAST)
        return list(TASK.scenarios(8, 0))


def values(made: list[Scenario], driver: Driver) -> dict[str, float | None]:
    return {r.measure.name: r.estimate.value for r in score_all(TASK, made, driver.run(made))}


@pytest.mark.parametrize(("control", "mark"), [(Silent(), 1.0), (AlwaysTalking(), 1.0), (Oracle(), 5.0)])
def test_controls(control: Driver, mark: float, made: list[Scenario]) -> None:
    got = values(made, control)
    assert {got[name] for name in ("task score", "turn-taking", "instruction following")} == {mark}
    assert got["task score, fast"] == got["task score, slow"] == mark
    curve = [value for name, value in got.items() if name.endswith(" s") and value is not None]
    assert len(curve) >= 4 and curve == pytest.approx([mark] * len(curve))
    assert got["task score by the judge"] is None  # there was none


def test_every_category_at_every_pace(made: list[Scenario]) -> None:
    assert len({(scenario.kind, scenario.meta["pace"]) for scenario in made}) == 8
    for scenario in made:
        told = [span.data["stage"] for span in scenario.timeline.spans("line")]
        assert told == ["T1", "T2", "T3", "T4", "closing"] and scenario.timeline.duration_ms < 60_000


def test_the_correction_cuts_in_on_the_oracle_which_yields(made: list[Scenario]) -> None:
    correction = next(scenario for scenario in made if scenario.kind == "Correction")
    line = correction.timeline.spans("line")[1]
    assert line.data["why"] == "cuts in"
    assert not [w for w in correction.timeline.words(Channel.SAY) if w.at_ms < line.until_ms < w.until_ms]


def test_seeds(monkeypatch: pytest.MonkeyPatch, made: list[Scenario]) -> None:
    monkeypatch.setattr(onstage, "cast", lambda split: CAST)
    again, other = TASK.scenarios(1, 0)[0], TASK.scenarios(1, 5)[0]
    assert again.timeline.events == made[0].timeline.events and again.id == made[0].id != other.id
    assert again.timeline.events != other.timeline.events


def test_published_numbers_belong_to_measures() -> None:
    assert {one.measure for one in TASK.published} <= {measure.name for measure in TASK.measures}
    assert all(1 <= one.value <= 5 and one.source for one in TASK.published)
