"""Sockets to sessions: the thin shell around `LiveCodec`.

A session outlives its connection: the engine keeps ticking, its messages gather in the outbox, and a client that
returns with the token within `resume_s` goes on. A client that did not ask for extensions cannot resume, so its
session ends with its connection. One slow or hostile client never holds up another: every queue is bounded, pictures
are unpacked in threads, and no session lasts for ever.
"""

import asyncio
import contextlib
import itertools
import logging
import secrets
from asyncio import TaskGroup
from collections.abc import AsyncIterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field, replace
from types import TracebackType
from typing import Any, Protocol, Self

from starlette.responses import PlainTextResponse
from starlette.websockets import WebSocket, WebSocketDisconnect, WebSocketState

from microturn.background.brief import Brief, Report, Worker
from microturn.background.cards import QUESTIONS
from microturn.background.desk import Budget, Desk
from microturn.background.drawing.easel import Easel
from microturn.protocol.clock import DAY_S
from microturn.protocol.events import (
    Answer,
    Audio,
    Cancel,
    Card,
    Closed,
    CloseReason,
    Delegation,
    Event,
    Opened,
    Text,
    Work,
)
from microturn.server.actions import Action, Close, Input, Picture, Reply, Resume, Start, Tell, Todo
from microturn.server.gallery import Draw, Gallery
from microturn.server.live import SESSION_S, LiveCodec, Phase
from microturn.server.outbox import Outbox, Overflow
from microturn.server.sideband import MOST, Sideband

NO_SUCH_SESSION = "this session cannot be resumed any more; send session.start for a new one"
LOG = logging.getLogger(__name__)


@dataclass(frozen=True, kw_only=True)
class Limits:
    """How long, in seconds, a client may take."""

    start_s: float = 30.0  # from the connection to session.start
    resume_s: float = 30.0  # to come back after a drop
    idle_s: float = 300.0  # without sending anything
    session_s: float = SESSION_S  # in all
    work: Budget = field(default_factory=Budget)  # of one delegation


class Handle(Protocol):
    """One session of the engine; `events` begins with `Opened` and ends with `Closed`."""

    async def send(self, event: Input) -> None: ...

    def record(self, event: Work) -> None: ...

    def events(self) -> AsyncIterator[Event]: ...

    def close(self, reason: CloseReason = CloseReason.CLIENT) -> None: ...


class Engine(Protocol):
    """What the server needs of `engine.scheduler.Engine`; `open` raises `ValueError` with a sentence when it is full."""

    async def __aenter__(self) -> Self: ...

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None, /
    ) -> None: ...

    def open(self, *, seed: int | None = None, second: float | None = None) -> Handle: ...

    def account(self) -> Any: ...


@dataclass(frozen=True, kw_only=True)
class Wished:
    """What an extended client may choose of its session: its local second of the day, and the seed."""

    second: float | None = None
    seed: int | None = None


def wished(query: Mapping[str, str]) -> Wished:
    """From the address's `second_of_day` and `seed`. ValueError when one is none."""
    try:
        second = float(query["second_of_day"]) if "second_of_day" in query else None
        seed = int(query["seed"]) if "seed" in query else None
    except ValueError as error:
        raise ValueError("second_of_day and seed are numbers") from error
    if second is not None and not 0 <= second < DAY_S:
        raise ValueError(f"second_of_day is from 0 to {DAY_S}")
    if seed is not None and not 0 <= seed < 1 << 63:
        raise ValueError("seed is from 0 to 2^63 - 1")
    return Wished(second=second, seed=seed)


