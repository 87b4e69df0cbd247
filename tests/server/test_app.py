"""The server over real sockets: pages, metrics, refusals, hostile clients beside healthy ones, resume, port in use."""

import asyncio
import json
import socket
from typing import Any

import httpx
import numpy as np
import pytest
from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import ConnectionClosed, InvalidStatus

from microturn.protocol.clock import unix_s
from microturn.server.app import WEB, listen
from microturn.server.connection import Limits
from microturn.server.pcm import encode_pcm

pytestmark = pytest.mark.anyio
START = json.dumps({"type": "session.start", "session": {"model": "nano"}})
SECOND = json.dumps({"type": "session.input_audio.append", "audio": encode_pcm(np.full(24_000, 0.2, np.float32))})


async def read_until(ws: ClientConnection, kind: str) -> list[dict[str, Any]]:
    events: list[dict[str, Any]] = []
    async with asyncio.timeout(5):
        while not events or events[-1]["type"] != kind:
            events.append(json.loads(await ws.recv()))
    return events


def url(port: int, query: str = "") -> str:
    return f"ws://127.0.0.1:{port}/v1/live/sessions{query}"


def test_pages_health_and_metrics(port: int) -> None:
    with httpx.Client(base_url=f"http://127.0.0.1:{port}") as http:
        assert "<title>" in http.get("/").text
        for file in WEB.iterdir():
            assert http.get(f"/{file.name}").status_code == 200
        assert http.get("/audio.js").headers["content-type"].startswith("text/javascript")
        assert http.get("/healthz").json()["status"] == "ok"
        assert http.get("/metrics").json()["ticks"] == 0
        assert http.get("/../app.py").status_code == 404


async def test_a_conversation_and_its_metrics(port: int) -> None:
    async with connect(url(port)) as ws:
        await ws.send(START)
        await ws.send(SECOND)
        events = await read_until(ws, "session.output_audio.delta")
        assert [e["type"] for e in events[:2]] == ["session.started", "session.input_transcript.delta"]
        async with httpx.AsyncClient(base_url=f"http://127.0.0.1:{port}") as http:
            report = (await http.get("/metrics")).json()
        assert (report["model"], report["sessions"], report["ticks"]) == ("nano", 1, 5)
        await ws.send('{"type": "session.close"}')
        assert (await read_until(ws, "session.closed"))[-1]["usage"]["seconds"] == pytest.approx(1.0)
        with pytest.raises(ConnectionClosed):
            await ws.recv()
        assert ws.close_code == 1000


async def test_hostile_clients_do_not_disturb_another(port: int) -> None:
    async with connect(url(port)) as good, connect(url(port)) as bad, connect(url(port)) as huge:
        for ws in (good, bad):
            await ws.send(START)
            await read_until(ws, "session.started")
        for garbage in ("?", b"\xff\x00", "x" * (10 << 20), '{"type":"session.input_audio.append","audio":"YWJj"}'):
            await bad.send(garbage)
            assert len((await read_until(bad, "error"))[-1]["error"]["message"]) > 20
        with pytest.raises(ConnectionClosed):
            await huge.send("x" * (40 << 20))
            await huge.recv()
        assert huge.close_code == 1009
        bad.transport.abort()  # gone in the middle of things
        await good.send(SECOND)
        await read_until(good, "session.output_audio.delta")


async def test_a_full_engine_refuses_with_a_sentence(port: int) -> None:
    async with connect(url(port)) as a, connect(url(port)) as b, connect(url(port)) as c, connect(url(port)) as d:
        for ws in (a, b, c):
            await ws.send(START)
            await read_until(ws, "session.started")
        await d.send(START)
        error = (await read_until(d, "error"))[-1]["error"]
        assert error["code"] == "session_limit" and "3 sessions" in error["message"]


async def test_resume_replays_what_was_missed(port: int) -> None:
    async with connect(url(port, "?microturn=1")) as ws:
        await ws.send(START)
        begun = await read_until(ws, "microturn.session")
        token = begun[-1]["token"]
        await ws.send(SECOND)
        missed = await read_until(ws, "microturn.tick")
    async with connect(url(port, "?microturn=1")) as ws:
        await ws.send(json.dumps({"type": "microturn.resume", "token": token, "received": len(begun)}))
        again = await read_until(ws, "microturn.resumed")
        assert again[: len(missed)] == missed
        assert again[-1]["at_ms"] == 1000
        await ws.send(SECOND)
        assert (await read_until(ws, "microturn.tick"))[-1]["tick"] == 5


async def test_another_connection_takes_a_session_over(port: int) -> None:
    """The first connection still hangs on: it must let go, and take no message with it."""
    async with connect(url(port, "?microturn=1")) as old, connect(url(port, "?microturn=1")) as new:
        await old.send(START)
        token = (await read_until(old, "microturn.session"))[-1]["token"]
        await new.send(json.dumps({"type": "microturn.resume", "token": token, "received": 2}))
        assert (await read_until(new, "microturn.resumed"))[-1]["at_ms"] == 0
        with pytest.raises(ConnectionClosed, match="resumed on another connection"):
            while True:
                await old.recv()
        await new.send(SECOND)
        await read_until(new, "microturn.tick")


