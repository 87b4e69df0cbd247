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

from microturn.bench.audible import Sounding, said, soundings
from microturn.bench.controls import tone
from microturn.protocol.events import Channel
from microturn.protocol.media import USER_HZ
from microturn.protocol.timeline import Timeline, Track

Talk = Callable[[ServerConnection], Awaitable[None]]
LOUD = 0.02
QUIET_MS = 300.0
ANSWER = ("one", "two", "three", "four", "five", "six")
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


def answered_and_yielded(output: Timeline) -> tuple[Sounding, Sounding]:
    """Holds a conversation with `TWICE` to what a system must do whose VAD waits for `QUIET_MS`; its two answers.

    A machine may be busy: what must not be early is held to the tick of a chunk, what may be late to half a second.
    """
    first, second = soundings(output, join_ms=400)  # a busy machine leaves gaps
    assert 860 <= first.at_ms < 1600, "quiet is known 300 ms after 600"
    assert 1700 <= first.until_ms < 2400, "what was unheard when the user spoke again is dropped"
    assert 2260 <= second.at_ms < 3000
    words = [word.text for word in said(output)]
    until = words.index(ANSWER[0], 1)
    assert 1 <= until < len(ANSWER) and tuple(words[:until]) == ANSWER[:until], "of the first answer, what was heard"
    assert tuple(words[until:]) == ANSWER[: len(words) - until]
    return first, second


TWICE = stimulus((200, 600), (1700, 2000), duration_ms=4000)


class Ear:
    """Where the user begins and ends, in ms of audio received: what a server's VAD knows."""

    def __init__(self, rate_hz: int) -> None:
        self.rate_hz, self.at_ms, self.loud_ms = rate_hz, 0.0, -1.0
        self.speaking = False

    def hear(self, samples_S: NDArray[np.float32]) -> str:
        """ "began", "ended" or nothing."""
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
