"""Runs of a report against each other: the difference of each measure, item by item, with its interval and its p."""

from collections.abc import Iterator, Sequence
from importlib import import_module
from importlib.util import find_spec
from typing import Any

from microturn.bench.figures import SCALES
from microturn.bench.task import Result, Scenario

COMPARE = "microturn.bench.compare"


def paired(
    suite: str, scenarios: Sequence[Scenario], one: Sequence[Result], other: Sequence[Result]
) -> Iterator[dict[str, Any]]:
    """Other minus one, as JSON, in each measure's unit; nothing where the runs had not the same items."""
    if find_spec(COMPARE) is None or {s.id for s in scenarios} != set(other[0].scores):
        return
    for result, row in zip(one, import_module(COMPARE).compare(scenarios, [other], [one]), strict=True):
        scale = SCALES.get(result.measure.unit, 1.0)
        ends = {k: None if (v := getattr(row.difference, k)) is None else v * scale for k in ("value", "low", "high")}
        yield {
            "suite": suite,
            "measure": result.measure.name,
            "unit": result.measure.unit,
            "n": row.difference.n,
            "p": row.adjusted,
            **ends,
        }
