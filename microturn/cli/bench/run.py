"""`microturn bench timespeak ... --system local`: carries suites out on a system, prints tables, and JSON as the last line."""

import argparse
import json
import sys
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

from microturn.bench import suites
from microturn.bench.archive import open_run, save_run, save_sweep
from microturn.bench.controls import CONTROLS
from microturn.bench.driver import Driver
from microturn.bench.figures import as_json, failures
from microturn.bench.impairments import PERFECT, Impaired, Impairment, marked
from microturn.bench.judges.judge import Judge
from microturn.bench.run import MINI, OFFICIAL, Columns, Ear, Listened, Ran, made, run_items, with_controls
from microturn.bench.table import LEGEND, print_suite, print_sweep, wide_console
from microturn.bench.task import FAILED, Scenario, Task
from microturn.cli.bench import check, sweep, systems
from microturn.cli.bench.judging import add_arguments as add_judging
from microturn.cli.bench.judging import ear_of, judge_of
from microturn.cli.bench.origin import provenance
from microturn.cli.folder import writable
from microturn.protocol.timeline import Timeline

MakeDriver = Callable[[argparse.Namespace], Driver]
SYSTEMS = (
    "local, ws://HOST:PORT (a microturn server), live:MODEL_OR_URL, realtime:MODEL_OR_URL, gemini:MODEL, moshi:URL, "
    "recorded:DIR, or a control such as silent or delegates"
)


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.description = "Measure how interactive a system is. `microturn bench list` shows the suites."
    parser.add_argument("suites", nargs="+", metavar="SUITE", help="suites, or `all`")
    parser.add_argument("--system", default="local", help=SYSTEMS)
    parser.add_argument("--n", type=int, help="scenarios per suite (default: as many as the suite asks for)")
    parser.add_argument("--runs", type=int, default=1, help="times that each is asked, with other seeds (1)")
    parser.add_argument("--seed-base", type=int, default=0, help="first test seed (0): other seeds, other scenarios")
    parser.add_argument(
        "--model", type=Path, help="checkpoint folder of the local system (default: the one in the box)"
    )
    parser.add_argument(
        "--save", type=Path, metavar="DIR", help="keep every transcript, to hear, rescore and go on with when cut off"
    )
    parser.add_argument("--data", type=Path, metavar="DIR", help="the benchmark's own data, instead of our mini set")
    parser.add_argument("--check", action="store_true", help="only say what is missing in --data")
    systems.add_arguments(parser)
    parser.add_argument("--recogniser", default="whisper", help="who listens to systems that give no text, or none")
    add_judging(parser)
    sweep.add_arguments(parser)


def bench(args: argparse.Namespace) -> int:
    """Run the bench on one of `systems.SYSTEMS`, or a control."""
    return run(args, systems.SYSTEMS)


@dataclass(frozen=True, kw_only=True)
class Job:
    """What is run, on which system, and who judges."""

    suites: Sequence[Task]
    driver: Driver
    judge: Judge | None
    ear: Ear
    args: argparse.Namespace


def run(args: argparse.Namespace, drivers: Mapping[str, MakeDriver]) -> int:
    """Carry out `microturn bench`; returns the exit status. `ValueError` says what to do about bad arguments."""
    if args.n is not None and args.n < 1:
        raise ValueError(f"--n must be at least 1, got {args.n}")
    if args.runs < 1:
        raise ValueError(f"--runs must be at least 1, got {args.runs}")
    chosen, conditions = chosen_suites(args.suites), sweep.conditions(args)
    if args.check or args.data:
        gaps = check.check(chosen, args.data)
        if args.check:
            return int(gaps > 0)
    if args.save:
        writable(args.save, "--save")
        for condition in conditions:  # a folder of another run is refused before anything is loaded
            open_run(_folder(args.save, condition, conditions), _about(args, args.system, condition))
    judge, ear = judge_of(args), ear_of(args)
    job = Job(suites=chosen, driver=driver_of(args, drivers), judge=judge, ear=ear, args=args)
    results: list[Outcome] = []
    for condition in conditions:
        results.append(_condition(job, condition, conditions))
        if args.save and len(conditions) > 1:
            save_sweep(args.save, [_folder(args.save, one, conditions).name for one in conditions[: len(results)]])
    if len(conditions) > 1:
        columns = {task.name: [result.columns[task.name] for result in results] for task in chosen}
        print_sweep(wide_console(), job.driver.name, [one.name for one in conditions], columns)
    for line in (*LEGEND, *([judge.line()] if judge else [])):
        print(line)
    told = results[0].told
    if len(conditions) > 1:
        told = {**told, "conditions": [{"name": r.name, **_short(r.told)} for r in results]}
    print(json.dumps(told))
    return 0


