"""The client against a scripted server: audio is paced by absolute deadlines, wire events become glossary events."""

import asyncio
import base64
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import numpy as np
import pytest
from websockets.asyncio.server import ServerConnection, serve

from microturn.client import connect
from microturn.client.connection import endpoint
from microturn.protocol.clock import MonotonicClock
from microturn.protocol.events import (
    Audio,
    Channel,
    Clear,
    Closed,
    CloseReason,
    Do,
    Event,
    Failed,
    Frame,
    Played,
    Text,
    Tick,
    Word,
)

pytestmark = pytest.mark.anyio
SOUND = base64.b64encode(np.full(4800, 8192, "<i2").tobytes()).decode()
TICK = {"tick": 0, "at_ms": 0.0, "compute_ms": 5.0, "late_ms": 0.0, "positions": 2}
ANSWERS: list[tuple[dict[str, Any], Event]] = [
    (
        {"type": "session.input_transcript.delta", "delta": " red", "start_ms": 10, "end_ms": 90},
        Word(at_ms=10, until_ms=90, channel=Channel.HEARD, text="red"),
    ),
    (
        {"type": "session.output_transcript.delta", "delta": "blue", "start_ms": 200, "end_ms": 400},
        Word(at_ms=200, until_ms=400, channel=Channel.SAY, text="blue"),
    ),
    ({"type": "microturn.tick", **TICK, "misses": 0, "user_rms": 0.1}, Tick(**TICK)),
    ({"type": "microturn.clear", "at_ms": 400.0}, Clear(at_ms=400)),
    ({"type": "microturn.do", "at_ms": 400.0, "text": "four"}, Do(at_ms=400, text="four")),
    (
        {"type": "error", "error": {"code": "bad", "message": "send less", "type": "x"}},
        Failed(at_ms=0, code="bad", message="send less"),
    ),
    (
        {"type": "session.closed", "reason": "close_requested", "usage": {"seconds": 0.4}},
        Closed(at_ms=400, reason=CloseReason.CLIENT),
    ),
]


@pytest.fixture
def anyio_backend() -> str:
    return "asyncio"


@asynccontextmanager
async def scripted(answers: list[dict[str, Any]]) -> AsyncIterator[tuple[str, list[tuple[float, dict[str, Any]]]]]:
    """A server that opens a session, logs what it gets with times, and gives the answers once asked to close."""
    log: list[tuple[float, dict[str, Any]]] = []
    clock = MonotonicClock()

    async def talk(socket: ServerConnection) -> None:
        async for message in socket:
            event = json.loads(message)
            log.append((clock.now_ms(), event))
            if event["type"] == "session.start":
                await socket.send(json.dumps({"type": "session.started", "session": {"id": "s", "model": "nano"}}))
                await socket.send(json.dumps({"type": "microturn.session", "token": "t", "tick_ms": 200}))
            if event["type"] == "session.close":
                for answer in answers:
                    await socket.send(json.dumps(answer))

    async with serve(talk, "127.0.0.1", 0) as server:
        yield f"http://127.0.0.1:{next(iter(server.sockets)).getsockname()[1]}", log


async def test_wire_events_become_events_of_the_glossary() -> None:
    sound = {"type": "session.output_audio.delta", "delta": SOUND, "start_ms": 200}
    async with scripted([sound, *(wire for wire, _ in ANSWERS)]) as (url, _), connect(url) as live:
        assert (live.opened.session_id, live.opened.tick_ms) == ("s", 200)
        await live.close()
        got = [received async for received in live.received()]
    audio = got[0].event
    assert isinstance(audio, Audio) and audio.at_ms == 200 and len(audio.samples) == 4800 and audio.samples[0] == 0.25
    expected = [event for _, event in ANSWERS]
    assert [type(received.event) for received in got[1:]] == [type(event) for event in expected]
    assert [received.event for received in got[1:] if not isinstance(received.event, Failed)] == [
        event for event in expected if not isinstance(event, Failed)
    ]
    assert all(0 <= received.arrived_ms < 5000 for received in got)


