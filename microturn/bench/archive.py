"""Runs on disk: every scenario with its truth and what the system did, so that every number can be computed again.

DIR/run.json                        how the run was made
DIR/<suite>/<scenario>/scenario.json    id, sub-type, meta
DIR/<suite>/<scenario>/truth/           a Timeline: the user's media, truth spans, the model's script
DIR/<suite>/<scenario>/output/          a Timeline: what the system did
"""

import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from microturn.bench.task import Scenario
from microturn.protocol.timeline import Timeline

RUN = "run.json"


def check_new(folder: Path) -> None:
    """ValueError if the folder already holds a run."""
    if (folder / RUN).exists():
        raise ValueError(f"{folder} already holds a run; give --save a new folder")


def save_run(folder: Path, run: Mapping[str, Any]) -> None:
    """Write how the run was made; again after each suite, so that what is done can be rescored."""
    folder.mkdir(parents=True, exist_ok=True)
    (folder / RUN).write_text(json.dumps(run, indent=1) + "\n")


def load_run(folder: Path) -> dict[str, Any]:
    """How a saved run was made. FileNotFoundError if the folder holds none."""
    if not (folder / RUN).is_file():
        raise FileNotFoundError(f"{folder / RUN}: no such file; give a folder written by `microturn bench ... --save`")
    return json.loads((folder / RUN).read_text())


def save_items(folder: Path, scenarios: Sequence[Scenario], outputs: Sequence[Timeline]) -> None:
    """Write one suite's scenarios and outputs under `folder`."""
    for scenario, output in zip(scenarios, outputs, strict=True):
        item = folder / scenario.id
        scenario.timeline.save(item / "truth")
        output.save(item / "output")
        about = {"id": scenario.id, "kind": scenario.kind, "meta": dict(scenario.meta)}
        (item / "scenario.json").write_text(json.dumps(about, indent=1) + "\n")


def load_items(folder: Path) -> tuple[list[Scenario], list[Timeline]]:
    """One suite's scenarios and outputs, in order of their ids."""
    scenarios: list[Scenario] = []
    outputs: list[Timeline] = []
    for path in sorted(folder.glob("*/scenario.json")):
        about = json.loads(path.read_text())
        scenarios.append(Scenario(timeline=Timeline.load(path.parent / "truth"), **about))
        outputs.append(Timeline.load(path.parent / "output"))
    return scenarios, outputs
