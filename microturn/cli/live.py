"""A stimulus of the bench played to a Live server in real time, and what a listener hears of it.

The server takes the time of day from its own clock, not from the stimulus: see `bench.task.Score`.
"""

import asyncio
from collections.abc import Callable, Coroutine, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

import numpy as np
import soxr

from microturn.bench.partner import MODEL_TICK, Partner
from microturn.bench.playback import played_back
from microturn.bench.task import NO_ECHO, OWN_CLOCK
from microturn.client.connection import LiveClient, Received, connect
from microturn.protocol.events import Channel, Closed, CloseReason, Failed, Text
from microturn.protocol.media import MODEL_HZ, USER_HZ
from microturn.protocol.timeline import Timeline, Track

PATIENCE_S = 10.0
UPWARDS_LATE = 8  # samples that the resampler may be behind


def converse(url: str, stimulus: Timeline) -> Timeline:
    """One session at `url`, as long as the stimulus. `ValueError` when the server cannot be reached, breaks off or hangs."""
    return _run(url, _converse(url, stimulus))


def meet_all(
    url: str, stimuli: Sequence[Timeline], partners: Sequence[Partner], *, sessions: int = 4
) -> list[Timeline]:
    """Conversations at `url` with users who listen, `sessions` side by side; errors as for `converse`."""
    with ThreadPoolExecutor(max_workers=sessions) as pool:
        return list(pool.map(lambda one, user: _run(url, _meet(url, one, user)), stimuli, partners))


def _run(url: str, session: Coroutine[None, None, Timeline]) -> Timeline:
    try:
        return asyncio.run(session)
    except TimeoutError as error:
        raise ValueError(f"{url} did not close a session within {PATIENCE_S:.0f} s: look at the server") from error
    except ConnectionError as error:
        raise ValueError(f"{url}: {error}") from error


async def _converse(url: str, stimulus: Timeline) -> Timeline:
    track = stimulus.audio[Channel.USER]
    samples = np.asarray(soxr.resample(track.samples, track.rate_hz, MODEL_HZ), np.float32)
    texts = [event for event in stimulus.events if isinstance(event, Text)]

    async def play(live: LiveClient, received: Sequence[Received]) -> None:
        del received
        await live.stream(samples, rate_hz=MODEL_HZ, events=[*stimulus.frames, *texts])

    return replace(played_back(await _session(url, play), stimulus), meta=OWN_CLOCK | NO_ECHO)


async def _meet(url: str, stimulus: Timeline, partner: Partner) -> Timeline:
    said: list[np.ndarray] = []
    upwards = soxr.ResampleStream(USER_HZ, MODEL_HZ, 1, dtype="float32", quality="QQ")
    waiting = np.zeros(UPWARDS_LATE, np.float32)

    async def play(live: LiveClient, received: Sequence[Received]) -> None:
        def next_tick(now_ms: float) -> np.ndarray | None:
            nonlocal waiting
            user = partner.next(_just_heard(received, stimulus, now_ms))
            if user is None:
                return None
            said.append(user)
            ready = np.concatenate([waiting, upwards.resample_chunk(user)])
            waiting = ready[MODEL_TICK:]
            return ready[:MODEL_TICK]

        await live.stream_from(next_tick, rate_hz=MODEL_HZ)

    received = await _session(url, play)
    spoken = np.concatenate([np.zeros(0, np.float32), *said])
    talk = played_back(received, replace(stimulus, duration_ms=len(spoken) * 1000.0 / USER_HZ))
    audio = {**talk.audio, Channel.USER: Track(samples=spoken, rate_hz=USER_HZ)}
    return replace(talk, audio=audio, meta=OWN_CLOCK | NO_ECHO)


def _just_heard(received: Sequence[Received], stimulus: Timeline, now_ms: float) -> np.ndarray:
    """What the system made audible in the tick before `now_ms`, 24 kHz, from what has arrived by now."""
    if now_ms == 0:
        return np.zeros(0, np.float32)
    return played_back(received, replace(stimulus, duration_ms=now_ms)).audio[Channel.MODEL].samples[-MODEL_TICK:]


async def _session(
    url: str, play: Callable[[LiveClient, Sequence[Received]], Coroutine[None, None, None]]
) -> list[Received]:
    """One session: `play` sends what the user does, and sees what has come so far; everything that came, once it is closed."""
    received: list[Received] = []
    async with connect(url, rate_hz=MODEL_HZ) as live:
        try:
            async with asyncio.TaskGroup() as tasks:
                listening = tasks.create_task(_listen(live, received))
                await play(live, received)
                await live.close()
                async with asyncio.timeout(PATIENCE_S):
                    await listening
        except ExceptionGroup as errors:
            raise errors.exceptions[0] from errors
    return received


async def _listen(live: LiveClient, received: list[Received]) -> None:
    """Everything up to the end; `ConnectionError` when that is not the one that was asked for."""
    why = "its connection broke"
    async for event, arrived_ms in live.received():
        received.append(Received(event, arrived_ms))
        if isinstance(event, Failed):
            why = event.message
        elif isinstance(event, Closed) and event.reason is CloseReason.ERROR:
            raise ConnectionError(f"the session ended before its time: {why}")