class LiveSession:
    """One session on the server: the engine's handle, the wire state, the outbox."""

    def __init__(self, codec: LiveCodec, wished: Wished | None = None) -> None:
        self.wished = wished or Wished()
        self.codec, self.outbox, self.token = codec, Outbox(), secrets.token_urlsafe(16)
        self.began_s = self.heard_s = asyncio.get_running_loop().time()
        self.handle: Handle | None = None
        self.desk: Desk | None = None
        self.gallery: Gallery | None = None
        self.returning: asyncio.Task[None] | None = None  # ends the session of a client that stays away
        self.taken_over = asyncio.Event()  # set when another connection has resumed this session
        self.sidebands: list[Sideband] = []

    def close(self, reason: CloseReason) -> None:
        if self.handle is not None and self.codec.phase is Phase.OPEN:
            self.handle.close(reason)

    def receive(self, message: str | bytes) -> list[Action]:
        self.heard_s = asyncio.get_running_loop().time()
        return self.codec.receive(message)

    async def _act(self, action: Todo) -> None:
        if isinstance(action, Reply):
            self.outbox.put(action.text)
        elif isinstance(action, Text):
            await _send(self, action)
        elif self.desk is not None and isinstance(action, Delegation):
            conversation = self.codec.mailbox.conversation(action.at_ms)
            self.desk.take(Brief(delegation=action, conversation=conversation))
        elif isinstance(action, Cancel | Answer):
            self.tell_desk(action)
        elif isinstance(action, Tell):
            self.spread(action, None)

    def attach(self, sideband: Sideband) -> None:
        """From here on `sideband` sees what happens."""
        self.sidebands.append(sideband)
        sideband.begin()

    def detach(self, sideband: Sideband) -> None:
        """It sees no more."""
        self.sidebands.remove(sideband)

    def spread(self, told: Tell, by: Sideband | None) -> None:
        """Tell the recording, and every connection but the one it came from; None is the primary one."""
        if self.handle is not None:
            self.handle.record(told.event)
        for sideband in self.sidebands:
            if sideband is not by:
                sideband.tell(told)
        if by is not None:
            for message in self.codec.told(told.event):
                self.outbox.put(message)

    async def do(self, action: Action, by: Sideband | None) -> None:
        """What a message of the primary connection (None) or of a sideband asks for, in a session that is open."""
        if isinstance(action, Reply):
            (by or self).outbox.put(action.text)
        elif isinstance(action, Close):
            self.close(CloseReason.CLIENT)
        elif isinstance(action, Cancel | Answer):
            self.tell_desk(action)
            self.spread(Tell(action), by)
        elif isinstance(action, Tell):
            self.spread(action, by)
        elif not isinstance(action, Start | Resume):
            if isinstance(action, Audio):
                for sideband in self.sidebands:
                    sideband.hear(self.codec.unmuted)
            await _send(self, action)

    def tell_desk(self, event: Cancel | Answer) -> None:
        """The user called work off, or answered a question of it."""
        if self.desk is None:
            return
        if isinstance(event, Cancel):
            self.desk.cancel(event.delegation)
        else:
            self.desk.answer(event)

    def begin_work(self, worker: Worker, tasks: TaskGroup, draw: Draw, budget: Budget) -> None:
        """Let `worker` do what the model delegates; what it reports goes to the model and to the client."""
        self.gallery = gallery = Gallery(draw, self._hang, tasks)

        async def pass_on(actions: list[Reply | Text]) -> None:
            for action in actions:
                await self._act(action)

        def tell(report: Report | Answer) -> None:
            actions = self.codec.report(report)
            if actions:
                self.spread(Tell(replace(report, at_ms=self.codec.at_ms)), None)
            tasks.create_task(pass_on(actions))
            seen = any(codec.extended for codec in (self.codec, *(sideband.codec for sideband in self.sidebands)))
            if actions and isinstance(report, Card) and report.kind not in QUESTIONS and seen:
                gallery.show(report)

        self.desk = Desk(worker, tell, budget)

    def _hang(self, card: Card, html: str) -> None:
        for side in (self, *self.sidebands):
            for message in side.codec.shown(card, html):
                side.outbox.put(message)

    def end_work(self) -> None:
        if self.desk is not None and self.gallery is not None:
            self.desk.close()
            self.gallery.close()

    async def end_in_time(self, limits: Limits) -> None:
        """Close the session when it has lasted, or its client has been silent, for too long."""
        now_s = asyncio.get_running_loop().time
        while (left_s := min(self.began_s + limits.session_s, self.heard_s + limits.idle_s) - now_s()) > 0:
            await asyncio.sleep(left_s)
        self.close(CloseReason.TIMEOUT)

    async def pump(self, events: AsyncIterator[Event]) -> None:
        """The engine's events to the outbox, until the session has closed."""
        try:
            async for event in events:
                for message in self.codec.emit(event):
                    self.outbox.put(message)
                for sideband in self.sidebands:
                    sideband.emit(event)
                for action in self.codec.work(event):
                    await self._act(action)
        except Exception:
            LOG.exception("session %s failed", self.codec.session_id)
            self.outbox.put(self.codec.error("engine_failed", "the session failed on the server; start a new one"))
            self.codec.phase = Phase.CLOSED
            for sideband in self.sidebands:
                sideband.emit(Closed(at_ms=self.codec.at_ms, reason=CloseReason.ERROR))


