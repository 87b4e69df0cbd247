"""One system measured in this process and over a socket: the same words, each within a tick of the other.

Our server begins the session at the scenario's time of day and with its seed, and gets the same samples. What differs:
in-process the answer to a tick sounds at the tick's end, over the socket when it has been computed and has come.
"""

from collections.abc import Callable
from contextlib import AbstractContextManager

import numpy as np
import pytest
from echo_model import EchoModel
from starlette.applications import Starlette

from microturn.bench.audible import said, soundings
from microturn.client.exchange import converse
from microturn.client.live import Live
from microturn.engine.offline import Take, run_many
from microturn.engine.scheduler import Engine, EngineConfig
from microturn.protocol.clock import TICK_MS
from microturn.protocol.events import Channel
from microturn.protocol.media import USER_HZ
from microturn.protocol.timeline import Timeline, Track
from microturn.server.app import application

Serve = Callable[[Starlette], AbstractContextManager[int]]


def world(seed: int) -> Timeline:
    """Two bursts of noise at times off the tick grid."""
    draw = np.random.default_rng(seed)
    samples = np.zeros(3 * USER_HZ, np.float32)
    for start in (0.35 + 0.1 * seed, 1.57 + 0.1 * seed):
        first = round(start * USER_HZ)
        samples[first : first + USER_HZ // 3] = draw.uniform(-0.5, 0.5, USER_HZ // 3)
    return Timeline(duration_ms=3000.0, audio={Channel.USER: Track(samples=samples, rate_hz=USER_HZ)})


@pytest.mark.parametrize("seed", [0, 1])
def test_in_process_and_over_the_socket_agree(serve_app: Serve, seed: int) -> None:
    stimulus = world(seed)
    take = Take(samples=stimulus.audio[Channel.USER].samples, tail_s=0.0)
    (local,) = run_many(EchoModel(), [take])
    with serve_app(application(Engine(EchoModel(), EngineConfig(slots=1, model="echo")), model="echo")) as port:
        live = converse(Live(f"ws://127.0.0.1:{port}", like=stimulus), stimulus)
    assert live.meta["clock"] == "given" and live.meta["ticks"] >= 14
    ours, theirs = said(local), said(live)
    assert [word.text for word in ours] == [word.text for word in theirs] == ["hello"] * 3, "one before the first sound"
    late_ms = [b.at_ms - a.at_ms for a, b in zip(ours, theirs, strict=True)]
    slack_ms = live.meta["late_ms"]  # of a busy machine
    assert all(-1 < late < TICK_MS + slack_ms for late in late_ms), late_ms
    pairs = list(zip(soundings(local), soundings(live), strict=True))
    assert len(pairs) == 3 and all(-1 < b.at_ms - a.at_ms < TICK_MS + slack_ms for a, b in pairs)
    assert [word.at_ms for word in local.words(Channel.HEARD)] == [word.at_ms for word in live.words(Channel.HEARD)]


def test_a_longer_wait_would_be_seen(serve_app: Serve) -> None:
    stimulus = world(0)
    samples = stimulus.audio[Channel.USER].samples
    late = np.concatenate([np.zeros(USER_HZ // 2, np.float32), samples])[: len(samples)]
    (local,) = run_many(EchoModel(), [Take(samples=late, tail_s=0.0)])
    with serve_app(application(Engine(EchoModel(), EngineConfig(slots=1, model="echo")), model="echo")) as port:
        live = converse(Live(f"ws://127.0.0.1:{port}"), stimulus)
    assert said(local)[1].at_ms - said(live)[1].at_ms > TICK_MS
