"""One stimulus to one system in real time, whatever it speaks: what all clients of this room have in common.

A `Wire` is a protocol without its socket: what to send, and what came. `converse(wire, stimulus)` opens the
connection, paces the user's side by absolute deadlines, plays what comes back as a loudspeaker would, and returns the
`Timeline` of what was heard, on the clock of the user's audio; `meet` does so with a user who listens. They raise `SystemFailed`, and `ValueError` for a
stimulus that the protocol cannot carry.

Letters: S samples.
"""

import asyncio
import json
from abc import ABC, abstractmethod
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import replace
from typing import Any, cast

import numpy as np
import soxr
from numpy.typing import NDArray
from websockets.asyncio.client import ClientConnection
from websockets.exceptions import ConnectionClosed

from microturn.client.dialling import dial, ended, shown
from microturn.client.keys import advice
from microturn.client.pacing import Send, pace, until
from microturn.protocol.clock import Clock, MonotonicClock
from microturn.protocol.events import Audio, Channel, Frame, Text
from microturn.protocol.failure import Failure, SystemFailed
from microturn.protocol.media import USER_HZ
from microturn.protocol.playback import Listener, Player
from microturn.protocol.timeline import Timeline, Track
from microturn.protocol.wire import pcm16

START_S = 30.0
LAST_WORDS_S = 0.5
MOST_S = 600.0  # of a user who never ends
Message = str | bytes


class Wire(ABC):
    """One conversation in one protocol, sans-I/O. `rate_hz` is what the user's audio is sent at.

    `receive` puts what the system says into `player`; `ready` is true once the system will listen, `done` once it has
    ended the session because we asked.
    """

    rate_hz = 24_000
    chunk_ms = 40
    frame_every_ms = 0.0  # of pictures that come closer together only the first is sent
    takes_frames = takes_text = True
    linger_s = 0.0  # how long transcripts may come after the last sound

    def __init__(self, address: str, headers: Mapping[str, str] | None = None) -> None:
        self.address, self.headers = address, dict(headers or {})
        self.player = Player()
        self.ready = self.done = False
        self.errors: list[str] = []  # what the system complained of without ending the session

    @abstractmethod
    def open(self) -> list[Message]:
        """The first messages."""

    @abstractmethod
    def receive(self, message: Message, arrived_ms: float) -> list[Message]:
        """What to answer to a message of the system's. Raises SystemFailed when it says that it has failed."""

    @abstractmethod
    def audio(self, samples: NDArray[np.float32]) -> list[Message]:
        """The next samples [S] of the user."""

    def frame(self, frame: Frame) -> list[Message]:
        """A picture, now."""
        raise NotImplementedError

    def text(self, text: str) -> list[Message]:
        """Text that the user typed, now."""
        raise NotImplementedError

    def close(self) -> list[Message]:
        """The last messages."""
        return []

    def finish(self) -> None:
        """All has come: put the words that had to wait for their sound into `player`."""

    @property
    def meta(self) -> dict[str, Any]:
        """What a reader of the output should know."""
        return {}


def converse(wire: Wire, stimulus: Timeline, *, clock: Clock | None = None) -> Timeline:
    """Play the stimulus to the system behind `wire`, which is used once. Takes as long as the stimulus."""
    for missing, takes, what in (
        (stimulus.frames, wire.takes_frames, "pictures"),
        ([event for event in stimulus.events if isinstance(event, Text)], wire.takes_text, "typed text"),
    ):
        if missing and not takes:
            raise SystemFailed(f"not run: {type(wire).__name__}'s protocol carries no {what}", Failure.LOST)
    try:
        return asyncio.run(_converse(wire, stimulus, clock or MonotonicClock()))
    except BaseExceptionGroup as errors:
        raise _first(errors) from errors


