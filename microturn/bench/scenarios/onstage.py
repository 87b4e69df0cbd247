"""Scenes of the bench's own scripts, on the data factory's stage: test voices and seeds only, times at the listener.

For what no act of the factory plays. A user of these does not hesitate unless the script says so.
"""

import zlib
from dataclasses import replace

import numpy as np

from microturn.bench.scenarios.factory import ITEM_SEEDS, SUITE_SEEDS, TEST_SEED, at_listener, nothing_scored
from microturn.data.scene import cast, draw_setting, recorded
from microturn.data.script import Stage
from microturn.protocol.clock import DAY_S
from microturn.protocol.timeline import Timeline, Track

SCRIPTED = zlib.crc32(b"bench")  # apart from the seeds of the factory's scenes


def seed_of(suite: int, index: int) -> int:
    """The seed of a suite's item; each suite has a number of its own."""
    return TEST_SEED + suite * SUITE_SEEDS + index * ITEM_SEEDS


def stage_of(seed: int) -> Stage:
    """An empty stage with voices of the test split."""
    rng = np.random.default_rng([SCRIPTED, seed])
    who = cast("test")
    mine, *others = (who.users[int(i)] for i in rng.permutation(len(who.users))[: min(3, len(who.users))])
    return Stage(
        rng=rng,
        voice=mine,
        own=who.own,
        others=others or [mine],
        split="test",
        second_of_day=float(rng.integers(DAY_S)),
        speed=float(rng.uniform(0.9, 1.15)),
        hesitancy=0.0,
        now_ms=float(rng.uniform(300, 1000)),
    )


def play(stage: Stage, seed: int) -> Timeline:
    """What was played, in a room and noise of the seed's own (two stages of one seed share them), at the listener."""
    drawn = draw_setting(np.random.default_rng(seed))
    setting = replace(drawn, echo_db=None, lossy=False, tone_db=0.0, low_pass_hz=None)
    timeline = recorded(stage, np.random.default_rng([SCRIPTED, seed, 1]), cast("test"), seed=seed, setting=setting)
    return at_listener(timeline, nothing_scored)


def cut_at(timeline: Timeline, until_ms: float) -> Timeline:
    """The first `until_ms` of a timeline, to a whole tick; what begins later is gone."""
    ends_ms = float(-(-until_ms // timeline.tick_ms) * timeline.tick_ms)
    tracks = {
        channel: Track(samples=track.samples[: round(ends_ms * track.rate_hz / 1000)], rate_hz=track.rate_hz)
        for channel, track in timeline.audio.items()
    }
    events = tuple(event for event in timeline.events if event.at_ms < ends_ms)
    return replace(timeline, duration_ms=ends_ms, audio=tracks, events=events)
