"""`microturn speed --background`: what work in the background costs the talk, and how soon it is heard of.

One session on a real server and its client in this process: blocks with four delegations open, whose worker streams progress
while a process of its own keeps a core busy, and blocks without any take turns, so that a noisy machine is noisy for both.
The notes that give work and take it back are put in instead of the model's own; everything else is as served. Then, faster
than real time, how soon results are said and questions answered meanwhile (`bench.meanwhile`).
"""

import asyncio
import json
import sys
from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass, field
from types import TracebackType
from typing import Any, Self

import numpy as np
from rich.console import Console
from rich.table import Table

from microturn.background.brief import Brief, Report
from microturn.bench.meanwhile import Outcome, cases, outcome
from microturn.client import LiveClient, connect
from microturn.protocol.clock import MonotonicClock
from microturn.protocol.events import (
    Audio,
    Cancel,
    Channel,
    Closed,
    CloseReason,
    Delegation,
    Do,
    Event,
    Progress,
    Text,
    Tick,
    Work,
)
from microturn.protocol.media import USER_HZ
from microturn.server.actions import Input
from microturn.server.app import application, listen, server
from microturn.server.connection import Engine, Handle

BURN = "import os\nos.nice(10)\nx = 1.0\nwhile True: x = x * 1.0000001 % 7"
JOBS, EVERY_S, SETTLE_S = ("apple", "river", "garden", "window"), 1.0, 1.0  # words the small model has
MISSED_MS = 0.0  # a tick is missed when its output is later than this
CLOCK = MonotonicClock()


class Noted:
    """A session's handle with notes put in instead of the model's own, and with what the background told the model."""

    def __init__(self, handle: Handle) -> None:
        self.handle, self.queue, self.at_ms = handle, asyncio.Queue[Event](), 0.0
        self.told: list[tuple[float, str]] = []

    def note(self, text: str) -> None:
        self.queue.put_nowait(Do(at_ms=self.at_ms, text=text))

    async def send(self, event: Input) -> None:
        if isinstance(event, Text):
            self.told.append((CLOCK.now_ms(), event.text))
        await self.handle.send(event)

    def record(self, event: Work) -> None:
        self.handle.record(event)

    async def events(self) -> AsyncIterator[Event]:
        reading = asyncio.create_task(self._read())
        try:
            while True:
                event = await self.queue.get()
                yield event
                if isinstance(event, Closed):
                    return
        finally:
            reading.cancel()

    async def _read(self) -> None:
        async for event in self.handle.events():
            if isinstance(event, Tick):
                self.at_ms = event.at_ms
            if not isinstance(event, Do):
                self.queue.put_nowait(event)

    def close(self, reason: CloseReason = CloseReason.CLIENT) -> None:
        self.handle.close(reason)


class NotedEngine:
    """An engine whose one session takes notes."""

    def __init__(self, engine: Engine) -> None:
        self.engine = engine
        self.session: Noted | None = None

    async def __aenter__(self) -> Self:
        await self.engine.__aenter__()
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self.engine.__aexit__(kind, error, trace)

    def open(self, *, seed: int | None = None, second: float | None = None) -> Noted:
        self.session = Noted(self.engine.open(seed=seed, second=second))
        return self.session

    def account(self) -> Any:
        return self.engine.account()


class Streams:
    """The worker: tells how far it is until it is stopped, and when it was."""

    name = "streams"

    def __init__(self) -> None:
        self.stopped_ms: dict[str, float] = {}

    async def work(self, brief: Brief, /) -> AsyncIterator[Report]:
        task = brief.delegation.task
        try:
            while True:
                yield Progress(at_ms=0.0, delegation="", text=f"{task} one of two done", done=0.5)
                await asyncio.sleep(EVERY_S)
        except asyncio.CancelledError:
            self.stopped_ms[task] = CLOCK.now_ms()
            raise


