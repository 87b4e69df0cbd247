"""The bench's side of a Live server: all of the stimulus is sent, and a server that fails is one sentence."""

import asyncio
import base64
import json
import threading
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from websockets.asyncio.server import ServerConnection, serve

from microturn.bench.scenarios.truths import times
from microturn.bench.scorers.expect import score_expect
from microturn.bench.suites import tasks
from microturn.bench.task import Measure, Scenario, Task, score_all
from microturn.cli import live, main
from microturn.protocol.events import Channel, Frame, Span, Text
from microturn.protocol.timeline import Timeline, Track
from tests.bench.worlds import output

STARTED = {"type": "session.started", "session": {"id": "s", "model": "nano"}}
TOKEN = {"type": "microturn.session", "token": "t", "tick_ms": 200}
CLOSED = {"type": "session.closed", "reason": "close_requested", "usage": {"seconds": 0.3}}
Talk = Callable[[ServerConnection], Awaitable[None]]


def stimulus() -> Timeline:
    return Timeline(
        duration_ms=300.0,
        events=(Text(at_ms=100, channel=Channel.USER, text="hello"),),
        audio={Channel.USER: Track(samples=np.zeros(4800, np.float32), rate_hz=16_000)},
        frames=(Frame(at_ms=50, channel=Channel.CAMERA, rgb=np.zeros((8, 8, 3), np.uint8)),),
    )


@contextmanager
def serving(talk: Talk) -> Iterator[str]:
    """A server of `talk` in a thread."""
    ready, done, where = threading.Event(), threading.Event(), list[int]()

    async def run() -> None:
        async with serve(talk, "127.0.0.1", 0) as server:
            where.append(next(iter(server.sockets)).getsockname()[1])
            ready.set()
            await asyncio.to_thread(done.wait)

    thread = threading.Thread(target=lambda: asyncio.run(run()), daemon=True)
    thread.start()
    ready.wait(5)
    yield f"ws://127.0.0.1:{where[0]}"
    done.set()
    thread.join(5)


async def begin(socket: ServerConnection) -> None:
    await socket.recv()
    for message in (STARTED, TOKEN):
        await socket.send(json.dumps(message))


def test_typed_text_and_frames_are_sent_at_their_time() -> None:
    got: list[dict[str, Any]] = []

    async def talk(socket: ServerConnection) -> None:
        await begin(socket)
        async for message in socket:
            got.append(json.loads(message))
            if got[-1]["type"] == "session.close":
                await socket.send(json.dumps(CLOSED))

    with serving(talk) as url:
        live.converse(url, stimulus())
    kinds = [event["type"] for event in got if event["type"] != "session.input_audio.append"]
    assert kinds == ["microturn.frame.append", "microturn.text.append", "session.close"]


class Listener:
    """A user who speaks for half a second at a time until something is heard, and then leaves."""

    name = "listener"

    def __init__(self) -> None:
        self.ticks = 0

    def next(self, heard: np.ndarray) -> np.ndarray | None:
        self.ticks += 1
        return None if np.abs(heard).max(initial=0.0) > 0.1 else np.full(3200, 0.25, np.float32)

    def marks(self) -> list[Span]:
        return [Span(at_ms=0, until_ms=self.ticks * 200.0, kind="line", text="hello")]


