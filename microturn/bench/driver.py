"""Drivers: what stands between scenarios and a system, whatever the system is.

`run` gives every system the same stimulus (never the truth) and brings back one `Timeline` each, on the clock of the
user's audio, with the model's voice where it would be heard. The engine and the clients are handed in as callables:
the bench imports neither. `cli/bench/systems.py` has them all by the names of `--system`.

Letters: S samples.
"""

import time
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field, replace
from typing import Protocol

from microturn.bench.task import FAILED, NO_ECHO, OWN_CLOCK, Scenario
from microturn.protocol.failure import Failure, SystemFailed
from microturn.protocol.playback import Listener
from microturn.protocol.timeline import Timeline

RunMany = Callable[[Sequence[Timeline]], Sequence[Timeline]]
RunAfter = Callable[[Timeline, Sequence[Timeline]], Sequence[Timeline]]
Converse = Callable[[Timeline], Timeline]
Meet = Callable[[Timeline, Listener], Timeline]
FIRST_WAIT_S, LONGEST_WAIT_S = 1.0, 60.0
GIVE_UP = 3


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


@dataclass(kw_only=True)
class LiveDriver:
    """A system behind a socket, in real time: `converse` plays one stimulus to it and returns what came back.

    `sessions` conversations run side by side, each in its own thread. Where the system fails, that item's output says
    so (`failed`) and the others go on: a session that cannot be opened is tried `tries` times with pauses between
    (nothing was measured yet); one that broke off is not tried again. A system that refuses us, or that `GIVE_UP` items
    in a row could not reach, is left alone from then on. `meta` is
    in every output that does not say otherwise.
    """

    converse: Converse
    meet: Meet | None = None  # the same with a user who listens
    sessions: int = 4
    name: str = "live"
    meta: Mapping[str, str] = field(default_factory=lambda: {**OWN_CLOCK, **NO_ECHO})
    tries: int = 3
    wait: Callable[[float], None] = time.sleep
    given_up: str = ""  # why no more sessions are tried
    _unreached: int = 0

    def __post_init__(self) -> None:
        if self.sessions < 1:
            raise ValueError(f"--sessions must be at least 1, got {self.sessions}")

    def run(self, scenarios: Sequence[Scenario]) -> list[Timeline]:
        with ThreadPoolExecutor(max_workers=self.sessions) as pool:
            return list(pool.map(self._one, [scenario.stimulus() for scenario in scenarios]))

    def play(self, stimuli: Sequence[Timeline], users: Sequence[Listener]) -> list[Timeline]:
        """Conversations with users who listen, one for each stimulus, failures as in `run`. ValueError where it cannot."""
        if self.meet is None:
            raise ValueError(f"{self.name} takes only recordings: it cannot converse with a user who listens")
        meet = self.meet

        def one(stimulus: Timeline, user: Listener) -> Timeline:
            return self._one(stimulus, lambda stimulus: meet(stimulus, user))

        with ThreadPoolExecutor(max_workers=self.sessions) as pool:
            return list(pool.map(one, stimuli, users))

    def _one(self, stimulus: Timeline, converse: Converse | None = None) -> Timeline:
        error: SystemFailed | None = None
        for attempt in range(self.tries):
            if self.given_up:
                return failed(stimulus, f"not tried: {self.given_up}")
            try:
                output = (converse or self.converse)(stimulus)
            except SystemFailed as now:
                error = now
                if now.failure is not Failure.UNREACHABLE:
                    break
                if attempt + 1 < self.tries:
                    self.wait(min(FIRST_WAIT_S * 2**attempt if now.wait_s is None else now.wait_s, LONGEST_WAIT_S))
            else:
                self._unreached = 0
                return replace(output, meta={**self.meta, **output.meta})
        assert error is not None
        self._note(error)
        return failed(stimulus, str(error))

    def _note(self, error: SystemFailed) -> None:
        """Whether more sessions make sense after this one."""
        self._unreached = self._unreached + 1 if error.failure is Failure.UNREACHABLE else 0
        if error.failure is Failure.REFUSED or self._unreached >= GIVE_UP:
            self.given_up = str(error)


def failed(stimulus: Timeline, reason: str) -> Timeline:
    """The output of an item on which the system failed: nothing, and why. Every score of it is unscored."""
    return replace(stimulus, audio={}, events=(), frames=(), meta={FAILED: reason})