@dataclass
class Measured:
    """What one session showed. Times in ms; `ticks` are (busy, whether the model spoke, compute, lateness)."""

    ticks: list[tuple[bool, bool, float, float]] = field(default_factory=list)
    first_progress_ms: list[float] = field(default_factory=list)
    stop_ms: dict[str, list[float]] = field(default_factory=lambda: {"note": [], "message": []})
    told_after: int = 0


class Paired:
    """Blocks with and without work in one session, one after the other."""

    def __init__(self, live: LiveClient, session: Noted, worker: Streams) -> None:
        self.live, self.session, self.worker = live, session, worker
        self.measured, self.busy = Measured(), None
        self._given_ms: dict[str, float] = {}
        self._ids: dict[str, str] = {}
        self._spoke = False

    async def listen(self) -> None:
        async for event, _ in self.live.received():
            match event:
                case Audio():
                    self._spoke = True
                case Tick():
                    if self.busy is not None:
                        self.measured.ticks.append((self.busy, self._spoke, event.compute_ms, event.late_ms))
                    self._spoke = False
                case Delegation():
                    self._ids[event.task] = event.id
                case Progress():
                    self._first(event)
                case _:
                    pass

    def _first(self, event: Progress) -> None:
        task = next((task for task, id in self._ids.items() if id == event.delegation), "")
        if task in self._given_ms:
            self.measured.first_progress_ms.append(CLOCK.now_ms() - self._given_ms.pop(task))

    async def run(self, blocks: int, seconds: float) -> None:
        """The first pair only warms up: ticks of a length that has not been before take longer."""
        for block in range(blocks + 1):
            await self._pair(seconds, JOBS)
            if not block:
                self.measured.ticks.clear()
        await self.live.close()

    async def _pair(self, seconds: float, tasks: Sequence[str]) -> None:
        self.worker.stopped_ms.clear()
        await self._block(seconds, busy=False)
        burning = await asyncio.create_subprocess_exec(sys.executable, "-c", BURN)
        try:
            for task in tasks:
                self._given_ms[task] = CLOCK.now_ms()
                self.session.note(f"delegate {task}")
                await asyncio.sleep(0.05)
            await self._block(seconds, busy=True)
            for number, task in enumerate(tasks):
                await self._stop(task, "note" if number % 2 else "message")
        finally:
            burning.kill()
            await burning.wait()

    async def _block(self, seconds: float, *, busy: bool) -> None:
        await asyncio.sleep(SETTLE_S)
        self.busy = busy
        await asyncio.sleep(seconds)
        self.busy = None

    async def _stop(self, task: str, way: str) -> None:
        asked_ms = CLOCK.now_ms()
        if way == "note":
            self.session.note(f"cancel {task}")
        else:
            await self.live.send(Cancel(at_ms=0.0, delegation=self._ids[task], reason="cancelled"))
        async with asyncio.timeout(10):
            while task not in self.worker.stopped_ms:
                await asyncio.sleep(0.002)
        stopped_ms = self.worker.stopped_ms[task]
        self.measured.stop_ms[way].append(stopped_ms - asked_ms)
        await asyncio.sleep(EVERY_S)
        self.measured.told_after += sum(at_ms > stopped_ms and task in text for at_ms, text in self.session.told)


