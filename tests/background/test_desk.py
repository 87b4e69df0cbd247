"""The desk: results come, hangs and floods are contained, what is cancelled stops at once and says nothing."""

import asyncio
from collections.abc import AsyncIterator, Callable
from typing import Any

import pytest

from microturn.background.brief import Brief, Report, Unanswered
from microturn.background.desk import FAILED, NOTHING, SLOW, Budget, Desk
from microturn.protocol.events import Answer, Card, Channel, Delegation, Progress, Result, Text, Word
from microturn.protocol.timeline import Timeline

pytestmark = pytest.mark.anyio


@pytest.fixture
def anyio_backend() -> str:
    return "asyncio"


Reports = AsyncIterator[Report]


def brief(task: str = "seven times eight", id: str = "d1") -> Brief:
    delegation = Delegation(at_ms=0.0, id=id, task=task, why="", deadline_ms=9e9)
    return Brief(delegation=delegation, conversation=Timeline(duration_ms=1000.0))


def result(text: str = "fifty six", channel: Channel = Channel.COMMENTARY) -> Result:
    return Result(at_ms=0.0, delegation="", channel=channel, text=text)


class Does:
    name = "does"

    def __init__(self, work: Callable[[Brief], Reports]) -> None:
        self.work = work


async def told_by(work: Callable[[Brief], Reports], budget: Budget | None = None) -> list[Any]:
    told: list[Any] = []
    desk = Desk(Does(work), told.append, budget)
    desk.take(brief())
    async with asyncio.timeout(5):
        while desk._tasks:
            await asyncio.sleep(0.005)
    return told


async def test_progress_and_a_result() -> None:
    async def work(brief: Brief) -> Reports:
        yield Progress(at_ms=0.0, delegation="", text="half", done=0.5)
        yield result("  fifty \n six ")
        yield result("never told")

    assert [(r.delegation, r.text) for r in await told_by(work)] == [("d1", "half"), ("d1", "fifty six")]


async def test_whatever_goes_wrong_is_a_sentence() -> None:
    async def raises(brief: Brief) -> Reports:
        raise RuntimeError("secret")
        yield result()

    async def hangs(brief: Brief) -> Reports:
        await asyncio.sleep(60)
        yield result()

    async def is_silent(brief: Brief) -> Reports:
        yield result("only context", Channel.THINKING)

    assert [r.text for r in await told_by(raises)] == [FAILED]
    assert [r.text for r in await told_by(hangs, Budget(seconds=0.05))] == [SLOW]
    assert [(r.text, r.failed) for r in await told_by(is_silent)] == [("only context", False), (NOTHING, True)]


async def test_a_flood_is_cut() -> None:
    async def floods(brief: Brief) -> Reports:
        for n in range(1000):
            yield Progress(at_ms=0.0, delegation="", text=f"{n}", done=0.0)
        yield result("word " * 100_000)

    told = await told_by(floods, Budget(reports=4, characters=20))
    assert [r.text for r in told] == ["0", "1", "2", "word word word word"]


async def test_what_is_cancelled_stops_and_says_nothing() -> None:
    stopped = asyncio.Event()

    async def work(brief: Brief) -> Reports:
        try:
            await asyncio.sleep(60)
        finally:
            stopped.set()
        yield result()

    told: list[Any] = []
    desk = Desk(Does(work), told.append)
    desk.take(brief())
    await asyncio.sleep(0)
    desk.cancel("d1")
    async with asyncio.timeout(0.2):
        await stopped.wait()
    desk.cancel("unknown")
    assert told == []


def question(kind: str = "permission") -> Card:
    content = {"tool": "python", "detail": "1 + 1"}
    return Card(at_ms=0.0, id="may", delegation="", kind=kind, title="may i run code", content=content)


async def test_the_user_is_asked_and_the_time_for_it_does_not_count() -> None:
    async def asks(brief: Brief) -> Reports:
        answer = await brief.ask(question())
        await asyncio.sleep(0.05)
        yield result(str(answer.values["allow"]))

    told: list[Any] = []
    desk = Desk(Does(asks), told.append, Budget(seconds=0.15))
    desk.take(brief())
    await asyncio.sleep(0.2)
    assert [(card.id, card.delegation, card.title) for card in told] == [("d1/may", "d1", "may i run code")]
    desk.answer(Answer(at_ms=0.0, card="d1/other", values={"allow": False}))
    for allow in (True, False):  # the second is of no use
        desk.answer(Answer(at_ms=0.0, card="d1/may", values={"allow": allow}))
    await asyncio.sleep(0.1)
    assert [report.text for report in told[1:]] == ["True"]


async def test_who_does_not_answer_is_not_waited_for() -> None:
    async def asks(brief: Brief) -> Reports:
        try:
            await brief.ask(question())
        except Unanswered as error:
            yield result(str(error))

    asked, unanswered, said = await told_by(asks, Budget(answer_s=0.02))
    assert unanswered == Answer(at_ms=0.0, card=asked.id, values={})  # the question is to be taken away
    assert said.text == "the user did not answer in time"


async def test_a_card_that_cannot_be_shown_is_left_out() -> None:
    async def shows(brief: Brief) -> Reports:
        yield question("spell")
        yield Card(at_ms=0.0, id="big", delegation="", kind="markdown", title="big", content={"text": "x" * (1 << 20)})
        yield Card(at_ms=0.0, id="note", delegation="", kind="markdown", title="a note", content={"text": "x"})
        yield result()

    assert [getattr(report, "id", "") for report in await told_by(shows)] == ["d1/note", ""]


def test_a_brief_tells_the_conversation() -> None:
    events = (
        Word(at_ms=1000.0, until_ms=1300.0, channel=Channel.HEARD, text="find"),
        Word(at_ms=1300.0, until_ms=1500.0, channel=Channel.HEARD, text="out"),
        Word(at_ms=2000.0, until_ms=2300.0, channel=Channel.SAY, text="okay"),
        Text(at_ms=3000.0, channel=Channel.COMMENTARY, text="it rains"),
        Word(at_ms=9000.0, until_ms=9300.0, channel=Channel.HEARD, text="thanks"),
    )
    told = Brief(delegation=brief().delegation, conversation=Timeline(duration_ms=9500.0, events=events)).transcript()
    assert told.splitlines() == [
        "[1.0] user: find out",
        "[2.0] model: okay",
        "[3.0] background, commentary: it rains",
        "[9.0] user: thanks",
    ]
