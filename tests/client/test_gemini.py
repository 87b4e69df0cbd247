"""Gemini Live against a small server whose messages are the types of Google's own SDK."""

import json
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np
import pytest
from google.genai import types
from websockets.asyncio.server import ServerConnection

from microturn.bench.controls import tone
from microturn.client.exchange import converse
from microturn.client.gemini import Gemini
from microturn.protocol.events import Channel, Clear, Do, Frame, Text
from microturn.protocol.failure import Failure, SystemFailed
from microturn.protocol.wire import from_pcm16, pcm16
from tests.client.peers import TWICE, Ear, answered_and_yielded, serving, stimulus

SHORT = stimulus(duration_ms=400)


async def send(socket: ServerConnection, message: types.LiveServerMessage) -> None:
    """As Google sends it: JSON in a binary message."""
    await socket.send(message.model_dump_json(exclude_none=True, by_alias=True).encode())


async def content(socket: ServerConnection, **fields: Any) -> None:
    await send(socket, types.LiveServerMessage(server_content=types.LiveServerContent(**fields)))


@dataclass
class Echoing:
    """Its VAD: quiet after speech gives an answer of 2 s, faster than it sounds; speech into it interrupts."""

    got: list[types.LiveClientMessage] = field(default_factory=list)
    ear: Ear = field(default_factory=lambda: Ear(16_000))
    sounding_until_ms: float = 0.0

    async def __call__(self, socket: ServerConnection) -> None:
        async for message in socket:
            self.got.append(types.LiveClientMessage.model_validate(json.loads(message)))
            if self.got[-1].setup:
                await send(socket, types.LiveServerMessage(setup_complete=types.LiveServerSetupComplete()))
            given = self.got[-1].realtime_input
            if given and given.audio:
                assert given.audio.mime_type == "audio/pcm;rate=16000" and given.audio.data
                await self.hear(socket, self.ear.hear(from_pcm16(given.audio.data)))

    async def hear(self, socket: ServerConnection, change: str) -> None:
        if change == "began" and self.ear.at_ms < self.sounding_until_ms:
            await content(socket, interrupted=True)
            await content(socket, turn_complete=True)
        if change == "ended":
            self.sounding_until_ms = self.ear.at_ms + 2000
            await content(socket, input_transcription=types.Transcription(text="beep beep"))
            for _ in range(4):
                blob = types.Blob(data=pcm16(tone(500)).tobytes(), mime_type="audio/pcm;rate=24000")
                await content(socket, model_turn=types.Content(parts=[types.Part(inline_data=blob)]))
            await content(socket, output_transcription=types.Transcription(text="one two three "))
            await content(socket, output_transcription=types.Transcription(text="four five six"))
            await content(socket, generation_complete=True)


def test_it_answers_when_the_user_is_quiet_and_yields_when_interrupted() -> None:
    with serving(Echoing()) as url:
        output = converse(Gemini(url, model="m"), TWICE)
    answered_and_yielded(output)
    assert [type(event) for event in output.events if isinstance(event, Clear)] == [Clear]
    assert [word.text for word in output.words(Channel.HEARD)] == ["beep"] * 4


def test_setup_pictures_and_typed_text() -> None:
    rgb = np.zeros((8, 8, 3), np.uint8)
    world = replace(
        stimulus(duration_ms=1300),
        frames=tuple(Frame(at_ms=200.0 * k, channel=Channel.CAMERA, rgb=rgb) for k in range(6)),
        events=(Text(at_ms=300, channel=Channel.USER, text="hello"),),
    )
    server = Echoing()
    with serving(server) as url:
        converse(Gemini(url, model="m", settings={"systemInstruction": {"parts": [{"text": "be brief"}]}}), world)
    setup, *rest = server.got
    assert setup.setup and setup.setup.model == "models/m" and setup.setup.system_instruction
    assert setup.setup.generation_config and setup.setup.output_audio_transcription is not None
    inputs = [message.realtime_input for message in rest if message.realtime_input]
    pictures = [given.video for given in inputs if given.video]
    assert [picture.mime_type for picture in pictures] == ["image/jpeg"] * 2, "it looks once a second"
    assert [given.text for given in inputs if given.text] == ["hello"]


def talking(*messages: Any) -> Any:
    async def talk(socket: ServerConnection) -> None:
        await socket.recv()
        await send(socket, types.LiveServerMessage(setup_complete=types.LiveServerSetupComplete()))
        for message in messages:
            await socket.send(message)
        await socket.wait_closed()

    return talk


def closing(code: int, reason: str, *, early: bool) -> Any:
    async def talk(socket: ServerConnection) -> None:
        await socket.recv()
        if not early:
            await send(socket, types.LiveServerMessage(setup_complete=types.LiveServerSetupComplete()))
        await socket.close(code, reason)

    return talk


@pytest.mark.parametrize(
    ("talk", "failure", "sentence"),
    [
        (closing(1007, "API key not valid. Please pass a valid API key.", early=True), Failure.REFUSED, "API key not"),
        (closing(1011, "You exceeded your current quota", early=True), Failure.UNREACHABLE, "1011 You exceeded"),
        (closing(1011, "Internal error", early=False), Failure.LOST, "into the session .1011 Internal error"),
        (talking(b"\xff\x00"), Failure.LOST, "not the JSON object"),
        (talking('{"serverContent": 3}'), Failure.LOST, "serverContent that is no JSON object: 3"),
        (
            talking(
                '{"serverContent": {"modelTurn": {"parts": [{"inlineData": {"mimeType": "audio/pcm", "data": "!"}}]}}}'
            ),
            Failure.LOST,
            "not base64",
        ),
    ],
)
def test_what_goes_wrong_is_one_sentence_with_the_systems_words(talk: Any, failure: Failure, sentence: str) -> None:
    with serving(talk) as url, pytest.raises(SystemFailed, match=sentence) as caught:
        converse(Gemini(url, model="m"), SHORT)
    assert caught.value.failure is failure


def test_a_function_call_is_a_note() -> None:
    call = types.FunctionCall(id="c", name="book", args={"seat": 4})
    message = types.LiveServerMessage(tool_call=types.LiveServerToolCall(function_calls=[call]))
    with serving(talking(message.model_dump_json(exclude_none=True, by_alias=True))) as url:
        output = converse(Gemini(url, model="m"), SHORT)
    (note,) = [event for event in output.events if isinstance(event, Do)]
    assert json.loads(note.text) == {"function": "book", "args": {"seat": 4}}