def test_a_user_who_listens_hears_what_came() -> None:
    sent: list[int] = []

    async def talk(socket: ServerConnection) -> None:
        await begin(socket)
        async for message in socket:
            event = json.loads(message)
            if event["type"] == "session.input_audio.append":
                sent.append(len(base64.b64decode(event["audio"])) // 2)
                if sum(sent) == 2 * 4800:  # after two ticks it answers
                    voice = base64.b64encode(np.full(9600, 8192, "<i2").tobytes()).decode()
                    answer = {"type": "session.output_audio.delta", "delta": voice, "start_ms": 400.0}
                    await socket.send(json.dumps(answer))
            elif event["type"] == "session.close":
                await socket.send(json.dumps(CLOSED))

    user = Listener()
    with serving(talk) as url:
        got = live.meet_all(url, [stimulus()], [user])[0]
    assert 3 <= len(got.audio[Channel.USER].samples) // 3200 <= 5  # it left soon after it was answered
    assert sum(sent) == 4800 * (len(got.audio[Channel.USER].samples) // 3200)
    voice = got.audio[Channel.MODEL]
    assert 350 <= 1000 * int(np.argmax(np.abs(voice.samples) > 0.1)) / voice.rate_hz <= 700
    assert got.duration_ms == got.audio[Channel.USER].duration_ms and got.meta["clock"] == "own"


async def drop(socket: ServerConnection) -> None:
    await begin(socket)
    await socket.recv()
    socket.transport.abort()


async def ignore_the_close(socket: ServerConnection) -> None:
    await begin(socket)
    await socket.wait_closed()


async def fail(socket: ServerConnection) -> None:
    await begin(socket)
    error = {"type": "error", "error": {"code": "session_failed", "message": "the model broke; open a new session"}}
    for message in (error, {**CLOSED, "reason": "connection_lost"}):
        await socket.send(json.dumps(message))
    await socket.wait_closed()


async def leave_at_the_close(socket: ServerConnection) -> None:
    await begin(socket)
    async for message in socket:
        if json.loads(message)["type"] == "session.close":
            socket.transport.abort()


@pytest.mark.parametrize(
    ("talk", "sentence"),
    [
        (drop, "(closed the connection|before its time)"),
        (ignore_the_close, "did not close a session within"),
        (fail, "before its time: the model broke"),
        (leave_at_the_close, "before its time: its connection broke"),
    ],
)
def test_a_server_that_fails_is_one_sentence(talk: Talk, sentence: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(live, "PATIENCE_S", 0.3)
    with serving(talk) as url, pytest.raises(ValueError, match=sentence) as caught:
        live.converse(url, stimulus())
    assert url in str(caught.value)


def test_the_command_says_it_in_one_line(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
    def scenarios(n: int, seed_base: int) -> list[Scenario]:
        del seed_base
        return [Scenario(id=str(i), kind="", timeline=stimulus()) for i in range(n)]

    toy = Task(name="toy", summary="", scenarios=scenarios, measures=(Measure(name="a", scorer=score_expect),))
    monkeypatch.setitem(tasks(), "toy", toy)
    with serving(drop) as url:
        assert main(["bench", "toy", "--system", url, "--n", "2"]) == 2
    said = capsys.readouterr().err.splitlines()
    assert said[-1].startswith(f"microturn bench: {url}: ") and "Traceback" not in "".join(said)


def test_what_depends_on_the_clock_is_unscored_for_a_system_with_its_own() -> None:
    spoken = [(1500.0, 1800.0, word) for word in ("it", "is", "noon")]
    asked = Span(at_ms=1000, until_ms=3000, kind="expect", text="it is noon", data={"request_end_ms": 1000.0})
    timer = Span(at_ms=1000, until_ms=3000, kind="expect", text="three", data={"request_end_ms": 1000.0, "seconds": 1})
    items: list[Scenario] = []
    for name, span in (("clock", asked), ("timer", timer)):
        timeline = Timeline(duration_ms=5000, second_of_day=43_200.0)
        scored = times(span, timeline)
        assert scored is not None
        items.append(Scenario(id=name, kind=name, timeline=Timeline(duration_ms=5000, events=(scored,))))
    given = output(spoken, duration_ms=5000)
    own = replace(given, meta=live.OWN_CLOCK)
    task = Task(
        name="toy", summary="", scenarios=lambda n, b: items, measures=(Measure(name="a", scorer=score_expect),)
    )
    (local,), (over_ws,) = (score_all(task, items, [out, out]) for out in (given, own))
    assert local.scores["clock"].value is not None and local.unscored == 0
    assert over_ws.scores["clock"].value is None and "clock of its own" in over_ws.scores["clock"].explanation
    assert over_ws.scores["timer"].value == local.scores["timer"].value and over_ws.unscored == 1