class Hub:
    """All sessions of one server."""

    def __init__(
        self, engine: Engine, *, model: str, tasks: TaskGroup, limits: Limits, worker: Worker | None = None
    ) -> None:
        self.engine, self.model, self.tasks, self.limits, self.worker = engine, model, tasks, limits, worker
        self.sessions: dict[str, LiveSession] = {}
        self.easel, self.painter = Easel(), ThreadPoolExecutor(1, "painter")  # a thread that starts with the first card

    async def _draw(self, card: Card) -> str:
        return await asyncio.get_running_loop().run_in_executor(self.painter, self.easel.show, card)

    def close(self) -> None:
        """When no session is left."""
        self.painter.shutdown(wait=False, cancel_futures=True)
        self.easel.close()

    async def serve(self, socket: WebSocket, *, now_s: int) -> None:
        """One WebSocket connection, from accept to close."""
        await socket.accept()
        extended = socket.query_params.get("microturn") == "1"
        codec = LiveCodec(
            model=self.model,
            extended=extended,
            now_s=now_s,
            session_s=self.limits.session_s,
            background=self.worker.name if self.worker else "",
        )
        try:
            session = LiveSession(codec, wished(socket.query_params) if extended else None)
        except ValueError as error:
            await _hang_up(socket, 1008, str(error))
            return
        if (begun := await self._begin(socket, session)) is not None:
            await self._converse(socket, *begun)

    async def attach(self, socket: WebSocket, session_id: str) -> None:
        """Another WebSocket connection to the open session of that id, from accept to close; 404 when there is none."""
        session = next((s for s in self.sessions.values() if s.codec.session_id == session_id), None)
        if session is None or session.codec.phase is not Phase.OPEN:
            return await _deny(socket, 404, "there is no such session, or it is over; its id is in session.started")
        if len(session.sidebands) >= MOST:
            return await _deny(socket, 429, f"this session has {MOST} sidebands; close one")
        await socket.accept()
        sideband = Sideband(session.codec, extended=socket.query_params.get("microturn") == "1")
        session.attach(sideband)
        try:
            async with TaskGroup() as group:
                group.create_task(_read_sideband(socket, session, sideband))
                group.create_task(_write(socket, sideband, 0))
        except* _Done:
            pass
        finally:
            session.detach(sideband)

    async def _begin(self, socket: WebSocket, fresh: LiveSession) -> tuple[LiveSession, int] | None:
        """Read until a session starts or is resumed at a message number; None when the client left or sent nothing useful in time."""
        try:
            async with asyncio.timeout(self.limits.start_s):
                while True:
                    for action in fresh.receive(await _receive(socket)):
                        if isinstance(action, Reply):
                            await socket.send_text(action.text)
                        elif isinstance(action, Resume):
                            if (found := self._resume(action)) is not None:
                                return found, action.received
                            await socket.send_text(fresh.codec.error("unknown_token", NO_SUCH_SESSION))
                        elif isinstance(action, Start):
                            if refusal := await self._open(fresh):
                                await socket.send_text(refusal)
                                break
                        elif fresh.handle is not None and not isinstance(action, Close | Cancel | Answer | Tell):
                            await _send(fresh, action)
                    if fresh.handle is not None:
                        return fresh, 0
        except TimeoutError:
            await _hang_up(socket, 1008, f"no session.start within {self.limits.start_s:.0f} s")
        except WebSocketDisconnect:
            fresh.close(CloseReason.CLIENT)
        return None

    async def _open(self, session: LiveSession) -> str | None:
        """Open the engine session; the refusal to send when the engine is full."""
        try:
            session.handle = self.engine.open(seed=session.wished.seed, second=session.wished.second)
        except ValueError as error:
            return session.codec.refused(str(error))
        events = session.handle.events()
        opened = await anext(events)
        assert isinstance(opened, Opened), f"expected Opened first, got {type(opened).__name__}"
        for message in session.codec.started(opened, token=session.token, resume_s=self.limits.resume_s):
            session.outbox.put(message)
        self.sessions[session.token] = session
        if self.worker is not None and session.codec.target == "responses":
            session.begin_work(self.worker, self.tasks, self._draw, self.limits.work)
        self.tasks.create_task(self._run(session, events))
        return None

    async def _run(self, session: LiveSession, events: AsyncIterator[Event]) -> None:
        ending = self.tasks.create_task(session.end_in_time(self.limits))
        await session.pump(events)
        ending.cancel()
        session.end_work()
        self.sessions.pop(session.token, None)
        if session.returning is not None:
            session.returning.cancel()

    def _resume(self, request: Resume) -> LiveSession | None:
        session = self.sessions.get(request.token)
        if session is None or session.codec.phase is not Phase.OPEN:
            return None
        if not session.outbox.holds(request.received):
            return None
        session.taken_over.set()  # a connection that still hangs on lets go
        session.taken_over = asyncio.Event()
        session.outbox.put(session.codec.resumed())
        return session

    async def _converse(self, socket: WebSocket, session: LiveSession, received: int) -> None:
        """Read, and write from message `received` on, until one side is done, or another connection takes the session over."""
        mine = session.taken_over
        duties = (_read(socket, session), _write(socket, session, received), _yield_to(socket, mine))
        try:
            async with TaskGroup() as group:
                for duty in duties:
                    group.create_task(duty)
        except* _Done:
            pass
        finally:
            self._left(session, mine)

    def _left(self, session: LiveSession, mine: asyncio.Event) -> None:
        if not mine.is_set() and session.codec.phase is Phase.OPEN:
            session.returning = self.tasks.create_task(self._wait_for_return(session, mine))

    async def _wait_for_return(self, session: LiveSession, mine: asyncio.Event) -> None:
        """A client that dropped has `resume_s` to come back; then, or if it cannot, its session ends."""
        if session.codec.extended:
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(mine.wait(), self.limits.resume_s)
                return
        session.close(CloseReason.TIMEOUT)


