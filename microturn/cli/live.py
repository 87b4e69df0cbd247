"""A stimulus of the bench played to a Live server in real time, and what a listener hears of it.

The server takes the time of day from its own clock, not from the stimulus: see `bench.task.Score`.
"""

import asyncio
from dataclasses import replace

import numpy as np
import soxr

from microturn.bench.playback import played_back
from microturn.bench.task import NO_ECHO, OWN_CLOCK
from microturn.client.connection import LiveClient, Received, connect
from microturn.protocol.events import Channel, Closed, CloseReason, Failed, Text
from microturn.protocol.media import MODEL_HZ
from microturn.protocol.timeline import Timeline

PATIENCE_S = 10.0


def converse(url: str, stimulus: Timeline) -> Timeline:
    """One session at `url`, as long as the stimulus. `ValueError` when the server cannot be reached, breaks off or hangs."""
    try:
        return asyncio.run(_converse(url, stimulus))
    except TimeoutError as error:
        raise ValueError(f"{url} did not close a session within {PATIENCE_S:.0f} s: look at the server") from error
    except ConnectionError as error:
        raise ValueError(f"{url}: {error}") from error


async def _converse(url: str, stimulus: Timeline) -> Timeline:
    track = stimulus.audio[Channel.USER]
    samples = np.asarray(soxr.resample(track.samples, track.rate_hz, MODEL_HZ), np.float32)
    texts = [event for event in stimulus.events if isinstance(event, Text)]
    async with connect(url, rate_hz=MODEL_HZ) as live:
        try:
            async with asyncio.TaskGroup() as tasks:
                listening = tasks.create_task(_listen(live))
                await live.stream(samples, rate_hz=MODEL_HZ, events=[*stimulus.frames, *texts])
                await live.close()
                async with asyncio.timeout(PATIENCE_S):
                    received = await listening
        except ExceptionGroup as errors:
            raise errors.exceptions[0] from errors
    return replace(played_back(received, stimulus), meta=OWN_CLOCK | NO_ECHO)


async def _listen(live: LiveClient) -> list[Received]:
    """Everything up to the end; `ConnectionError` when that is not the one that was asked for."""
    received: list[Received] = []
    why = "its connection broke"
    async for event, arrived_ms in live.received():
        received.append(Received(event, arrived_ms))
        if isinstance(event, Failed):
            why = event.message
        elif isinstance(event, Closed) and event.reason is CloseReason.ERROR:
            raise ConnectionError(f"the session ended before its time: {why}")
    return received
