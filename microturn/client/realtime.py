"""OpenAI Realtime (GA) over WebSocket, and what else speaks its vocabulary: vLLM-Omni's turns and its full duplex.

The session is the provider's default with server VAD. A system of turns sends an answer faster than it sounds; when the
user speaks into it, what is unheard is dropped and the system is told how much was heard, as its own clients do
(developers.openai.com/api/docs/guides/realtime-conversations; vllm-omni docs/serving/realtime_duplex_api.md).

Letters: S samples.
"""

import base64
import json
from collections.abc import Mapping
from typing import Any, TypeVar, cast
from urllib.parse import parse_qs, urlsplit

import numpy as np
from numpy.typing import NDArray
from openai.types.realtime import (
    ConversationItemInputAudioTranscriptionCompletedEvent,
    InputAudioBufferSpeechStartedEvent,
    InputAudioBufferSpeechStoppedEvent,
    ResponseAudioDeltaEvent,
    ResponseAudioTranscriptDeltaEvent,
    ResponseDoneEvent,
)
from pydantic import BaseModel, ValidationError

from microturn.client.exchange import Message, Wire, called, json_message, pcm
from microturn.client.transcript import Utterance
from microturn.protocol.events import Channel, Clear, Do, Frame, Word
from microturn.protocol.failure import Failure, SystemFailed
from microturn.protocol.wire import from_pcm16, image_bytes

E = TypeVar("E", bound=BaseModel)
RATE_HZ = 24_000
BETA = {  # names that older servers and vLLM-Omni use too
    "response.audio.delta": "response.output_audio.delta",
    "response.audio_transcript.delta": "response.output_audio_transcript.delta",
}
REFUSING = ("auth", "api_key", "model_not_found", "permission", "insufficient_quota", "unsupported", "invalid_value")
EXTRA = "microturn-extra-"  # begins the ids of what we send that may come too late; an error about it is no failure


