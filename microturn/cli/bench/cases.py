"""`microturn bench cases FILE.json ...`: worked cases of the official scorers through our rules."""

import argparse
from pathlib import Path

from microturn.bench.cases import run_file


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("files", nargs="+", type=Path, metavar="FILE.json", help="files of inputs and expected outputs")


def cases(args: argparse.Namespace) -> int:
    """Print each difference with what was expected beside what came out, and a count; status 1 if there is one."""
    passed = failed = 0
    for path in args.files:
        outcomes = run_file(path)
        for outcome in outcomes:
            for difference in outcome.differences:
                print(f"{path.name} {outcome.id}: {difference}")
        wrong = sum(bool(outcome.differences) for outcome in outcomes)
        passed, failed = passed + len(outcomes) - wrong, failed + wrong
    print(f"{passed + failed} cases: {passed} as expected, {failed} different")
    return int(failed > 0)
