"""Sending in real time, by absolute deadlines: a late chunk does not make the next one later.

Letters: S samples.
"""

import asyncio
from collections.abc import Awaitable, Callable, Sequence

import numpy as np
from numpy.typing import NDArray

from microturn.protocol.clock import Clock
from microturn.protocol.events import Audio, Channel, Frame, Text

Send = Callable[[Audio | Frame | Text], Awaitable[None]]


async def pace(
    samples: NDArray[np.float32],
    events: Sequence[Frame | Text],
    send: Send,
    *,
    clock: Clock,
    rate_hz: int,
    chunk_ms: int,
) -> float:
    """Send mono samples [S], each chunk when its last sample has "happened", and events at their `at_ms`, from now on.

    Returns by how much the latest of them was late, in ms. What `send` raises ends it.
    """
    start_ms, late_ms = clock.now_ms(), 0.0

    async def send_at(event: Audio | Frame | Text, at_ms: float) -> None:
        nonlocal late_ms
        await until(start_ms + at_ms, clock)
        await send(event)
        late_ms = max(late_ms, clock.now_ms() - start_ms - at_ms)

    async def send_audio() -> None:
        size = rate_hz * chunk_ms // 1000
        for first in range(0, len(samples), size):
            chunk = samples[first : first + size]
            end_ms = (first + len(chunk)) * 1000.0 / rate_hz
            await send_at(Audio(at_ms=end_ms, channel=Channel.USER, samples=chunk, rate_hz=rate_hz), end_ms)

    async def send_events() -> None:
        for event in sorted(events, key=lambda event: event.at_ms):
            await send_at(event, event.at_ms)

    try:
        async with asyncio.TaskGroup() as tasks:
            tasks.create_task(send_audio())
            tasks.create_task(send_events())
    except ExceptionGroup as errors:
        raise errors.exceptions[0] from errors
    return late_ms


async def until(at_ms: float, clock: Clock) -> None:
    """Wait for a time of `clock`."""
    await asyncio.sleep(max(0.0, at_ms - clock.now_ms()) / 1000.0)
