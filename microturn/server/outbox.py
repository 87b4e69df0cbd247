"""The messages of one session, numbered from 0; each connection reads them with a place of its own.

Bounded: the newest `capacity` messages are kept, sent or not, so that a client that comes back gets what it missed.
A reader that has fallen behind by more than that gets `Overflow`: nothing is skipped in silence.
"""

import asyncio
from collections import deque

CAPACITY = 1_500  # about a minute of a speaking session


class Overflow(Exception):
    """The next message to read has been forgotten: the client does not keep up, or stayed away too long."""


class Outbox:
    """Append with `put`, read message number `n` with `get(n)`. Belongs to one event loop."""

    def __init__(self, capacity: int = CAPACITY) -> None:
        self.kept: deque[str] = deque(maxlen=capacity)
        self.written = 0
        self.more = asyncio.Event()

    def put(self, message: str) -> None:
        self.kept.append(message)
        self.written += 1
        self.more.set()

    def holds(self, number: int) -> bool:
        """Whether a reader may go on from message `number`."""
        return self.written - len(self.kept) <= number <= self.written

    async def get(self, number: int) -> str:
        """Message `number`; waits for it. Raises Overflow when it has been forgotten."""
        while number >= self.written:
            self.more.clear()
            await self.more.wait()
        if not self.holds(number):
            raise Overflow(f"{self.written - len(self.kept) - number} messages were not read in time")
        return self.kept[number - self.written + len(self.kept)]
