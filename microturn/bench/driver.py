"""Drivers: what stands between scenarios and a system, whatever the system is.

`run` gives every system the same stimulus (never the truth) and brings back one `Timeline` each, on the clock of the
user's audio, with the model's voice where it would be heard. The engine and the client are handed in as callables:
the bench imports neither.
"""

from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Protocol

from microturn.bench.task import Scenario
from microturn.protocol.timeline import Timeline

RunMany = Callable[[Sequence[Timeline]], Sequence[Timeline]]
RunAfter = Callable[[Timeline, Sequence[Timeline]], Sequence[Timeline]]
Converse = Callable[[Timeline], Timeline]


class Driver(Protocol):
    """Anything that can be measured; `name` labels its column."""

    @property
    def name(self) -> str: ...

    def run(self, scenarios: Sequence[Scenario]) -> list[Timeline]: ...


@dataclass(frozen=True, kw_only=True)
class LocalDriver:
    """The in-process engine, faster than real time: `run_many` steps up to `batch` stimuli together.

    Stimuli of like length share a batch, so that few rows idle; outputs come back in the order of the scenarios.
    `after` plays each stimulus as what follows one session that all share (its first argument), where the engine can.
    """

    run_many: RunMany
    after: RunAfter | None = None
    batch: int = 20
    name: str = "local"

    def run(self, scenarios: Sequence[Scenario]) -> list[Timeline]:
        by_length = sorted(range(len(scenarios)), key=lambda i: scenarios[i].timeline.duration_ms)
        outputs: dict[int, Timeline] = {}
        for start in range(0, len(by_length), self.batch):
            chosen = by_length[start : start + self.batch]
            got = self.run_many([scenarios[i].stimulus() for i in chosen])
            if len(got) != len(chosen):
                raise ValueError(f"run_many returned {len(got)} timelines for {len(chosen)} stimuli; return one each")
            outputs.update(zip(chosen, got, strict=True))
        return [outputs[i] for i in range(len(scenarios))]


@dataclass(frozen=True, kw_only=True)
class LiveDriver:
    """A system behind a socket, in real time: `converse` plays one stimulus to it and returns what came back.

    `sessions` conversations run side by side, each in its own thread.
    """

    converse: Converse
    sessions: int = 4
    name: str = "live"

    def run(self, scenarios: Sequence[Scenario]) -> list[Timeline]:
        with ThreadPoolExecutor(max_workers=self.sessions) as pool:
            return list(pool.map(self.converse, [scenario.stimulus() for scenario in scenarios]))
