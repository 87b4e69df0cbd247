"""OVO-Bench in miniature: what is in view when, and when test points lie."""

from functools import partial
from itertools import pairwise

import pytest

from microturn.bench.scenarios import factory, onstage, ovo
from microturn.bench.task import Scenario
from microturn.data.scene import make_scene
from tests.bench.worlds import CAST


@pytest.fixture(scope="module")
def items() -> dict[str, Scenario]:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(factory, "make_scene", partial(make_scene, cast_of=CAST))
        patch.setattr(onstage, "cast", lambda split: CAST)
        return {scenario.kind: scenario for scenario in ovo.make(len(ovo.TASKS), 3)}


def colours(scenario: Scenario, from_ms: float = 0.0) -> list[str]:
    return [span.data["colour"] for span in scenario.timeline.spans("view") if span.at_ms >= from_ms]


def test_what_was_seen_first_is_gone_when_it_is_asked_for(items: dict[str, Scenario]) -> None:
    question = items["EPM"].meta["questions"][0]
    shown = [name for name in dict.fromkeys(colours(items["EPM"])) if name]
    assert shown[0] == question["answer"] and len(shown) == 2
    assert set(colours(items["EPM"], question["asked_ms"])) == {""}


def test_what_is_asked_now_is_in_view(items: dict[str, Scenario]) -> None:
    question = items["ATR"].meta["questions"][0]
    assert set(colours(items["ATR"], question["asked_ms"])) == {question["answer"]}
    assert len(set(colours(items["ATR"]))) == 2  # another was there before
    words = {span.data["reading"] for span in items["OCR"].timeline.spans("view")}
    assert items["OCR"].meta["questions"][0]["answer"] in words and len(words) == 2


def test_points_lie_between_what_they_ask_about(items: dict[str, Scenario]) -> None:
    rec = items["REC"].meta
    for point, (end_ms, next_ms) in zip(rec["points"], pairwise([*rec["due_ms"], 1e9]), strict=True):
        assert end_ms < point["at_ms"] < next_ms
    assert [point["count"] for point in rec["points"]] == list(range(1, len(rec["due_ms"]) + 1))
    start_ms, stop_ms = items["SSR"].meta["due_ms"]
    for point in items["SSR"].meta["points"]:
        assert point["type"] == (start_ms <= point["at_ms"] < stop_ms)
    [due_ms] = items["CRR"].meta["due_ms"]
    assert [point["type"] for point in items["CRR"].meta["points"]] == [0, 0, 1, 1]
    assert all(point["type"] == (point["at_ms"] > due_ms) for point in items["CRR"].meta["points"])


def test_seeds_fix_the_items(items: dict[str, Scenario], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(onstage, "cast", lambda split: CAST)
    again, other = ovo.make(1, 3)[0], ovo.make(1, 4)[0]
    assert again.id == items["EPM"].id != other.id and again.timeline.events == items["EPM"].timeline.events
