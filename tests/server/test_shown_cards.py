"""Cards over the wire: drawn documents, questions, answers; what is slow holds nothing up; how fast the first progress comes."""

import asyncio
import json
from collections.abc import AsyncIterator, Iterator
from typing import Any

import numpy as np
import pytest
from websockets.asyncio.client import connect

from microturn.background.brief import Brief, Report, Unanswered
from microturn.background.desk import Budget
from microturn.protocol.events import Answer, Card, Channel, Do, Progress, Result, Text
from microturn.server.actions import Reply
from microturn.server.app import application
from microturn.server.connection import Limits
from microturn.server.live import LiveCodec
from tests.server.conftest import FakeEngine, serving
from tests.server.test_live import opened

pytestmark = pytest.mark.anyio
BOUND_MS, TIMES = 300, 20  # from the model's note to the first progress at the client
FIELD = {"name": "town", "label": "Which town?", "kind": "text"}


def card(kind: str, id: str = "a", **content: Any) -> Card:
    return Card(at_ms=0.0, id=id, delegation="", kind=kind, title=f"a {kind}", content=content)


def result(text: str) -> Result:
    return Result(at_ms=0.0, delegation="", channel=Channel.COMMENTARY, text=text)


class Shows:
    """Does what the task says."""

    name = "shows"

    async def work(self, brief: Brief, /) -> AsyncIterator[Report]:
        yield Progress(at_ms=0.0, delegation="", text="begun", done=0.1)
        task = brief.delegation.task
        if task == "ask":
            try:
                answer = await brief.ask(card("form", fields=[FIELD]))
            except Unanswered as error:
                answer = Answer(at_ms=0.0, card="", values={"error": str(error)})
            yield result(f"it is {dict(answer.values)}")
        elif task == "broken":
            yield card("chart", spec={"mark": "nope", "data": {"values": []}})
        elif task == "script":
            yield card("html", html="<script>bad()</script><b>hello</b>")
        elif task == "slow":
            yield card("markdown", "slow", text="[" * 100_000)  # seconds of work
            yield card("markdown", "fast", text="hello")
        elif task == "grow":
            for rows in range(1, 4):
                yield card("table", "grows", columns=["n"], rows=[[row] for row in range(rows)])
        if task != "ask":
            yield result("there it is")


@pytest.fixture
def own_port(engine: FakeEngine) -> Iterator[int]:
    engine.capacity = 100
    with serving(application(engine, model="nano", worker=Shows())) as number:
        yield number


class Client:
    """An extended client that writes down what comes, and when (seconds of the loop's clock)."""

    def __init__(self, link: Any) -> None:
        self.link, self.came = link, list[tuple[float, dict[str, Any]]]()

    async def send(self, kind: str, **values: Any) -> None:
        await self.link.send(json.dumps({"type": kind, **values}))

    async def until(self, kind: str, count: int = 1) -> dict[str, Any]:
        async for message in self.link:
            event = json.loads(message)
            self.came.append((asyncio.get_running_loop().time(), event))
            if event["type"] == kind and (count := count - 1) == 0:
                return event
        raise AssertionError(f"no {kind} came")

    def named(self, kind: str) -> list[dict[str, Any]]:
        return [event for _, event in self.came if event["type"] == kind]


async def begun(link: Any, engine: FakeEngine, task: str) -> Client:
    client = Client(link)
    await client.send("session.start", session={"model": "nano"})
    await client.until("session.started")
    engine.handles[-1].queue.put_nowait(Do(at_ms=0.0, text=f"delegate {task}"))
    await client.send("microturn.text.append", text="hello")  # the fake's queue is woken by the server's own loop
    return client


def live(port: int) -> Any:
    return connect(f"ws://127.0.0.1:{port}/v1/live/sessions?microturn=1", max_size=None)


async def test_a_card_comes_as_a_document_without_its_content(own_port: int, engine: FakeEngine) -> None:
    async with asyncio.timeout(20), live(own_port) as link:
        client = await begun(link, engine, "script")
        shown = await client.until("microturn.card")
    assert (shown["kind"], shown["title"], shown["content"]) == ("html", "a html", {})
    assert shown["id"] == "delegation_1/a" and shown["delegation_id"] == "delegation_1"
    assert "<b>hello</b>" in shown["html"] and "bad()" not in shown["html"]
    texts = [event.text for event in engine.handles[0].received if isinstance(event, Text)]
    assert "the page shows a html" in texts


async def test_a_chart_that_is_broken_is_a_card_that_says_why(own_port: int, engine: FakeEngine) -> None:
    async with asyncio.timeout(20), live(own_port) as link:
        client = await begun(link, engine, "broken")
        shown = await client.until("microturn.card")
    assert "This cannot be shown: " in shown["html"]


async def test_a_card_that_takes_long_holds_up_no_other_message(own_port: int, engine: FakeEngine) -> None:
    async with asyncio.timeout(30), live(own_port) as link:
        client = await begun(link, engine, "slow")
        over = await client.until("microturn.delegation.over")
        assert over["reason"] == "answered" and not client.named("microturn.card")
        await client.until("microturn.card", 2)
    assert [shown["id"] for shown in client.named("microturn.card")] == ["delegation_1/slow", "delegation_1/fast"]