async def paired(model: Any, *, blocks: int, seconds: float) -> Measured:
    """One session on a real server: `blocks` pairs of `seconds` each, without and with work."""
    from microturn.data.scene import make_scene
    from microturn.engine.scheduler import Engine as RealEngine
    from microturn.engine.scheduler import EngineConfig

    lasts_s = (blocks + 1) * (2 * seconds + 2 * SETTLE_S + len(JOBS) * (EVERY_S + 1.0)) + 10.0
    scenes = [make_scene(i, split="test", seconds=60.0).audio[Channel.USER].samples for i in range(3)]
    samples = np.tile(np.concatenate(scenes), 1 + int(lasts_s // 180))[: round(lasts_s * USER_HZ)]
    engine, worker = NotedEngine(RealEngine(model, EngineConfig(slots=1, model="nano"))), Streams()
    with listen("127.0.0.1", 0) as sock:
        running = server(application(engine, model="nano", worker=worker))
        serving = asyncio.create_task(running.serve(sockets=[sock]))
        while not running.started:
            await asyncio.sleep(0.05)
        async with connect(f"http://127.0.0.1:{sock.getsockname()[1]}", rate_hz=USER_HZ) as live:
            assert engine.session is not None
            both = Paired(live, engine.session, worker)
            streaming = asyncio.create_task(live.stream(samples, rate_hz=USER_HZ))
            listening = asyncio.create_task(both.listen())
            await both.run(blocks, seconds)
            streaming.cancel()
            await listening
        running.should_exit = True
        await serving
    return both.measured


def heard_of(model: Any, speakers: int) -> list[Outcome]:
    """What the model makes of results and questions in so many voices, faster than real time."""
    from microturn.engine.offline import Take, run_many

    made = cases(speakers)
    takes = [Take(samples=case.samples_S, events=case.texts, tail_s=0.0) for case in made]
    return [outcome(case, output) for case, output in zip(made, run_many(model, takes), strict=True)]


def background(model: Any, *, blocks: int, seconds: float, speakers: int) -> int:
    """Measure, print the tables and one JSON line."""
    measured = asyncio.run(paired(model, blocks=blocks, seconds=seconds))
    outcomes = heard_of(model, speakers)
    rows = {**served(measured), **talked(outcomes)}
    table = Table("", "n", "median", "p90", "p99", "bar", "also")
    for name, row in rows.items():
        table.add_row(name, *(str(row.get(key, "")) for key in ("n", "median", "p90", "p99", "bar", "also")))
    Console(width=130).print(table)
    print(json.dumps({"background": rows}))
    return 0


def served(measured: Measured) -> dict[str, dict[str, Any]]:
    """The rows of the real server."""
    rows: dict[str, dict[str, Any]] = {}
    for spoke, manner in ((False, "the model silent"), (True, "the model speaking")):  # a voice costs more than silence
        for busy, work in ((False, "no work"), (True, "4 open")):
            ticks = [(compute, late) for b, s, compute, late in measured.ticks if (b, s) == (busy, spoke)]
            missed = sum(late > MISSED_MS for _, late in ticks)
            row = spread([compute for compute, _ in ticks]) | {"also": f"{missed} missed"}
            rows[f"tick compute, {manner}, {work}, ms"] = row
    rows["note to first progress at the client, ms"] = spread(measured.first_progress_ms) | {"bar": 300}
    for way, name in (("note", "the model's cancel to stopped, ms"), ("message", "the client's cancel to stopped, ms")):
        rows[name] = spread(measured.stop_ms[way]) | {"bar": 200, "also": f"most {max(measured.stop_ms[way]):.0f}"}
    rows["texts for the model after a cancel"] = {"n": measured.told_after, "bar": 0}
    return rows


def talked(outcomes: Sequence[Outcome]) -> dict[str, dict[str, Any]]:
    """The rows of the talk: from the text, or the user's last sound, to the model's first."""
    rows: dict[str, dict[str, Any]] = {}
    for kind in dict.fromkeys(found.kind for found in outcomes):
        all_of = [found for found in outcomes if found.kind == kind]
        took = [found.latency_ms for found in all_of if found.latency_ms is not None]
        also = f"of {len(all_of)}"
        if "result" in kind:
            also += f", {sum(found.right for found in all_of)} said it; {sum(ms < 0 for ms in took)} over the user"
        rows[f"{kind}, ms"] = spread(took) | {"bar": 1000 if "result" in kind else 600, "also": also}
    return rows


def spread(values: Sequence[float]) -> dict[str, Any]:
    """How many, median, 90th and 99th percentile, in whole ms and tenths below 100."""
    if not values:
        return {"n": 0}
    found = {f"p{q}": float(np.percentile(values, q)) for q in (50, 90, 99)}
    shown = {name: round(value, 1) if value < 100 else round(value) for name, value in found.items()}
    return {"n": len(values), "median": shown.pop("p50"), **shown}
