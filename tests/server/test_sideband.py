"""Sidebands: the stock client attaches to a session that another one began, sees it, and is its background."""

import asyncio
import base64
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import numpy as np
import pytest
from openai import AsyncOpenAI
from websockets.asyncio.client import connect
from websockets.exceptions import InvalidStatus

from microturn.protocol.events import Audio, Channel, Text
from microturn.server.pcm import encode_pcm
from microturn.server.sideband import MOST
from tests.server.conftest import FakeEngine
from tests.server.test_delegations import TASK, heard_of, note

pytestmark = pytest.mark.anyio
TONE = encode_pcm((0.3 * np.sin(np.arange(4800) / 10)).astype(np.float32))


@asynccontextmanager
async def primary(port: int, *, query: str = "?microturn=1") -> AsyncIterator[tuple[Any, str]]:
    """An open session whose client does the work, and its id."""
    async with asyncio.timeout(10), connect(f"ws://127.0.0.1:{port}/v1/live/sessions{query}") as link:
        session = {"model": "nano", "delegation": {"type": "client"}}
        await link.send(json.dumps({"type": "session.start", "session": session}))
        yield link, (await heard_of(link, "session.started"))["session"]["id"]


def side(port: int, session_id: str) -> Any:
    client = AsyncOpenAI(api_key="none", base_url=f"http://127.0.0.1:{port}/v1")
    return client.live.sideband.connect(session_id=session_id)


def side_address(port: int, session_id: str) -> str:
    return f"ws://127.0.0.1:{port}/v1/live/sessions/{session_id}/attach?microturn=1"


async def stock(live: Any, kind: str) -> Any:
    async for event in live:
        if event.type == kind:
            return event
    raise AssertionError(f"no {kind} came")


async def test_the_stock_client_is_the_background_from_the_side(port: int, engine: FakeEngine) -> None:
    async with primary(port) as (link, id), side(port, id) as live:
        assert (await live.recv()).session.id == id
        engine.handles[0].queue.put_nowait(note(f"delegate {TASK}"))
        created = await stock(live, "session.delegation.created")
        assert created.delegation.target == "client"
        await live.session.commentary.append(content="it rains", delegation_id=created.delegation.id)
        await stock(live, "session.commentary.appended")
        assert (await heard_of(link, "microturn.delegation"))["task"] == TASK
        assert (await heard_of(link, "microturn.delegation.result"))["text"] == "it rains"
        assert (await heard_of(link, "microturn.delegation.over"))["reason"] == "answered"
        late = {"type": "session.commentary.append", "content": "it snows", "delegation_id": created.delegation.id}
        await link.send(json.dumps(late))
        assert (await heard_of(link, "error"))["error"]["code"] == "stale_delegation"
    texts = [(e.channel, e.text) for e in engine.handles[0].received if isinstance(e, Text)]
    assert texts == [(Channel.COMMENTARY, "it rains")]


async def test_it_hears_both_sides_and_no_extension(port: int) -> None:
    async with primary(port) as (link, id), side(port, id) as live:
        await live.recv()
        kinds = set[str]()
        await link.send(json.dumps({"type": "session.input_audio.mute"}))
        for _ in range(3):
            await link.send(json.dumps({"type": "session.input_audio.append", "audio": TONE}))
        heard = await stock(live, "session.input_audio.append")
        samples = np.frombuffer(base64.b64decode(heard.audio), "<i2")
        assert len(samples) == 4800 and np.abs(samples).max() > 5000, "as it came, before it was muted"
        await stock(live, "session.output_audio.delta")
        await link.send(json.dumps({"type": "session.close"}))
        async for event in live:
            kinds.add(event.type)
        assert "session.closed" in kinds and not {kind for kind in kinds if kind.startswith("microturn")}


async def test_what_is_open_is_told_and_a_withdrawal_too(port: int, engine: FakeEngine) -> None:
    async with primary(port) as (link, id):
        engine.handles[0].queue.put_nowait(note(f"delegate {TASK}"))
        await heard_of(link, "microturn.delegation")
        async with connect(side_address(port, id)) as other:
            assert (await heard_of(other, "microturn.delegation"))["task"] == TASK
            progress = {
                "type": "microturn.delegation.progress",
                "delegation_id": "delegation_1",
                "text": "half",
                "done": 0.5,
            }
            await other.send(json.dumps(progress))
            assert (await heard_of(link, "microturn.delegation.state"))["done"] == 0.5
            engine.handles[0].queue.put_nowait(note(f"cancel {TASK}"))
            assert (await heard_of(other, "microturn.delegation.over"))["reason"] == "withdrawn"


async def test_it_mutes_and_closes_but_sends_no_audio(port: int, engine: FakeEngine) -> None:
    async with primary(port) as (link, id), side(port, id) as live:
        await live.recv()
        await live.send({"type": "session.input_audio.append", "audio": TONE})
        assert "the connection that started it" in (await stock(live, "error")).error.message
        await live.session.input_audio.mute()
        await stock(live, "session.input_audio.muted")
        await link.send(json.dumps({"type": "session.input_audio.append", "audio": TONE}))
        await heard_of(link, "microturn.tick")
        await live.session.close()
        assert (await stock(live, "session.closed")).reason == "close_requested"
        assert (await heard_of(link, "session.closed"))["reason"] == "close_requested"
    [audio] = [event for event in engine.handles[0].received if not isinstance(event, Text)]
    assert isinstance(audio, Audio) and not np.abs(audio.samples).max()


async def test_the_session_outlives_it(port: int) -> None:
    async with primary(port, query="") as (link, id):
        for _ in range(2):
            async with side(port, id) as live:
                await live.recv()
        await link.send(json.dumps({"type": "session.input_audio.append", "audio": TONE}))
        await heard_of(link, "session.output_audio.delta")


async def test_who_may_not_attach(port: int) -> None:
    with pytest.raises(InvalidStatus) as none:
        await connect(side_address(port, "nobody"))
    assert none.value.response.status_code == 404 and b"session.started" in none.value.response.body
    async with primary(port) as (_, id):
        links = [await connect(side_address(port, id)) for _ in range(MOST)]
        with pytest.raises(InvalidStatus) as full:
            await connect(side_address(port, id))
        assert full.value.response.status_code == 429
        with pytest.raises(InvalidStatus) as foreign:
            await connect(side_address(port, id), origin="https://evil.example")  # type: ignore[arg-type]
        assert foreign.value.response.status_code == 403
        for link in links:
            await link.close()
