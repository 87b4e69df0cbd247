"""What may happen over an answer: where it begins, until when it is watched, and what is right."""

import pytest

from microturn.bench.audible import soundings
from microturn.bench.scenarios import onstage, scripted, truths
from microturn.bench.scenarios.overlaid import INTERRUPTIONS, REJECTIONS, WATCH_MS, describe, noise
from microturn.bench.task import Scenario
from tests.bench.worlds import CAST

SCRIPTS = {**INTERRUPTIONS, **REJECTIONS, "noise": noise}


@pytest.fixture(scope="module")
def made() -> list[Scenario]:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(onstage, "cast", lambda split: CAST)
        return scripted.scenarios(90, SCRIPTS, truths.scripted, describe=describe)(3 * len(SCRIPTS), 0)


def test_the_model_is_speaking_when_it_is_disturbed(made: list[Scenario]) -> None:
    for one in made:
        if one.meta["wanted"] != "wait":
            start_ms, until_ms = one.meta["event_ms"]
            assert any(s.at_ms < start_ms < s.until_ms for s in soundings(one.timeline)), one.id
            assert start_ms < until_ms and one.meta["first_ms"] < start_ms


def test_a_reaction_to_an_interruption_is_watched_for_beyond_its_end(made: list[Scenario]) -> None:
    for one in made:
        if one.meta["wanted"] == "respond":
            assert one.meta["watch_ms"] == one.meta["event_ms"][1] + WATCH_MS <= one.timeline.duration_ms
            assert one.meta["clean"].split()[0] in one.timeline.spans("expect")[0].text
        if one.meta["wanted"] == "resume":  # the script itself is not done before
            assert one.meta["watch_ms"] < soundings(one.timeline)[-1].until_ms


def test_pauses_lie_within_the_request(made: list[Scenario]) -> None:
    paused = [one for one in made if one.kind == "pause"]
    assert paused and all(one.meta["pauses_ms"] for one in paused)
    for one in paused:
        assert all(until_ms < one.meta["first_ms"] for _, until_ms in one.meta["pauses_ms"])
        assert one.meta["first_ms"] < soundings(one.timeline)[0].at_ms


def test_what_is_said_over_the_answer_is_told(made: list[Scenario]) -> None:
    told = {one.kind: one.meta["disturbance"] for one in made}
    assert told["stop"] in ("stop", "stop please", "wait", "hold on")
    assert all(told[kind] for kind in SCRIPTS if kind not in ("pause", "noise"))
    assert told["noise"] == ""


def test_the_same_seed_makes_the_same_scenario(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(onstage, "cast", lambda split: CAST)
    make = scripted.scenarios(90, SCRIPTS, truths.scripted, describe=describe)
    one, again, other = (make(1, base)[0] for base in (4, 4, 5))
    assert one.meta == again.meta and one.timeline.events == again.timeline.events
    assert one.id != other.id
