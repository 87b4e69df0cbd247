"""Scenarios from scripts that only the bench knows, played on the data factory's stage by its voices of the test split.

A script is a function of a `Stage`, like an act; it is never trained on because nothing outside the bench can name it.
"""

from collections.abc import Callable, Mapping
from typing import Any

from microturn.bench.scenarios.factory import at_listener, first_seed
from microturn.bench.scenarios.onstage import recording, stage_of
from microturn.bench.task import Scenario
from microturn.data.script import LATE_MS, Stage
from microturn.protocol.events import Span
from microturn.protocol.timeline import Timeline

Script = Callable[[Stage], None]
Truth = Callable[[Span, Timeline], Span | None]
Describe = Callable[[Timeline], Mapping[str, Any]]
HESITANCY = 0.2


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


def play(script: Script, seed: int) -> Timeline:
    """One script as a scene; its user hesitates as people do."""
    stage = stage_of(seed, hesitancy=HESITANCY)
    script(stage)
    stage.now_ms += LATE_MS
    return recording(stage, seed)
