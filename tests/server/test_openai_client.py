"""The stock `openai` package holds a spoken conversation with our server: fake engine, real engine, released model."""

import asyncio
import base64
from collections.abc import Callable
from contextlib import AbstractContextManager

import numpy as np
import pytest
from echo_model import EchoModel
from openai import AsyncOpenAI
from server_clients import converse
from starlette.applications import Starlette

from microturn.engine.scheduler import Engine, EngineConfig
from microturn.server.app import application
from microturn.server.pcm import encode_pcm

pytestmark = pytest.mark.anyio


async def test_stock_client_converses(port: int) -> None:
    client = AsyncOpenAI(api_key="none", base_url=f"http://127.0.0.1:{port}/v1")
    tone = encode_pcm((0.3 * np.sin(np.arange(2400) / 10)).astype(np.float32))
    said, heard, sound, kinds = "", "", b"", set[str]()
    async with asyncio.timeout(10), client.live.connect() as live:
        await live.session.start(session={"model": "nano", "audio": {"format": {"type": "audio/pcm", "rate": 24000}}})
        assert (await live.recv()).type == "session.started"
        await live.session.thinking.append(content="the ball is red", delegation_id=None)
        await live.session.input_audio.mute()
        await live.session.input_audio.unmute()
        for _ in range(20):
            await live.session.input_audio.append(audio=tone)
        await live.session.close(event_id="done")
        async for event in live:
            kinds.add(event.type)
            if event.type == "session.output_audio.delta":
                sound += base64.b64decode(event.delta)
            elif event.type == "session.output_transcript.delta":
                said += event.delta
            elif event.type == "session.input_transcript.delta":
                heard += event.delta
            elif event.type == "session.closed":
                assert (event.reason, event.client_event_id) == ("close_requested", "done")
                break
    assert said == "word0 word5" and heard.startswith("hello hello")
    assert len(sound) == 4 * 9600 and np.abs(np.frombuffer(sound, "<i2")).max() > 5000
    assert {"session.thinking.appended", "session.input_audio.muted", "session.input_audio.unmuted"} <= kinds
    assert not {kind for kind in kinds if kind.startswith("microturn") or kind == "error"}


Serve = Callable[[Starlette], AbstractContextManager[int]]


async def test_stock_client_and_the_real_engine(serve_app: Serve) -> None:
    engine = Engine(EchoModel(), EngineConfig(slots=1, model="echo"))
    loud = np.random.default_rng(0).uniform(-0.5, 0.5, 6400).astype(np.float32)
    samples = np.concatenate([np.zeros(3200, np.float32), loud, np.zeros(12_800, np.float32)])
    with serve_app(application(engine, model="echo")) as port:
        came = await converse(port, samples, 1.5)
    assert set(came["heard"].split()) == set(came["said"].split()) == {"hello"} and came["last"] == "session.closed"
    sound = b"".join(came["session.output_audio.delta"])
    assert len(sound) >= 2 * 6400 and len(sound) % 6400 == 0 and not came["error"]  # ticks at 16 kHz
