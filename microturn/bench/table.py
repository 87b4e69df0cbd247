"""The table of a run, for people: every score with its interval, its label, N, the unscored, and what it is worth beside others."""

from collections.abc import Mapping, Sequence

from rich.box import SIMPLE_HEAD
from rich.console import Console
from rich.table import Table

from microturn.bench.figures import failures, interval, number, spelled
from microturn.bench.judges.judge import Judge
from microturn.bench.run import Columns, Ran, label_of, label_of_total
from microturn.bench.task import Measure, Task

LEGEND = (
    "95% intervals, clustered by scenario. n is the scored scenarios; the unscored had no occasion, or failed, and are not zeros.",
    "mini: our own scenarios after a published protocol. official-data: the benchmark's. proxy-judge: judged by rules, not by a language model.",
)


MOST = 6  # published numbers in a line, and reasons why items failed
WIDTH = 150  # where nobody watches: a file, a pipe


def wide_console() -> Console:
    """A console on stdout whose tables are not squeezed when they go to a file."""
    console = Console()
    return console if console.is_terminal else Console(width=WIDTH)


def print_suite(console: Console, ran: Ran, columns: Columns, judge: Judge | None = None, *, under: str = "") -> None:
    """One suite: its table, what others published, and what failed."""
    console.print(_table(ran, columns, judge, under=under))
    for line in published(ran.task):
        console.print(f"  {line}", style="dim", highlight=False, markup=False)
    reasons = list(failures(ran).items())
    for reason, times in reasons[:MOST]:
        console.print(f"  failed, so unscored: {times} of {len(ran.scenarios)}: {reason}", style="red", markup=False)
    if rest := sum(times for _, times in reasons[MOST:]):
        more = f"  failed, so unscored: {rest} of {len(ran.scenarios)}: for other reasons, which the JSON has"
        console.print(more, style="red", markup=False)


def print_sweep(
    console: Console, name: str, conditions: Sequence[str], columns: Mapping[str, Sequence[Columns]]
) -> None:
    """A sweep: each suite's measures down, its conditions across."""
    for suite, cells in columns.items():
        table = Table(title=f"{suite} of {name}, by condition", title_justify="left", box=SIMPLE_HEAD)
        table.add_column("measure")
        for condition in conditions:
            table.add_column(condition, justify="right")
        for row, result in enumerate(cells[0][name]):
            values = (cell[name][row] for cell in cells)
            table.add_row(_measure(result.measure), *(interval(one.estimate, one.measure) for one in values))
        console.print(table)


def published(task: Task) -> list[str]:
    """What others reported, a line for each measure: on the benchmark's own data, for orientation."""
    lines: list[str] = []
    for measure in task.measures:
        told = [
            f"{one.system} {spelled(one.value, measure.unit)}" + (f" ({one.note})" if one.note else "")
            for one in task.published
            if one.measure == measure.name
        ]
        sources = dict.fromkeys(one.source for one in task.published if one.measure == measure.name)
        if told:
            more = f", and {len(told) - MOST} more in the report" if len(told) > MOST else ""
            where = "; ".join(sources)
            lines.append(f"{measure.name}, published on official data: {', '.join(told[:MOST])}{more} [{where}]")
    return lines


def _table(ran: Ran, columns: Columns, judge: Judge | None, *, under: str) -> Table:
    task = ran.task
    system, *others = columns
    title = f"{task.name}: {task.summary}" + (f" (under {under})" if under else "")
    table = Table(title=title, title_justify="left", box=SIMPLE_HEAD)
    table.add_column("measure, unit")
    table.add_column("better")
    table.add_column("data")
    table.add_column("n (unscored)", justify="right")
    table.add_column(f"{system} [95% interval]", justify="right", style="bold", no_wrap=True)
    for other in others:
        table.add_column(other, justify="right", no_wrap=True)
    for row, result in enumerate(columns[system]):
        measure = result.measure
        n = f"{result.estimate.n}" + (f" ({result.unscored})" if result.unscored else "")
        beside = [number(columns[other][row].estimate.value, measure) for other in others]
        better = "higher" if measure.better == "high" else "lower"
        label = label_of(ran, measure, judge)
        table.add_row(_measure(measure), better, label, n, interval(result.estimate, measure), *beside)
        for kind, part in result.by_kind.items() if row == 0 and len(result.by_kind) > 1 else ():
            table.add_row(f"  {kind}", "", "", str(part.n), interval(part, measure), *("" for _ in others), style="dim")
    for total in task.totals:
        values = [total.value(columns[name]) for name in columns]
        told = ["unscored" if value is None else spelled(value, total.unit) for value in values]
        better = "higher" if total.better == "high" else "lower"
        table.add_row(f"{total.name}, {total.unit}", better, label_of_total(ran, total, judge), "", *told)
    return table


def _measure(measure: Measure) -> str:
    how = "" if measure.how == "mean" else f" ({measure.how})"
    return f"{measure.name}, {measure.unit}{how}"
