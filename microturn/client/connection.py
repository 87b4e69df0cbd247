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
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from typing import Any, Literal, NamedTuple, cast
from urllib.parse import urlencode, urlsplit, urlunsplit

import numpy as np
from numpy.typing import NDArray
from websockets.asyncio.client import ClientConnection
from websockets.exceptions import ConnectionClosed

from microturn.client.dialling import dial
from microturn.client.pacing import pace
from microturn.protocol.clock import Clock, MonotonicClock
from microturn.protocol.events import (
    Answer,
    Audio,
    Cancel,
    Card,
    Channel,
    Clear,
    Closed,
    CloseReason,
    Delegation,
    Do,
    Event,
    Failed,
    Frame,
    Opened,
    Played,
    Progress,
    Result,
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
ANSWERED = "answered"  # why a delegation is over whose result was told
LASTS_MS = 300_000.0  # of a delegation from a server that does not say
CLOSE_REASONS = {
    "close_requested": CloseReason.CLIENT,
    "expired": CloseReason.TIMEOUT,
    "remote_hangup": CloseReason.SHUTDOWN,
}


class Received(NamedTuple):
    """An event and when it came, in ms since the first audio was sent (since `connect`, before that)."""

    event: Event
    arrived_ms: float


class LiveReader:
    """What the server says, as events of the glossary; `speech_ms` is where audio without times of its own goes on.

    A server without our extensions names no task: its delegations have an empty one.
    """

    def __init__(self, rate_hz: int, *, extended: bool = True) -> None:
        self.rate_hz, self.extended, self.speech_ms = rate_hz, extended, 0.0

    def events(self, wire: dict[str, Any]) -> list[Event]:
        """The events of one message, none for what the glossary lacks. KeyError, TypeError or ValueError if it is malformed."""
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
            return [Failed(at_ms=self.speech_ms, code=wire["error"]["code"], message=wire["error"]["message"])]
        if kind == "session.closed":
            reason = CLOSE_REASONS.get(wire["reason"], CloseReason.ERROR)
            return [Closed(at_ms=wire["usage"]["seconds"] * 1000.0, reason=reason)]
        if kind == "session.delegation.created" and not self.extended:
            id, at_ms = wire["delegation"]["id"], float(wire["offset_ms"])
            return [Delegation(at_ms=at_ms, id=id, task="", why="", deadline_ms=at_ms + LASTS_MS)]
        return self._work(wire)

    def _work(self, wire: dict[str, Any]) -> list[Event]:
        """What the server tells of delegated work, ours only."""
        match wire["type"]:
            case "microturn.delegation":
                return [Delegation(**{name: wire[name] for name in ("at_ms", "id", "task", "why", "deadline_ms")})]
            case "microturn.delegation.state":
                id, text, done = wire["id"], wire["text"], wire["done"]
                return [Progress(at_ms=wire["at_ms"], delegation=id, text=text, done=done)]
            case "microturn.delegation.result":
                same = {name: wire[name] for name in ("at_ms", "text", "failed") if name in wire}
                return [Result(delegation=wire["id"], channel=Channel(wire["channel"]), **same)]
            case "microturn.delegation.over" if wire["reason"] != ANSWERED:
                return [Cancel(at_ms=wire["at_ms"], delegation=wire["id"], reason=wire["reason"])]
            case "microturn.card":
                same = {name: wire[name] for name in ("at_ms", "id", "kind", "title")}
                return [Card(delegation=wire["delegation_id"], content=wire.get("content") or {}, **same)]
            case "microturn.card.answered":
                return [Answer(at_ms=wire["at_ms"], card=wire["id"], values=wire["values"])]
            case _:
                return []

    def _audio(self, wire: dict[str, Any]) -> Audio:
        samples = from_pcm16(base64.b64decode(wire["delta"]))
        at_ms = float(wire.get("start_ms", self.speech_ms))
        self.speech_ms = at_ms + len(samples) * 1000.0 / self.rate_hz
        return Audio(at_ms=at_ms, channel=Channel.MODEL, samples=samples, rate_hz=self.rate_hz)


class LiveClient:
    """One session; made by `connect`. One reader and one writer at a time."""

    def __init__(
        self, socket: ClientConnection, *, opened: Opened, rate_hz: int, clock: Clock, extended: bool = True
    ) -> None:
        self.opened, self.rate_hz, self.extended = opened, rate_hz, extended
        self.origin_ms = clock.now_ms()
        self._socket, self._clock = socket, clock
        self._reader = LiveReader(rate_hz, extended=extended)
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
        if rate_hz != self.rate_hz:
            raise ValueError(
                f"the session was opened for {self.rate_hz} Hz, got audio at {rate_hz} Hz; resample it first"
            )
        if not self._streaming:
            self._streaming, self.origin_ms = True, self._clock.now_ms()
        await pace(samples, events, self.send, clock=self._clock, rate_hz=rate_hz, chunk_ms=chunk_ms)

    async def send(self, event: Event) -> None:
        """User audio at the session's rate, a frame, text, a playback acknowledgement, what comes of delegated work, or the
        answer to a card, at once.

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
            case Result() if event.channel in APPEND:
                await self._send(type=APPEND[event.channel], content=event.text, delegation_id=event.delegation)
            case Progress() if self.extended:
                kind, id = "microturn.delegation.progress", event.delegation
                await self._send(type=kind, delegation_id=id, text=event.text, done=event.done)
            case Progress():
                await self._send(type=APPEND[Channel.THINKING], content=event.text, delegation_id=event.delegation)
            case Cancel():
                kind, id = "microturn.delegation.cancel", event.delegation
                await self._send(type=kind, delegation_id=id, reason=event.reason)
            case Answer():
                await self._send(type="microturn.answer", card_id=event.card, values=dict(event.values))
            case _:
                raise ValueError(f"a client sends user audio, frames, text, Played or work done, not {event!r:.80}")

    async def received(self) -> AsyncIterator[Received]:
        """Events until the session has closed; a connection that breaks ends with `Closed` for an error."""
        try:
            async for message in self._socket:
                arrived_ms = self._clock.now_ms() - self.origin_ms
                for event in self._reader.events(json.loads(message)):
                    yield Received(event, arrived_ms)
                    if isinstance(event, Closed):
                        return
        except ConnectionClosed:
            pass
        yield Received(
            Closed(at_ms=self._reader.speech_ms, reason=CloseReason.ERROR), self._clock.now_ms() - self.origin_ms
        )

    async def close(self) -> None:
        """Ask for the end; `received` yields `Closed` when it has come."""
        await self._send(type="session.close")

    async def _send(self, **event: Any) -> None:
        try:
            await self._socket.send(json.dumps(event))
        except ConnectionClosed as error:
            raise ConnectionError(f"the server has closed the connection ({error}); start a new session") from error


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
    delegation: Literal["client"] | None = None,
) -> AsyncIterator[LiveClient]:
    """Open a session at `http(s)://host:port` (or the full ws:// address). `ConnectionError` when it cannot be opened.

    With `delegation="client"` what the model hands over is this program's to do: see `delegations.working`.
    """
    start = start_message(model, rate_hz, instructions, delegation)
    address = endpoint(url, extensions=extensions)
    async with _session(address, start, extensions=extensions, api_key=api_key) as (socket, opened):
        clock = clock or MonotonicClock()
        yield LiveClient(socket, opened=opened, rate_hz=rate_hz, clock=clock, extended=extensions)


@asynccontextmanager
async def attach(
    url: str, session_id: str, *, extensions: bool = True, api_key: str | None = None, clock: Clock | None = None
) -> AsyncIterator[LiveClient]:
    """Join the running session of that id (`opened.session_id`), which another client began: see what happens in it, do its work.

    It sends no audio, pictures or typed text. `ConnectionError` when there is no such session.
    """
    base = endpoint(url, extensions=extensions)
    address = urlunsplit(urlsplit(base)._replace(path=f"{urlsplit(base).path}/{session_id}/attach"))
    async with _session(address, None, extensions=extensions, api_key=api_key) as (socket, opened):
        yield LiveClient(socket, opened=opened, rate_hz=24_000, clock=clock or MonotonicClock(), extended=extensions)


@asynccontextmanager
async def _session(
    address: str, start: str | None, *, extensions: bool, api_key: str | None
) -> AsyncIterator[tuple[ClientConnection, Opened]]:
    headers = {"Authorization": f"Bearer {api_key}"} if api_key else {}
    async with dial(address, headers, hint="start one with `microturn serve`") as socket:
        try:
            async with asyncio.timeout(START_S):
                if start is not None:
                    await socket.send(start)
                opened = await _opened(socket, extensions=extensions)
        except TimeoutError as error:
            raise ConnectionError(f"{address} started no session within {START_S:.0f} s; try again") from error
        except ConnectionClosed as error:
            raise ConnectionError(f"{address} closed the connection before the session started ({error})") from error
        yield socket, opened


def start_message(
    model: str, rate_hz: int, instructions: str | None = None, delegation: Literal["client"] | None = None
) -> str:
    """The first message of a session."""
    session: dict[str, Any] = {"model": model, "audio": {"format": {"type": "audio/pcm", "rate": rate_hz}}}
    session |= {"instructions": instructions} if instructions else {}
    session |= {"delegation": {"type": delegation}} if delegation else {}
    return json.dumps({"type": "session.start", "session": session})


def endpoint(url: str, *, extensions: bool, wishes: Mapping[str, str | int | float] | None = None) -> str:
    """The WebSocket address of a server's base address; `wishes` (`second_of_day`, `seed`) need the extensions."""
    parts = urlsplit(url if "://" in url else f"http://{url}")
    if parts.scheme not in ("http", "https", "ws", "wss") or not parts.netloc:
        raise ValueError(f"a server's address looks like http://localhost:8080, got {url!r}")
    scheme = {"http": "ws", "https": "wss"}.get(parts.scheme, parts.scheme)
    path = PATH if parts.path in ("", "/") else parts.path
    ours = urlencode({"microturn": 1, **(wishes or {})}) if extensions else ""
    query = "&".join(part for part in (parts.query, ours) if part)
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
