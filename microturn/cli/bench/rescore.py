"""`microturn bench rescore DIR`: every number of a saved run again, from its timelines alone."""

import argparse
import json
from pathlib import Path

from microturn.bench.archive import runs_in
from microturn.bench.figures import as_json, failures
from microturn.bench.impairments import PERFECT
from microturn.bench.run import with_controls
from microturn.bench.saved import load_suites
from microturn.bench.table import LEGEND, print_suite, wide_console
from microturn.cli.bench.judging import add_arguments as add_judging
from microturn.cli.bench.judging import judge_of


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("run", type=Path, metavar="DIR", help="a folder written by `microturn bench ... --save`")
    add_judging(parser)


def rescore(args: argparse.Namespace) -> int:
    """Print what `microturn bench` printed, or what today's scorers make of it; a line of JSON for each run."""
    judge = judge_of(args)
    console = wide_console()
    for folder in runs_in(args.run):
        told, results, broken = {}, {}, {}
        for about, ran in load_suites(folder):
            columns = with_controls(ran, name=about["driver"], judge=judge)
            under = about.get("condition", "")
            print_suite(console, ran, columns, judge, under="" if under == PERFECT.name else under)
            results[ran.task.name] = as_json(ran, columns, judge)
            broken |= {ran.task.name: dict(failures(ran))} if ran.failures else {}
            told = {name: value for name, value in about.items() if name != "items"}
        for line in LEGEND:
            console.print(line)
        print(json.dumps({**told, "failed": broken, "results": results}))
    return 0
