"""`microturn bench timespeak ... --system local`: carries suites out on a system, prints tables, and JSON as the last line."""

import argparse
import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import nullcontext
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

from microturn.bench import suites
from microturn.bench.archive import open_run, save_run, save_sweep
from microturn.bench.figures import as_json, failures
from microturn.bench.impairments import PERFECT, Impairment
from microturn.bench.run import MINI, Columns
from microturn.bench.table import LEGEND, print_suite, print_sweep, wide_console
from microturn.bench.task import Task
from microturn.cli.bench import check, sweep, systems
from microturn.cli.bench.bars import Bars
from microturn.cli.bench.carrying import Done, Job, MakeDriver, Watch, Work, carried_out, job_of
from microturn.cli.bench.judging import add_arguments as add_judging
from microturn.cli.bench.origin import provenance
from microturn.cli.bench.processes import MOST, Processes, usual
from microturn.cli.folder import writable

Carry = Callable[[Sequence[Work], Watch], Iterator[Done]]
SYSTEMS = (
    "local, ws://HOST:PORT (a microturn server), live:MODEL_OR_URL, realtime:MODEL_OR_URL, gemini:MODEL, moshi:URL, "
    "recorded:DIR, or a control such as silent or delegates"
)


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.description = "Measure how interactive a system is. `microturn bench list` shows the suites."
    parser.add_argument("suites", nargs="+", metavar="SUITE", help="suites, or `all`")
    parser.add_argument("--system", default="local", help=SYSTEMS)
    parser.add_argument("--n", type=int, help="scenarios per suite (default: as many as the suite asks for)")
    sampled = ", ".join(f"{kind}:" for kind in systems.SAMPLED)
    parser.add_argument(
        "--runs",
        type=int,
        help=f"times that each is asked, with other seeds (1; {systems.SAMPLED_RUNS} with {sampled}, which sample)",
    )
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
    parser.add_argument(
        "--processes", type=int, help=f"suites side by side (local: one a core, up to {MOST}; other systems: 1)"
    )
    parser.add_argument("--recogniser", default="whisper", help="who listens to systems that give no text, or none")
    add_judging(parser)
    sweep.add_arguments(parser)


def bench(args: argparse.Namespace) -> int:
    """Run the bench on one of `systems.SYSTEMS`, or a control."""
    return run(args, systems.SYSTEMS, processes=usual(args))


def run(args: argparse.Namespace, drivers: Mapping[str, MakeDriver], *, processes: int = 1) -> int:
    """Carry out `microturn bench`; returns the exit status. `ValueError` says what to do about bad arguments.

    Several processes each open a driver of `systems.SYSTEMS`.
    """
    if args.n is not None and args.n < 1:
        raise ValueError(f"--n must be at least 1, got {args.n}")
    systems.runs_of(args)  # bad ones are told before anything is loaded
    chosen, conditions = chosen_suites(args.suites), sweep.conditions(args)
    if args.check or args.data:
        gaps = check.check(chosen, args.data)
        if args.check:
            return int(gaps > 0)
    if args.save:
        writable(args.save, "--save")
        for condition in conditions:  # a folder of another run is refused before anything is loaded
            open_run(_folder(args.save, condition, conditions), _about(args, args.system, condition))
    job = job_of(args, drivers)
    number = min(processes, len(chosen) * len(conditions))
    results: list[Outcome] = []
    with Processes(args, number) if number > 1 else nullcontext() as pool:
        for condition in conditions:
            carry = partial(pool.carry_out, judge=job.judge) if pool else partial(carried_out, job)
            keep = _folder(args.save, condition, conditions) if args.save else None
            works = [Work(suite=task.name, condition=condition, keep=keep) for task in chosen]
            results.append(_condition(carry, job, works))
            if args.save and len(conditions) > 1:
                done = conditions[: len(results)]
                save_sweep(args.save, [_folder(args.save, one, conditions).name for one in done])
    if len(conditions) > 1:
        columns = {task.name: [result.columns[task.name] for result in results] for task in chosen}
        print_sweep(wide_console(), job.driver.name, [one.name for one in conditions], columns)
    for line in (*LEGEND, *([job.judge.line()] if job.judge else [])):
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


@dataclass(frozen=True, kw_only=True)
class Outcome:
    """One condition: what was measured, as tables and as JSON."""

    name: str
    columns: Mapping[str, Columns]
    told: Mapping[str, Any]


def _condition(carry: Carry, job: Job, works: Sequence[Work]) -> Outcome:
    """The suites under one condition, each printed when those before it are."""
    condition, keep = works[0].condition, works[0].keep
    about = _about(job.args, job.driver.name, condition)
    columns: dict[str, Columns] = {}
    numbers: dict[str, Any] = {}
    broken: dict[str, Any] = {}
    under = "" if condition == PERFECT else condition.name
    on_made = _record(keep, about, [work.suite for work in works]) if keep else _unrecorded
    with Bars(runs=systems.runs_of(job.args), under=under, on_made=on_made) as bars:
        for done in carry(works, bars):
            ran, name = done.ran, done.ran.task.name
            columns[name] = done.columns
            with bars.over(name):
                print_suite(wide_console(), ran, done.columns, job.judge, under=under)
            numbers[name] = as_json(ran, done.columns, job.judge)
            broken |= {name: dict(failures(ran))} if ran.failures else {}
    told = {**about, "suites": list(columns), "failed": broken, "results": numbers}
    return Outcome(name=condition.name, columns=columns, told=told)


def _unrecorded(suite: str, items: Sequence[str]) -> None:
    """Nothing is kept."""
    del suite, items


def _record(keep: Path, about: Mapping[str, Any], chosen: Sequence[str]) -> Callable[[str, Sequence[str]], None]:
    """What puts each suite's items on the record of the run as soon as they are made, suites in the order of `chosen`."""
    state = open_run(keep, about)
    order = list(dict.fromkeys([*state["suites"], *chosen]))

    def made(suite: str, items: Sequence[str]) -> None:
        state["items"] = {**state["items"], suite: list(items)}
        state["suites"] = [name for name in order if name in state["items"] or name in state["suites"]]
        save_run(keep, state)

    return made


def _about(args: argparse.Namespace, driver: str, condition: Impairment) -> dict[str, Any]:
    return {
        "system": args.system,
        "driver": driver,
        "model": str(args.model) if args.model else None,
        "background": args.background,
        "n": args.n,
        "seed_base": args.seed_base,
        "runs": systems.runs_of(args),
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
