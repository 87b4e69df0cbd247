"""A Live server in real time, as the bench measures it: ours with its extensions, OpenAI's and others' without.

The session is opened at 16 kHz, the stimulus' own rate: our engine then gets the very samples it gets in-process. A
server without our extensions takes sound only, dates its words but not its sound, and never takes anything back; its
session time is the user's audio, so a word is heard where it says.

Letters: S samples.
"""

import base64
import json
from typing import Any

import numpy as np
from numpy.typing import NDArray

from microturn.client.connection import LiveReader, endpoint, start_message
from microturn.client.exchange import Message, Wire, json_message, pcm
from microturn.protocol.clock import TICK_MS
from microturn.protocol.events import Audio, Closed, CloseReason, Failed, Frame, Tick, Word
from microturn.protocol.failure import Failure, SystemFailed
from microturn.protocol.media import USER_HZ
from microturn.protocol.timeline import Timeline
from microturn.protocol.wire import image_bytes

REFUSING = ("auth", "api_key", "model", "permission", "insufficient_quota", "unsupported", "invalid")


class Live(Wire):
    """One session at `url` (a base address or the endpoint's own).

    Our server begins it at the time of day and with the seed of the stimulus `like`; others go by their own.
    """

    rate_hz = USER_HZ
    linger_s = 2.0

    def __init__(
        self,
        url: str,
        *,
        extensions: bool = True,
        api_key: str | None = None,
        model: str = "nano",
        like: Timeline | None = None,
    ) -> None:
        headers = {"Authorization": f"Bearer {api_key}"} if api_key else {}
        wishes = {"second_of_day": like.second_of_day, "seed": like.seed} if like else {}
        super().__init__(endpoint(url, extensions=extensions, wishes=wishes), headers)
        self._wished_second = like.second_of_day if like else None
        self._clock: dict[str, str] = {}
        self.takes_frames = self.takes_text = self.extended = extensions
        self.model = model
        self._reader = LiveReader(self.rate_hz, extended=extensions)
        self._why = "it gave no reason"
        self._ticks = self._late_ticks = 0

    def open(self) -> list[Message]:
        return [start_message(self.model, self.rate_hz)]

    def audio(self, samples: NDArray[np.float32]) -> list[Message]:
        return [_event("session.input_audio.append", audio=base64.b64encode(pcm(samples)).decode("ascii"))]

    def frame(self, frame: Frame) -> list[Message]:
        image = base64.b64encode(image_bytes(frame.rgb)).decode("ascii")
        return [_event("microturn.frame.append", image=image, source=frame.channel.value)]

    def text(self, text: str) -> list[Message]:
        return [_event("microturn.text.append", text=text)]

    def close(self) -> list[Message]:
        return [_event("session.close")]

    def receive(self, message: Message, arrived_ms: float) -> list[Message]:
        body = json_message(message)
        if body.get("type") == ("microturn.session" if self.extended else "session.started"):
            self.ready = True
            if self._wished_second is not None and body.get("second_of_day") == self._wished_second:
                self._clock = {"clock": "given"}
        try:
            events = self._reader.events(body)
        except (KeyError, TypeError, ValueError, AttributeError) as error:
            said = f"it sent a {body.get('type')} that is not as the protocol has it ({error!r:.80})"
            raise SystemFailed(said, Failure.LOST) from error
        for event in events:
            self._take(event, arrived_ms)
        return []

    def finish(self) -> None:
        """Our server's words end where its record has them end."""
        if self.extended:
            self.player.lengthen(float(TICK_MS))

    @property
    def meta(self) -> dict[str, Any]:
        """`late_ticks` of `ticks` were too late on the server: where they are many, the machine was measured, not the model."""
        ticks = {"ticks": self._ticks, "late_ticks": self._late_ticks} if self.extended else {}
        return {**self._clock, **ticks}

    def _take(self, event: Any, arrived_ms: float) -> None:
        match event:
            case Failed():
                self._failed(event)
            case Closed():
                self.done = True
                if event.reason is not CloseReason.CLIENT:
                    raise SystemFailed(f"it ended the session before its time: {self._why}", Failure.LOST)
            case Tick():
                self._ticks += 1
                self._late_ticks += event.late_ms > 0
            case Word() if not self.extended:
                self.player.place(event)
            case Audio() if not len(event.samples):
                pass
            case _:
                self.player.take(event, arrived_ms)

    def _failed(self, event: Failed) -> None:
        """An error ends a session that has not begun; later ones are said when the session ends of them."""
        self._why = f"{event.message} ({event.code})"
        self.errors.append(self._why)
        if not self.ready:
            refused = any(word in event.code for word in REFUSING)
            raise SystemFailed(f"it says: {self._why}", Failure.REFUSED if refused else Failure.UNREACHABLE)


def _event(kind: str, **fields: Any) -> str:
    return json.dumps({"type": kind, **fields})
