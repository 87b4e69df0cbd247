"""A fake engine that answers every tick at once, and a server around it in a thread."""

import asyncio
import sys
import threading
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Self

import numpy as np
import pytest
from playwright.sync_api import Browser, Page
from starlette.applications import Starlette

from microturn.protocol.events import (
    Audio,
    Channel,
    Clear,
    Closed,
    CloseReason,
    Do,
    Event,
    Opened,
    Text,
    Tick,
    Word,
)
from microturn.server.app import application, listen, server
from microturn.server.connection import Limits

sys.path.insert(0, str(Path(__file__).parent))  # for server_clients, which lies beside the tests
from server_clients import chromium

TICK_SAMPLES = 3_200
PHONE = "--host-resolver-rules=MAP phone.test 127.0.0.1"
HOSTS = ("localhost", "phone.test", "talk.example")


@dataclass
class FakeHandle:
    """Per 200 ms of audio one tick. Every fifth tick it says a word; a loud tick it hears "hello"; "stop" clears.

    Texts that begin with "delegate" or "allow" become notes of the model."""

    number: int
    received: list[Event] = field(default_factory=list)
    recorded: list[Event] = field(default_factory=list)
    queue: asyncio.Queue[Event] = field(default_factory=asyncio.Queue)
    samples: int = 0
    ticks: int = 0
    loud: bool = False
    closed: bool = False

    async def send(self, event: Event) -> None:
        self.received.append(event)
        if isinstance(event, Text) and event.text == "refuse me":
            raise ValueError("that text is refused; send another")
        if isinstance(event, Text) and event.text == "find out":
            self.queue.put_nowait(Do(at_ms=self.ticks * 200, text="delegate the weather"))
        if isinstance(event, Text) and event.text.split()[0] in ("delegate", "allow"):
            self.queue.put_nowait(Do(at_ms=self.ticks * 200, text=event.text))
        if isinstance(event, Text) and event.text == "stop":
            self.queue.put_nowait(Clear(at_ms=self.ticks * 200))
        if isinstance(event, Audio):
            self.samples += len(event.samples)
            self.loud |= bool(np.abs(event.samples).max() > 0.1)
            while self.samples >= (self.ticks + 1) * TICK_SAMPLES:
                self.tick()

    def record(self, event: Event) -> None:
        self.recorded.append(event)

    def tick(self) -> None:
        at_ms = float(self.ticks * 200)
        put = self.queue.put_nowait
        if self.loud:
            put(Word(at_ms=at_ms, until_ms=at_ms + 150, channel=Channel.HEARD, text="hello"))
        if self.ticks % 5 < 2:
            if self.ticks % 5 == 0:
                put(Do(at_ms=at_ms + 200, text="four"))
                put(Word(at_ms=at_ms + 200, until_ms=at_ms + 400, channel=Channel.SAY, text=f"word{self.ticks}"))
            tone = np.sin(np.arange(4_800) * (2 * np.pi * 220 / 24_000)).astype(np.float32) * 0.3
            put(Audio(at_ms=at_ms + 200, channel=Channel.MODEL, samples=tone, rate_hz=24_000))
        put(Tick(at_ms=at_ms, tick=self.ticks, compute_ms=31.5, late_ms=float(self.ticks == 3), positions=4))
        self.ticks, self.loud = self.ticks + 1, False

    async def events(self) -> AsyncIterator[Event]:
        while True:
            event = await self.queue.get()
            yield event
            if isinstance(event, Closed):
                return

    def close(self, reason: CloseReason = CloseReason.CLIENT) -> None:
        self.closed = True
        self.queue.put_nowait(Closed(at_ms=self.ticks * 200, reason=reason))


@dataclass(frozen=True)
class FakeAccount:
    sessions: int
    ticks: int


class FakeEngine:
    def __init__(self, sessions: int = 3) -> None:
        self.capacity = sessions
        self.handles: list[FakeHandle] = []

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *error: object) -> None:
        for handle in self.handles:
            handle.close(CloseReason.SHUTDOWN)

    def open(self, *, seed: int | None = None, second: float | None = None) -> FakeHandle:
        if len(self.handles) >= self.capacity:
            raise ValueError(f"all {self.capacity} sessions are taken; try again when one has ended")
        handle = FakeHandle(len(self.handles))
        self.handles.append(handle)
        opened = Opened(
            at_ms=0,
            session_id=f"fake_{handle.number}",
            tick_ms=200,
            second_of_day=second or 0.0,
            seed=seed or 0,
            model="fake",
        )
        handle.queue.put_nowait(opened)
        return handle

    def account(self) -> FakeAccount:
        return FakeAccount(sessions=len(self.handles), ticks=sum(handle.ticks for handle in self.handles))


@pytest.fixture
def anyio_backend() -> str:
    return "asyncio"


@pytest.fixture
def engine() -> FakeEngine:
    return FakeEngine()


@pytest.fixture
def limits() -> Limits:
    return Limits(resume_s=0.5)


@pytest.fixture
def port(engine: FakeEngine, limits: Limits) -> Iterator[int]:
    """The port of a real server over the fake engine, running in a thread; it goes by more names than localhost."""
    friends = ["https://friend.example"]
    with serving(application(engine, model="nano", limits=limits, allow_origins=friends, hosts=HOSTS)) as number:
        yield number


@contextmanager
def serving(app: Starlette) -> Iterator[int]:
    """Run the app on a free port in a thread."""
    sock = listen("127.0.0.1", 0)
    running = server(app)
    thread = threading.Thread(target=running.run, kwargs={"sockets": [sock]}, daemon=True)
    thread.start()
    while not running.started:
        thread.join(0.01)
    try:
        yield sock.getsockname()[1]
    finally:
        running.should_exit = True
        thread.join(5)


@pytest.fixture
def serve_app() -> Callable[[Starlette], AbstractContextManager[int]]:
    """`serving`, for tests that bring an engine of their own."""
    return serving


@pytest.fixture(scope="module")
def browser(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Browser]:
    """A fake microphone: half a second of tone, half a second of silence, over and over. `phone.test` is this machine."""
    tone = 0.5 * np.sin(np.arange(24_000) * (2 * np.pi * 330 / 48_000))
    file = tmp_path_factory.mktemp("microphone") / "tone.wav"
    with chromium(file, np.concatenate([tone, np.zeros(24_000)]), 48_000, PHONE) as running:
        yield running


@pytest.fixture
def page(browser: Browser, port: int) -> Iterator[Page]:
    """The page at our server; any script error fails the test."""
    problems: list[str] = []
    tab = browser.new_page(viewport={"width": 1280, "height": 800})
    tab.set_default_timeout(60_000)  # other work may starve us
    tab.on("pageerror", lambda error: problems.append(str(error)))
    tab.goto(f"http://127.0.0.1:{port}/")
    yield tab
    tab.close()
    assert not problems
