"""Moshi's binary protocol against a small server that codes with sphn, as Moshi's own does."""

from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np
import pytest
import sphn
from websockets.asyncio.server import ServerConnection

from microturn.bench.audible import said, soundings
from microturn.bench.controls import tone
from microturn.client.exchange import converse
from microturn.client.moshi import Moshi
from microturn.protocol.events import Channel, Frame
from microturn.protocol.failure import Failure, SystemFailed
from tests.client.peers import ANSWER, TWICE, Ear, answered_and_yielded, serving, stimulus

FRAME = 1920  # samples of 80 ms: its step
SHORT = stimulus(duration_ms=400)


@dataclass
class Echoing:
    """Full duplex: a frame out for each frame in; quiet after speech gives 18 frames of tone, speech ends them."""

    ear: Ear = field(default_factory=lambda: Ear(24_000))
    left: int = 0
    heard: list[np.ndarray] = field(default_factory=list)

    async def __call__(self, socket: ServerConnection) -> None:
        reader, writer = sphn.OpusStreamReader(24_000), sphn.OpusStreamWriter(24_000)
        await socket.send(b"\x00" + bytes(8))
        waiting = np.zeros(0, np.float32)
        async for message in socket:
            assert isinstance(message, bytes) and message[0] == 1
            waiting = np.concatenate([waiting, reader.append_bytes(message[1:])])
            while len(waiting) >= FRAME:
                frame, waiting = waiting[:FRAME], waiting[FRAME:]
                self.heard.append(frame)
                await self.step(socket, writer, self.ear.hear(frame))

    async def step(self, socket: ServerConnection, writer: Any, change: str) -> None:
        self.left = {"ended": 18, "began": 0}.get(change, max(0, self.left - 1))
        sound = tone(80) if self.left else np.zeros(FRAME, np.float32)
        if data := writer.append_pcm(sound):
            await socket.send(b"\x01" + data)
        word = ANSWER[(18 - self.left) // 3] if self.left and self.left % 3 == 0 else ""
        for piece in (f" {word[:2]}", word[2:]) if word else ():
            await socket.send(b"\x02" + piece.encode())


def test_it_answers_when_the_user_is_quiet_and_yields_when_interrupted() -> None:
    server = Echoing()
    with serving(server) as url:
        output = converse(Moshi(url), TWICE)
    first, _ = answered_and_yielded(output)
    words = said(output)
    assert abs(words[0].at_ms - first.at_ms) < 160 and 200 < words[1].at_ms - words[0].at_ms < 290
    heard = np.concatenate(server.heard)
    loud = np.flatnonzero(np.abs(heard) > 0.05) / 24
    assert abs(loud[0] - 200) < 30 and np.sqrt(np.mean(heard[6000:12_000] ** 2)) == pytest.approx(0.0707, rel=0.2)
    assert output.meta["heard"] == "none"


def test_pictures_are_not_run() -> None:
    frame = Frame(at_ms=100, channel=Channel.CAMERA, rgb=np.zeros((8, 8, 3), np.uint8))
    with pytest.raises(SystemFailed, match="Moshi's protocol carries no pictures"):
        converse(Moshi("ws://127.0.0.1:9"), replace(SHORT, frames=(frame,)))


def saying(*messages: Any) -> Any:
    async def talk(socket: ServerConnection) -> None:
        await socket.send(b"\x00")
        for message in messages:
            await socket.send(message)
        await socket.wait_closed()

    return talk


async def dies(socket: ServerConnection) -> None:
    await socket.send(b"\x00")
    await socket.recv()
    socket.transport.abort()


@pytest.mark.parametrize(
    ("talk", "sentence"),
    [
        (dies, "closed the connection .* into the session"),
        (saying("hello"), "'hello', which is not Moshi's binary protocol"),
        (saying(b""), "not Moshi's binary protocol"),
        (saying(b"\x01" + b"x" * 40), "not Ogg Opus: an Ogg page begins with OggS"),
        (saying(b"\x05too many users"), "it says: too many users"),
    ],
)
def test_what_goes_wrong_is_one_sentence(talk: Any, sentence: str) -> None:
    with serving(talk) as url, pytest.raises(SystemFailed, match=sentence) as caught:
        converse(Moshi(url), SHORT)
    assert caught.value.failure is Failure.LOST


def test_a_server_that_keeps_us_waiting_is_full(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("microturn.client.exchange.START_S", 0.2)

    async def busy(socket: ServerConnection) -> None:
        await socket.wait_closed()

    with serving(busy) as url, pytest.raises(SystemFailed, match="has it a place free") as caught:
        converse(Moshi(url), SHORT)
    assert caught.value.failure is Failure.UNREACHABLE


def test_kinds_that_it_may_add_are_passed_over() -> None:
    with serving(saying(b"\x03\x00", b'\x04{"a": 1}', b"\x06", b"\x09")) as url:
        assert soundings(converse(Moshi(url), SHORT)) == []
