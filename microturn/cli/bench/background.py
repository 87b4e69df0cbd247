"""`--background`: who works behind the engine in this process, or behind `delegates`, who hands every request over.

none       nobody (as without the option): what is delegated is lost
offline    the embedded background; in fdb-v3 with the twelve mock tools
oracle     one that knows the scenario: what is lost with it was lost by the interaction model
openai:NAME and the other language models of `microturn serve --background`
"""

import asyncio
import weakref
from collections.abc import Callable, Mapping, Sequence
from contextlib import AsyncExitStack
from dataclasses import dataclass, replace

from microturn.background.brief import Worker
from microturn.background.tools.tool import Toolbox
from microturn.bench.constant import spoken
from microturn.bench.scenarios.onstage import cut_at
from microturn.bench.task import Scenario
from microturn.cli.bench.ahead import Ahead, Ledger, noted
from microturn.cli.bench.workers import EXPECTED, Oracle, mock_tools, opened
from microturn.data.script import reply_tick
from microturn.protocol.clock import TICK_MS
from microturn.protocol.events import Channel, Do, Event, Word
from microturn.protocol.timeline import Timeline

NONE, ORACLE = "none", "oracle"
PATIENCE_MS = 20_000.0  # how long a session may go on for the sake of what was handed over
Play = Callable[[Sequence[Timeline], Sequence[Ahead]], Sequence[Timeline]]


class Background:
    """Opens an `Ahead` for each scenario; one worker, one event loop and one ledger for all of a run."""

    def __init__(self, name: str, *, least_ms: float = 0.0) -> None:
        if name != ORACLE:
            opened(name, ())  # ValueError where there is none of that name
        self.name, self._least_ms = name, least_ms
        self._ledger = Ledger()
        self._tools = noted(mock_tools(), self._ledger)
        self._workers: dict[bool, Worker] = {}  # with the mock tools, and with its own
        self._runner, self._entered = asyncio.Runner(), AsyncExitStack()
        weakref.finalize(self, _leave, self._workers, self._runner, self._entered)

    def ahead(self, scenario: Scenario) -> Ahead:
        ends_ms = scenario.timeline.duration_ms + scenario.timeline.tick_ms  # a tick sounds in the next one
        return Ahead(self._worker(scenario), self._runner, self._ledger, least_ms=self._least_ms, until_ms=ends_ms)

    def _worker(self, scenario: Scenario) -> Worker:
        if self.name == ORACLE:
            return Oracle(scenario, Toolbox.of(self._tools))
        mock = EXPECTED in scenario.meta
        if mock not in self._workers:
            context = opened(self.name, self._tools if mock else None)
            self._workers[mock] = self._runner.run(self._entered.enter_async_context(context))
        return self._workers[mock]


def _leave(workers: Mapping[bool, Worker], runner: asyncio.Runner, entered: AsyncExitStack) -> None:
    if workers:
        with runner:
            runner.run(entered.aclose())


@dataclass(frozen=True, kw_only=True)
class Backed:
    """The engine with somebody working behind it. Where something was handed over, the session goes on, for up to
    `patience_ms`, until the result could have been said; elsewhere the output is what it is without a background."""

    play: Play
    background: Background
    batch: int = 20
    patience_ms: float = PATIENCE_MS

    @property
    def name(self) -> str:
        return f"local+{self.background.name}"

    def run(self, scenarios: Sequence[Scenario]) -> list[Timeline]:
        asides = [self.background.ahead(scenario) for scenario in scenarios]
        outputs = self.play([self._longer(scenario.stimulus()) for scenario in scenarios], asides)
        pairs = zip(outputs, asides, strict=True)
        return [_with_work(cut_at(output, min(aside.until_ms, output.duration_ms)), aside) for output, aside in pairs]

    def _longer(self, stimulus: Timeline) -> Timeline:
        return replace(stimulus, duration_ms=stimulus.duration_ms + self.patience_ms)


@dataclass(frozen=True, kw_only=True)
class Delegates:
    """A perfect interaction model, as a control: it hears every word, hands the whole request over in the first tick in
    which it may, and says what comes back as soon as it comes; of its own it says nothing."""

    background: Background | None = None

    @property
    def name(self) -> str:
        return f"delegates+{self.background.name if self.background else NONE}"

    def run(self, scenarios: Sequence[Scenario]) -> list[Timeline]:
        return [self._play(scenario) for scenario in scenarios]

    def _play(self, scenario: Scenario) -> Timeline:
        words = _request(scenario)
        at_ms = float((reply_tick(words[-1].until_ms) + 1) * TICK_MS) if words else 0.0
        note = Do(at_ms=at_ms, text=f"delegate {' '.join(word.text for word in words)}")
        made: list[Event] = [*words, note] if words else []
        world = replace(scenario.timeline, events=(), meta={})
        if self.background is None:
            return replace(spoken(world, ()), events=tuple(made))
        aside = self.background.ahead(scenario)
        aside.answered((), made)
        texts = aside.arriving(float("inf"))
        lines = [(text.at_ms + TICK_MS, text.text) for text in texts if text.channel is Channel.COMMENTARY]
        patient = replace(world, duration_ms=max(world.duration_ms, aside.until_ms))
        output = spoken(patient, lines)
        return _with_work(replace(output, events=(*output.events, *made, *texts)), aside)


def _request(scenario: Scenario) -> list[Word]:
    """What the user has said by the end of the turn, word by word."""
    until_ms = float(scenario.meta.get("turn_end_ms", scenario.timeline.duration_ms))
    return [word for word in scenario.timeline.words(Channel.HEARD) if word.at_ms < until_ms]


def _with_work(output: Timeline, aside: Ahead) -> Timeline:
    """The output with what was done behind it, each at its time."""
    done = [event for event in aside.events if event.at_ms < output.duration_ms]
    return replace(output, events=tuple(sorted((*output.events, *done), key=lambda event: event.at_ms)))
