"""Client delegation over the Live wire: the model's notes become events, results come back, what is stale is refused."""

import asyncio
import json
from collections.abc import AsyncIterator, Iterator
from typing import Any

import numpy as np
import pytest
from openai import AsyncOpenAI
from websockets.asyncio.client import connect

from microturn.background.brief import Brief
from microturn.protocol.events import Channel, Do, Progress, Result, Text, Word
from microturn.server.actions import Reply, Tell
from microturn.server.app import application
from microturn.server.live import LiveCodec
from microturn.server.pcm import encode_pcm
from tests.server.conftest import FakeEngine, FakeHandle, serving
from tests.server.test_live import opened

TASK = "the weather in the town on monday"


def note(text: str, at_ms: float = 1000.0) -> Do:
    return Do(at_ms=at_ms, text=text)


def told(actions: Any) -> list[dict[str, object]]:
    return [json.loads(action.text) for action in actions if isinstance(action, Reply)]


def append(delegation: str, channel: str = "commentary") -> str:
    body = {"type": f"session.{channel}.append", "content": "it rains", "delegation_id": delegation}
    return json.dumps(body)


def delegated(codec: LiveCodec) -> str:
    created, *_ = told(codec.work(note(f"delegate {TASK}")))
    delegation = created["delegation"]
    assert isinstance(delegation, dict) and created["type"] == "session.delegation.created"
    return str(delegation["id"])


def test_a_note_is_a_delegation_for_the_client() -> None:
    codec = opened(extended=True)
    codec.work(Word(at_ms=0, until_ms=300, channel=Channel.HEARD, text="please"))
    created, task = told(codec.work(note(f"delegate {TASK}")))
    assert created["offset_ms"] == 1000 and created["delegation"] == {
        "id": "delegation_1",
        "target": "client",
        "type": "delegation",
    }
    assert (task["type"], task["task"], task["why"]) == ("microturn.delegation", TASK, "please")
    assert told(codec.work(note("three two one"))) == []


def test_its_result_reaches_the_model_once() -> None:
    codec = opened()
    id = delegated(codec)
    text, tell, reply = codec.receive(append(id))
    assert text == Text(at_ms=0.0, channel=Channel.COMMENTARY, text="it rains") and isinstance(reply, Reply)
    assert tell == Tell(Result(at_ms=0.0, delegation=id, channel=Channel.COMMENTARY, text="it rains"))
    [again] = told(codec.receive(append(id)))
    assert "stale_delegation" in str(again["error"]) and "is over (answered)" in str(again["error"])


def test_a_stale_result_never_reaches_the_model() -> None:
    codec = opened(extended=True)
    id = delegated(codec)
    [over] = told(codec.work(note(f"cancel {TASK}", 2000.0)))
    assert over == {"type": "microturn.delegation.over", "id": id, "at_ms": 2000.0, "reason": "withdrawn"}
    actions = codec.receive(append(id))
    assert not [action for action in actions if isinstance(action, Text)] and len(actions) == 1


def test_progress_and_cancel_from_the_client() -> None:
    codec = opened(extended=True)
    id = delegated(codec)
    progress = {"type": "microturn.delegation.progress", "delegation_id": id, "text": "one of two done", "done": 0.5}
    half = Progress(at_ms=0.0, delegation=id, text="one of two done", done=0.5)
    text = Text(at_ms=0.0, channel=Channel.THINKING, text="one of two done")
    assert codec.receive(json.dumps(progress)) == [text, Tell(half)]
    [error] = told(codec.receive(json.dumps(progress | {"done": 1.5})))
    assert "less than or equal to 1" in str(error)
    cancel = json.dumps({"type": "microturn.delegation.cancel", "delegation_id": id})
    assert [told(codec.receive(cancel))[0]["type"] for _ in range(2)] == ["microturn.delegation.over", "error"]


def test_what_others_get_has_no_extension() -> None:
    codec = opened(extended=False)
    delegated(codec)
    assert told(codec.work(note(f"cancel {TASK}"))) == []


@pytest.mark.anyio
async def test_the_stock_client_is_the_background(port: int, engine: FakeEngine) -> None:
    """It gets the delegation, answers with commentary, and what it says of one that was called off is refused."""
    client = AsyncOpenAI(api_key="none", base_url=f"http://127.0.0.1:{port}/v1")
    quiet = encode_pcm(np.zeros(2400, np.float32))
    seen: list[str] = []
    async with asyncio.timeout(10), client.live.connect() as live:
        await live.session.start(session={"model": "nano", "delegation": {"type": "client"}})
        assert (await live.recv()).type == "session.started"
        handle: FakeHandle = engine.handles[-1]
        handle.queue.put_nowait(note(f"delegate {TASK}"))
        await live.session.input_audio.append(audio=quiet)
        async for event in live:
            seen.append(event.type)
            if event.type == "session.delegation.created":
                await live.session.commentary.append(content="on monday it rains", delegation_id=event.delegation.id)
            elif event.type == "session.commentary.appended":
                await live.session.commentary.append(content="it still rains", delegation_id="delegation_1")
            elif event.type == "error":
                assert event.error.code == "stale_delegation"
                break
        await live.session.close()
    texts = [event.text for event in handle.received if isinstance(event, Text)]
    assert texts == ["on monday it rains"] and "session.delegation.created" in seen


