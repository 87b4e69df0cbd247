"""The Python client: a Live session over WebSocket as events of the glossary, each with its arrival time.

    async with connect("http://localhost:8080") as live:
        async with asyncio.TaskGroup() as tasks:
            tasks.create_task(live.stream(samples, rate_hz=16_000))
            async for event, arrived_ms in live.received(): ...

`at_ms` of an event is session time; `arrived_ms` is this machine's clock, in milliseconds since the first audio
sample was sent. It speaks to our server, and (with `extensions=False`) to any server of OpenAI Live.
"""

import asyncio
import base64
import json
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from typing import Any, NamedTuple, cast
from urllib.parse import urlsplit, urlunsplit

import numpy as np
from numpy.typing import NDArray
from websockets.asyncio.client import ClientConnection
from websockets.asyncio.client import connect as open_socket
from websockets.exceptions import ConnectionClosed, InvalidHandshake

from microturn.protocol.clock import Clock, MonotonicClock
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
    Opened,
    Played,
    Text,
    Tick,
    Word,
)
from microturn.protocol.wire import from_pcm16, image_bytes, pcm16

CHUNK_MS = 40
START_S = 30.0
PATH = "/v1/live/sessions"
APPEND = {
    Channel.THINKING: "session.thinking.append",
    Channel.COMMENTARY: "session.commentary.append",
    Channel.INSTRUCTIONS: "session.instructions.append",
}
CLOSE_REASONS = {
    "close_requested": CloseReason.CLIENT,
    "expired": CloseReason.TIMEOUT,
    "remote_hangup": CloseReason.SHUTDOWN,
}


class Received(NamedTuple):
    """An event and when it came, in ms since the first audio was sent (since `connect`, before that)."""

    event: Event
    arrived_ms: float