def chosen_suites(names: Sequence[str]) -> list[Task]:
    """The suites of these names. ValueError for one that there is not."""
    if list(names) == ["all"]:
        return list(suites.tasks().values())
    known = suites.named()
    unknown = [name for name in names if name not in known]
    if unknown:
        raise ValueError(f"no suite named {', '.join(unknown)}; the suites are {', '.join(known)}, or all")
    return [known[name] for name in dict.fromkeys(names)]


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


@dataclass(frozen=True, kw_only=True)
class Outcome:
    """One condition: what was measured, as tables and as JSON."""

    name: str
    columns: Mapping[str, Columns]
    told: Mapping[str, Any]


def _condition(job: Job, condition: Impairment, conditions: Sequence[Impairment]) -> Outcome:
    args = job.args
    about = _about(args, job.driver.name, condition)
    keep = _folder(args.save, condition, conditions) if args.save else None
    state = open_run(keep, about) if keep else {}
    columns: dict[str, Columns] = {}
    numbers: dict[str, Any] = {}
    broken: dict[str, Any] = {}
    under = "" if condition == PERFECT else condition.name
    for task in job.suites:
        print(f"{task.name}: making scenarios" + (f" ({under})" if under else ""), file=sys.stderr, flush=True)
        scenarios = [marked(one, condition) for one in made(task, args.n, args.seed_base, args.data)]
        if keep:
            names = list(dict.fromkeys([*state["suites"], task.name]))
            state = {**state, "suites": names, "items": {**state["items"], task.name: [s.id for s in scenarios]}}
            save_run(keep, state)
        ran = _carried_out(job, task, scenarios, condition, keep)
        columns[task.name] = with_controls(ran, name=job.driver.name, judge=job.judge)
        print_suite(wide_console(), ran, columns[task.name], job.judge, under=under)
        numbers[task.name] = as_json(ran, columns[task.name], job.judge)
        broken |= {task.name: dict(failures(ran))} if ran.failures else {}
    told = {**about, "suites": list(columns), "failed": broken, "results": numbers}
    return Outcome(name=condition.name, columns=columns, told=told)


def _carried_out(job: Job, task: Task, scenarios: Sequence[Scenario], condition: Impairment, keep: Path | None) -> Ran:
    """The suite's outputs, with progress on stderr."""
    driver = job.driver if condition == PERFECT else Impaired(driver=job.driver, impairment=condition)
    failed = 0
    bar = Progress(
        TextColumn("{task.description}"),
        BarColumn(),
        MofNCompleteColumn(),
        TimeRemainingColumn(),
        console=Console(stderr=True),
    )
    with bar:
        line = bar.add_task(task.name, total=len(scenarios) * job.args.runs)

        def tell(output: Timeline) -> None:
            nonlocal failed
            failed += FAILED in output.meta
            bar.update(line, advance=1, description=f"{task.name} ({failed} failed)" if failed else task.name)

        folder = keep / task.name if keep else None
        outputs = run_items(scenarios, Listened(driver=driver, ear=job.ear), runs=job.args.runs, keep=folder, tell=tell)
    label = OFFICIAL if job.args.data else MINI
    return Ran(task=task, label=label, scenarios=scenarios, outputs=outputs)


def _about(args: argparse.Namespace, driver: str, condition: Impairment) -> dict[str, Any]:
    return {
        "system": args.system,
        "driver": driver,
        "model": str(args.model) if args.model else None,
        "background": args.background,
        "n": args.n,
        "seed_base": args.seed_base,
        "runs": args.runs,
        "data": str(args.data) if args.data else MINI,
        "impairment": condition.changed,
        "condition": condition.name,
        **provenance(),
    }


def _short(told: Mapping[str, Any]) -> dict[str, Any]:
    return {name: told[name] for name in ("impairment", "failed", "results")}


def _folder(save: Path, condition: Impairment, conditions: Sequence[Impairment]) -> Path:
    """Where a condition's run lies: in `save`, or in a sweep in a folder of its own there."""
    if len(conditions) == 1:
        return save
    name = condition.name.replace("%", "pct").replace("/", "p").replace(":", "=").replace(", ", "_").replace(" ", "-")
    return save / name
