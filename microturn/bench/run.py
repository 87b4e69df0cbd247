"""Carrying out a suite: its scenarios, what the system did item by item, and the scores of both beside the controls.

Each output is saved as soon as it is there, so that a run goes on where it stopped. An item on which the system fails
(an error, a broken connection) is kept as failed: unscored, counted, shown, and tried again when the run is gone on with.
So is an item whose data cannot be opened, which no system, baseline or control is given.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import islice
from pathlib import Path
from statistics import fmean

from microturn.bench.archive import load_output, save_output, save_scenario
from microturn.bench.controls import CONTROLS
from microturn.bench.driver import Driver, failed
from microturn.bench.judges.judge import Judge
from microturn.bench.task import FAILED, UNOPENED, Measure, Result, Scenario, Score, Task, Total, result_of, score_all
from microturn.protocol.media import on_grid
from microturn.protocol.timeline import Timeline, Track

MINI, OFFICIAL, PROXY = "mini", "official-data", "proxy-judge"
TOGETHER = 4  # items in flight where the driver does not say
Columns = dict[str, list[Result]]  # results by system: the one measured first, then blind baselines and controls
Ear = Callable[[Timeline], Timeline]
Tell = Callable[[Timeline], None]  # called with each output as it is there


@dataclass(frozen=True, kw_only=True)
class Ran:
    """A suite carried out: `outputs[r][i]` is what the system did in run r with `scenarios[i]`; `label` is MINI or OFFICIAL."""

    task: Task
    label: str
    scenarios: Sequence[Scenario]
    outputs: Sequence[Sequence[Timeline]]

    @property
    def failures(self) -> dict[str, str]:
        """Why items came to nothing, by scenario id."""
        return {
            scenario.id: str(output.meta[FAILED])
            for column in self.outputs
            for scenario, output in zip(self.scenarios, column, strict=True)
            if FAILED in output.meta
        }


@dataclass(frozen=True, kw_only=True)
class Listened:
    """A driver whose outputs somebody listens to: `ear` gives words to those of systems without text."""

    driver: Driver
    ear: Ear

    @property
    def name(self) -> str:
        return self.driver.name

    @property
    def batch(self) -> int:
        return together(self.driver)

    def run(self, scenarios: Sequence[Scenario]) -> list[Timeline]:
        return [self.ear(output) for output in self.driver.run(scenarios)]


def together(driver: Driver) -> int:
    """How many items a driver takes at a time."""
    return int(getattr(driver, "batch", 0) or getattr(driver, "sessions", 0) or TOGETHER)


def made(task: Task, n: int | None, seed_base: int, data: Path | None = None) -> list[Scenario]:
    """A suite's items: n of its mini set (None: as many as the suite asks for), or those of the official data in a folder.

    Raises ValueError where the voices are not installed, or the folder holds nothing.
    """
    if data is not None:
        if task.official is None:
            raise ValueError(f"{task.name} follows no published data set: run it without --data")
        return list(islice(task.official.load(data), n))
    try:
        return list(task.scenarios(task.n if n is None else n, seed_base))
    except ModuleNotFoundError as error:
        raise ValueError(
            f"the scenarios are spoken by synthetic voices, and {error.name} is not installed: pip install microturn[data]"
        ) from error


def run_items(
    scenarios: Sequence[Scenario],
    driver: Driver,
    *,
    runs: int = 1,
    keep: Path | None = None,
    tell: Tell = lambda _: None,
) -> list[list[Timeline]]:
    """What the system does with each scenario, `runs` times with other seeds.

    With `keep`, outputs go to that folder, and only what is not there yet is asked.
    """
    outputs: list[list[Timeline]] = []
    for scenario in scenarios if keep else ():
        assert keep
        save_scenario(keep, scenario)
    for run in range(runs):
        seeded = [_seeded(scenario, run) for scenario in scenarios]
        kept = [load_output(keep, s.id, run=run) if keep else None for s in scenarios]
        waiting = [i for i, output in enumerate(kept) if output is None]
        found = {i: output for i, output in enumerate(kept) if output is not None}
        for output in found.values():
            tell(output)
        for place, answer in _answers(driver, [seeded[i] for i in waiting]):
            index = waiting[place]
            found[index] = _as_saved(answer)
            if keep:
                save_output(keep, scenarios[index].id, found[index], run=run)
            tell(found[index])
        outputs.append([found[i] for i in range(len(scenarios))])
    return outputs


def _answers(driver: Driver, scenarios: Sequence[Scenario]) -> Iterator[tuple[int, Timeline]]:
    """Outputs with their places as they come, as many together as the driver takes, those of like length together."""
    yield from ((i, one) for i, scenario in enumerate(scenarios) if (one := _unplayed(scenario)))
    size = together(driver)
    whole = [i for i, scenario in enumerate(scenarios) if UNOPENED not in scenario.meta]
    order = sorted(whole, key=lambda i: scenarios[i].timeline.duration_ms)
    for first in range(0, len(order), size):
        chosen = order[first : first + size]
        yield from zip(chosen, _tried(driver, [scenarios[i] for i in chosen]), strict=True)


def _unplayed(scenario: Scenario) -> Timeline | None:
    """The output of an item whose data cannot be opened; None for any other."""
    return failed(scenario.timeline, scenario.meta[UNOPENED]) if UNOPENED in scenario.meta else None


def _tried(driver: Driver, scenarios: Sequence[Scenario]) -> list[Timeline]:
    """The outputs of some items. Where that fails, one by one, so that one item takes no other with it."""
    try:
        return driver.run(scenarios)
    except Exception as error:  # noqa: BLE001 (whatever a system under test dies of is its own affair)
        if len(scenarios) > 1:
            return [output for scenario in scenarios for output in _tried(driver, [scenario])]
        reason = " ".join(f"{type(error).__name__}: {error}".split())
        return [failed(scenarios[0].timeline, reason)]


def _seeded(scenario: Scenario, run: int) -> Scenario:
    return (
        replace(scenario, timeline=replace(scenario.timeline, seed=scenario.timeline.seed + run)) if run else scenario
    )


def _as_saved(output: Timeline) -> Timeline:
    """The output with its audio on the int16 grid, as a saved run keeps it: rescoring then gives the same numbers."""
    tracks = {
        channel: Track(samples=on_grid(track.samples), rate_hz=track.rate_hz) for channel, track in output.audio.items()
    }
    return replace(output, audio=tracks, frames=())


def with_controls(ran: Ran, *, name: str, judge: Judge | None = None) -> Columns:
    """The scores of the system, of the suite's blind baselines and of the controls, by name.

    A control that cannot be played (an oracle where the data has no script) is left out.
    """
    columns: Columns = {name: _scored(ran, judge)}
    whole = [scenario for scenario in ran.scenarios if UNOPENED not in scenario.meta]
    for control in (*ran.task.blind, *CONTROLS):
        if control.name not in columns:
            try:
                played = iter(control.run(whole))
            except ValueError:
                continue
            outputs = [_unplayed(scenario) or next(played) for scenario in ran.scenarios]
            columns[control.name] = score_all(ran.task, ran.scenarios, outputs, judge)
    return columns


def label_of(ran: Ran, measure: Measure, judge: Judge | None) -> str:
    """What a number stands on: the data, and whether the judge was no language model."""
    proxy = measure.scorer is None and judge is not None and judge.proxy
    return f"{ran.label}, {PROXY}" if proxy else ran.label


def label_of_total(ran: Ran, total: Total, judge: Judge | None) -> str:
    """What a total stands on: what the least of its parts stands on."""
    labels = [label_of(ran, measure, judge) for measure in ran.task.measures if measure.name in total.parts]
    return max(labels, key=len)


def _scored(ran: Ran, judge: Judge | None) -> list[Result]:
    """The scores of one run, or of several: then an item's score is its mean over those in which it was scored.

    What measures pool over items is pooled over runs, an item's runs being one cluster.
    """
    by_run = [score_all(ran.task, ran.scenarios, outputs, judge) for outputs in ran.outputs]
    if len(by_run) == 1:
        return by_run[0]
    return [
        result_of(rows[0].measure, ran.scenarios, {s.id: _mean([r.scores[s.id] for r in rows]) for s in ran.scenarios})
        for rows in zip(*by_run, strict=True)
    ]


def _mean(scores: Sequence[Score]) -> Score:
    values = [(score.value, score.weight) for score in scores if score.value is not None]
    told = "; ".join(f"run {number}: {score.explanation}" for number, score in enumerate(scores, 1))
    evidence: Mapping[str, object] = {"runs": [dict(score.evidence) for score in scores]}
    if not values:
        return Score(value=None, explanation=told, evidence=evidence)
    weight = fmean(weight for _, weight in values)
    value = sum(v * w for v, w in values) / sum(w for _, w in values)
    pooled = tuple(one for score in scores for one in score.values)
    return Score(value=value, explanation=told, evidence=evidence, weight=weight, values=pooled)