async def test_audio_is_paced_by_absolute_deadlines() -> None:
    frame = Frame(at_ms=100, channel=Channel.CAMERA, rgb=np.zeros((8, 8, 3), np.uint8))
    typed = Text(at_ms=200, channel=Channel.USER, text="hello")
    async with scripted([]) as (url, log), connect(url, rate_hz=16_000) as live:
        samples = np.linspace(-1, 0.9, 16_000 * 3 // 10, dtype=np.float32)
        await live.stream(samples, rate_hz=16_000, events=[typed, frame], chunk_ms=20)
        await asyncio.sleep(0.05)
    audio = [(at_ms, event) for at_ms, event in log if event["type"] == "session.input_audio.append"]
    sent = b"".join(base64.b64decode(event["audio"]) for _, event in audio)
    np.testing.assert_allclose(np.frombuffer(sent, "<i2") / 32768, samples, atol=1e-4)
    assert len(audio) == 15
    late_ms = [at_ms - live.origin_ms - 20 * (k + 1) for k, (at_ms, _) in enumerate(audio)]
    assert min(late_ms) > -5 and late_ms[-1] < 150, late_ms  # never early, no drift, and no frame holds up audio
    kinds = [event["type"] for _, event in log]
    assert kinds.index("microturn.frame.append") - kinds.index("session.input_audio.append") >= 3
    assert kinds.index("microturn.text.append") > kinds.index("microturn.frame.append")


async def test_everything_a_client_may_send() -> None:
    async with scripted([]) as (url, log), connect(url) as live:
        await live.send(Text(at_ms=0, channel=Channel.USER, text="hi"))
        await live.send(Text(at_ms=0, channel=Channel.COMMENTARY, text="it rains"))
        await live.send(Played(at_ms=0, until_ms=400))
        with pytest.raises(ValueError, match="a client sends"):
            await live.send(Clear(at_ms=0))
        with pytest.raises(ValueError, match="resample"):
            await live.stream(np.zeros(10, np.float32), rate_hz=8000)
        await asyncio.sleep(0.05)
    assert [event for _, event in log[1:]] == [
        {"type": "microturn.text.append", "text": "hi"},
        {"type": "session.commentary.append", "content": "it rains", "delegation_id": None},
        {"type": "microturn.played", "until_ms": 400},
    ]


async def test_a_broken_connection_ends_with_closed_for_an_error() -> None:
    async def vanish(socket: ServerConnection) -> None:
        await socket.recv()
        await socket.send(json.dumps({"type": "session.started", "session": {"id": "s", "model": "nano"}}))
        socket.transport.abort()

    async with serve(vanish, "127.0.0.1", 0) as server:
        port = next(iter(server.sockets)).getsockname()[1]
        async with connect(f"http://127.0.0.1:{port}", extensions=False) as live:
            got = [received async for received in live.received()]
    assert [received.event for received in got] == [Closed(at_ms=0, reason=CloseReason.ERROR)]


@pytest.mark.parametrize("mistake", [FileNotFoundError("my.wav"), TimeoutError("mine"), BrokenPipeError()])
async def test_a_mistake_of_the_caller_stays_the_callers(mistake: Exception) -> None:
    async with scripted([]) as (url, _):
        with pytest.raises(type(mistake)) as caught:
            async with connect(url):
                raise mistake
    assert caught.value is mistake


async def test_a_connection_that_breaks_while_streaming_is_one_plain_error() -> None:
    async def hang_up(socket: ServerConnection) -> None:
        await socket.recv()
        await socket.send(json.dumps({"type": "session.started", "session": {"id": "s", "model": "nano"}}))
        await socket.recv()
        socket.transport.abort()

    async with serve(hang_up, "127.0.0.1", 0) as server:
        port = next(iter(server.sockets)).getsockname()[1]
        async with connect(f"http://127.0.0.1:{port}", rate_hz=16_000, extensions=False) as live:
            with pytest.raises(ConnectionError, match="start a new session"):
                await live.stream(np.zeros(16_000, np.float32), rate_hz=16_000)


async def test_a_server_that_starts_no_session_is_one_sentence(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("microturn.client.connection.START_S", 0.1)

    async def mute(socket: ServerConnection) -> None:
        await socket.wait_closed()

    async with serve(mute, "127.0.0.1", 0) as server:
        port = next(iter(server.sockets)).getsockname()[1]
        with pytest.raises(ConnectionError, match="started no session within"):
            async with connect(f"http://127.0.0.1:{port}"):
                pass


async def test_no_server_is_one_sentence() -> None:
    with pytest.raises(ConnectionError, match="microturn serve"):
        async with connect("http://127.0.0.1:9"):
            pass


@pytest.mark.parametrize(
    ("url", "address"),
    [
        ("localhost:8080", "ws://localhost:8080/v1/live/sessions?microturn=1"),
        ("https://h/", "wss://h/v1/live/sessions?microturn=1"),
        ("ws://h:1/v1/live/sessions", "ws://h:1/v1/live/sessions?microturn=1"),
    ],
)
async def test_addresses(url: str, address: str) -> None:
    assert endpoint(url, extensions=True) == address
    with pytest.raises(ValueError, match="http://localhost:8080"):
        endpoint("ftp://x", extensions=False)
