"""A stimulus of the bench played to a Live server in real time, and what a listener hears of it."""

import asyncio

import numpy as np
import soxr

from microturn.bench.playback import played_back
from microturn.client.connection import LiveClient, Received, connect
from microturn.protocol.events import Channel
from microturn.protocol.media import MODEL_HZ
from microturn.protocol.timeline import Timeline

PATIENCE_S = 10.0


def converse(url: str, stimulus: Timeline) -> Timeline:
    """One session at `url`, as long as the stimulus. `ValueError` when the server cannot be reached or falls silent."""
    try:
        return asyncio.run(_converse(url, stimulus))
    except (ConnectionError, TimeoutError) as error:
        raise ValueError(str(error) or f"{url} did not close a session within {PATIENCE_S:.0f} s") from error


async def _converse(url: str, stimulus: Timeline) -> Timeline:
    track = stimulus.audio[Channel.USER]
    samples = np.asarray(soxr.resample(track.samples, track.rate_hz, MODEL_HZ), np.float32)
    async with connect(url, rate_hz=MODEL_HZ) as live, asyncio.TaskGroup() as tasks:
        listening = tasks.create_task(_listen(live))
        await live.stream(samples, rate_hz=MODEL_HZ, frames=stimulus.frames)
        await live.close()
        async with asyncio.timeout(PATIENCE_S):
            received = await listening
    return played_back(received, stimulus)


async def _listen(live: LiveClient) -> list[Received]:
    return [received async for received in live.received()]
