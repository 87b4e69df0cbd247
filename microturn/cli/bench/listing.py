"""`microturn bench list`: the suites, what they measure, and where their official data lives."""

import argparse
import json

from rich.console import Console
from rich.table import Table

from microturn.bench import suites


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--json", action="store_true", help="one JSON object a line")


def listing(args: argparse.Namespace) -> int:
    """Print every suite; status 0."""
    if args.json:
        for task in suites.named().values():
            official = task.official
            about = (
                {"title": official.title, "paper": official.paper, "home": official.home, "licence": official.licence}
                if official
                else None
            )
            measures = [measure.name for measure in task.measures]
            print(
                json.dumps(
                    {"name": task.name, "summary": task.summary, "n": task.n, "measures": measures, "official": about}
                )
            )
        return 0
    table = Table(show_lines=False)
    for column in ("suite", "what it measures", "n", "official data: licence, home"):
        table.add_column(column, justify="right" if column == "n" else "left")
    for task in suites.named().values():
        where = f"{task.official.licence}, {task.official.home}" if task.official else ""
        table.add_row(task.name, task.summary, str(task.n), where)
    Console().print(table)
    return 0
