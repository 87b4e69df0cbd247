"""Task = scenarios + driver + scorer, and the values that pass between them.

A `Scenario` is a world with its truth (a `Timeline` that holds the user's media and the truth spans); a driver turns
scenarios into what a system did (a `Timeline` on the same media clock); a scorer turns the pair into a `Score`.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any, Protocol

from microturn.bench.judges.judge import Judge
from microturn.bench.judges.tally import asked_ahead
from microturn.bench.stats import Estimate, Observation, estimate
from microturn.protocol.clock import TICK_MS
from microturn.protocol.events import Channel, Text
from microturn.protocol.timeline import Timeline


@dataclass(frozen=True, kw_only=True)
class Scenario:
    """One item: `timeline` has the user's audio and frames, typed text and truth spans; `kind` is its sub-type."""

    id: str
    kind: str
    timeline: Timeline
    meta: Mapping[str, Any] = field(default_factory=dict[str, Any])

    def stimulus(self) -> Timeline:
        """What a system under test may perceive: media, typed text and the clock; no truth, no model channel.

        Where the system's own voice leaks into the microphone, `meta["echo_db"]` says how much softer.
        """
        audio = {channel: track for channel, track in self.timeline.audio.items() if channel is Channel.USER}
        events = tuple(event for event in self.timeline.events if isinstance(event, Text))
        room = {name: value for name, value in self.meta.items() if name == "echo_db"}
        return replace(self.timeline, audio=audio, events=events, meta=room)


@dataclass(frozen=True, kw_only=True)
class Score:
    """What one scenario scored on one measure.

    `value` is None where the scenario gave no occasion to score (unscored, which is not zero), or where what is right
    depends on a time of day that the system could not be given; `weight` is what the value counts for in a mean (words
    for an error rate, minutes for a rate per minute). `values` are all that was measured in the scenario, for measures that
    pool those of all scenarios; `evidence` is JSON.
    """

    value: float | None
    explanation: str
    evidence: Mapping[str, Any] = field(default_factory=dict[str, Any])
    weight: float = 1.0
    values: tuple[float, ...] = ()


# In an output's meta: the system could not be given the scenario's time of day, or its own voice in its microphone.
OWN_CLOCK = {"clock": "own"}
NO_ECHO = {"echo": "none"}
UNHEARD = {"heard": "none"}  # no text of what the user said
FAILED = "failed"  # in an output's meta: why there is none
UNOPENED = "unopened"  # in a scenario's meta: why there is nothing to play
Scorer = Callable[[Scenario, Timeline], Score]
JudgedScorer = Callable[[Scenario, Timeline, Judge], Score]
PairedScorer = Callable[[Scenario, Timeline, Timeline | None, Judge | None], Score]


@dataclass(frozen=True, kw_only=True)
class Measure:
    """One row of the table: a scorer, or one that asks the run's judge (`judged`), and how its scores become one number.

    A scorer that is `paired` also gets what the system did in the scenario whose `meta["twin"]` is this one's id (None:
    not run); twins name each other.
    `how` is mean, macro (mean over sub-types), median, or a percentile of `stats.POOLED`; `unit` is % (shares in [0, 1]), s, ms,
    /min; `better` is high or low.
    """

    name: str
    scorer: Scorer | None = None
    judged: JudgedScorer | None = None
    paired: PairedScorer | None = None
    unit: str = "%"
    how: str = "mean"
    better: str = "high"

    def __post_init__(self) -> None:
        if self.better not in ("high", "low"):
            raise ValueError(f"better must be high or low, got {self.better!r}")
        if sum(one is not None for one in (self.scorer, self.judged, self.paired)) != 1:
            raise ValueError(f"the measure {self.name!r} needs one scorer: a plain, a judged or a paired one")

    def score(
        self, scenario: Scenario, output: Timeline, judge: Judge | None, *, twin: Timeline | None = None
    ) -> Score:
        """What one scenario scored. A measure that needs a judge is unscored without one."""
        if self.scorer is not None:
            return self.scorer(scenario, output)
        if self.paired is not None:
            return self.paired(scenario, output, twin, judge)
        if judge is None or self.judged is None:
            return Score(value=None, explanation="there was no judge: give one with --judge")
        return self.judged(scenario, output, judge)


def unopened(name: str, kind: str, why: str) -> Scenario:
    """An item whose data are missing or damaged: never played, unscored on every measure, counted and shown with the reason.

    It lasts one tick, so that it can be kept and shown like any other.
    """
    timeline = Timeline(duration_ms=TICK_MS)
    return Scenario(id=name, kind=kind, timeline=timeline, meta={UNOPENED: f"its data cannot be opened: {why}"})


@dataclass(frozen=True, kw_only=True)
class Gap:
    """One thing that is wrong with a folder of data: `what` is a sentence; `items` how many items cannot be run for it."""

    what: str
    items: int = 0


@dataclass(frozen=True, kw_only=True)
class Official:
    """The official data of a benchmark, none of which is part of this package: the user brings the folder.

    `check` looks at it without decoding media and lists what is missing or damaged (counts, names, checksums where they
    are published); nothing means that it is whole. `load` yields every item that the folder names, in a fixed order, in the
    form of the suite's own mini set, `unopened` where its data are missing or damaged, and raises ValueError with what to
    do when there is nothing.
    """

    title: str
    paper: str
    home: str
    licence: str
    check: Callable[[Path], Sequence[Gap]]
    load: Callable[[Path], Iterable[Scenario]]


