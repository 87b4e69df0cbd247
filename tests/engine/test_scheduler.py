"""The engine on a manual clock: deadlines, batches, refusal, isolation; and once on the real clock."""

import asyncio
import time
from collections.abc import Awaitable, Callable

import numpy as np
import pytest
from engine_fakes import FakeModel, FakeState, speech

from microturn.engine.scheduler import Engine, EngineConfig, Refused
from microturn.engine.seat import EVENTS_CAPACITY, Handle
from microturn.engine.session import State
from microturn.protocol.clock import ManualClock
from microturn.protocol.events import Audio, Channel, Closed, CloseReason, Event, Failed, Missing, Text, Tick

TICK = 3200


def audio(samples: np.ndarray) -> Audio:
    return Audio(at_ms=0, channel=Channel.USER, samples=samples, rate_hz=16_000)


def text(words: str) -> Text:
    return Text(at_ms=0, channel=Channel.USER, text=words)


def by_hand(
    scenario: Callable[[Engine, ManualClock], Awaitable[None]], model: FakeModel | None = None, **settings
) -> FakeModel:
    """Run a scenario in which the test moves the clock and beats."""
    model, clock = model or FakeModel(), ManualClock(1000.0)

    async def main() -> None:
        async with Engine(model, EngineConfig(**settings), clock, drive=False) as engine:
            await scenario(engine, clock)

    asyncio.run(main())
    return model