async def test_the_last_of_what_grows_is_what_stays(own_port: int, engine: FakeEngine) -> None:
    async with asyncio.timeout(20), live(own_port) as link:
        client = await begun(link, engine, "grow")
        while True:
            shown = await client.until("microturn.card")
            assert shown["id"] == "delegation_1/grows"
            if shown["html"].count("<tr>") == 4:
                break
    sizes = [event["html"].count("<tr>") for event in client.named("microturn.card")]
    assert sizes == sorted(sizes)


async def test_a_form_is_asked_and_its_values_arrive(own_port: int, engine: FakeEngine) -> None:
    async with asyncio.timeout(20), live(own_port) as link:
        client = await begun(link, engine, "ask")
        asked = await client.until("microturn.card")
        assert asked["content"] == {"fields": [FIELD]} and asked["html"] == ""
        await client.send("microturn.answer", card_id=asked["id"], values={"town": "x" * 1001})
        assert "at most 1000 characters" in (await client.until("error"))["error"]["message"]
        await client.send("microturn.answer", card_id=asked["id"], values={"town": "oslo"}, event_id="mine")
        assert (await client.until("microturn.card.answered"))["values"] == {"town": "oslo"}
        await client.until("microturn.delegation.over")
        await client.send("microturn.answer", card_id=asked["id"], values={"town": "rome"}, event_id="again")
        error = await client.until("error")
    assert error["error"]["code"] == "unknown_card" and error["client_event_id"] == "again"
    assert [e.text for e in engine.handles[0].received if isinstance(e, Text)][-1] == "it is {'town': 'oslo'}"


@pytest.fixture
def hasty_port(engine: FakeEngine) -> Iterator[int]:
    limits = Limits(work=Budget(answer_s=0.05))
    with serving(application(engine, model="nano", worker=Shows(), limits=limits)) as number:
        yield number


async def test_a_question_that_nobody_answers_is_taken_away(hasty_port: int, engine: FakeEngine) -> None:
    async with asyncio.timeout(20), live(hasty_port) as link:
        client = await begun(link, engine, "ask")
        asked = await client.until("microturn.card")
        gone = await client.until("microturn.card.answered")
        assert (gone["id"], gone["values"]) == (asked["id"], {})
        await client.until("microturn.delegation.over")
    texts = [event.text for event in engine.handles[0].received if isinstance(event, Text)]
    assert "the user answered nothing" in texts


async def test_what_is_done_goes_on_record(own_port: int, engine: FakeEngine) -> None:
    async with asyncio.timeout(20), live(own_port) as link:
        client = await begun(link, engine, "ask")
        asked = await client.until("microturn.card")
        await client.send("microturn.answer", card_id=asked["id"], values={"town": "oslo"})
        await client.until("microturn.delegation.over")
    kinds = [type(event).__name__ for event in engine.handles[0].recorded]
    assert kinds == ["Delegation", "Progress", "Card", "Answer", "Result"]


async def test_a_drawn_card_hangs_at_the_side_too(own_port: int, engine: FakeEngine) -> None:
    async with asyncio.timeout(20), live(own_port) as link:
        client = Client(link)
        await client.send("session.start", session={"model": "nano"})
        id = (await client.until("session.started"))["session"]["id"]
        at_the_side = f"ws://127.0.0.1:{own_port}/v1/live/sessions/{id}/attach?microturn=1"
        async with connect(at_the_side, max_size=None) as other:
            watching = Client(other)
            await watching.until("session.started")
            engine.handles[-1].queue.put_nowait(Do(at_ms=0.0, text="delegate script"))
            await client.send("microturn.text.append", text="hello")
            mine, theirs = await client.until("microturn.card"), await watching.until("microturn.card")
    assert theirs["html"] == mine["html"] and "<b>hello</b>" in theirs["html"]


def reported(codec: LiveCodec) -> Card:
    created = next(action for action in codec.work(Do(at_ms=0.0, text="delegate it")) if isinstance(action, Reply))
    id = json.loads(created.text)["delegation"]["id"]
    shown = Card(at_ms=0.0, id=f"{id}/a", delegation=id, kind="markdown", title="t", content={"text": "x"})
    codec.report(shown)
    return shown


def test_a_card_of_work_that_was_called_off_is_not_shown_any_more() -> None:
    codec = opened(extended=True)
    shown = reported(codec)
    assert len(codec.shown(shown, "<p>")) == 1
    codec.work(Do(at_ms=0.0, text="cancel it"))
    assert codec.shown(shown, "<p>") == []
    answered = reported(codec)
    codec.report(Result(at_ms=0.0, delegation=answered.delegation, channel=Channel.COMMENTARY, text="done"))
    assert len(codec.shown(answered, "<p>")) == 1
    assert opened(extended=False).shown(shown, "<p>") == []


async def test_the_first_progress_comes_at_once(own_port: int, engine: FakeEngine) -> None:
    """From when the engine hands the note to the server until it is at the client, over a real socket."""
    took_ms: list[float] = []
    for _ in range(TIMES):
        async with asyncio.timeout(20), live(own_port) as link:
            client = Client(link)
            await client.send("session.start", session={"model": "nano"})
            await client.until("session.started")
            began_s = asyncio.get_running_loop().time()
            await client.send("microturn.text.append", text="find out")  # upon which the fake writes its note
            await client.until("microturn.delegation.state")
            took_ms.append((asyncio.get_running_loop().time() - began_s) * 1000)
    print(f"\nfirst progress after a note: median of {TIMES} {np.median(took_ms):.1f} ms, most {max(took_ms):.1f} ms")
    assert np.median(took_ms) < BOUND_MS
