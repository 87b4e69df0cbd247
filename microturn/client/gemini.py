"""Gemini Live (BidiGenerateContent) over WebSocket: 16 kHz in, 24 kHz out, pictures as JPEG, its own VAD.

A turn comes faster than it sounds; `interrupted` means that the user spoke into it, and what is unheard is dropped
(ai.google.dev/api/live). Its transcripts come in pieces without times.

Letters: S samples.
"""

import base64
import json
import re
from collections.abc import Mapping
from typing import Any, cast

import numpy as np
from numpy.typing import NDArray

from microturn.client.exchange import Message, Wire, called, json_message, pcm
from microturn.client.transcript import Utterance
from microturn.protocol.events import Channel, Clear, Do, Frame, Word
from microturn.protocol.failure import Failure, SystemFailed
from microturn.protocol.media import MODEL_HZ
from microturn.protocol.wire import from_pcm16, image_bytes

HOST = "https://generativelanguage.googleapis.com"
PATH = "/ws/google.ai.generativelanguage.v1beta.GenerativeService.BidiGenerateContent"
Body = dict[str, Any]


class Gemini(Wire):
    """One session; `settings` are laid over the `setup` message."""

    rate_hz = 16_000
    frame_every_ms = 1000.0  # it looks once a second
    linger_s = 1.0

    def __init__(
        self,
        address: str,
        headers: Mapping[str, str] | None = None,
        *,
        model: str,
        settings: Mapping[str, Any] | None = None,
    ) -> None:
        super().__init__(address, headers)
        self.model = model if "/" in model else f"models/{model}"
        self.settings = dict(settings or {})
        self._turns = [Utterance()]

    def open(self) -> list[Message]:
        setup: Body = {
            "model": self.model,
            "generationConfig": {"responseModalities": ["AUDIO"]},
            "inputAudioTranscription": {},
            "outputAudioTranscription": {},
        }
        return [json.dumps({"setup": {**setup, **self.settings}})]

    def audio(self, samples: NDArray[np.float32]) -> list[Message]:
        return [_realtime("audio", _blob(pcm(samples), f"audio/pcm;rate={self.rate_hz}"))]

    def frame(self, frame: Frame) -> list[Message]:
        return [_realtime("video", _blob(image_bytes(frame.rgb), "image/jpeg"))]

    def text(self, text: str) -> list[Message]:
        return [_realtime("text", text)]

    def receive(self, message: Message, arrived_ms: float) -> list[Message]:
        body = json_message(message)
        if "setupComplete" in body:
            self.ready = True
        if error := _object(body, "error"):
            failure = Failure.LOST if self.ready else Failure.REFUSED
            raise SystemFailed(f"it says: {error.get('message')} ({error.get('status')})", failure)
        for call in _objects(_object(body, "toolCall").get("functionCalls")):
            self.player.take(Do(at_ms=arrived_ms, text=called(call.get("name"), call.get("args"))), arrived_ms)
        self._content(_object(body, "serverContent"), arrived_ms)
        return []

    def finish(self) -> None:
        for turn in self._turns:
            for word in turn.words():
                self.player.take(word, 0.0)

    @property
    def meta(self) -> dict[str, Any]:
        return {"word_times": "spread"}

    def _content(self, content: Body, arrived_ms: float) -> None:
        for part in _objects(_object(content, "modelTurn").get("parts")):
            self._sound(_object(part, "inlineData"), arrived_ms)
        self._turns[-1].text += str(_object(content, "outputTranscription").get("text") or "")
        for word in str(_object(content, "inputTranscription").get("text") or "").split():
            heard = Word(at_ms=arrived_ms, until_ms=arrived_ms, channel=Channel.HEARD, text=word)
            self.player.take(heard, arrived_ms)
        if content.get("generationComplete"):
            self._turns[-1].whole = True
        if content.get("interrupted") and self.player.busy(arrived_ms):
            self.player.take(Clear(at_ms=arrived_ms), arrived_ms)
        if content.get("turnComplete"):
            self._turns.append(Utterance())

    def _sound(self, blob: Body, arrived_ms: float) -> None:
        kind = str(blob.get("mimeType", ""))
        if not kind.startswith("audio/pcm"):
            return
        rate = re.search(r"rate=(\d+)", kind)
        try:  # either alphabet of base64: Google's own SDK writes the one for addresses
            data = base64.b64decode(str(blob.get("data")).replace("-", "+").replace("_", "/"), validate=True)
            samples = from_pcm16(data)
        except ValueError as error:
            raise SystemFailed(f"its sound is not base64 of int16 samples ({error})", Failure.LOST) from error
        self._turns[-1].chunks.append(self.player.speak(samples, int(rate[1]) if rate else MODEL_HZ, arrived_ms))


def _realtime(kind: str, value: Any) -> str:
    return json.dumps({"realtimeInput": {kind: value}})


def _blob(data: bytes, kind: str) -> Body:
    return {"data": base64.b64encode(data).decode("ascii"), "mimeType": kind}


def _object(body: Body, name: str) -> Body:
    """A member that is an object, empty where it is missing. SystemFailed when it is something else."""
    value = body.get(name)
    if value is not None and not isinstance(value, dict):
        raise SystemFailed(f"it sent a {name} that is no JSON object: {value!r:.60}", Failure.LOST)
    return cast(Body, value or {})


def _objects(value: Any) -> list[Body]:
    if not isinstance(value, list):
        return []
    return [cast(Body, part) for part in cast(list[Any], value) if isinstance(part, dict)]