async def pass_time(engine: Engine, clock: ManualClock, ms: int, step_ms: int = 10) -> int:
    """Let time pass, beating as the engine would; how many ticks ran."""
    ticks = 0
    for _ in range(ms // step_ms):
        clock.advance(step_ms)
        ticks += await engine.beat()
    return ticks


async def read(handle: Handle, until: type = Closed) -> list[Event]:
    """Events up to the first of a kind."""
    found: list[Event] = []
    async for event in handle.events():
        found.append(event)
        if isinstance(event, until):
            break
    return found


def test_an_idle_client_still_gets_its_ticks() -> None:
    async def scenario(engine: Engine, clock: ManualClock) -> None:
        handle = engine.open()
        assert await pass_time(engine, clock, 250) == 0
        assert await pass_time(engine, clock, 1010) == 6
        assert len([e for e in handle.session.timeline().events if isinstance(e, Missing)]) == handle.session.tick
        assert engine.account().misses == 0

    by_hand(scenario)


def test_full_ticks_run_at_once_and_late_ones_at_their_deadline() -> None:
    async def scenario(engine: Engine, clock: ManualClock) -> None:
        handle, samples = engine.open(), speech(1.0)
        await handle.send(audio(samples[:1600]))  # anchors the grid: tick 0 is due 100 ms from here
        assert await pass_time(engine, clock, 100) == 0
        await handle.send(audio(samples[1600:TICK]))
        assert await engine.beat() == 1
        assert await pass_time(engine, clock, 250) == 0
        assert await pass_time(engine, clock, 10) == 1  # 200 ms after tick 0, and 60 ms of grace
        missing = [e for e in handle.session.timeline().events if isinstance(e, Missing)]
        assert [(e.at_ms, e.until_ms) for e in missing] == [(200.0, 400.0)]

    by_hand(scenario)


def test_a_recording_sent_at_once_is_lived_through_in_real_time() -> None:
    async def scenario(engine: Engine, clock: ManualClock) -> None:
        handle = engine.open()
        await handle.send(audio(speech(3.0)))
        await engine.beat()
        assert await pass_time(engine, clock, 1000) == 5
        assert not [e for e in handle.session.timeline().events if isinstance(e, Missing)]

    by_hand(scenario)


@pytest.mark.parametrize("drift", [0.998, 1.002])
def test_the_grid_follows_a_sender_whose_clock_drifts(drift: float) -> None:
    async def scenario(engine: Engine, clock: ManualClock) -> None:
        handle, sent = engine.open(), 0
        for ms in range(0, 60_000, 10):
            wanted = int(ms * drift) * 16
            if wanted - sent >= 320:
                await handle.send(audio(np.zeros(wanted - sent, np.float32)))
                sent = wanted
            clock.advance(10)
            await engine.beat()
        assert not [e for e in handle.session.timeline().events if isinstance(e, Missing)]
        assert handle.session.buffered_ms < 200

    by_hand(scenario)


def test_a_sender_of_odd_chunks_is_soon_waited_for() -> None:
    async def scenario(engine: Engine, clock: ManualClock) -> None:
        handle = engine.open()
        for _ in range(40):
            await handle.send(audio(speech(0.3)))
            await pass_time(engine, clock, 300)
        assert len([e for e in handle.session.timeline().events if isinstance(e, Missing)]) <= 1

    by_hand(scenario)


def test_due_sessions_step_in_one_batch() -> None:
    async def scenario(engine: Engine, clock: ManualClock) -> None:
        handles = [engine.open() for _ in range(3)]
        for handle in handles:
            await handle.send(audio(speech(0.2)))
        assert await engine.beat() == 3

    assert by_hand(scenario).batches == [3]


def test_full_engine_refuses_and_a_closed_session_makes_room() -> None:
    async def scenario(engine: Engine, clock: ManualClock) -> None:
        first, _ = engine.open(), engine.open()
        with pytest.raises(Refused, match="all 2 sessions are taken"):
            engine.open()
        first.close()
        first.close()
        engine.open()
        assert isinstance((await read(first))[-1], Closed)

    by_hand(scenario, slots=2)


class SlowModel(FakeModel):
    """Each step takes 170 ms of the manual clock."""

    clock: ManualClock

    def step(self, inputs, state: FakeState, generators):
        self.clock.advance(170)
        return super().step(inputs, state, generators)


def test_a_busy_engine_refuses_until_the_load_is_gone() -> None:
    model = SlowModel()

    async def scenario(engine: Engine, clock: ManualClock) -> None:
        model.clock = clock
        handle = engine.open()
        await pass_time(engine, clock, 1500)
        with pytest.raises(Refused, match="busy"):
            engine.open()
        handle.close()
        engine.open()
        assert engine.account().compute_p99_ms == 170

    by_hand(scenario, model)


def test_a_new_session_in_a_used_slot_starts_fresh() -> None:
    lives: list[list[Event]] = []

    async def scenario(engine: Engine, clock: ManualClock) -> None:
        for _ in range(2):
            handle = engine.open(seed=7, second=0.0)
            await handle.send(text("hello"))
            await handle.send(audio(speech(0.6)))
            await pass_time(engine, clock, 1000)
            handle.close()
            lives.append([e for e in handle.session.timeline().events[1:]])

    by_hand(scenario, slots=1)
    assert lives[0] == lives[1]


def test_bad_input_raises_and_a_crash_in_one_session_ends_it_alone() -> None:
    async def scenario(engine: Engine, clock: ManualClock) -> None:
        good, bad = engine.open(), engine.open()
        with pytest.raises(ValueError, match="resample"):
            await bad.send(Audio(at_ms=0, channel=Channel.USER, samples=speech(0.1), rate_hz=8000))
        bad.session.tick_input = None  # type: ignore[assignment,method-assign]
        await pass_time(engine, clock, 1000)
        assert [e.code for e in await read(bad) if isinstance(e, Failed)] == ["session_failed"]
        assert good.session.state is State.OPEN and good.session.tick > 3

    by_hand(scenario)


def test_a_failing_model_ends_the_batch_not_the_engine() -> None:
    async def scenario(engine: Engine, clock: ManualClock) -> None:
        other, doomed = engine.open(), engine.open()
        await doomed.send(text("crash"))
        await doomed.send(audio(speech(0.2)))
        assert await engine.beat() == 1
        assert doomed.session.state is State.CLOSED
        assert await pass_time(engine, clock, 500) == 2
        assert other.session.state is State.OPEN

    by_hand(scenario)


def test_a_client_that_never_reads_is_closed() -> None:
    async def scenario(engine: Engine, clock: ManualClock) -> None:
        handle = engine.open()
        handle._seat.outgoing.put([Tick(at_ms=0, tick=0, compute_ms=0, late_ms=0, positions=0)] * EVENTS_CAPACITY)
        await pass_time(engine, clock, 400)
        assert "slow_client" in [e.code for e in await read(handle) if isinstance(e, Failed)]
        assert engine.account().sessions == 0

    by_hand(scenario)


class Sleepy(FakeModel):
    """Each step takes a moment of real time, in which the test can act."""

    def step(self, inputs, state: FakeState, generators):
        time.sleep(0.1)
        return super().step(inputs, state, generators)


def test_a_session_closed_in_the_middle_of_a_step_ends_when_its_tick_is_answered() -> None:
    async def scenario(engine: Engine, clock: ManualClock) -> None:
        handle = engine.open()
        await handle.send(audio(speech(0.2)))
        step = asyncio.create_task(engine.beat())
        await asyncio.sleep(0.02)
        handle.close()
        handle.close(CloseReason.ERROR)
        assert handle.session.state is State.OPEN and engine.account().sessions == 1
        assert await step == 1
        events = await read(handle)
        assert [e.tick for e in events if isinstance(e, Tick)] == [0]
        assert events[-1] == Closed(at_ms=200.0, reason=CloseReason.CLIENT)
        assert engine.account().sessions == 0

    by_hand(scenario, Sleepy())


def test_shutdown_in_the_middle_of_a_step_is_clean() -> None:
    async def main() -> list[Event]:
        async with Engine(Sleepy(), EngineConfig()) as engine:
            handle = engine.open()
            await handle.send(audio(speech(0.2)))
            await asyncio.sleep(0.05)
        return await read(handle)

    events = asyncio.run(main())
    assert [type(e).__name__ for e in events] == ["Opened", "Do", "Word", "Tick", "Closed"]
    assert events[-1] == Closed(at_ms=200.0, reason=CloseReason.SHUTDOWN)


def test_on_the_real_clock() -> None:
    """Two clients stream 0.8 s in 20 ms chunks; both get their ticks in time, and shutdown closes them."""

    async def client(engine: Engine) -> list[Event]:
        handle = engine.open()
        samples = speech(0.8)
        reader = asyncio.create_task(read(handle))
        for at in range(0, len(samples), 320):
            await handle.send(audio(samples[at : at + 320]))
            await asyncio.sleep(0.02)
        handle.close()
        return await reader

    async def main() -> list[list[Event]]:
        async with Engine(FakeModel(), EngineConfig()) as engine:
            idle = engine.open()
            found = await asyncio.gather(client(engine), client(engine))
        return [*found, await read(idle)]

    *clients, idle = asyncio.run(main())
    for events in clients:
        assert len([e for e in events if isinstance(e, Tick)]) >= 3
    assert idle[-1] == Closed(at_ms=idle[-1].at_ms, reason=CloseReason.SHUTDOWN)
