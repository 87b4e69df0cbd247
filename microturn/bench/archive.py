"""Runs on disk: every scenario with its truth and what the system did, so that every number can be computed again.

DIR/run.json                        how the run was made, and its items in order
DIR/<suite>/<item>/scenario.json        id, sub-type, meta
DIR/<suite>/<item>/truth/               a Timeline: the user's media, truth spans, the model's script
DIR/<suite>/<item>/output/              a Timeline: what the system did; output-2/, output-3/ of further runs

An item is written as soon as it is there: what has no output yet is what a run that was cut off goes on with. A sweep is
a folder of runs, one for each condition, and `sweep.json` with their names.
"""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import quote

from microturn.bench.driver import failed
from microturn.bench.task import FAILED, UNOPENED, Scenario
from microturn.protocol.timeline import FILE, Timeline
from microturn.protocol.whole import whole

RUN = "run.json"
SWEEP = "sweep.json"
# What has to agree to go on with a run.
ARGUMENTS = ("system", "model", "background", "n", "seed_base", "runs", "data", "impairment")
OPTIONS = {"seed_base": "--seed-base", "data": "--data", "impairment": "impairment"}
LOST = "the run ended before this item"


@dataclass(frozen=True, kw_only=True)
class Items:
    """One suite of a run: `outputs[r][i]` is what the system did in run r with `scenarios[i]`."""

    scenarios: list[Scenario]
    outputs: list[list[Timeline]]


def open_run(folder: Path, about: Mapping[str, Any]) -> dict[str, Any]:
    """Begin a run in `folder`, or go on with the one that is there; returns how it was made, its suites and items so far.

    Raises ValueError when the folder holds a run of other arguments.
    """
    if not (folder / RUN).is_file():
        return {**about, "suites": [], "items": {}}
    old = load_run(folder)
    missing: dict[str, Any] = {"runs": 1, "impairment": {}, "background": "none"}
    differ = [name for name in ARGUMENTS if old.get(name, missing.get(name)) != about.get(name, missing.get(name))]
    if differ:
        told = "; ".join(
            f"{OPTIONS.get(name, f'--{name}')} was {old.get(name)}, is {about.get(name)}" for name in differ
        )
        raise ValueError(
            f"{folder} already holds a run, of other arguments ({told}); give its own to go on with it, or --save a new folder"
        )
    return {**about, "suites": old["suites"], "items": old.get("items", {})}


def save_run(folder: Path, run: Mapping[str, Any]) -> None:
    """Write how the run was made; again with each suite, so that what is done can be rescored."""
    folder.mkdir(parents=True, exist_ok=True)
    with whole(folder / RUN) as part:
        part.write_text(json.dumps(run, indent=1) + "\n")


def load_run(folder: Path) -> dict[str, Any]:
    """How a saved run was made. FileNotFoundError if the folder holds none, ValueError for what is no run."""
    if not (folder / RUN).is_file():
        raise FileNotFoundError(f"{folder / RUN}: no such file; give a folder written by `microturn bench ... --save`")
    try:
        run = json.loads((folder / RUN).read_text())
    except ValueError as error:
        raise ValueError(f"{folder / RUN} is damaged ({error}): run it again with --save") from error
    if not isinstance(run, dict) or "suites" not in run:
        raise ValueError(
            f"{folder / RUN} is no run of the bench: give a folder written by `microturn bench ... --save`"
        )
    return run  # pyright: ignore[reportUnknownVariableType]


def save_sweep(folder: Path, names: Sequence[str]) -> None:
    """Write which runs of `folder` are the conditions of one sweep, in order."""
    with whole(folder / SWEEP) as part:
        part.write_text(json.dumps({"runs": list(names)}) + "\n")


def runs_in(folder: Path) -> list[Path]:
    """The folders of the runs that `folder` stands for: itself, or those of a sweep."""
    if not (folder / SWEEP).is_file():
        return [folder]
    return [folder / name for name in json.loads((folder / SWEEP).read_text())["runs"]]


def item_folder(folder: Path, scenario_id: str) -> Path:
    """Where an item lies; ids of others' data may hold anything."""
    return folder / quote(scenario_id, safe=" +,=@()[]'")


def save_scenario(folder: Path, scenario: Scenario) -> None:
    """Write an item's scenario under `folder`, unless it is there; one that could not be opened then is written anew."""
    item = item_folder(folder, scenario.id)
    kept = item / "scenario.json"
    if not kept.is_file() or UNOPENED in json.loads(kept.read_text())["meta"]:
        scenario.timeline.save(item / "truth")
        about = {"id": scenario.id, "kind": scenario.kind, "meta": dict(scenario.meta)}
        with whole(kept) as part:
            part.write_text(json.dumps(about, indent=1) + "\n")


def save_output(folder: Path, scenario_id: str, output: Timeline, *, run: int) -> None:
    """Write what a system did with an item in run `run`, from 0."""
    output.save(item_folder(folder, scenario_id) / _output(run))


def load_output(folder: Path, scenario_id: str, *, run: int) -> Timeline | None:
    """What is kept of an item in run `run`; None where nothing is, or only that it failed."""
    path = item_folder(folder, scenario_id) / _output(run)
    if not (path / FILE).is_file():
        return None
    output = Timeline.load(path)
    return None if FAILED in output.meta else output


def load_items(folder: Path, order: Sequence[str] | None = None, *, runs: int = 1) -> Items:
    """One suite's scenarios and outputs, in the order of `order` or of their ids.

    An item without an output counts as one that failed.
    """
    paths = [path.parent for path in sorted(folder.glob("*/scenario.json"))]
    if order is not None:
        paths = [path for path in (item_folder(folder, name) for name in order) if (path / "scenario.json").is_file()]
    scenarios: list[Scenario] = []
    outputs: list[list[Timeline]] = [[] for _ in range(runs)]
    for path in paths:
        about = json.loads((path / "scenario.json").read_text())
        scenarios.append(Scenario(timeline=Timeline.load(path / "truth"), **about))
        for run, column in enumerate(outputs):
            kept = path / _output(run)
            whole_one = (kept / FILE).is_file()
            column.append(Timeline.load(kept) if whole_one else failed(scenarios[-1].timeline, LOST))
    return Items(scenarios=scenarios, outputs=outputs)


def _output(run: int) -> str:
    return "output" if run == 0 else f"output-{run + 1}"