def _first(errors: BaseExceptionGroup[BaseException]) -> BaseException:
    """The error that says most: the system's own words before the connection that broke for them."""
    flat: list[BaseException] = []
    for error in errors.exceptions:
        flat.append(
            _first(cast(BaseExceptionGroup[BaseException], error)) if isinstance(error, BaseExceptionGroup) else error
        )
    return next((error for error in flat if isinstance(error, SystemFailed)), flat[0])


def meet(wire: Wire, stimulus: Timeline, user: Listener, *, clock: Clock | None = None) -> Timeline:
    """A conversation with a user who listens; of the stimulus only the clock and the seed count.

    The output has the user's track, and lasts as long as the user stayed, ten minutes at most.
    """
    try:
        return asyncio.run(_meet(wire, stimulus, user, clock or MonotonicClock()))
    except BaseExceptionGroup as errors:
        raise _first(errors) from errors


async def _converse(wire: Wire, stimulus: Timeline, clock: Clock) -> Timeline:
    samples = _user_samples(stimulus, wire.rate_hz)
    typed = [event for event in stimulus.events if isinstance(event, Text)]
    events = [*_thinned(stimulus.frames, wire.frame_every_ms), *typed]

    async def act(send: Send, start_ms: float) -> float:
        late_ms = await pace(samples, events, send, clock=clock, rate_hz=wire.rate_hz, chunk_ms=wire.chunk_ms)
        await until(start_ms + stimulus.duration_ms, clock)
        return late_ms

    return _output(wire, stimulus, await _session(wire, clock, act))


async def _meet(wire: Wire, stimulus: Timeline, user: Listener, clock: Clock) -> Timeline:
    said = [np.zeros(0, np.float32)]
    upwards = soxr.ResampleStream(USER_HZ, wire.rate_hz, 1, dtype="float32", quality="LQ")  # 6 ms late

    async def act(send: Send, start_ms: float) -> float:
        heard, at_ms, late_ms = said[0], 0.0, 0.0
        while at_ms < MOST_S * 1000.0 and (spoken := user.next(heard)) is not None:
            said.append(spoken)
            chunk = spoken if wire.rate_hz == USER_HZ else np.asarray(upwards.resample_chunk(spoken), np.float32)
            late_ms = max(late_ms, clock.now_ms() - start_ms - at_ms)
            await pace(chunk, (), send, clock=clock, rate_hz=wire.rate_hz, chunk_ms=wire.chunk_ms)
            until_ms = at_ms + len(spoken) * 1000.0 / USER_HZ
            await until(start_ms + until_ms, clock)
            heard, at_ms = wire.player.sound(at_ms, until_ms), until_ms
        return late_ms

    late_ms = await _session(wire, clock, act)
    track = Track(samples=np.concatenate(said), rate_hz=USER_HZ)
    output = _output(wire, replace(stimulus, duration_ms=track.duration_ms), late_ms)
    return replace(output, audio={**output.audio, Channel.USER: track})


async def _session(wire: Wire, clock: Clock, act: Callable[[Send, float], Awaitable[float]]) -> float:
    """Open a session, do `act(send, start_ms)` in it, and close it; by how much `act` says that it was late."""
    over = asyncio.Event()
    async with _opened(wire) as socket:
        start_ms = clock.now_ms()

        async def send(event: Audio | Frame | Text) -> None:
            try:
                await _send(socket, await _said(wire, event))
            except ConnectionClosed as error:
                await asyncio.sleep(LAST_WORDS_S)  # what it said before it hung up is still to be read, by _listen
                raise _lost(error, clock.now_ms() - start_ms) from error

        async with asyncio.TaskGroup() as tasks:
            listening = tasks.create_task(_listen(wire, socket, clock, start_ms, over))
            late_ms = await act(send, start_ms)
            over.set()
            await _farewell(wire, socket)
            await asyncio.wait([listening], timeout=wire.linger_s)
            listening.cancel()
    return late_ms


def _output(wire: Wire, stimulus: Timeline, late_ms: float) -> Timeline:
    wire.finish()
    errors = {"errors": wire.errors} if wire.errors else {}
    meta = {"late_ms": round(late_ms, 1), **wire.meta, **errors}
    return replace(wire.player.timeline(stimulus), meta=meta)


