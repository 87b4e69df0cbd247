"""OpenAI Realtime against a small server whose messages are the `openai` package's own types."""

import asyncio
import base64
import json
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np
import pytest
from openai.types import realtime as types
from pydantic import BaseModel, TypeAdapter
from websockets.asyncio.server import ServerConnection

from microturn.bench.audible import soundings
from microturn.bench.controls import tone
from microturn.client.exchange import converse
from microturn.client.realtime import Realtime
from microturn.protocol.events import Channel, Clear, Do, Frame, Text
from microturn.protocol.failure import Failure, SystemFailed
from microturn.protocol.wire import from_pcm16, pcm16
from tests.client.peers import ANSWER, TWICE, Ear, answered_and_yielded, serving, stimulus

CLIENT_EVENTS: TypeAdapter[Any] = TypeAdapter(types.RealtimeClientEvent)
ANSWER_MS = 2000.0
SHORT = stimulus(duration_ms=400)


def response(status: str = "completed", **more: Any) -> dict[str, Any]:
    return {"id": "resp", "object": "realtime.response", "status": status, "output": [], **more}


@dataclass
class Echoing:
    """Server VAD: quiet after speech gives an answer of 2 s, sent at once; speech into it cancels it."""

    got: list[dict[str, Any]] = field(default_factory=list)
    ear: Ear = field(default_factory=lambda: Ear(24_000))
    answers: int = 0
    duplex: bool = False

    async def __call__(self, socket: ServerConnection) -> None:
        if not self.duplex:
            await self.send(socket, {"type": "session.created", "session": {"type": "realtime"}, "event_id": "e"})
        async for message in socket:
            body = json.loads(message)
            if not self.duplex:  # strict, as OpenAI's is
                CLIENT_EVENTS.validate_python(body)
            self.got.append(body)
            await self.obey(socket, body)

    async def obey(self, socket: ServerConnection, body: dict[str, Any]) -> None:
        if body["type"] == "session.update":
            if self.duplex:
                await self.send(socket, {"type": "session.created", "session": {"id": "s"}})
            await self.send(socket, {"type": "session.updated", "session": body["session"], "event_id": "e"})
        if body["type"] == "input_audio_buffer.append":
            change = self.ear.hear(from_pcm16(base64.b64decode(body["audio"])))
            if change == "began":
                await self.event(
                    socket, types.InputAudioBufferSpeechStartedEvent, audio_start_ms=int(self.ear.at_ms), item_id="u"
                )
            if change == "ended":
                await self.heard(socket)
                await self.answer(socket)

    async def heard(self, socket: ServerConnection) -> None:
        await self.event(
            socket, types.InputAudioBufferSpeechStoppedEvent, audio_end_ms=int(self.ear.loud_ms), item_id="u"
        )
        kind = types.ConversationItemInputAudioTranscriptionCompletedEvent
        usage = {"type": "duration", "seconds": 1.0}
        await self.event(socket, kind, item_id="u", content_index=0, transcript="beep beep", usage=usage)

    async def answer(self, socket: ServerConnection) -> None:
        self.answers += 1
        place = {"item_id": f"item{self.answers}", "response_id": "resp", "output_index": 0, "content_index": 0}
        await self.event(socket, types.ResponseAudioTranscriptDeltaEvent, delta=" ".join(ANSWER), **place)
        for _ in range(10):
            sound = base64.b64encode(pcm16(tone(ANSWER_MS / 10)).tobytes()).decode()
            await self.event(socket, types.ResponseAudioDeltaEvent, delta=sound, **place)
        await self.event(socket, types.ResponseDoneEvent, response=response())

    async def event(self, socket: ServerConnection, kind: type[BaseModel], **fields: Any) -> None:
        name = kind.model_fields["type"].annotation.__args__[0]  # type: ignore[union-attr]
        body = kind.model_validate({"type": name, "event_id": "e", **fields}).model_dump(
            mode="json", exclude_unset=True
        )
        await self.send(socket, body)

    async def send(self, socket: ServerConnection, body: dict[str, Any]) -> None:
        await socket.send(json.dumps(body))


