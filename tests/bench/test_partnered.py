"""Scenarios with a partner: who plays them, and what happens where nobody can."""

from collections.abc import Sequence

import pytest

from microturn.bench.controls import AlwaysTalking, Oracle, Silent
from microturn.bench.driver import LocalDriver
from microturn.bench.examiner import Examiner
from microturn.bench.partner import PARTNER, Partner, met
from microturn.bench.partnered import Partnered, answered, partner_of, refusal
from microturn.bench.scenarios import fdb_v2, onstage
from microturn.bench.task import Scenario
from microturn.protocol.timeline import Timeline
from tests.bench.worlds import CAST, output, scenario


@pytest.fixture(scope="module")
def examined() -> Scenario:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(onstage, "cast", lambda split: CAST)
        return fdb_v2.mini(1, 0)[0]


def echo(stimuli: Sequence[Timeline]) -> list[Timeline]:
    return [output(duration_ms=stimulus.duration_ms) for stimulus in stimuli]


def play(stimuli: Sequence[Timeline], partners: Sequence[Partner]) -> list[Timeline]:
    """Silence; without the partner's marks, which the driver adds."""
    talks = [met(partner, stimulus) for stimulus, partner in zip(stimuli, partners, strict=True)]
    return [output(duration_ms=talk.duration_ms) for talk in talks]


def test_a_scenario_names_its_partner(examined: Scenario) -> None:
    assert isinstance(partner_of(examined), Examiner)
    assert partner_of(scenario("plain")) is None
    with pytest.raises(ValueError, match="'nobody'"):
        partner_of(scenario("odd", meta={PARTNER: {"kind": "nobody"}}))


def test_scenarios_with_and_without_a_partner_come_back_in_order(examined: Scenario) -> None:
    plain = [scenario("a", duration_ms=1000.0), scenario("b", duration_ms=2000.0)]
    driver = Partnered(driver=LocalDriver(run_many=echo), play=play)
    got = driver.run([plain[0], examined, plain[1]])
    assert driver.name == "local"
    assert [timeline.duration_ms for timeline in got][::2] == [1000.0, 2000.0]
    assert got[1].meta[PARTNER] == "examiner" and len(got[1].spans("line")) == 5
    assert refusal(examined, got[1]) is None and refusal(plain[0], got[0]) is None
    assert len(driver.run(plain)) == 2


def test_a_driver_that_cannot_converse_leaves_a_reason(examined: Scenario) -> None:
    got = Partnered(driver=LocalDriver(run_many=echo)).run([examined])[0]
    assert "could only play a recording" in (refusal(examined, got) or "")
    assert refusal(examined, echo([examined.stimulus()])[0])  # as does one that knows nothing of partners


def test_a_lost_conversation_is_an_error(examined: Scenario) -> None:
    with pytest.raises(ValueError, match="return one each"):
        Partnered(driver=LocalDriver(run_many=echo), play=lambda stimuli, partners: []).run([examined])


def test_controls_meet_the_partner(examined: Scenario) -> None:
    for control in (Silent(), AlwaysTalking(), Oracle()):
        assert refusal(examined, control.run([examined])[0]) is None
    plain = scenario("plain")
    assert answered(plain, plain.timeline) is plain.timeline


def test_the_oracle_has_the_conversation_that_was_made_with_it(examined: Scenario) -> None:
    got = Oracle().run([examined])[0]
    assert got.spans("line") == examined.timeline.spans("line")
    assert got.duration_ms == examined.timeline.duration_ms
