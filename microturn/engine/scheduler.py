"""The engine: many live sessions on one model. Times ticks, batches them, refuses what it cannot serve.

Each session keeps its own media clock and grid (`pacing`): its tick is due when its audio is there, or when its deadline
has passed. There is no global phase, which would add up to a tick of delay to every answer: whatever is due when the
device becomes free goes into one batched step. Alone, a session waits for nothing; under load, batches grow by themselves
because more comes due during each step. A few milliseconds of gathering join sessions that are about to be due.

A session that is closed while its tick is being computed ends when the answer is there: every tick that was packed has
an answer, so its recording replays to the bit.

    async with Engine(model, EngineConfig(slots=4)) as engine:
        handle = engine.open()
        await handle.send(Audio(...))
        async for event in handle.events(): ...
"""

import asyncio
import contextlib
import secrets
from collections.abc import Generator, Mapping
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import Self

from microturn.engine.pacing import GRACE_MS, Account, Ledger, Pacer
from microturn.engine.recording import Scribe
from microturn.engine.seat import Handle, Seat
from microturn.engine.session import Input, Session, SessionConfig, Stepped
from microturn.engine.worker import Model, Rows, Worker
from microturn.features.layout import TickInput
from microturn.protocol.clock import TICK_MS, Clock, MonotonicClock, second_of_day
from microturn.protocol.events import CloseReason

MEASURED_TICKS = 20  # fewer ticks than this say nothing about the load


class Refused(ValueError):
    """The engine does not take the session; the message says why and what to do."""


@dataclass(frozen=True, kw_only=True)
class EngineConfig:
    """`slots` rows of batch; a new session is refused when the p95 of the time from "could run" to "done" exceeds
    `busy_share` of a tick. `record` is a folder that gets one recording per session. So that each replays to the bit
    whichever others ran beside it, an engine that records steps its sessions one after another (`worker.Rows`)."""

    slots: int = 4
    tick_ms: int = TICK_MS
    model: str = ""
    grace_ms: float = GRACE_MS
    gather_ms: float = 3.0
    busy_share: float = 0.75
    record: Path | None = None

    def __post_init__(self) -> None:
        if self.slots < 1:
            raise ValueError(f"an engine needs at least one slot, got {self.slots}")


