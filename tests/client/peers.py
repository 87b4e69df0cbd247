"""Small servers in a thread for the clients to talk to, and a scripted system that waits for quiet and answers.

Letters: S samples.
"""

import asyncio
import threading
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager
from http import HTTPStatus

import numpy as np
from numpy.typing import NDArray
from websockets.asyncio.server import ServerConnection, serve
from websockets.http11 import Request, Response

from microturn.bench.controls import tone
from microturn.protocol.events import Channel
from microturn.protocol.media import USER_HZ
from microturn.protocol.timeline import Timeline, Track

Talk = Callable[[ServerConnection], Awaitable[None]]
LOUD = 0.02
QUIET_MS = 300.0
KEY = "right-key"


@contextmanager
def serving(talk: Talk, *, key_header: str = "", status: int = 401, body: str = "") -> Iterator[str]:
    """A WebSocket server of `talk`; with `key_header`, one that answers `status` where that header lacks the key."""
    ready, done, where = threading.Event(), threading.Event(), list[int]()

    def check(socket: ServerConnection, request: Request) -> Response | None:
        if key_header and KEY not in request.headers.get(key_header, ""):
            return socket.respond(HTTPStatus(status), body)
        return None

    async def run() -> None:
        async with serve(talk, "127.0.0.1", 0, process_request=check, max_size=None) as server:
            where.append(next(iter(server.sockets)).getsockname()[1])
            ready.set()
            await asyncio.to_thread(done.wait)

    thread = threading.Thread(target=lambda: asyncio.run(run()), daemon=True)
    thread.start()
    assert ready.wait(5)
    try:
        yield f"ws://127.0.0.1:{where[0]}"
    finally:
        done.set()
        thread.join(5)


def stimulus(*tones_ms: tuple[float, float], duration_ms: float) -> Timeline:
    """A user who makes tones, from when to when."""
    samples = np.zeros(round(duration_ms * USER_HZ / 1000), np.float32)
    for start_ms, end_ms in tones_ms:
        voice = tone(end_ms - start_ms, hz=330, rate_hz=USER_HZ)
        first = round(start_ms * USER_HZ / 1000)
        samples[first : first + len(voice)] = voice
    return Timeline(duration_ms=duration_ms, audio={Channel.USER: Track(samples=samples, rate_hz=USER_HZ)})


class Ear:
    """Where the user begins and ends, in ms of audio received: what a server's VAD knows."""

    def __init__(self, rate_hz: int) -> None:
        self.rate_hz, self.at_ms, self.loud_ms = rate_hz, 0.0, -1.0
        self.speaking = False

    def hear(self, samples_S: NDArray[np.float32]) -> str:
        """"began", "ended" or nothing."""
        self.at_ms += len(samples_S) * 1000.0 / self.rate_hz
        if len(samples_S) and np.sqrt(np.mean(samples_S**2)) > LOUD:
            self.loud_ms = self.at_ms
            if not self.speaking:
                self.speaking = True
                return "began"
        elif self.speaking and self.at_ms - self.loud_ms >= QUIET_MS:
            self.speaking = False
            return "ended"
        return ""