class Realtime(Wire):
    """One session. `settings` are laid over the session of `session.update`; a duplex server gets no VAD by default."""

    frame_every_ms = 1000.0
    linger_s = 1.0

    def __init__(
        self, address: str, headers: Mapping[str, str] | None = None, *, settings: Mapping[str, Any] | None = None
    ) -> None:
        super().__init__(address, headers)
        parts = urlsplit(address)
        query = parse_qs(parts.query)
        self.duplex = query.get("duplex") in (["1"], ["true"], ["on"]) or parts.path.endswith("/duplex")
        self.model = query.get("model", [""])[0]
        self.settings = dict(settings or {})
        self.vad = not self.duplex
        self._items: dict[str, Utterance] = {}
        self._turns: dict[str, tuple[float, float]] = {}  # of the user: from, until, in ms of audio sent
        self._pictures: list[str] = []
        self._extras = 0
        self._writes_turns = False

    def open(self) -> list[Message]:
        pcm_format = {"type": "audio/pcm", "rate": RATE_HZ}
        turns = {"type": "server_vad", "create_response": True, "interrupt_response": True}
        audio = {
            "input": {"format": pcm_format, "turn_detection": None if self.duplex else turns},
            "output": {"format": pcm_format},
        }
        session: dict[str, Any] = {"type": "realtime", "output_modalities": ["audio"], "audio": audio}
        if self.duplex:
            session["model"] = self.model
        return [_event("session.update", session=_merged(session, self.settings))]

    def audio(self, samples: NDArray[np.float32]) -> list[Message]:
        pictures = {"video_frames": self._pictures} if self._pictures else {}
        self._pictures = []
        return [_event("input_audio_buffer.append", audio=base64.b64encode(pcm(samples)).decode("ascii"), **pictures)]

    def frame(self, frame: Frame) -> list[Message]:
        image = base64.b64encode(image_bytes(frame.rgb)).decode("ascii")
        if self.duplex:  # vLLM-Omni: bare base64, with the sound of its time
            self._pictures = [*self._pictures, image]
            return []
        return [self._item({"type": "input_image", "image_url": f"data:image/jpeg;base64,{image}"})]

    def text(self, text: str) -> list[Message]:
        return [self._item({"type": "input_text", "text": text}), self._extra("response.create")]

    def receive(self, message: Message, arrived_ms: float) -> list[Message]:
        body = json_message(message)
        kind = body["type"] = BETA.get(str(body.get("type")), body.get("type"))
        match kind:
            case "session.updated":
                self._updated(body)
            case "error":
                self._error(body)
            case "response.output_audio.delta":
                self._audio(_parsed(ResponseAudioDeltaEvent, body), body, arrived_ms)
            case "response.output_audio_transcript.delta":
                delta = _parsed(ResponseAudioTranscriptDeltaEvent, body)
                self._utterance(delta.item_id).text += delta.delta
            case "input_audio_buffer.speech_started":
                started = _parsed(InputAudioBufferSpeechStartedEvent, body)
                self._turns[started.item_id] = (float(started.audio_start_ms), float(started.audio_start_ms))
                return self._interrupted(arrived_ms) if self.vad else []
            case "input_audio_buffer.speech_stopped":
                stopped = _parsed(InputAudioBufferSpeechStoppedEvent, body)
                start_ms = self._turns.get(stopped.item_id, (0.0, 0.0))[0]
                self._turns[stopped.item_id] = (start_ms, float(stopped.audio_end_ms))
            case "conversation.item.input_audio_transcription.completed":
                self._heard(_parsed(ConversationItemInputAudioTranscriptionCompletedEvent, body), arrived_ms)
            case "response.function_call_arguments.done":
                self.player.take(Do(at_ms=arrived_ms, text=called(body.get("name"), body.get("arguments"))), arrived_ms)
            case "response.done":
                return self._done(_parsed(ResponseDoneEvent, body), arrived_ms)
            case "output_audio_buffer.cleared":
                self._clear(arrived_ms)
            case _:
                pass
        return []

    def finish(self) -> None:
        for item in self._items.values():
            for word in item.words():
                self.player.take(word, 0.0)

    @property
    def meta(self) -> dict[str, Any]:
        heard = {} if self._writes_turns else {"heard": "none"}
        return {"word_times": "spread", **heard}

    def _updated(self, body: dict[str, Any]) -> None:
        """What the server made of our settings says whether it has a VAD that interrupts."""
        self.ready = True
        session = cast(dict[str, Any], body.get("session") or {})
        heard = cast(dict[str, Any], (session.get("audio") or {}).get("input") or {})
        turns = heard.get("turn_detection", session.get("turn_detection"))
        if not self.duplex and isinstance(turns, dict):
            self.vad = cast(dict[str, Any], turns).get("interrupt_response") is not False
        elif turns is None:
            self.vad = False

    def _error(self, body: dict[str, Any]) -> None:
        """Fatal, unless it is about something of ours that came too late. vLLM-Omni's first errors are flat."""
        given = body.get("error")
        error = cast(dict[str, Any], given if isinstance(given, dict) else {"message": given, "code": body.get("code")})
        if str(error.get("event_id") or "").startswith(EXTRA):
            return
        code = str(error.get("code") or error.get("type") or "error")
        refused = not self.ready and any(word in code for word in REFUSING)
        failure = Failure.LOST if self.ready else Failure.REFUSED if refused else Failure.UNREACHABLE
        raise SystemFailed(f"it says: {error.get('message')} ({code})", failure)

    def _audio(self, delta: ResponseAudioDeltaEvent, body: dict[str, Any], arrived_ms: float) -> None:
        try:
            samples = from_pcm16(base64.b64decode(delta.delta, validate=True))
        except ValueError as error:
            raise SystemFailed(f"its sound is not base64 of int16 samples ({error})", Failure.LOST) from error
        rate_hz = int(body.get("sample_rate_hz") or RATE_HZ)
        self._utterance(delta.item_id).chunks.append(self.player.speak(samples, rate_hz, arrived_ms))

    def _utterance(self, item_id: str) -> Utterance:
        return self._items.setdefault(item_id, Utterance())

    def _heard(self, event: ConversationItemInputAudioTranscriptionCompletedEvent, arrived_ms: float) -> None:
        self._writes_turns = True
        from_ms, until_ms = self._turns.get(event.item_id, (arrived_ms, arrived_ms))
        words = event.transcript.split()
        edges = np.linspace(from_ms, until_ms, len(words) + 1)
        for word, start, end in zip(words, edges[:-1], edges[1:], strict=True):
            said = Word(at_ms=float(start), until_ms=float(end), channel=Channel.HEARD, text=word)
            self.player.take(said, arrived_ms)

    def _interrupted(self, arrived_ms: float) -> list[Message]:
        """The user has begun to speak: drop what is unheard, and tell the system how much was heard."""
        if not self.player.busy(arrived_ms):
            return []
        item_id, item = next((pair for pair in reversed(self._items.items()) if pair[1].chunks), ("", Utterance()))
        heard_ms = self.player.sounded_ms(item.start_ms, arrived_ms)
        self._clear(arrived_ms)
        return [self._extra("conversation.item.truncate", item_id=item_id, content_index=0, audio_end_ms=int(heard_ms))]

    def _done(self, event: ResponseDoneEvent, arrived_ms: float) -> list[Message]:
        response = event.response
        for item in response.output or []:
            self._utterance(getattr(item, "id", None) or "").whole = response.status == "completed"
        if response.status == "failed":
            details = response.status_details
            error = details.error if details else None
            said = f"{error.message or error.code or error.type}" if error else "no reason given"
            raise SystemFailed(f"it could not answer: {said}", Failure.LOST)
        return self._interrupted(arrived_ms) if response.status == "cancelled" else []

    def _clear(self, arrived_ms: float) -> None:
        if self.player.busy(arrived_ms):
            self.player.take(Clear(at_ms=arrived_ms), arrived_ms)

    def _item(self, part: dict[str, Any]) -> str:
        return _event("conversation.item.create", item={"type": "message", "role": "user", "content": [part]})

    def _extra(self, kind: str, **fields: Any) -> str:
        self._extras += 1
        return _event(kind, event_id=f"{EXTRA}{self._extras}", **fields)


def _event(kind: str, **fields: Any) -> str:
    return json.dumps({"type": kind, **fields})


def _parsed(kind: type[E], body: dict[str, Any]) -> E:
    try:
        return kind.model_validate(body)
    except ValidationError as error:
        first = error.errors()[0]
        where = ".".join(str(part) for part in first["loc"])
        raise SystemFailed(
            f"it sent a {body['type']} that is wrong at {where}: {first['msg']}", Failure.LOST
        ) from error


def _merged(under: Mapping[str, Any], over: Mapping[str, Any]) -> dict[str, Any]:
    """Both objects, the second one's values where they differ, objects within objects likewise."""
    merged = dict(under)
    for name, value in over.items():
        below = merged.get(name)
        both = isinstance(below, dict) and isinstance(value, dict)
        merged[name] = _merged(cast(dict[str, Any], below), cast(dict[str, Any], value)) if both else value
    return merged
