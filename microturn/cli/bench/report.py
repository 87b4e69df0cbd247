"""`microturn bench report RUN...`: one HTML page of saved runs."""

import argparse
from pathlib import Path

from microturn.bench.archive import load_run, runs_in
from microturn.bench.report import write_report
from microturn.cli.bench.bars import progress
from microturn.cli.bench.judging import add_arguments as add_judging
from microturn.cli.bench.judging import judge_of


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("runs", nargs="+", type=Path, metavar="RUN", help="folders of `microturn bench ... --save DIR`")
    parser.add_argument("--out", type=Path, default=Path("report.html"), help="the page (default: report.html)")
    parser.add_argument("--items", default="8", metavar="N", help="items per suite and run, worst first, or all (8)")
    add_judging(parser)


def report(args: argparse.Namespace) -> int:
    """Write the page and print its size."""
    if args.items != "all" and not args.items.isdecimal():
        raise ValueError(f"--items takes a number of at least 0, or all, got {args.items}")
    if args.out.is_dir():
        raise ValueError(f"{args.out} is a folder: give --out a file, such as {args.out / 'report.html'}")
    folders = [folder for run in args.runs for folder in runs_in(run)]
    with progress() as bar:
        line = bar.add_task("suites", total=sum(len(load_run(folder)["suites"]) for folder in folders))
        written = write_report(
            folders,
            args.out,
            items=None if args.items == "all" else int(args.items),
            judge=judge_of(args),
            tell=lambda suite: bar.update(line, advance=1, description=suite),
        )
    left = f", {written.left_out} left out (--items {args.items} per suite)" if written.left_out else ""
    print(f"{written.path}: {written.octets / 1e6:.1f} MB, {written.items} items to see and hear{left}")
    return 0
