"""Recordings of live sessions: each replays to the bit, grows on disk with flat memory, and survives a crash."""

import asyncio
import contextlib
import json
import logging
import time
import tracemalloc
from collections.abc import Awaitable, Callable
from pathlib import Path

import numpy as np
import pytest
from engine_fakes import TOKENIZER, FakeModel, FakeState, speech

from microturn.cli.replay import compare
from microturn.engine.history import heard
from microturn.engine.offline import replay
from microturn.engine.recorder import Recorder, Stretch
from microturn.engine.recording import Recording
from microturn.engine.scheduler import Engine, EngineConfig
from microturn.engine.seat import Handle
from microturn.engine.session import Session, SessionConfig
from microturn.engine.worker import Model, Rows
from microturn.features.audio import resample
from microturn.protocol.clock import ManualClock
from microturn.protocol.events import (
    Audio,
    Channel,
    Closed,
    Delegation,
    Event,
    Failed,
    Frame,
    Missing,
    Played,
    Result,
    Text,
    Tick,
    Word,
)
from microturn.protocol.released import PACKAGE
from microturn.protocol.timeline import FILE, Timeline

TICK = 3200
RGB = np.random.default_rng(0).integers(0, 255, (30, 40, 3), np.uint8)
CAMERA = Frame(at_ms=0, channel=Channel.CAMERA, rgb=RGB)


def audio(samples: np.ndarray) -> Audio:
    return Audio(at_ms=0, channel=Channel.USER, samples=samples, rate_hz=16_000)


def text(words: str) -> Text:
    return Text(at_ms=0, channel=Channel.USER, text=words)


def recorded(
    scenario: Callable[[Engine, ManualClock], Awaitable[list[Handle]]],
    folder: Path,
    model: Model | None = None,
    **settings,
) -> list[Timeline]:
    """The recordings of a scenario's sessions, on a clock that the test moves."""

    async def main() -> list[str]:
        clock = ManualClock(1000.0)
        config = EngineConfig(record=folder, **settings)
        async with Engine(model or FakeModel(), config, clock, drive=False) as engine:
            return [handle.session_id for handle in await scenario(engine, clock)]

    return [Timeline.load(folder / name) for name in asyncio.run(main())]