async def test_a_session_nobody_returns_to_ends(port: int) -> None:
    async with connect(url(port, "?microturn=1")) as ws:
        await ws.send(START)
        token = (await read_until(ws, "microturn.session"))[-1]["token"]
    await asyncio.sleep(0.8)
    async with connect(url(port, "?microturn=1")) as ws:
        await ws.send(json.dumps({"type": "microturn.resume", "token": token, "received": 0}))
        assert (await read_until(ws, "error"))[-1]["error"]["code"] == "unknown_token"
        await ws.send(START)
        await read_until(ws, "session.started")


async def test_input_the_engine_refuses_is_reported(port: int) -> None:
    async with connect(url(port)) as ws:
        await ws.send(START)
        await ws.send('{"type": "microturn.text.append", "text": "refuse me"}')
        assert "send another" in (await read_until(ws, "error"))[-1]["error"]["message"]


async def test_damaged_pictures_and_half_characters_are_reported(port: int) -> None:
    async with connect(url(port)) as ws:
        await ws.send('{"type": "\\ud800"}')
        assert "surrogate" in (await read_until(ws, "error"))[-1]["error"]["message"]
        await ws.send(START)
        await ws.send('{"type": "microturn.frame.append", "image": "/9j/4AAQSkZJRg==", "event_id": "f1"}')
        error = (await read_until(ws, "error"))[-1]["error"]
        assert (error["code"], error["client_event_id"]) == ("invalid_frame", "f1") and "whole JPEG" in error["message"]


async def test_pages_of_other_sites_may_not_connect(port: int) -> None:
    for friend in (None, f"http://127.0.0.1:{port}", "https://friend.example"):
        async with connect(url(port), origin=friend) as ws:  # type: ignore[arg-type]
            await ws.send('{"type": "session.sing"}')
            await read_until(ws, "error")
    for foreign in ("https://evil.example", f"http://localhost:{port}", "http://127.0.0.1:1", "null", "http://[", ""):
        with pytest.raises(InvalidStatus) as refusal:
            await connect(url(port), origin=foreign)  # type: ignore[arg-type]
        assert refusal.value.response.status_code == 403
        assert b"--allow-origin" in refusal.value.response.body


async def test_another_path_is_told_the_right_one(port: int) -> None:
    async with connect(f"ws://127.0.0.1:{port}/v1/realtime?model=nano") as ws:
        with pytest.raises(ConnectionClosed, match="no /v1/realtime; connect to /v1/live/sessions"):
            await ws.recv()


@pytest.mark.parametrize("limits", [Limits(session_s=1.0), Limits(idle_s=0.3)], ids=["lasts too long", "is silent"])
async def test_a_session_ends_when_its_client(port: int, engine: Any, limits: Limits) -> None:
    chunk = json.dumps({"type": "session.input_audio.append", "audio": encode_pcm(np.zeros(2_400, np.float32))})
    async with connect(url(port)) as ws:
        await ws.send(START)
        started = (await read_until(ws, "session.started"))[-1]["session"]
        assert started["expires_at"] - unix_s() <= limits.session_s
        for _ in range(5):  # half a second
            await ws.send(chunk)
            await asyncio.sleep(0.1)
        assert not engine.handles[0].closed
        assert (await read_until(ws, "session.closed"))[-1]["reason"] == "expired"
    assert engine.handles[0].closed


def test_only_one_can_have_a_port() -> None:
    with listen("127.0.0.1", 0) as first:
        number = first.getsockname()[1]
        with pytest.raises(ValueError, match=f"port {number} is in use"):
            listen("127.0.0.1", number)


def test_a_port_in_use_is_one_sentence() -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        number = taken.getsockname()[1]
        with pytest.raises(ValueError, match=f"port {number} is in use.*--port {number + 1}"):
            listen("127.0.0.1", number)


async def test_a_client_with_extensions_may_choose_the_time_of_day_and_the_seed(port: int) -> None:
    async with connect(url(port, "?microturn=1&second_of_day=43200.5&seed=7")) as ws:
        await ws.send(START)
        begun = (await read_until(ws, "microturn.session"))[-1]
        assert (begun["second_of_day"], begun["seed"]) == (43_200.5, 7)
    async with connect(url(port, "?second_of_day=noon")) as ws:  # no extension was asked for
        await ws.send(START)
        await read_until(ws, "session.started")


@pytest.mark.parametrize(
    "wish", ["second_of_day=noon", "second_of_day=86400", "second_of_day=nan", "seed=-1", "seed=x"]
)
async def test_a_wish_that_cannot_be_is_refused(port: int, wish: str) -> None:
    async with connect(url(port, f"?microturn=1&{wish}")) as ws:
        with pytest.raises(ConnectionClosed, match="1008.*(second_of_day|seed)"):
            await ws.recv()
