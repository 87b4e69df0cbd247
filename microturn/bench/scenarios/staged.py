"""Test-only scripts: acts that no training session ever plays, on the data factory's stage and with its test voices."""

import zlib
from collections.abc import Callable
from dataclasses import replace

import numpy as np

from microturn.bench.scenarios.factory import at_listener
from microturn.data.scene import cast, draw_setting, recorded
from microturn.data.script import LATE_MS, Stage
from microturn.protocol.clock import DAY_S
from microturn.protocol.events import Span
from microturn.protocol.timeline import Timeline

Script = Callable[[Stage], None]
SPLIT = "test"


def play(script: Script, seed: int, truth: Callable[[Span, Timeline], Span | None]) -> Timeline:
    """One script as a scene at the listener, in a room and noise of its own, without echo and odd microphones."""
    rng = np.random.default_rng([zlib.crc32(SPLIT.encode()), seed])
    who = cast(SPLIT)
    stage = Stage(
        rng=rng,
        voice=who.users[int(rng.integers(len(who.users)))],
        own=who.own,
        split=SPLIT,
        second_of_day=float(rng.integers(DAY_S)),
        speed=float(rng.uniform(0.9, 1.15)),
        hesitancy=0.05,
        now_ms=float(rng.uniform(300, 900)),
    )
    script(stage)
    stage.now_ms += LATE_MS
    drawn = draw_setting(np.random.default_rng(seed))
    setting = replace(drawn, echo_db=None, lossy=False, tone_db=0.0, low_pass_hz=None)
    return at_listener(recorded(stage, rng, who, seed=seed, setting=setting), truth)