class LiveClient:
    """One session; made by `connect`. One reader and one writer at a time."""

    def __init__(self, socket: ClientConnection, *, opened: Opened, rate_hz: int, clock: Clock) -> None:
        self.opened, self.rate_hz = opened, rate_hz
        self.origin_ms = clock.now_ms()
        self._socket, self._clock = socket, clock
        self._speech_ms = 0.0  # where audio without times of its own goes on
        self._streaming = False

    async def stream(
        self,
        samples: NDArray[np.float32],
        *,
        rate_hz: int,
        events: Sequence[Frame | Text] = (),
        chunk_ms: int = CHUNK_MS,
    ) -> None:
        """Send mono samples [S] in real time: chunk k leaves when its last sample has "happened", by absolute time.

        `events` go out at their `at_ms`. `ValueError` when `rate_hz` is not the session's, `ConnectionError` when the
        connection breaks.
        """
        start_ms = self._begin_streaming(rate_hz)
        try:
            async with asyncio.TaskGroup() as tasks:
                tasks.create_task(self._stream_audio(samples, start_ms, rate_hz * chunk_ms // 1000))
                tasks.create_task(self._stream_events(events, start_ms))
        except ExceptionGroup as errors:
            raise errors.exceptions[0] from errors

    async def stream_from(
        self, said_at: Callable[[float], NDArray[np.float32] | None], *, rate_hz: int, chunk_ms: int = CHUNK_MS
    ) -> None:
        """Send what somebody says who listens: as `stream`, but each stretch of samples [S] is asked for when it begins.

        `said_at` gets the milliseconds sent so far, which have then passed; it gives at least one sample, or None at the
        end. Errors as for `stream`.
        """
        start_ms, sent_ms = self._begin_streaming(rate_hz), 0.0
        while (samples := said_at(sent_ms)) is not None:
            await self._stream_audio(samples, start_ms + sent_ms, rate_hz * chunk_ms // 1000)
            sent_ms += len(samples) * 1000.0 / rate_hz

    def _begin_streaming(self, rate_hz: int) -> float:
        """Now, in ms; it is the origin of `arrived_ms` if nothing was streamed before."""
        if rate_hz != self.rate_hz:
            raise ValueError(
                f"the session was opened for {self.rate_hz} Hz, got audio at {rate_hz} Hz; resample it first"
            )
        if not self._streaming:
            self._streaming, self.origin_ms = True, self._clock.now_ms()
        return self._clock.now_ms()

    async def _stream_audio(self, samples: NDArray[np.float32], start_ms: float, size: int) -> None:
        for first in range(0, len(samples), size):
            chunk = samples[first : first + size]
            end_ms = (first + len(chunk)) * 1000.0 / self.rate_hz
            await self._until(start_ms + end_ms)
            await self.send(Audio(at_ms=end_ms, channel=Channel.USER, samples=chunk, rate_hz=self.rate_hz))

    async def _stream_events(self, events: Sequence[Frame | Text], start_ms: float) -> None:
        for event in sorted(events, key=lambda event: event.at_ms):
            await self._until(start_ms + event.at_ms)
            await self.send(event)

    async def _until(self, at_ms: float) -> None:
        await asyncio.sleep(max(0.0, at_ms - self._clock.now_ms()) / 1000.0)

    async def send(self, event: Event) -> None:
        """User audio at the session's rate, a frame, text or a playback acknowledgement, at once.

        `ConnectionError` when the connection has broken or the session has ended.
        """
        match event:
            case Audio(channel=Channel.USER):
                audio = base64.b64encode(pcm16(event.samples).tobytes()).decode("ascii")
                await self._send(type="session.input_audio.append", audio=audio)
            case Frame():
                image = base64.b64encode(await asyncio.to_thread(image_bytes, event.rgb)).decode("ascii")
                await self._send(type="microturn.frame.append", image=image, source=event.channel.value)
            case Text(channel=Channel.USER):
                await self._send(type="microturn.text.append", text=event.text)
            case Text() if event.channel in APPEND:
                await self._send(type=APPEND[event.channel], content=event.text, delegation_id=None)
            case Played():
                await self._send(type="microturn.played", until_ms=event.until_ms)
            case _:
                raise ValueError(f"a client sends user audio, frames, text or Played, not {event!r:.80}")

    async def received(self) -> AsyncIterator[Received]:
        """Events until the session has closed; a connection that breaks ends with `Closed` for an error."""
        try:
            async for message in self._socket:
                arrived_ms = self._clock.now_ms() - self.origin_ms
                for event in self._events(json.loads(message)):
                    yield Received(event, arrived_ms)
                    if isinstance(event, Closed):
                        return
        except ConnectionClosed:
            pass
        yield Received(Closed(at_ms=self._speech_ms, reason=CloseReason.ERROR), self._clock.now_ms() - self.origin_ms)

    async def close(self) -> None:
        """Ask for the end; `received` yields `Closed` when it has come."""
        await self._send(type="session.close")

    async def _send(self, **event: Any) -> None:
        try:
            await self._socket.send(json.dumps(event))
        except ConnectionClosed as error:
            raise ConnectionError(f"the server has closed the connection ({error}); start a new session") from error

    def _events(self, wire: dict[str, Any]) -> list[Event]:
        kind = wire["type"]
        if kind == "session.output_audio.delta":
            return [self._audio(wire)]
        if kind in ("session.input_transcript.delta", "session.output_transcript.delta"):
            channel = Channel.HEARD if "input" in kind else Channel.SAY
            text = wire["delta"].strip()
            return [Word(at_ms=wire["start_ms"], until_ms=wire["end_ms"], channel=channel, text=text)]
        if kind == "microturn.tick":
            names = ("at_ms", "tick", "compute_ms", "late_ms", "positions")
            return [Tick(**{name: wire[name] for name in names})]
        if kind == "microturn.clear":
            return [Clear(at_ms=wire["at_ms"])]
        if kind == "microturn.do":
            return [Do(at_ms=wire["at_ms"], text=wire["text"])]
        if kind == "error":
            return [Failed(at_ms=self._speech_ms, code=wire["error"]["code"], message=wire["error"]["message"])]
        if kind == "session.closed":
            reason = CLOSE_REASONS.get(wire["reason"], CloseReason.ERROR)
            return [Closed(at_ms=wire["usage"]["seconds"] * 1000.0, reason=reason)]
        return []

    def _audio(self, wire: dict[str, Any]) -> Audio:
        samples = from_pcm16(base64.b64decode(wire["delta"]))
        at_ms = float(wire.get("start_ms", self._speech_ms))
        self._speech_ms = at_ms + len(samples) * 1000.0 / self.rate_hz
        return Audio(at_ms=at_ms, channel=Channel.MODEL, samples=samples, rate_hz=self.rate_hz)


@asynccontextmanager
async def connect(
    url: str,
    *,
    model: str = "nano",
    rate_hz: int = 24_000,
    instructions: str | None = None,
    extensions: bool = True,
    api_key: str | None = None,
    clock: Clock | None = None,
) -> AsyncIterator[LiveClient]:
    """Open a session at `http(s)://host:port` (or the full ws:// address). `ConnectionError` when it cannot be opened."""
    headers = {"Authorization": f"Bearer {api_key}"} if api_key else {}
    address = endpoint(url, extensions=extensions)
    audio = {"format": {"type": "audio/pcm", "rate": rate_hz}}
    session = {"model": model, "audio": audio, **({"instructions": instructions} if instructions else {})}
    async with AsyncExitStack() as closing:
        try:
            socket = await closing.enter_async_context(open_socket(address, additional_headers=headers, max_size=None))
        except (OSError, InvalidHandshake) as error:
            raise ConnectionError(f"no Live server at {address} ({error}); start one with `microturn serve`") from error
        try:
            async with asyncio.timeout(START_S):
                await socket.send(json.dumps({"type": "session.start", "session": session}))
                opened = await _opened(socket, extensions=extensions)
        except TimeoutError as error:
            raise ConnectionError(f"{address} started no session within {START_S:.0f} s; try again") from error
        except ConnectionClosed as error:
            raise ConnectionError(f"{address} closed the connection before the session started ({error})") from error
        yield LiveClient(socket, opened=opened, rate_hz=rate_hz, clock=clock or MonotonicClock())


def endpoint(url: str, *, extensions: bool) -> str:
    """The WebSocket address of a server's base address."""
    parts = urlsplit(url if "://" in url else f"http://{url}")
    if parts.scheme not in ("http", "https", "ws", "wss") or not parts.netloc:
        raise ValueError(f"a server's address looks like http://localhost:8080, got {url!r}")
    scheme = {"http": "ws", "https": "wss"}.get(parts.scheme, parts.scheme)
    path = PATH if parts.path in ("", "/") else parts.path
    query = "&".join(part for part in (parts.query, "microturn=1" if extensions else "") if part)
    return urlunsplit((scheme, parts.netloc, path, query, ""))


async def _opened(socket: ClientConnection, *, extensions: bool) -> Opened:
    started: dict[str, Any] = {}
    async for message in socket:
        event = cast(dict[str, Any], json.loads(message))
        if event["type"] == "error":
            raise ConnectionError(event["error"]["message"])
        if event["type"] == "session.started":
            started = event["session"]
        if started and (not extensions or event["type"] == "microturn.session"):
            tick_ms = event.get("tick_ms", 0)
            model = started["model"]
            return Opened(at_ms=0, session_id=started["id"], tick_ms=tick_ms, second_of_day=0.0, seed=0, model=model)
    raise ConnectionError("the server closed the connection before the session started; try again")
