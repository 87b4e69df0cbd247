"""Other people's clients are the background of our server's session: each runs where its package is installed.

LiveKit's wants an environment with `livekit-agents` and `livekit-plugins-openai`, pipecat's one with `pipecat-ai[openai]`
(and soxr 1.0). There, without torch: `python -m pytest --noconftest tests/recipes/test_peers.py`. Both speak to a real server
over a fake engine.
"""

import asyncio
import json
import threading
from collections.abc import AsyncIterator, Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import numpy as np
import pytest

from microturn.protocol.events import Channel, Do, Text
from microturn.server.app import application
from tests.server.conftest import FakeEngine, FakeHandle, serving

pytestmark = pytest.mark.anyio
TONE = (0.3 * np.sin(np.arange(480) / 10) * 32767).astype("<i2").tobytes()  # 20 ms at 24 kHz
SECONDS = 6.0


@pytest.fixture
def anyio_backend() -> str:
    return "asyncio"


@pytest.fixture
def engine() -> FakeEngine:
    return FakeEngine()


async def delegated(engine: FakeEngine) -> FakeHandle:
    """The model hands something over once the session runs, and again when that is done."""
    while not engine.handles or not engine.handles[0].ticks:
        await asyncio.sleep(0.02)
    engine.handles[0].queue.put_nowait(Do(at_ms=400.0, text="delegate the weather"))
    while not told(engine.handles[0]):
        await asyncio.sleep(0.02)
    engine.handles[0].queue.put_nowait(Do(at_ms=800.0, text="delegate the news"))
    while len(told(engine.handles[0])) < 2:
        await asyncio.sleep(0.02)
    return engine.handles[0]


def told(handle: FakeHandle) -> list[str]:
    return [e.text for e in handle.received if isinstance(e, Text) and e.channel is Channel.COMMENTARY]


async def until_delegated(engine: FakeEngine, running: "asyncio.Task[None]") -> FakeHandle:
    async with asyncio.timeout(20):
        handle = await delegated(engine)
    running.cancel()
    await asyncio.gather(running, return_exceptions=True)
    return handle


async def test_livekit_is_the_background(engine: FakeEngine) -> None:
    pytest.importorskip("livekit.plugins.openai", reason="livekit-plugins-openai is not installed")
    from recipes.livekit_background import talk

    async def microphone() -> AsyncIterator[bytes]:
        while True:
            await asyncio.sleep(0.02)
            yield TONE

    asked: list[str] = []

    async def work(words: str) -> str:
        asked.append(words)
        return "it rains"

    with serving(application(engine, model="nano")) as port:
        running = asyncio.create_task(talk(f"http://127.0.0.1:{port}", microphone(), work, seconds=SECONDS))
        handle = await until_delegated(engine, running)
    assert told(handle)[:2] == ["it rains", "it rains"] and "hello" in asked[0], "it is given the user's words"


@contextmanager
def language_model(says: str) -> Iterator[tuple[str, list[str]]]:
    """An OpenAI-compatible server that streams one answer to everything, and what it was asked."""
    asked: list[str] = []

    class Answers(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            asked.append(self.rfile.read(int(self.headers["Content-Length"])).decode())
            self.send_response(200)
            self.send_header("Content-Type", "text/event-stream")
            self.end_headers()
            for delta, end in (({"role": "assistant", "content": says}, None), ({}, "stop")):
                choice = {"index": 0, "delta": delta, "finish_reason": end}
                chunk = {"id": "c", "object": "chat.completion.chunk", "created": 0, "model": "m", "choices": [choice]}
                self.wfile.write(f"data: {json.dumps(chunk)}\n\n".encode())
            self.wfile.write(b"data: [DONE]\n\n")

        def log_message(self, format: str, *args: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Answers)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield f"http://127.0.0.1:{server.server_port}/v1", asked
    finally:
        server.shutdown()


async def test_pipecat_is_the_background(engine: FakeEngine) -> None:
    pytest.importorskip("pipecat", reason="pipecat-ai is not installed (it wants soxr 1.0, our environment has 1.1)")
    from pipecat.frames.frames import InputAudioRawFrame, StartFrame  # pyright: ignore[reportMissingImports]
    from pipecat.processors.frame_processor import FrameProcessor  # pyright: ignore[reportMissingImports]

    from recipes.pipecat_background import talk

    class Microphone(FrameProcessor):
        async def process_frame(self, frame: Any, direction: Any) -> None:
            await super().process_frame(frame, direction)
            await self.push_frame(frame, direction)
            if isinstance(frame, StartFrame):
                self.create_task(self.speak(), "microphone")

        async def speak(self) -> None:
            while True:
                await asyncio.sleep(0.02)
                await self.push_frame(InputAudioRawFrame(audio=TONE, sample_rate=24_000, num_channels=1))

    with language_model(">> it rains") as (model_url, asked), serving(application(engine, model="nano")) as port:
        url = f"http://127.0.0.1:{port}"
        running = asyncio.create_task(talk(url, [Microphone()], [], model_url=model_url, model="m", seconds=SECONDS))
        handle = await until_delegated(engine, running)
    assert told(handle)[:2] == ["it rains", "it rains"] and "hello" in asked[0], "it is given the conversation"