async def _said(wire: Wire, event: Audio | Frame | Text) -> list[Message]:
    match event:
        case Audio():
            return wire.audio(event.samples)
        case Frame():
            return await asyncio.to_thread(wire.frame, event)  # JPEG takes some milliseconds
        case Text():
            return wire.text(event.text)


def _lost(error: ConnectionClosed, after_ms: float) -> SystemFailed:
    return ended(error, during=f"{after_ms / 1000.0:.1f} s into the session", opened=True)


def _user_samples(stimulus: Timeline, rate_hz: int) -> NDArray[np.float32]:
    """The user's track at `rate_hz`, silence up to the end of the stimulus."""
    samples = np.zeros(round(stimulus.duration_ms * rate_hz / 1000), np.float32)
    if track := stimulus.audio.get(Channel.USER):
        given = cast(NDArray[np.float32], soxr.resample(track.samples, track.rate_hz, rate_hz))[: len(samples)]
        samples[: len(given)] = given
    return samples


def _thinned(frames: Sequence[Frame], every_ms: float) -> list[Frame]:
    """Frames at least `every_ms` apart on each channel."""
    kept: list[Frame] = []
    last_ms: dict[Channel, float] = {}
    for frame in sorted(frames, key=lambda frame: frame.at_ms):
        if frame.at_ms - last_ms.get(frame.channel, -np.inf) >= every_ms - 1.0:
            last_ms[frame.channel] = frame.at_ms
            kept.append(frame)
    return kept


@asynccontextmanager
async def _opened(wire: Wire) -> AsyncIterator[ClientConnection]:
    """A connection on which the system is ready."""
    async with dial(wire.address, wire.headers, key_hint=advice(wire.address)) as socket:
        try:
            async with asyncio.timeout(START_S):
                await _send(socket, wire.open())
                while not wire.ready:
                    await _send(socket, wire.receive(await socket.recv(), 0.0))
        except TimeoutError as error:
            raise SystemFailed(
                f"{shown(wire.address)} started no session within {START_S:.0f} s; has it a place free?",
                Failure.UNREACHABLE,
            ) from error
        except ConnectionClosed as error:
            raise ended(error, during="before the session began", opened=False) from error
        yield socket


async def _listen(wire: Wire, socket: ClientConnection, clock: Clock, start_ms: float, over: asyncio.Event) -> None:
    try:
        while not wire.done:
            message = await socket.recv()
            await _send(socket, wire.receive(message, clock.now_ms() - start_ms))
    except ConnectionClosed as error:
        if not over.is_set():
            raise _lost(error, clock.now_ms() - start_ms) from error


async def _send(socket: ClientConnection, messages: Sequence[Message]) -> None:
    for message in messages:
        await socket.send(message)


async def _farewell(wire: Wire, socket: ClientConnection) -> None:
    try:
        await _send(socket, wire.close())
    except ConnectionClosed:
        pass


def json_message(message: Message) -> dict[str, Any]:
    """A JSON object, in a text or a binary message. SystemFailed when it is none."""
    try:
        body = json.loads(message)
    except ValueError:
        body = None
    if not isinstance(body, dict):
        raise SystemFailed(f"it sent {message[:60]!r}, which is not the JSON object of its protocol", Failure.LOST)
    return cast(dict[str, Any], body)


def pcm(samples: NDArray[np.float32]) -> bytes:
    """Samples [S] as little-endian int16."""
    return pcm16(samples).tobytes()


def called(name: Any, arguments: Any) -> str:
    """The text of the `Do` that stands for a function call: {"function": name, "args": {...}}."""
    if isinstance(arguments, str):
        try:
            arguments = json.loads(arguments)
        except ValueError:
            pass  # what it wrote is what is scored
    return json.dumps({"function": name, "args": arguments if arguments is not None else {}})
