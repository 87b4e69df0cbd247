"""The numbers of a run as JSON, for programs: values in the unit that stands beside them, shares as percent."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict
from typing import Any

from microturn.bench.judges.judge import Judge
from microturn.bench.run import Columns, Ran, label_of, label_of_total
from microturn.bench.stats import Estimate
from microturn.bench.task import Measure, Result

SCALES = {"%": 100.0}


def as_json(ran: Ran, columns: Columns, judge: Judge | None = None) -> dict[str, Any]:
    """One suite: by system, by measure."""
    labels = [label_of(ran, measure, judge) for measure in ran.task.measures]
    return {system: {**_rows(results, labels), **_totals(ran, results, judge)} for system, results in columns.items()}


def _rows(results: Sequence[Result], labels: Sequence[str]) -> dict[str, Any]:
    rows: dict[str, Any] = {}
    for result, label in zip(results, labels, strict=True):
        measure = result.measure
        rows[measure.name] = {
            **scaled(result.estimate, measure),
            "unscored": result.unscored,
            "unit": measure.unit,
            "how": measure.how,
            "label": label,
            "by_kind": {kind: scaled(part, measure) for kind, part in result.by_kind.items()},
        }
    return rows


def _totals(ran: Ran, results: Sequence[Result], judge: Judge | None) -> dict[str, Any]:
    return {
        total.name: {
            "value": total.value(results),
            "unit": total.unit,
            "how": "total",
            "of": list(total.parts),
            "label": label_of_total(ran, total, judge),
        }
        for total in ran.task.totals
    }


def scaled(estimate: Estimate, measure: Measure) -> dict[str, Any]:
    """An estimate in the measure's unit."""
    scale = SCALES.get(measure.unit, 1.0)
    return {key: value if value is None or key == "n" else value * scale for key, value in asdict(estimate).items()}


def number(value: float | None, measure: Measure) -> str:
    """A value as people read it."""
    if value is None:
        return "unscored"
    return spelled(value * SCALES.get(measure.unit, 1.0), measure.unit)


def spelled(value: float, unit: str) -> str:
    """A number of a unit with as many places as mean something."""
    return f"{value:.0f}" if unit == "ms" else f"{value:.1f}" if unit == "%" else f"{value:.2f}"


def interval(estimate: Estimate, measure: Measure) -> str:
    """A value with its ends."""
    if estimate.value is None:
        return "unscored"
    ends = ", ".join(number(end, measure) for end in (estimate.low, estimate.high))
    return f"{number(estimate.value, measure)} [{ends}]"


def ends(estimate: Estimate, scale: float, digits: int) -> str:
    """A value with its ends where no measure says how: times `scale`, with so many digits."""
    if estimate.value is None or estimate.low is None or estimate.high is None:
        return "none"
    around = ", ".join(f"{end * scale:.{digits}f}" for end in (estimate.low, estimate.high))
    return f"{estimate.value * scale:.{digits}f} [{around}]"


def failures(ran: Ran) -> Mapping[str, int]:
    """How often each reason was given for items that came to nothing."""
    counted: dict[str, int] = {}
    for reason in ran.failures.values():
        counted[reason] = counted.get(reason, 0) + 1
    return counted