class _Done(Exception):
    """This connection is over."""


async def _read(socket: WebSocket, session: LiveSession) -> None:
    assert session.handle is not None
    while True:
        try:
            message = await _receive(socket)
        except WebSocketDisconnect:
            raise _Done from None
        for action in session.receive(message):
            await session.do(action, None)


async def _send(session: LiveSession, event: Input | Picture) -> None:
    """To the engine, in order: what comes after a picture waits until that is unpacked."""
    assert session.handle is not None
    if isinstance(event, Picture):
        try:
            frame = await asyncio.to_thread(event.frame)
        except ValueError as error:
            refusal = session.codec.error("invalid_frame", str(error), param="image", client_event_id=event.event_id)
            return session.outbox.put(refusal)
        event = frame
    try:
        await session.handle.send(event)
        session.codec.mailbox.remember(event)
    except ValueError as error:
        session.outbox.put(session.codec.error("refused", str(error)))


async def _read_sideband(socket: WebSocket, session: LiveSession, sideband: Sideband) -> None:
    while True:
        try:
            message = await _receive(socket)
        except WebSocketDisconnect:
            raise _Done from None
        for action in sideband.receive(message):
            await session.do(action, sideband)


async def _write(socket: WebSocket, session: LiveSession | Sideband, received: int) -> None:
    try:
        for number in itertools.count(received):
            if session.codec.phase is Phase.CLOSED and number == session.outbox.written:
                await _hang_up(socket, 1000, "the session is closed")
                raise _Done
            await socket.send_text(await session.outbox.get(number))
    except Overflow as error:
        await _hang_up(socket, 1008, f"{error}; read faster, or start a new session")
        raise _Done from None
    except (WebSocketDisconnect, RuntimeError):  # starlette raises RuntimeError for a send after the close
        raise _Done from None


async def _yield_to(socket: WebSocket, taken_over: asyncio.Event) -> None:
    await taken_over.wait()
    await _hang_up(socket, 1008, "the session was resumed on another connection")
    raise _Done


async def _receive(socket: WebSocket) -> str | bytes:
    message = await socket.receive()
    if message["type"] == "websocket.disconnect":
        raise WebSocketDisconnect(message.get("code", 1005))
    text = message.get("text")
    return text if text is not None else message["bytes"]


async def _deny(socket: WebSocket, status: int, why: str) -> None:
    await socket.send_denial_response(PlainTextResponse(f"{why}\n", status))


async def _hang_up(socket: WebSocket, code: int, reason: str) -> None:
    if socket.application_state is not WebSocketState.DISCONNECTED:
        await socket.close(code, reason[:120])
