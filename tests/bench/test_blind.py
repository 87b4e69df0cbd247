"""Blind systems do what their names say, whatever the world is."""

from dataclasses import replace

import numpy as np
import pytest

from microturn.bench.audible import said, soundings
from microturn.bench.blind import EnergyTurns, says_at_random, says_every
from microturn.bench.controls import tone
from microturn.protocol.events import Channel
from microturn.protocol.media import USER_HZ
from microturn.protocol.timeline import Track
from tests.bench.worlds import scenario

WORLD = scenario("a")


def test_every_five_seconds() -> None:
    [out] = says_every(every_s=4.0).run([WORLD])
    assert [(word.text, word.at_ms) for word in said(out)] == [("okay", 4000), ("okay", 8000)]
    assert [sound.at_ms for sound in soundings(out)] == pytest.approx([4000, 8000], abs=10)


def test_at_random_is_the_same_every_time_and_of_its_rate() -> None:
    worlds = [scenario(f"{index}", duration_ms=60_000.0) for index in range(20)]
    system = says_at_random(per_minute=12.0)
    counts = [len(out.words(Channel.SAY)) for out in system.run(worlds)]
    assert 10 < np.mean(counts) < 14 and len(set(counts)) > 1
    assert [len(out.words(Channel.SAY)) for out in system.run(worlds)] == counts


def test_loudness_decides_after_the_user_was_quiet_for_a_while() -> None:
    quiet = np.random.default_rng(0).normal(0, 1e-4, 10 * USER_HZ).astype(np.float32)
    quiet[2 * USER_HZ : 3 * USER_HZ] += tone(1000, rate_hz=USER_HZ)
    track = Track(samples=quiet, rate_hz=USER_HZ)
    world = scenario("a")
    world = replace(world, timeline=replace(world.timeline, audio={Channel.USER: track}))
    [out] = EnergyTurns(hang_ms=500.0, onset_ms=100.0).run([world])
    assert out.meta["turnbench"]["eot"] == pytest.approx([3.5], abs=0.05)
    assert out.meta["turnbench"]["interruption"] == pytest.approx([2.1], abs=0.05)
    assert not soundings(out)
