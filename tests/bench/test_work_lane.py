"""Every delegation is drawn once, from when it was given to when it was over, with its cards, answers and outcome."""

from pathlib import Path

from microturn.bench.picture import draw
from microturn.bench.work_lane import DONE, OVER, bars, extent_s
from microturn.protocol.events import Answer, Cancel, Card, Channel, Delegation, Event, Progress, Result
from microturn.protocol.timeline import Timeline
from tests.bench.test_picture import written


def given(id: str, at_ms: float, task: str) -> Delegation:
    return Delegation(at_ms=at_ms, id=id, task=task, why="", deadline_ms=9e5)


EVENTS: tuple[Event, ...] = (
    given("d1", 1000.0, "seven times eight"),
    Result(at_ms=1100.0, delegation="d1", channel=Channel.THINKING, text="kept"),
    Result(at_ms=1500.0, delegation="d1", channel=Channel.COMMENTARY, text="it is fifty six"),
    given("d2", 2000.0, "the price of a lamp"),
    Cancel(at_ms=4000.0, delegation="d2", reason="withdrawn"),
    given("d3", 13_000.0, "a chart of the rain"),
    Progress(at_ms=14_000.0, delegation="d3", text="half", done=0.5),
    Card(at_ms=14_500.0, id="d3/c", delegation="d3", kind="permission", title="may i"),
    Answer(at_ms=16_000.0, card="d3/c", values={"allow": True}),
)
TIMELINE = Timeline(duration_ms=20_000.0, events=EVENTS)


def test_a_bar_is_a_delegation_to_its_end() -> None:
    first, second, third = bars(TIMELINE)
    assert (first.start_ms, first.until_ms, first.outcome, first.colour) == (1000.0, 1500.0, "> it is fifty six", DONE)
    assert (second.until_ms, second.outcome, second.colour) == (4000.0, "x withdrawn", OVER)
    assert (third.until_ms, third.outcome, len(third.marks)) == (20_000.0, "", 3)
    assert third.words == "a chart of the rain [permission: may i] [answer: allow True]"


def test_its_words_take_up_room() -> None:
    start_s, end_s = extent_s(bars(TIMELINE)[0], 0.1)
    assert start_s == 1.0 and end_s > 1.0 + 0.1 * len("seven times eight" + "> it is fifty six")


def test_all_is_drawn(tmp_path: Path) -> None:
    texts = written(draw(TIMELINE, tmp_path / "work.svg"))
    for text in ("seven times eight", "&gt; it is fifty six", "x withdrawn", "background"):
        assert any(text in line or text.replace("&gt;", ">") in line for line in texts), text
    assert "background" not in written(draw(Timeline(duration_ms=1000.0), tmp_path / "none.svg"))
