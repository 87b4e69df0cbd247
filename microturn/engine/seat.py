"""A seat: one live session with its place in the batch, its pace, its scribe, and the events its client has yet to read.

`Handle` is the client's side of a seat. Everything here runs on the event loop's thread.
"""

import asyncio
from collections import deque
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass, field

from microturn.engine.pacing import Pacer
from microturn.engine.recording import Scribe
from microturn.engine.session import Input, Session, State
from microturn.protocol.events import Closed, CloseReason, Event, Work

EVENTS_CAPACITY = 4_096  # overflow policy: the session is closed; it holds several minutes of a session's events


class Outgoing:
    """Events on their way to the client, in order."""

    def __init__(self) -> None:
        self._events: deque[Event] = deque()
        self._arrived = asyncio.Event()

    @property
    def full(self) -> bool:
        return len(self._events) >= EVENTS_CAPACITY

    def put(self, events: list[Event]) -> None:
        self._events.extend(events)
        if events:
            self._arrived.set()

    async def get(self) -> Event:
        while not self._events:
            self._arrived.clear()
            await self._arrived.wait()
        return self._events.popleft()


@dataclass(eq=False, kw_only=True)
class Seat:
    """One session's place in the engine; `fresh` until its row has been given to it on the device.

    `closing` is why it is to be closed when the tick under way has been answered.
    """

    row: int
    session: Session
    pacer: Pacer
    scribe: Scribe | None = None
    outgoing: Outgoing = field(default_factory=Outgoing)
    fresh: bool = True
    closing: CloseReason | None = None

    @property
    def closed(self) -> bool:
        return self.session.state is State.CLOSED

    def receive(self, event: Input, now_ms: float) -> bool:
        """Take an event in; True when that completes a tick's audio."""
        session, was_ready = self.session, self.session.ready()
        was_quiet, late_before_ms = session.quiet, session.late_ms
        session.receive(event)
        if was_quiet and not session.quiet and not was_ready:
            self.pacer.anchor(now_ms, session.buffered_ms)
        if session.late_ms > late_before_ms:
            self.pacer.came_late(session.late_ms - late_before_ms)
        if session.ready() and not was_ready:
            self.pacer.filled(now_ms)
            return True
        return False

    def runs_at_ms(self) -> float:
        return self.pacer.runs_at_ms(self.session.ready())


class Handle:
    """A live session as its client sees it: send events, read events, close."""

    def __init__(
        self, seat: Seat, send: Callable[[Seat, Input], None], close: Callable[[Seat, CloseReason], None]
    ) -> None:
        self._seat, self._send, self._close = seat, send, close
        self._reading = False

    @property
    def session_id(self) -> str:
        return self._seat.session.config.session_id

    @property
    def session(self) -> Session:
        """For reading: state, media time, `timeline()`."""
        return self._seat.session

    async def send(self, event: Input) -> None:
        """Audio, Frame, Text, Missing or Played. Raises ValueError, with what to do, for what cannot be used."""
        self._send(self._seat, event)

    def record(self, event: Work) -> None:
        """Put work that is done for this session into its recording."""
        self._seat.session.record(event)

    async def events(self) -> AsyncIterator[Event]:
        """Everything the session puts out, in order, ending after `Closed`. One reader at a time."""
        if self._reading:
            raise ValueError("the events of this session are being read already: end that reader first")
        self._reading = True
        try:
            while True:
                event = await self._seat.outgoing.get()
                yield event
                if isinstance(event, Closed):
                    return
        finally:
            self._reading = False

    def close(self, reason: CloseReason = CloseReason.CLIENT) -> None:
        """End the session, after the tick under way if there is one; closing twice is closing once."""
        self._close(self._seat, reason)
