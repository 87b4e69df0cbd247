"""A program of ours as the background of a real server's session: told, answered, withdrawn, failed, from the side too."""

import asyncio
from collections.abc import AsyncIterator, Iterator

import pytest

from microturn.client import Job, attach, connect, working
from microturn.protocol.events import Cancel, Channel, Do, Event, Progress, Result, Text
from microturn.server.app import application
from tests.server.conftest import FakeEngine, FakeHandle, serving

pytestmark = pytest.mark.anyio


@pytest.fixture
def anyio_backend() -> str:
    return "asyncio"


@pytest.fixture
def engine() -> FakeEngine:
    return FakeEngine()


@pytest.fixture
def url(engine: FakeEngine) -> Iterator[str]:
    with serving(application(engine, model="nano")) as number:
        yield f"http://127.0.0.1:{number}"


def given(engine: FakeEngine, note: str) -> FakeHandle:
    """The model writes a note."""
    engine.handles[-1].queue.put_nowait(Do(at_ms=400.0, text=note))
    return engine.handles[-1]


async def seen_until(received: AsyncIterator[tuple[Event, float]], kind: type) -> Event:
    async with asyncio.timeout(5):
        async for event, _ in received:
            if isinstance(event, kind):
                return event
    raise AssertionError(f"no {kind.__name__} came")


def told(handle: FakeHandle) -> list[tuple[Channel, str]]:
    return [(event.channel, event.text) for event in handle.received if isinstance(event, Text)]


async def test_ten_lines_are_a_background(url: str, engine: FakeEngine) -> None:
    async def work(job: Job) -> str:
        await job.progress("asking the station", done=0.5)
        return f"{job.task} is fine"

    async with connect(url, delegation="client") as live:
        handle = given(engine, "delegate the weather")
        result = await seen_until(working(live, work), Result)
    assert isinstance(result, Result) and result.text == "the weather is fine"
    assert told(handle) == [(Channel.THINKING, "asking the station"), (Channel.COMMENTARY, "the weather is fine")]


async def test_what_is_withdrawn_is_cancelled_and_says_nothing(url: str, engine: FakeEngine) -> None:
    stopped = asyncio.Event()

    async def work(job: Job) -> str:
        given(engine, "cancel the weather")
        try:
            await asyncio.sleep(60)
        finally:
            stopped.set()
        return "never said"

    async with connect(url, delegation="client") as live:
        handle = given(engine, "delegate the weather")
        over = await seen_until(working(live, work), Cancel)
        async with asyncio.timeout(0.2):
            await stopped.wait()
    assert isinstance(over, Cancel) and over.reason == "withdrawn" and told(handle) == []


async def test_what_goes_wrong_is_said(url: str, engine: FakeEngine) -> None:
    async def fails(job: Job) -> str:
        raise RuntimeError("secret")

    async def nothing(job: Job) -> None:
        await job.result("kept in mind", Channel.THINKING)

    async with connect(url, delegation="client") as live:
        for work in (fails, nothing):
            handle = given(engine, "delegate the weather")
            received = working(live, work)
            while (await seen_until(received, Result)).channel is Channel.THINKING:  # type: ignore[attr-defined]
                pass
    assert [text for _, text in told(handle)] == ["that did not work", "kept in mind", "i found nothing"]


async def test_from_the_side(url: str, engine: FakeEngine) -> None:
    async def work(job: Job) -> str:
        await job.progress("half", done=0.5)
        return "it rains"

    async with connect(url, delegation="client") as live:
        handle = given(engine, "delegate the weather")
        async with attach(url, live.opened.session_id) as other:
            await seen_until(working(other, work), Result)
            received = live.received()
            assert isinstance(state := await seen_until(received, Progress), Progress) and state.done == 0.5
            assert isinstance(result := await seen_until(received, Result), Result) and result.text == "it rains"
            with pytest.raises(ValueError, match="a client sends"):
                await other.send(Do(at_ms=0.0, text="delegate this"))
    assert [text for _, text in told(handle)] == ["half", "it rains"]
    with pytest.raises(ConnectionError, match="404"):
        async with attach(url, "nobody"):
            pass


async def test_without_our_extensions_there_is_no_task_but_an_answer(url: str, engine: FakeEngine) -> None:
    async def work(job: Job) -> str:
        await job.progress("half")
        return f"it rains{job.task}"

    async with connect(url, delegation="client", extensions=False) as live:
        handle = given(engine, "delegate the weather")

        async def listen() -> None:
            async for _ in working(live, work):
                pass

        async with asyncio.timeout(5):
            listening = asyncio.create_task(listen())
            while len(told(handle)) < 2:
                await asyncio.sleep(0.01)
            listening.cancel()
    assert [text for _, text in told(handle)] == ["half", "it rains"]
