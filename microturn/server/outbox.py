"""The messages of one session, numbered from 0, read by one connection at a time.

Bounded: the newest `capacity` messages are kept, sent or not, so that a client that comes back gets what it missed.
A reader that has fallen behind by more than that gets `Overflow`: nothing is skipped in silence.
"""

import asyncio
from collections import deque

CAPACITY = 1_500  # about a minute of a speaking session


class Overflow(Exception):
    """The next message to read has been forgotten: the client does not keep up, or stayed away too long."""


class Outbox:
    """Append with `put`, read in order with `next`, go back with `rewind`. Belongs to one event loop."""

    def __init__(self, capacity: int = CAPACITY) -> None:
        self.kept: deque[str] = deque(maxlen=capacity)
        self.written = 0
        self.read = 0
        self.more = asyncio.Event()

    def put(self, message: str) -> None:
        self.kept.append(message)
        self.written += 1
        self.more.set()

    async def next(self) -> str:
        """The message after the last one read; waits for it."""
        while self.read == self.written:
            self.more.clear()
            await self.more.wait()
        behind = self.written - self.read
        if behind > len(self.kept):
            raise Overflow(f"{behind - len(self.kept)} messages were not read in time")
        self.read += 1
        return self.kept[len(self.kept) - behind]

    def rewind(self, received: int) -> None:
        """Read on from message `received`; `ValueError` if there is no such message any more, or never was."""
        if not self.written - len(self.kept) <= received <= self.written:
            raise ValueError(f"message {received} is not kept; start a new session")
        self.read = received