class Counts:
    """Reports one step, then the answer; a task of "wait" never ends."""

    name = "counts"

    def __init__(self) -> None:
        self.briefs: list[Brief] = []
        self.stopped = 0

    async def work(self, brief: Brief, /) -> AsyncIterator[Progress | Result]:
        self.briefs.append(brief)
        yield Progress(at_ms=0.0, delegation="", text="one of two done", done=0.5)
        try:
            await asyncio.sleep(60 if "wait" in brief.delegation.task else 0)
        except asyncio.CancelledError:
            self.stopped += 1
            raise
        yield Result(at_ms=0.0, delegation="", channel=Channel.COMMENTARY, text="it is two")


@pytest.fixture
def worker() -> Counts:
    return Counts()


@pytest.fixture
def own_port(engine: FakeEngine, worker: Counts) -> Iterator[int]:
    with serving(application(engine, model="nano", worker=worker)) as number:
        yield number


async def heard_of(link: Any, kind: str) -> dict[str, Any]:
    async for message in link:
        if (event := json.loads(message))["type"] == kind:
            return event
    raise AssertionError(f"no {kind} came")


@pytest.mark.anyio
async def test_the_server_does_the_work_itself(own_port: int, engine: FakeEngine, worker: Counts) -> None:
    async with asyncio.timeout(10), connect(f"ws://127.0.0.1:{own_port}/v1/live/sessions?microturn=1") as link:
        await link.send(json.dumps({"type": "session.start", "session": {"model": "nano"}}))
        started = await heard_of(link, "session.started")
        assert started["session"]["delegation"] == {"type": "responses", "responses": {"model": "counts"}}
        await link.send(json.dumps({"type": "microturn.text.append", "text": "find out"}))
        assert (await heard_of(link, "session.delegation.created"))["delegation"]["target"] == "responses"
        assert (await heard_of(link, "microturn.delegation.state"))["text"] == "one of two done"
        assert (await heard_of(link, "microturn.delegation.over"))["reason"] == "answered"
        texts = [(e.channel, e.text) for e in engine.handles[0].received if isinstance(e, Text)][1:]
        assert texts == [(Channel.THINKING, "one of two done"), (Channel.COMMENTARY, "it is two")]
        assert "find out" in worker.briefs[0].transcript()


@pytest.mark.anyio
async def test_a_cancel_on_the_page_stops_the_work(own_port: int, engine: FakeEngine, worker: Counts) -> None:
    async with asyncio.timeout(10), connect(f"ws://127.0.0.1:{own_port}/v1/live/sessions?microturn=1") as link:
        await link.send(json.dumps({"type": "session.start", "session": {"model": "nano"}}))
        await heard_of(link, "session.started")
        engine.handles[0].queue.put_nowait(note("delegate wait for it"))
        await link.send(json.dumps({"type": "microturn.text.append", "text": "hello"}))
        id = (await heard_of(link, "microturn.delegation"))["id"]
        await heard_of(link, "microturn.delegation.state")
        await link.send(json.dumps({"type": "microturn.delegation.cancel", "delegation_id": id}))
        assert (await heard_of(link, "microturn.delegation.over"))["reason"] == "cancelled"
        while not worker.stopped:
            await asyncio.sleep(0.01)
    assert not [e for e in engine.handles[0].received if isinstance(e, Text) and e.channel is Channel.COMMENTARY]


@pytest.mark.anyio
async def test_a_client_that_asks_for_the_work_gets_it(own_port: int, engine: FakeEngine, worker: Counts) -> None:
    async with asyncio.timeout(10), connect(f"ws://127.0.0.1:{own_port}/v1/live/sessions") as link:
        session = {"model": "nano", "delegation": {"type": "client"}}
        await link.send(json.dumps({"type": "session.start", "session": session}))
        await heard_of(link, "session.started")
        engine.handles[0].queue.put_nowait(note(f"delegate {TASK}"))
        await link.send(json.dumps({"type": "session.input_audio.mute"}))
        assert (await heard_of(link, "session.delegation.created"))["delegation"]["target"] == "client"
    assert worker.briefs == []