class Engine:
    """See the module. `drive=False` leaves the beat to the caller (tests, with a ManualClock)."""

    def __init__(self, model: Model, config: EngineConfig, clock: Clock | None = None, *, drive: bool = True) -> None:
        self.config = config
        self._tokenizer = model.tokenizer
        self._clock: Clock = clock or MonotonicClock()
        self._worker = Worker(model, config.slots, exact=config.record is not None)
        self._seats: dict[str, Seat] = {}
        self._ledger = Ledger()
        self._wake = asyncio.Event()
        self._drive = drive
        self._loop: asyncio.Task[None] | None = None
        self._stopping = False
        self._saves: set[asyncio.Task[None]] = set()

    async def __aenter__(self) -> Self:
        self._worker.start()
        if self._drive:
            self._loop = asyncio.create_task(self._run(), name="microturn-beat")
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        for seat in list(self._seats.values()):
            self._close(seat, CloseReason.SHUTDOWN)
        self._stopping = True
        self._wake.set()
        if self._loop:
            await self._loop
        await asyncio.gather(*self._saves)
        await asyncio.to_thread(self._worker.stop)

    # ---- sessions

    def open(self, *, seed: int | None = None, second: float | None = None) -> Handle:
        """Begin a session; `second` is the local second of the day at its start (now, if not given).

        Raises Refused when every slot is taken or the running sessions already need the machine.
        """
        self._admit()
        row = min(set(range(self.config.slots)) - {seat.row for seat in self._seats.values()})
        config = SessionConfig(
            session_id=secrets.token_hex(8),
            seed=secrets.randbits(31) if seed is None else seed,
            second_of_day=second_of_day() if second is None else second,
            model=self.config.model,
            tick_ms=self.config.tick_ms,
        )
        session = Session(config, self._tokenizer)
        folder = self.config.record / config.session_id if self.config.record else None
        pacer = Pacer(config.tick_ms, self._clock.now_ms(), self.config.grace_ms)
        seat = Seat(row=row, session=session, pacer=pacer, scribe=Scribe(session, folder) if folder else None)
        self._seats[config.session_id] = seat
        seat.outgoing.put(session.open())
        self._wake.set()
        return Handle(seat, self._send, self._close)

    def account(self) -> Account:
        """Sessions, ticks, misses and times so far."""
        return self._ledger.account(len(self._seats), self.config.slots)

    # ---- the beat

    async def beat(self) -> int:
        """Step every session that is due, once, in one batch; returns how many. For callers that drive the engine."""
        now_ms = self._clock.now_ms()
        packed: dict[Seat, TickInput] = {}
        for seat in list(self._seats.values()):
            if seat.runs_at_ms() <= now_ms:
                with self._alone(seat):
                    packed[seat] = seat.session.tick_input(force=True)
        if packed:
            await self._step(packed)
        return len(packed)

    async def _run(self) -> None:
        while not self._stopping:
            self._wake.clear()
            now_ms = self._clock.now_ms()
            times = [seat.runs_at_ms() for seat in self._seats.values()]
            if not times or min(times) > now_ms:
                timeout_s = (min(times) - now_ms) / 1000.0 if times else None
                with contextlib.suppress(TimeoutError):
                    async with asyncio.timeout(timeout_s):
                        await self._wake.wait()
                continue
            if any(now_ms < seat.pacer.due_ms < now_ms + self.config.gather_ms for seat in self._seats.values()):
                await asyncio.sleep(self.config.gather_ms / 1000.0)
            await self.beat()

    async def _step(self, packed: Mapping[Seat, TickInput]) -> None:
        begins = {seat.row: seat.session.config.seed for seat in packed if seat.fresh}
        inputs = {seat.row: tick_input for seat, tick_input in packed.items()}

        def job(rows: Rows) -> tuple[dict[int, Stepped], float]:
            start_ms = self._clock.now_ms()
            for row, seed in begins.items():
                rows.begin(row, seed)
            results = rows.step(inputs)
            return results, self._clock.now_ms() - start_ms

        for seat in packed:
            seat.fresh = False
        try:
            results, compute_ms = await self._worker.submit(job)
        except Exception as error:  # noqa: BLE001 (the model failed: its sessions end, the engine lives)
            for seat in packed:
                self._fail(seat, error)
            return
        for seat, tick_input in packed.items():
            with self._alone(seat):
                self._finish(seat, tick_input, results[seat.row], compute_ms)

    def _finish(self, seat: Seat, tick_input: TickInput, result: Stepped, compute_ms: float) -> None:
        now_ms = self._clock.now_ms()
        late_ms = seat.pacer.lateness_ms(now_ms)
        self._ledger.note(compute_ms=compute_ms, turnaround_ms=seat.pacer.turnaround_ms(now_ms), late_ms=late_ms)
        seat.pacer.advance(seat.session.ready())
        events = seat.session.tick_output(result, compute_ms=compute_ms, late_ms=late_ms)
        if seat.scribe:
            seat.scribe.answered(tick_input, events)
        if seat.outgoing.full:
            seat.session.fail("slow_client", "the client does not read its events: read faster, or close the session")
            self._end(seat, CloseReason.ERROR)
            return
        seat.outgoing.put(events)
        if seat.closing:
            self._end(seat, seat.closing)

    # ---- inside

    def _admit(self) -> None:
        account = self.account()
        if account.sessions >= account.slots:
            raise Refused(
                f"all {account.slots} sessions are taken: try again when one has ended, or serve with more slots"
            )
        limit_ms = self.config.busy_share * self.config.tick_ms
        if account.sessions and self._ledger.measured >= MEASURED_TICKS and account.turnaround_p95_ms > limit_ms:
            raise Refused(
                f"the machine is busy: a tick takes {account.turnaround_p95_ms:.0f} ms at p95, over the limit of "
                f"{limit_ms:.0f} ms; try again when a session has ended"
            )

    def _send(self, seat: Seat, event: Input) -> None:
        if seat.receive(event, self._clock.now_ms()):
            self._wake.set()

    def _close(self, seat: Seat, reason: CloseReason) -> None:
        """End a session at the next moment at which every tick it has packed is answered."""
        if seat.session.in_step and not seat.closed:
            seat.closing = seat.closing or reason
        else:
            self._end(seat, reason)

    def _end(self, seat: Seat, reason: CloseReason) -> None:
        if seat.closed:
            return
        seat.outgoing.put(seat.session.close(reason))
        del self._seats[seat.session.config.session_id]
        self._ledger.forget()
        self._wake.set()
        if seat.scribe:
            saving = asyncio.create_task(seat.scribe.finish())
            self._saves.add(saving)
            saving.add_done_callback(self._saves.discard)

    def _fail(self, seat: Seat, error: Exception) -> None:
        if not seat.closed:
            seat.session.fail("session_failed", f"{error}; open a new session")
            self._end(seat, CloseReason.ERROR)

    @contextlib.contextmanager
    def _alone(self, seat: Seat) -> Generator[None]:
        """A session that raises ends alone."""
        try:
            yield
        except Exception as error:  # noqa: BLE001
            self._fail(seat, error)
