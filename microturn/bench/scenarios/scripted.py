"""Scenarios from scripts that only the bench knows, played on the data factory's stage by its voices of the test split.

A script is a function of a `Stage`, like an act; it is never trained on because nothing outside the bench can name it.
"""

from collections.abc import Callable, Mapping
from typing import Any

import numpy as np

from microturn.bench.scenarios.factory import at_listener, draw_room, first_seed
from microturn.bench.task import Scenario
from microturn.data.scene import Cast, cast, recorded
from microturn.data.script import LATE_MS, Stage, languages_of
from microturn.protocol.clock import DAY_S
from microturn.protocol.events import Span
from microturn.protocol.timeline import Timeline

Script = Callable[[Stage], None]
Truth = Callable[[Span, Timeline], Span | None]
Describe = Callable[[Timeline], Mapping[str, Any]]


def scenarios(
    suite: int, scripts: Mapping[str, Script], truth: Truth, *, describe: Describe
) -> Callable[[int, int], list[Scenario]]:
    """How a suite makes its scenarios: `(n, seed_base)` gives n, over `scripts` in turn; a script's name is the sub-type."""
    names = tuple(scripts)

    def make(n: int, seed_base: int) -> list[Scenario]:
        return [item(index, first_seed(suite, index, seed_base)) for index in range(n)]

    def item(index: int, seed: int) -> Scenario:
        name = names[index % len(names)]
        timeline = at_listener(play(scripts[name], seed), truth)
        meta = {"seed": seed, "split": "test", **describe(timeline)}
        return Scenario(id=f"{index:04d}-{name}-{seed}", kind=name, timeline=timeline, meta=meta)

    return make


def play(script: Script, seed: int, *, who: Cast | None = None) -> Timeline:
    """One script as a scene, in a room of its own; the user's voice is one that can say any English word."""
    rng = np.random.default_rng([seed])
    who = who or cast("test")
    able = [voice for voice in who.users if "en" in languages_of(voice)]
    stage = Stage(
        rng=rng,
        voice=able[int(rng.integers(len(able)))],
        own=who.own,
        others=[able[int(i)] for i in rng.integers(len(able), size=2)],
        split="test",
        second_of_day=float(rng.integers(DAY_S)),
        speed=float(rng.uniform(0.85, 1.2)),
        now_ms=float(rng.uniform(300, 1500)),
    )
    script(stage)
    stage.now_ms += LATE_MS
    return recorded(stage, rng, who, seed=seed, setting=draw_room(seed))
