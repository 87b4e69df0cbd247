"""Carrying out one suite under one condition: its scenarios, what the system does, and the scores, in whatever process."""

import argparse
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from microturn.bench import suites
from microturn.bench.controls import CONTROLS
from microturn.bench.driver import Driver
from microturn.bench.impairments import PERFECT, Impaired, Impairment, marked
from microturn.bench.judges.tally import Tally
from microturn.bench.run import MINI, OFFICIAL, Columns, Ear, Listened, Ran, made, run_items, with_controls
from microturn.bench.task import FAILED
from microturn.cli.bench import systems
from microturn.cli.bench.judging import ear_of, judge_of

MakeDriver = Callable[[argparse.Namespace], Driver]


class Watch(Protocol):
    """Who is told how far a suite has come."""

    def begun(self, suite: str) -> None: ...

    def made(self, suite: str, items: Sequence[str]) -> None:
        """Its scenarios are there, by their ids."""
        ...

    def answered(self, suite: str, failed: bool) -> None:
        """One output is there."""
        ...


@dataclass(frozen=True, kw_only=True)
class Job:
    """What is run, and who judges."""

    args: argparse.Namespace
    driver: Driver
    judge: Tally | None
    ear: Ear


@dataclass(frozen=True, kw_only=True)
class Work:
    """One suite, by its name, to be carried out under one condition; its items are kept in `keep`, a run's folder."""

    suite: str
    condition: Impairment
    keep: Path | None


@dataclass(frozen=True, kw_only=True)
class Done:
    """One suite under one condition, with its scores."""

    ran: Ran
    columns: Columns


def job_of(args: argparse.Namespace, drivers: Mapping[str, MakeDriver]) -> Job:
    """What the arguments of `microturn bench` ask for. ValueError for what there is not."""
    judge, ear = judge_of(args), ear_of(args)
    return Job(args=args, driver=driver_of(args, drivers), judge=judge, ear=ear)


def driver_of(args: argparse.Namespace, drivers: Mapping[str, MakeDriver]) -> Driver:
    """The system that `--system` names. ValueError for one that there is not."""
    controls = {control.name: control for control in CONTROLS}
    kind = args.system.partition(":")[0]
    alone = systems.WITHOUT_ADDRESS
    if args.background != "none" and kind not in alone:
        raise ValueError(
            f"--background is for --system {' and '.join(alone)}: {args.system} has, or has not, one of its own"
        )
    if args.system in controls:
        return controls[args.system]
    if kind in ("ws", "wss"):
        kind = "live"
    if kind not in drivers or (kind in alone and args.system != kind):
        known = ", ".join([*(name if name in alone else f"{name}:..." for name in drivers), "ws://...", *controls])
        raise ValueError(f"no system named {args.system!r}; --system takes {known}")
    return drivers[kind](args)


def carried_out(job: Job, works: Sequence[Work], watch: Watch) -> Iterator[Done]:
    """One after another, in this process."""
    return (carry_out(job, work, watch) for work in works)


def carry_out(job: Job, work: Work, watch: Watch) -> Done:
    """A suite from its scenarios to its scores."""
    args, task, condition = job.args, suites.named()[work.suite], work.condition
    watch.begun(task.name)
    scenarios = [marked(one, condition) for one in made(task, args.n, args.seed_base, args.data)]
    watch.made(task.name, [scenario.id for scenario in scenarios])
    driver = job.driver if condition == PERFECT else Impaired(driver=job.driver, impairment=condition)
    outputs = run_items(
        scenarios,
        Listened(driver=driver, ear=job.ear),
        runs=systems.runs_of(args),
        keep=work.keep / task.name if work.keep else None,
        tell=lambda output: watch.answered(task.name, FAILED in output.meta),
    )
    ran = Ran(task=task, label=OFFICIAL if args.data else MINI, scenarios=scenarios, outputs=outputs)
    return Done(ran=ran, columns=with_controls(ran, name=job.driver.name, judge=job.judge))