def test_it_answers_when_the_user_is_quiet_and_yields_when_interrupted() -> None:
    server = Echoing()
    with serving(server) as url:
        output = converse(Realtime(f"{url}/v1/realtime?model=m"), TWICE)
    first, _ = answered_and_yielded(output)
    (truncated,) = [body for body in server.got if body["type"] == "conversation.item.truncate"]
    assert truncated["item_id"] == "item1" and abs(truncated["audio_end_ms"] - (first.until_ms - first.at_ms)) < 30
    assert [type(event) for event in output.events if isinstance(event, Clear)] == [Clear]
    heard = output.words(Channel.HEARD)
    assert len(heard) == 4 and 190 <= heard[0].at_ms < 300 and heard[1].until_ms <= 700
    assert output.meta["word_times"] == "spread" and "heard" not in output.meta


def test_the_default_session_and_settings_laid_over_it() -> None:
    server = Echoing()
    with serving(server) as url:
        settings = {"audio": {"output": {"voice": "marin"}}, "instructions": "be brief"}
        converse(Realtime(f"{url}/v1/realtime?model=m", settings=settings), SHORT)
    session = server.got[0]["session"]
    assert session["audio"]["input"]["turn_detection"]["type"] == "server_vad"
    assert session["audio"]["output"] == {"format": {"type": "audio/pcm", "rate": 24_000}, "voice": "marin"}
    assert session["instructions"] == "be brief"


def test_pictures_and_typed_text_are_items_once_a_second() -> None:
    rgb = np.zeros((8, 8, 3), np.uint8)
    frames = tuple(Frame(at_ms=200.0 * k, channel=Channel.CAMERA, rgb=rgb) for k in range(6))
    world = replace(
        stimulus(duration_ms=1300), frames=frames, events=(Text(at_ms=300, channel=Channel.USER, text="hello"),)
    )
    server = Echoing()
    with serving(server) as url:
        converse(Realtime(f"{url}/v1/realtime?model=m"), world)
    items = [body["item"]["content"][0] for body in server.got if body["type"] == "conversation.item.create"]
    assert [item["type"] for item in items] == ["input_image", "input_text", "input_image"]
    assert items[0]["image_url"].startswith("data:image/jpeg;base64,")
    assert [body["type"] for body in server.got].count("response.create") == 1


def test_vllm_omni_in_full_duplex_gets_frames_with_the_sound_and_no_vad() -> None:
    frame = Frame(at_ms=100, channel=Channel.CAMERA, rgb=np.zeros((8, 8, 3), np.uint8))
    server = Echoing(duplex=True)
    with serving(server) as url:
        world = replace(stimulus((200, 600), (1300, 1600), duration_ms=1900), frames=(frame,))
        output = converse(Realtime(f"{url}/v1/realtime?duplex=1&model=openbmb/x"), world)
    assert server.got[0]["session"]["model"] == "openbmb/x"
    assert server.got[0]["session"]["audio"]["input"]["turn_detection"] is None
    assert [len(body["video_frames"]) for body in server.got if "video_frames" in body] == [1]
    (sound,) = soundings(output)  # the model decides what overlap means: speech alone stops nothing
    assert sound.until_ms == 1900


async def dies(socket: ServerConnection) -> None:
    await ready(socket)
    await socket.recv()
    await socket.close(1011, "out of memory")


async def vanishes(socket: ServerConnection) -> None:
    await ready(socket)
    await socket.recv()
    socket.transport.abort()


async def ready(socket: ServerConnection) -> None:
    await socket.recv()
    await socket.send(json.dumps({"type": "session.updated", "session": {}}))


def saying(*bodies: Any) -> Any:
    async def talk(socket: ServerConnection) -> None:
        await ready(socket)
        for body in bodies:
            await socket.send(body if isinstance(body, str) else json.dumps(body))
        await socket.wait_closed()

    return talk


