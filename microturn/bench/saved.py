"""A saved run, suite by suite, as it was when it had just been carried out."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

from microturn.bench import suites
from microturn.bench.archive import load_items, load_run
from microturn.bench.run import MINI, OFFICIAL, Ran


def load_suites(folder: Path) -> Iterator[tuple[dict[str, Any], Ran]]:
    """How the run was made, and each of its suites. ValueError where a suite is not known here."""
    about = load_run(folder)
    unknown = [name for name in about["suites"] if name not in suites.named()]
    if unknown:
        raise ValueError(f"{folder} has suites that are not installed here: {', '.join(unknown)}")
    for name in about["suites"]:
        items = load_items(folder / name, about.get("items", {}).get(name), runs=about.get("runs", 1))
        label = MINI if about.get("data", MINI) == MINI else OFFICIAL
        yield about, Ran(task=suites.named()[name], label=label, scenarios=items.scenarios, outputs=items.outputs)
