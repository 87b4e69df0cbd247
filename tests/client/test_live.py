"""Live as the bench measures it: all of the stimulus is sent, and a server that fails is one sentence."""

import asyncio
import base64
import json
from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from openai.types import live as types
from pydantic import BaseModel
from websockets.asyncio.server import ServerConnection

from microturn.bench.audible import said, soundings
from microturn.bench.controls import tone
from microturn.client.exchange import converse
from microturn.client.live import Live
from microturn.protocol.events import Channel, Frame, Text
from microturn.protocol.failure import Failure, SystemFailed
from microturn.protocol.wire import pcm16
from tests.client.peers import KEY, Talk, serving, stimulus

STARTED = {"type": "session.started", "session": {"id": "s", "model": "nano"}}
TOKEN = {"type": "microturn.session", "token": "t", "tick_ms": 200}
CLOSED = {"type": "session.closed", "reason": "close_requested", "usage": {"seconds": 0.3}}
SEEN = replace(
    stimulus(duration_ms=300),
    events=(Text(at_ms=100, channel=Channel.USER, text="hello"),),
    frames=(Frame(at_ms=50, channel=Channel.CAMERA, rgb=np.zeros((8, 8, 3), np.uint8)),),
)


async def begin(socket: ServerConnection) -> None:
    await socket.recv()
    for message in (STARTED, TOKEN):
        await socket.send(json.dumps(message))


def test_typed_text_and_frames_are_sent_at_their_time_and_the_sound_as_it_is() -> None:
    got: list[dict[str, Any]] = []

    async def talk(socket: ServerConnection) -> None:
        await begin(socket)
        async for message in socket:
            got.append(json.loads(message))
            if got[-1]["type"] == "session.close":
                await socket.send(json.dumps(CLOSED))

    world = replace(SEEN, audio=stimulus((0, 200), duration_ms=300).audio)
    with serving(talk) as url:
        converse(Live(url), world)
    kinds = [event["type"] for event in got if event["type"] != "session.input_audio.append"]
    assert kinds == ["microturn.frame.append", "microturn.text.append", "session.close"]
    sent = b"".join(base64.b64decode(event["audio"]) for event in got if "audio" in event)
    assert sent == pcm16(world.audio[Channel.USER].samples).tobytes(), (
        "not resampled: the engine gets what it gets here"
    )


async def event(socket: ServerConnection, kind: type[BaseModel], **fields: Any) -> None:
    name = kind.model_fields["type"].annotation.__args__[0]  # type: ignore[union-attr]
    body = kind.model_construct(**{"type": name, "event_id": "e", **fields})
    await socket.send(body.model_dump_json(exclude_unset=True))


def test_without_extensions_a_word_is_where_the_server_dates_it() -> None:
    async def talk(socket: ServerConnection) -> None:
        await socket.recv()
        assert "microturn" not in (socket.request.path if socket.request else "")
        await socket.send(json.dumps(STARTED))
        heard = 0
        async for message in socket:
            heard += json.loads(message)["type"] == "session.input_audio.append"
            if heard == 10:  # at 400 ms
                sound = base64.b64encode(pcm16(tone(400, rate_hz=16_000)).tobytes()).decode()
                await event(socket, types.OutputAudioDeltaEvent, delta=sound)
                await event(socket, types.OutputTranscriptDeltaEvent, delta="yes", start_ms=450, end_ms=600)
                heard += 1

    with serving(talk, key_header="Authorization") as url:
        output = converse(Live(url, extensions=False, api_key=KEY), stimulus(duration_ms=1500))
    (sound,) = soundings(output)
    assert 380 <= sound.at_ms < 900
    assert [(word.text, word.at_ms) for word in output.words(Channel.SAY)] == [("yes", 450)] and len(said(output)) <= 1
    with pytest.raises(SystemFailed, match="carries no pictures"):
        converse(Live("ws://127.0.0.1:9", extensions=False), SEEN)


async def drop(socket: ServerConnection) -> None:
    await begin(socket)
    await socket.recv()
    socket.transport.abort()


async def fail(socket: ServerConnection) -> None:
    await begin(socket)
    error = {"type": "error", "error": {"code": "session_failed", "message": "the model broke; open a new session"}}
    for message in (error, {**CLOSED, "reason": "connection_lost"}):
        await socket.send(json.dumps(message))
    await socket.wait_closed()


async def full(socket: ServerConnection) -> None:
    await socket.recv()
    error = {"code": "session_limit", "message": "all 3 sessions are taken"}
    await socket.send(json.dumps({"type": "error", "error": error}))
    await socket.wait_closed()


async def malformed(socket: ServerConnection) -> None:
    await begin(socket)
    await socket.send(json.dumps({"type": "session.output_audio.delta", "delta": 3}))
    await socket.wait_closed()


@pytest.mark.parametrize(
    ("talk", "failure", "sentence"),
    [
        (drop, Failure.LOST, "closed the connection .* into the session"),
        (fail, Failure.LOST, "before its time: the model broke; open a new session"),
        (full, Failure.UNREACHABLE, "it says: all 3 sessions are taken"),
        (malformed, Failure.LOST, "session.output_audio.delta that is not as the protocol has it"),
    ],
)
def test_a_server_that_fails_is_one_sentence(talk: Talk, failure: Failure, sentence: str) -> None:
    with serving(talk) as url, pytest.raises(SystemFailed, match=sentence) as caught:
        converse(Live(url), SEEN)
    assert caught.value.failure is failure


def test_a_server_that_ignores_or_drops_the_close_has_done_its_part(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Live, "linger_s", 0.2)

    async def ignore(socket: ServerConnection) -> None:
        await begin(socket)
        async for _ in socket:
            pass

    async def leave(socket: ServerConnection) -> None:
        await begin(socket)
        async for message in socket:
            if json.loads(message)["type"] == "session.close":
                socket.transport.abort()

    for talk in (ignore, leave):
        with serving(talk) as url:
            assert soundings(converse(Live(url), SEEN)) == []


def test_a_complaint_that_ends_nothing_is_kept() -> None:
    async def talk(socket: ServerConnection) -> None:
        await begin(socket)
        await socket.send(json.dumps({"type": "error", "error": {"code": "odd", "message": "that was odd"}}))
        await asyncio.sleep(1)

    with serving(talk) as url:
        assert converse(Live(url), SEEN).meta["errors"] == ["that was odd (odd)"]