def first_saying(body: dict[str, Any]) -> Any:
    async def talk(socket: ServerConnection) -> None:
        await socket.send(json.dumps(body))
        await socket.wait_closed()

    return talk


BROKEN = {"type": "response.output_audio.delta", "event_id": "e", "response_id": "r", "output_index": 0}
ITEM = {"item_id": "i", "content_index": 0}
DEAD = {"status_details": {"type": "failed", "error": {"code": "x", "message": "the model is overloaded"}}}
ERROR = {"message": "Incorrect API key provided: sk-x", "type": "invalid_request_error", "code": "invalid_api_key"}


@pytest.mark.parametrize(
    ("talk", "failure", "sentence"),
    [
        (dies, Failure.LOST, "1011 out of memory"),
        (vanishes, Failure.LOST, "into the session .*without a word"),
        (saying("no json"), Failure.LOST, "'no json', which is not the JSON"),
        (saying("[1]"), Failure.LOST, "not the JSON object"),
        (saying({**BROKEN, **ITEM, "delta": "%%%"}), Failure.LOST, "not base64"),
        (saying({**BROKEN, "item_id": "i", "delta": ""}), Failure.LOST, "wrong at content_index"),
        (saying({"type": "error", "error": {**ERROR, "code": "server_error"}}), Failure.LOST, "Incorrect API key"),
        (
            saying({"type": "response.done", "event_id": "e", "response": response("failed", **DEAD)}),
            Failure.LOST,
            "could not answer: the model is overloaded",
        ),
        (first_saying({"type": "error", "error": ERROR}), Failure.REFUSED, "Incorrect API key .*invalid_api_key"),
        (
            first_saying({"type": "error", "error": "all 4 sessions are taken", "code": "max_sessions"}),
            Failure.UNREACHABLE,
            "all 4 sessions are taken",
        ),
    ],
)
def test_what_goes_wrong_is_one_sentence_with_the_systems_words(talk: Any, failure: Failure, sentence: str) -> None:
    with serving(talk) as url, pytest.raises(SystemFailed, match=sentence) as caught:
        converse(Realtime(f"{url}/v1/realtime?model=m"), SHORT)
    assert caught.value.failure is failure


def test_an_error_about_what_came_too_late_is_none() -> None:
    late = {"type": "error", "error": {**ERROR, "event_id": "microturn-extra-1"}}
    with serving(saying(late)) as url:
        assert soundings(converse(Realtime(f"{url}/v1/realtime?model=m"), SHORT)) == []


def test_a_function_call_is_a_note() -> None:
    place = {"event_id": "e", "response_id": "r", "item_id": "i", "output_index": 0, "call_id": "c"}
    call = {"type": "response.function_call_arguments.done", "name": "book", "arguments": '{"seat": 4}', **place}
    types.ResponseFunctionCallArgumentsDoneEvent.model_validate(call)
    with serving(saying(call)) as url:
        output = converse(Realtime(f"{url}/v1/realtime?model=m"), SHORT)
    (note,) = [event for event in output.events if isinstance(event, Do)]
    assert json.loads(note.text) == {"function": "book", "args": {"seat": 4}}


def test_the_sound_is_paced_in_real_time() -> None:
    server = Echoing()

    async def timed(socket: ServerConnection) -> None:
        clock = asyncio.get_running_loop()
        async for message in socket:
            body = json.loads(message)
            server.got.append({**body, "at_s": clock.time()})
            if body["type"] == "session.update":
                await socket.send(json.dumps({"type": "session.updated", "session": {}}))

    with serving(timed) as url:
        output = converse(Realtime(f"{url}/v1/realtime?model=m"), stimulus(duration_ms=1000))
    times_s = [body["at_s"] for body in server.got if body["type"] == "input_audio_buffer.append"]
    assert len(times_s) == 25 and 0.9 < times_s[-1] - times_s[0] < 1.4
    assert output.meta["late_ms"] < 500