@dataclass(frozen=True, kw_only=True)
class Published:
    """What somebody reported: `measure` names one of the suite's, `value` is in its unit (shares as percent)."""

    measure: str
    system: str
    value: float
    source: str
    note: str = ""


@dataclass(frozen=True, kw_only=True)
class Total:
    """One number of a whole suite, made of its measures: no item has it by itself, so it stands without an interval.

    `of` gets the results of the measures named in `parts`, in that order, and gives the number in `unit`; None where
    one that it needs is missing.
    """

    name: str
    parts: tuple[str, ...]
    of: Callable[[Sequence["Result"]], float | None]
    unit: str = "of 100"
    better: str = "high"

    def value(self, results: Sequence["Result"]) -> float | None:
        """The number from all of the suite's results."""
        by_name = {result.measure.name: result for result in results}
        return self.of([by_name[name] for name in self.parts])


class Blind(Protocol):
    """A system that perceives nothing and says the same whatever happens: what a score is worth is what it has above it."""

    @property
    def name(self) -> str: ...

    def run(self, scenarios: Sequence[Scenario]) -> list[Timeline]: ...


@dataclass(frozen=True, kw_only=True)
class Task:
    """A suite: `scenarios(n, seed_base)` makes its mini items, the same ones every time; the first measure is the headline.

    `n` is how many a run has unless it says otherwise; `totals` are made of the measures; `official` opens the data of the benchmark that the suite
    follows, `published` is what others scored on those, `blind` what one scores here without looking.
    """

    name: str
    summary: str
    scenarios: Callable[[int, int], Sequence[Scenario]]
    measures: tuple[Measure, ...]
    n: int = 40
    totals: tuple[Total, ...] = ()
    official: Official | None = None
    published: tuple[Published, ...] = ()
    blind: tuple[Blind, ...] = ()


@dataclass(frozen=True, kw_only=True)
class Result:
    """One measure of one suite for one system: the estimate over scored items, and every item's score by scenario id."""

    measure: Measure
    estimate: Estimate
    by_kind: Mapping[str, Estimate]
    scores: Mapping[str, Score]

    @property
    def unscored(self) -> int:
        return sum(score.value is None for score in self.scores.values())


def score_all(
    task: Task, scenarios: Sequence[Scenario], outputs: Sequence[Timeline], judge: Judge | None = None
) -> list[Result]:
    """Score what a system did: `outputs[i]` belongs to `scenarios[i]`. The judge is asked about all of them at once."""
    if len(scenarios) != len(outputs):
        raise ValueError(f"{task.name}: {len(scenarios)} scenarios but {len(outputs)} outputs; give one output each")
    judged = [measure for measure in task.measures if measure.judged or measure.paired]
    if judge is not None and judged:
        judge = asked_ahead(judge, lambda one: [_scores(m, scenarios, outputs, one) for m in judged])
    return [result_of(m, scenarios, _scores(m, scenarios, outputs, judge)) for m in task.measures]


def _scores(
    measure: Measure, scenarios: Sequence[Scenario], outputs: Sequence[Timeline], judge: Judge | None
) -> dict[str, Score]:
    """What every scenario scored, by its id."""
    pairs = list(zip(scenarios, outputs, strict=True))
    twins = {s.meta["twin"]: output for s, output in pairs if "twin" in s.meta and FAILED not in output.meta}
    return {s.id: _score(measure, s, output, judge, twins.get(s.id)) for s, output in pairs}


def result_of(measure: Measure, scenarios: Sequence[Scenario], scores: Mapping[str, Score]) -> Result:
    """One measure's estimate from every scenario's score."""
    scored = [
        Observation(
            value=scores[s.id].value or 0.0, weight=scores[s.id].weight, group=s.kind, values=scores[s.id].values
        )
        for s in scenarios
        if scores[s.id].value is not None
    ]
    rate = measure.unit == "%"
    kinds = sorted({o.group for o in scored})
    return Result(
        measure=measure,
        estimate=estimate(scored, how=measure.how, rate=rate),
        by_kind={k: estimate([o for o in scored if o.group == k], how=measure.how, rate=rate) for k in kinds},
        scores=scores,
    )


def _score(measure: Measure, scenario: Scenario, output: Timeline, judge: Judge | None, twin: Timeline | None) -> Score:
    if UNOPENED in scenario.meta:
        return Score(value=None, explanation=scenario.meta[UNOPENED])
    if FAILED in output.meta:
        return Score(value=None, explanation=f"the system failed: {output.meta[FAILED]}")
    by_clock = any(span.data.get("clock") for span in scenario.timeline.spans("expect"))
    if by_clock and output.meta.items() >= OWN_CLOCK.items():
        return Score(value=None, explanation="depends on the time of day, and this system goes by a clock of its own")
    if "echo_db" in scenario.meta and output.meta.items() >= NO_ECHO.items():
        return Score(value=None, explanation="this system's voice was not led back into its microphone")
    return measure.score(scenario, output, judge, twin=twin)
