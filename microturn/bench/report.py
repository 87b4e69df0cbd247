"""`microturn bench`: run suites against a system, print a table for people and one JSON object as the last line.

The command line hands in how to build the systems that the bench may not import (`drivers`: `local` for the
in-process engine, `live` for a WebSocket address); the controls are its own and stand beside every score.
"""

import argparse
import json
import os
import platform
import subprocess
import sys
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, replace
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.table import Table

from microturn import __version__
from microturn.bench.archive import check_new, load_items, load_run, save_items, save_run
from microturn.bench.controls import CONTROLS
from microturn.bench.driver import Driver
from microturn.bench.stats import Estimate
from microturn.bench.suites import tasks
from microturn.bench.task import FAILED, Measure, Result, Scenario, Task, score_all
from microturn.protocol.media import on_grid
from microturn.protocol.timeline import Timeline, Track

MakeDriver = Callable[[argparse.Namespace], Driver]
Columns = dict[str, list[Result]]  # results by system: the one measured first, then the controls
SCALES = {"%": 100.0}
SYSTEMS = (
    "local, ws://HOST:PORT (a microturn server), live:MODEL_OR_URL, realtime:MODEL_OR_URL, gemini:MODEL, moshi:URL, "
    "recorded:DIR, silent, always or oracle"
)


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The arguments of `microturn bench`."""
    suites = "; ".join(f"{task.name}: {task.summary}" for task in tasks().values())
    parser.description = "Measure how interactive a system is. Suites: " + suites
    parser.add_argument("suites", nargs="+", metavar="SUITE", help="suites, or `all`, or `rescore DIR` of a saved run")
    parser.add_argument("--system", default="local", help=SYSTEMS)
    parser.add_argument("--n", type=int, default=40, help="scenarios per suite (40)")
    parser.add_argument("--seed-base", type=int, default=0, help="first test seed (0): other seeds, other scenarios")
    parser.add_argument(
        "--model", type=Path, help="checkpoint folder of the local system (default: the one in the box)"
    )
    parser.add_argument("--save", type=Path, metavar="DIR", help="keep every transcript, to listen to and to rescore")


def run(args: argparse.Namespace, drivers: Mapping[str, MakeDriver]) -> int:
    """Carry out `microturn bench`; returns the exit code. `ValueError` says what to do about bad arguments."""
    if args.suites[0] == "rescore":
        return _rescore(args.suites[1:])
    if args.n < 1:
        raise ValueError(f"--n must be at least 1, got {args.n}")
    tasks = _tasks(args.suites)
    if args.save:
        check_new(args.save)
    driver = _driver(args, drivers)
    about = {
        "system": args.system,
        "driver": driver.name,
        "model": str(args.model) if args.model else None,
        "suites": [task.name for task in tasks],
        "n": args.n,
        "seed_base": args.seed_base,
        "data": "mini",
        **_provenance(),
    }
    measured: dict[str, Columns] = {}
    for task in tasks:
        print(f"{task.name}: making {args.n} scenarios", file=sys.stderr, flush=True)
        scenarios = _made(task, args)
        print(f"{task.name}: running {args.system}", file=sys.stderr, flush=True)
        outputs = [_as_saved(output) for output in driver.run(scenarios)]
        _tell_failures(task, outputs)
        if args.save:
            save_items(args.save / task.name, scenarios, outputs)
            save_run(args.save, {**about, "suites": [*measured, task.name]})
        measured[task.name] = _with_controls(task, scenarios, outputs, name=driver.name)
    _print(measured, about)
    return 0


def _made(task: Task, args: argparse.Namespace) -> list[Scenario]:
    try:
        return list(task.scenarios(args.n, args.seed_base))
    except ModuleNotFoundError as error:
        raise ValueError(
            f"the scenarios are spoken by synthetic voices, and {error.name} is not installed: pip install microturn[data]"
        ) from error


def _rescore(folders: Sequence[str]) -> int:
    """Compute every number of a saved run again, from its timelines alone."""
    if len(folders) != 1:
        raise ValueError("rescore takes one folder: microturn bench rescore DIR")
    folder = Path(folders[0])
    about = load_run(folder)
    measured: dict[str, Columns] = {}
    for task in _tasks(about["suites"]):
        scenarios, outputs = load_items(folder / task.name)
        measured[task.name] = _with_controls(task, scenarios, outputs, name=about["driver"])
    _print(measured, about)
    return 0


def _tasks(names: Sequence[str]) -> list[Task]:
    if list(names) == ["all"]:
        return list(tasks().values())
    unknown = [name for name in names if name not in tasks()]
    if unknown:
        raise ValueError(f"no suite named {', '.join(unknown)}; the suites are {', '.join(tasks())}, or all")
    return [tasks()[name] for name in dict.fromkeys(names)]


def _driver(args: argparse.Namespace, drivers: Mapping[str, MakeDriver]) -> Driver:
    controls = {control.name: control for control in CONTROLS}
    if args.system in controls:
        return controls[args.system]
    kind = "live" if args.system.startswith(("ws://", "wss://")) else args.system.partition(":")[0]
    if kind not in drivers or (kind == "local" and args.system != "local"):
        known = ", ".join([*(name if name == "local" else f"{name}:..." for name in drivers), "ws://...", *controls])
        raise ValueError(f"no system named {args.system!r}; --system takes {known}")
    return drivers[kind](args)


def _tell_failures(task: Task, outputs: Sequence[Timeline]) -> None:
    reasons = Counter(str(output.meta[FAILED]) for output in outputs if FAILED in output.meta)
    for reason, count in reasons.most_common():
        print(f"{task.name}: {count} of {len(outputs)} items unscored: {reason}", file=sys.stderr, flush=True)


def _as_saved(output: Timeline) -> Timeline:
    """The output with its audio on the int16 grid, as a saved run keeps it: rescoring then gives the same numbers."""
    tracks = {
        channel: Track(samples=on_grid(track.samples), rate_hz=track.rate_hz) for channel, track in output.audio.items()
    }
    return replace(output, audio=tracks, frames=())


def _with_controls(task: Task, scenarios: Sequence[Scenario], outputs: Sequence[Timeline], *, name: str) -> Columns:
    columns: Columns = {name: score_all(task, scenarios, outputs)}
    for control in CONTROLS:
        if control.name not in columns:
            columns[control.name] = score_all(task, scenarios, control.run(scenarios))
    return columns


def _provenance() -> dict[str, Any]:
    """Which code on which machine."""
    git = subprocess.run(
        ["git", "-C", str(Path(__file__).parent), "describe", "--always", "--dirty"],
        capture_output=True,
        text=True,
        check=False,
    )
    return {
        "version": __version__,
        "commit": git.stdout.strip() or None,
        "machine": f"{platform.system()} {platform.machine()}, {_cpu_count()} cores",
        "command": "microturn " + " ".join(sys.argv[1:]),
    }


def _cpu_count() -> int:
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else (os.cpu_count() or 1)


def _print(measured: Mapping[str, Columns], about: Mapping[str, Any]) -> None:
    console = Console()
    for name, columns in measured.items():
        console.print(_table(tasks()[name], columns))
    console.print(
        "95% intervals, clustered by scenario. n is the scored scenarios; the unscored had no occasion and are not zeros."
    )
    suites = {
        name: {system: _as_json(results) for system, results in columns.items()} for name, columns in measured.items()
    }
    print(json.dumps({**about, "results": suites}))


def _table(task: Task, columns: Columns) -> Table:
    system, *controls = columns
    table = Table(title=f"{task.name}: {task.summary}", title_justify="left")
    table.add_column("measure")
    table.add_column("better")
    table.add_column("n (unscored)", justify="right")
    table.add_column(f"{system} [95% interval]", justify="right", style="bold")
    for control in controls:
        table.add_column(control, justify="right")
    for row, result in enumerate(columns[system]):
        n = f"{result.estimate.n}" + (f" ({result.unscored})" if result.unscored else "")
        beside = [_number(columns[control][row].estimate.value, result.measure) for control in controls]
        better = "higher" if result.measure.better == "high" else "lower"
        table.add_row(_label(result.measure), better, n, _interval(result.estimate, result.measure), *beside)
        for kind, part in result.by_kind.items() if row == 0 and len(result.by_kind) > 1 else ():
            table.add_row(
                f"  {kind}", "", str(part.n), _interval(part, result.measure), *("" for _ in controls), style="dim"
            )
    return table


def _label(measure: Measure) -> str:
    how = "" if measure.how == "mean" else f" ({measure.how})"
    return f"{measure.name}, {measure.unit}{how}"


def _number(value: float | None, measure: Measure) -> str:
    if value is None:
        return "unscored"
    scaled = value * SCALES.get(measure.unit, 1.0)
    return f"{scaled:.0f}" if measure.unit == "ms" else f"{scaled:.1f}" if measure.unit == "%" else f"{scaled:.2f}"


def _interval(estimate: Estimate, measure: Measure) -> str:
    if estimate.value is None:
        return "unscored"
    ends = ", ".join(_number(end, measure) for end in (estimate.low, estimate.high))
    return f"{_number(estimate.value, measure)} [{ends}]"


def _as_json(results: Sequence[Result]) -> dict[str, Any]:
    """Values in the unit named: shares as percent."""
    rows: dict[str, Any] = {}
    for result in results:
        measure = result.measure
        rows[measure.name] = {
            **_scaled(result.estimate, measure),
            "unscored": result.unscored,
            "unit": measure.unit,
            "how": measure.how,
            "by_kind": {kind: _scaled(part, measure) for kind, part in result.by_kind.items()},
        }
    return rows


def _scaled(estimate: Estimate, measure: Measure) -> dict[str, Any]:
    scale = SCALES.get(measure.unit, 1.0)
    return {key: value if value is None or key == "n" else value * scale for key, value in asdict(estimate).items()}
