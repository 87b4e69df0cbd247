"""The figures of work in the background: notes are put in among the engine's events, rows say what was measured."""

import asyncio
from collections.abc import AsyncIterator

import pytest

from microturn.background.brief import Brief
from microturn.bench.meanwhile import ALONE, SPEAKING, Outcome
from microturn.cli.speed_background import Measured, Noted, Streams, served, spread, talked
from microturn.protocol.events import Channel, Closed, CloseReason, Delegation, Do, Event, Progress, Text, Tick, Work
from microturn.protocol.timeline import Timeline
from microturn.server.actions import Input

pytestmark = pytest.mark.anyio


@pytest.fixture
def anyio_backend() -> str:
    return "asyncio"


class Ticking:
    """Two ticks, and the end when it is told."""

    def __init__(self) -> None:
        self.got: list[Input] = []
        self.over = asyncio.Event()

    async def send(self, event: Input) -> None:
        self.got.append(event)

    async def events(self) -> AsyncIterator[Event]:
        for tick in range(2):
            yield Tick(at_ms=tick * 200.0, tick=tick, compute_ms=1.0, late_ms=0.0, positions=1)
        await self.over.wait()
        yield Closed(at_ms=400.0, reason=CloseReason.CLIENT)

    def record(self, event: Work) -> None:
        raise AssertionError(event)

    def close(self, reason: CloseReason = CloseReason.CLIENT) -> None:
        self.over.set()


async def test_a_note_comes_at_the_sessions_time_and_texts_are_kept() -> None:
    noted, seen = Noted(Ticking()), list[Event]()
    async with asyncio.timeout(5):
        async for event in noted.events():
            seen.append(event)
            if isinstance(event, Tick) and event.tick == 1:
                noted.note("delegate apple")
            if isinstance(event, Do):
                await noted.send(Text(at_ms=0.0, channel=Channel.THINKING, text="half"))
                noted.close()
    assert [type(event) for event in seen] == [Tick, Tick, Do, Closed] and seen[2].at_ms == 200.0
    assert [text for _, text in noted.told] == ["half"]


async def test_the_worker_streams_until_it_is_stopped() -> None:
    worker, told = Streams(), list[object]()
    delegation = Delegation(at_ms=0.0, id="d", task="apple", why="", deadline_ms=9e5)

    async def work() -> None:
        async for report in worker.work(Brief(delegation=delegation, conversation=Timeline(duration_ms=0.0))):
            told.append(report)

    task = asyncio.create_task(work())
    await asyncio.sleep(0.02)
    task.cancel()
    await asyncio.gather(task, return_exceptions=True)
    assert len(told) == 1 and isinstance(told[0], Progress) and "apple" in worker.stopped_ms


def test_the_rows() -> None:
    ticks = [(False, False, 7.0, 0.0), (True, False, 8.0, 3.0), (True, True, 20.0, 0.0)]
    measured = Measured(ticks=ticks, first_progress_ms=[5.0], stop_ms={"note": [1.0], "message": [3.0]})
    rows = served(measured)
    assert rows["tick compute, the model silent, 4 open, ms"]["also"] == "1 missed"
    assert rows["tick compute, the model silent, no work, ms"]["median"] == 7.0
    assert rows["the client's cancel to stopped, ms"]["also"] == "most 3"
    found = [
        Outcome(kind=kind, latency_ms=ms, right=ms is not None, handed_over=True)
        for kind, ms in ((SPEAKING, -100.0), (SPEAKING, 300.0), (SPEAKING, None), (ALONE, 200.0))
    ]
    assert talked(found)[f"{SPEAKING}, ms"]["also"] == "of 3, 2 said it; 1 over the user"
    assert talked(found)[f"{ALONE}, ms"]["bar"] == 600 and spread([]) == {"n": 0}