async def pass_time(engine: Engine, clock: ManualClock, ms: int) -> None:
    for _ in range(ms // 10):
        clock.advance(10)
        await engine.beat()


def same(a: Timeline, b: Timeline) -> None:
    """To the bit, but for how long each tick took."""
    for channel in (Channel.USER, Channel.MODEL):
        np.testing.assert_array_equal(a.audio[channel].samples, b.audio[channel].samples)
    accounts = [[(e.tick, e.positions) for e in t.events if isinstance(e, Tick)] for t in (a, b)]
    assert accounts[0] == accounts[1]
    rest = [[e for e in t.events if not isinstance(e, Tick)] for t in (a, b)]
    assert rest[0] == rest[1]
    assert a.duration_ms == b.duration_ms
    assert [f.at_ms for f in a.frames] == [f.at_ms for f in b.frames]
    assert all(np.array_equal(x.rgb, y.rgb) for x, y in zip(a.frames, b.frames, strict=True))


def test_a_live_recording_replays_to_the_bit(tmp_path: Path) -> None:
    async def scenario(engine: Engine, clock: ManualClock) -> list[Handle]:
        handle, samples = engine.open(seed=5), speech(12.0)
        random = np.random.default_rng(0)
        for at in range(0, len(samples), 800):
            if random.random() < 0.9:  # some chunks never come: the client stalls
                await handle.send(audio(samples[at : at + 800]))
            if random.random() < 0.05:
                await handle.send(text("hello"))
                await handle.send(CAMERA)
            await pass_time(engine, clock, 50)
        return [handle]

    (recording,) = recorded(scenario, tmp_path)
    assert [e for e in recording.events if isinstance(e, Missing)]
    assert not [e for e in recording.events if isinstance(e, Failed)]
    assert recording.frames and recording.words(Channel.SAY)
    same(recording, replay(FakeModel(), recording))


def test_work_that_was_done_meanwhile_is_on_record_and_replays(tmp_path: Path) -> None:
    given = Delegation(at_ms=200.0, id="d1", task="the weather", why="the weather", deadline_ms=9e9)
    found = Result(at_ms=600.0, delegation="d1", channel=Channel.COMMENTARY, text="it rains")

    async def scenario(engine: Engine, clock: ManualClock) -> list[Handle]:
        handle = engine.open(seed=5)
        for event in (None, given, None, found):
            await handle.send(audio(speech(0.2)))
            await pass_time(engine, clock, 200)
            if event:
                handle.record(event)
        handle.close()
        handle.record(found)  # too late
        return [handle]

    (recording,) = recorded(scenario, tmp_path)
    assert [e for e in recording.events if isinstance(e, Delegation | Result)] == [given, found]
    again = replay(FakeModel(), recording)
    assert compare(recording, again)["same"] and again.words(Channel.SAY) == recording.words(Channel.SAY)


@pytest.mark.parametrize("seconds", [0.2, 0.4])
def test_a_session_closed_in_the_middle_of_a_step_replays_to_the_bit(seconds: float, tmp_path: Path) -> None:
    """With what came during the last step and after it: the model did not see it, the history counts it."""

    class Sleepy(FakeModel):
        def step(self, inputs, state: FakeState, generators):
            time.sleep(0.05)
            return super().step(inputs, state, generators)

    async def scenario(engine: Engine, clock: ManualClock) -> list[Handle]:
        handle = engine.open(seed=1)
        await handle.send(text("hello"))
        for seed in range(round(seconds * 5) - 1):
            await handle.send(audio(speech(0.2, seed)))
            await engine.beat()
            clock.advance(200)
        await handle.send(audio(speech(0.2, 9)))
        step = asyncio.create_task(engine.beat())
        await asyncio.sleep(0.02)
        await handle.send(audio(speech(0.1)))
        await handle.send(Played(at_ms=0, until_ms=seconds * 1000 - 60))
        await handle.send(text("stop"))
        handle.close()
        await step
        return [handle]

    (recording,) = recorded(scenario, tmp_path, Sleepy())
    ticks = round(seconds * 5)
    assert len(recording.audio[Channel.USER].samples) == ticks * TICK
    assert [e.tick for e in recording.events if isinstance(e, Tick)] == list(range(ticks))
    same(recording, replay(FakeModel(), recording))


@pytest.mark.skipif(not (PACKAGE.parent / "weights" / "nano").exists(), reason="no nano is released yet")
def test_two_nanos_recorded_side_by_side_replay_to_the_bit(tmp_path: Path) -> None:
    pytest.importorskip("hibari")
    from microturn.data.voices.registry import voices
    from microturn.model.interaction import InteractionModel

    nano = InteractionModel.load("nano")
    asked = ("please count from one to nine", "count from three to seven")
    spoken = [voice.say(words) for voice, words in zip(voices("test"), asked, strict=False)]
    requests = [resample(speech.samples, speech.rate_hz, 16_000) for speech in spoken]

    async def scenario(engine: Engine, clock: ManualClock) -> list[Handle]:
        handles = [engine.open(seed=seed) for seed in range(2)]
        for handle, request in zip(handles, requests, strict=True):
            await handle.send(
                audio(np.concatenate([np.zeros(9_600, np.float32), request, np.zeros(64_000, np.float32)]))
            )
        await pass_time(engine, clock, 6400)
        return handles

    recordings = recorded(scenario, tmp_path, nano)
    for recording in recordings:
        same(recording, replay(nano, recording))
    assert any(np.abs(r.audio[Channel.MODEL].samples).max(initial=0.0) > 0.05 for r in recordings)


def test_an_engine_steps_together_what_it_does_not_record(tmp_path: Path) -> None:
    async def main(record: Path | None) -> list[int]:
        model, clock = FakeModel(), ManualClock()
        async with Engine(model, EngineConfig(record=record), clock, drive=False) as engine:
            for _ in range(2):
                await engine.open().send(audio(speech(0.2)))
            await engine.beat()
        return model.batches

    assert asyncio.run(main(None)) == [2]
    assert asyncio.run(main(tmp_path)) == [1, 1]


def test_a_client_that_played_everything_there_ever_will_be_is_recorded(tmp_path: Path) -> None:
    async def scenario(engine: Engine, clock: ManualClock) -> list[Handle]:
        handle = engine.open()
        await handle.send(text("hello"))
        await pass_time(engine, clock, 1000)
        await handle.send(Played(at_ms=0, until_ms=1e308))
        return [handle]

    (recording,) = recorded(scenario, tmp_path)
    assert recording.words(Channel.SAY)
    same(recording, replay(FakeModel(), recording))


@pytest.mark.parametrize("fault", [OSError(28, "No space left on device"), RuntimeError("the encoder broke")])
@pytest.mark.parametrize("verb", ["append", "finish"])
def test_a_recording_that_fails_is_logged_and_the_session_goes_on(
    fault: Exception, verb: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def fail(*_: object) -> None:
        raise fault

    monkeypatch.setattr(Recording, verb, fail)
    heard_of: list[Event] = []

    async def scenario(engine: Engine, clock: ManualClock) -> list[Handle]:
        handle = engine.open()
        await pass_time(engine, clock, 3000)
        handle.close()
        heard_of.extend([event async for event in handle.events()])
        return []

    with caplog.at_level(logging.ERROR):
        recorded(scenario, tmp_path)
    assert len([e for e in heard_of if isinstance(e, Tick)]) >= 10 and isinstance(heard_of[-1], Closed)
    (line,) = caplog.messages
    assert str(tmp_path) in line and str(fault) in line and "replay --partial" in line


def test_a_disk_that_is_too_slow_loses_its_recording_not_the_memory(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr("microturn.engine.recording.CAPACITY_TICKS", 20)
    monkeypatch.setattr(Recording, "append", lambda *_: time.sleep(0.5))

    async def scenario(engine: Engine, clock: ManualClock) -> list[Handle]:
        handle = engine.open()
        await handle.send(audio(speech(10.0)))
        await pass_time(engine, clock, 8000)
        assert handle._seat.scribe is not None and handle._seat.scribe._recorder.waiting == 0
        return []

    recorded(scenario, tmp_path)
    assert "20 ticks behind" in caplog.text


def lived(folder: Path, ticks: int, take: Callable[[Recorder, Recording, int], None]) -> tuple[Recorder, Recording]:
    """A session of so many ticks that sees, hears, speaks, is told to stop, and reports what was played."""
    model = FakeModel()
    session, rows = Session(SessionConfig(seed=3, session_id="lived", model="fake"), TOKENIZER), Rows(model, 1)
    session.open()
    rows.begin(0, 3)
    recorder, recording = Recorder(session), Recording(folder, session)
    samples = speech(ticks * 0.2, 1)
    for k in range(ticks):
        session.receive(audio(samples[k * TICK : (k + 1) * TICK]))
        session.receive(CAMERA)
        if k % 9 == 4:
            session.receive(text("hello"))
        if k % 9 == 6:
            session.receive(text("stop"))
            session.receive(Played(at_ms=0, until_ms=k * 200 - 30))
        packed = session.tick_input()
        recorder.answered(packed, session.tick_output(rows.step({0: packed})[0]))
        take(recorder, recording, k)
    session.close()
    return recorder, recording


def every_fifth(recorder: Recorder, recording: Recording, k: int) -> None:
    if k % 5 == 4:
        recording.append(recorder.take())


def test_what_was_written_bit_by_bit_is_the_same_timeline(tmp_path: Path) -> None:
    in_memory = lived(tmp_path / "none", 43, lambda *_: None)[0].timeline()
    recorder, recording = lived(tmp_path / "grown", 43, every_fifth)
    recording.append(recorder.take())
    on_disk = Timeline.load(recording.finish())
    same(on_disk, in_memory)
    assert (on_disk.seed, on_disk.meta, on_disk.second_of_day) == (in_memory.seed, in_memory.meta, 0.0)
    said = on_disk.words(Channel.SAY)
    assert said and all(word.until_ms - word.at_ms == 170 for word in said)  # what was played of it
    same(heard(on_disk), on_disk)
    assert sorted(p.name for p in recording.folder.iterdir()) == ["frames", "model.flac", FILE, "user.flac"]


def test_a_session_without_a_tick_is_a_recording(tmp_path: Path) -> None:
    async def scenario(engine: Engine, clock: ManualClock) -> list[Handle]:
        return [engine.open()]

    (recording,) = recorded(scenario, tmp_path)
    assert [type(e).__name__ for e in recording.events] == ["Opened", "Closed"]
    assert recording.duration_ms == 0


def test_a_crash_leaves_what_was_written(tmp_path: Path) -> None:
    """Read beside the recorder while it goes on, as after a kill; then with every file cut at any byte."""
    seen: list[Timeline] = []

    def look(recorder: Recorder, recording: Recording, k: int) -> None:
        every_fifth(recorder, recording, k)
        if k == 39:
            with pytest.raises(ValueError, match="cut off"):
                Timeline.load(recording.folder)
            seen.append(Timeline.load(recording.folder, partial=True))

    _, recording = lived(tmp_path / "one", 43, look)
    (part,) = seen
    whole = lived(tmp_path / "none", 43, lambda *_: None)[0].timeline()
    size = len(part.audio[Channel.USER].samples)
    assert size > 40 * TICK - 1600
    np.testing.assert_array_equal(part.audio[Channel.USER].samples, whole.audio[Channel.USER].samples[:size])
    assert len(part.frames) == 40 and len([e for e in part.events if isinstance(e, Tick)]) == 40
    assert heard(part).words(Channel.SAY) == [word for word in whole.words(Channel.SAY) if word.at_ms < 8000]
    folder = recording.folder
    for name in ("user.flac", "model.flac", FILE):
        kept = (folder / name).read_bytes()
        for cut in np.linspace(len(kept) * 0.6, len(kept) - 1, 7).astype(int):
            (folder / name).write_bytes(kept[:cut])
            assert Timeline.load(folder, partial=True).audio[Channel.USER].duration_ms > 1000
        (folder / name).write_bytes(kept)


def test_memory_does_not_grow_with_the_session(tmp_path: Path) -> None:
    """Five minutes with a camera: 19 kB of picture and 6 kB of sound a tick, which used to be kept."""
    sizes: dict[int, int] = {}

    def measure(recorder: Recorder, recording: Recording, k: int) -> None:
        every_fifth(recorder, recording, k)
        if k in (499, 1499):
            sizes[k] = tracemalloc.get_traced_memory()[0]

    tracemalloc.start()
    with contextlib.ExitStack() as stack:
        stack.callback(tracemalloc.stop)
        lived(tmp_path, 1500, measure)
    assert sizes[1499] - sizes[499] < 2_000_000  # the session's own events; 25 MB with media


def test_hours_of_silence_take_no_memory_at_once(tmp_path: Path) -> None:
    session = Session(SessionConfig(), TOKENIZER)
    recording = Recording(tmp_path, session)
    late = 3600 * 24_000
    tracemalloc.start()
    recording.append(Stretch(user=[], voice=[(late, np.ones(100, np.int16))], frames=[], events=[]))
    assert tracemalloc.get_traced_memory()[1] < 2_000_000
    tracemalloc.stop()
    recording.finish()
    assert json.loads((tmp_path / FILE).read_text().splitlines()[-1])["end"]["samples"]["model"] == late + 100


def test_words_that_were_never_heard_are_taken_out_of_voice_and_events(tmp_path: Path) -> None:
    async def scenario(engine: Engine, clock: ManualClock) -> list[Handle]:
        handle = engine.open()
        await handle.send(text("hello"))
        await handle.send(audio(speech(1.0)))
        await pass_time(engine, clock, 1000)
        await handle.send(Played(at_ms=0, until_ms=250))
        return [handle]

    (recording,) = recorded(scenario, tmp_path)
    voice = recording.audio[Channel.MODEL].samples
    assert np.abs(voice[200 * 24 : 250 * 24]).min() > 0 and not voice[250 * 24 :].any()
    assert recording.words(Channel.SAY) == [Word(at_ms=200, until_ms=250, channel=Channel.SAY, text="hello")]
