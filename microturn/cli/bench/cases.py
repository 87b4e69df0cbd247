"""`microturn bench cases FILE.json ...`: worked cases of the official scorers through our rules."""

import argparse
import sys
from pathlib import Path

from microturn.bench.cases import run_file


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("files", nargs="+", type=Path, metavar="FILE.json", help="files of inputs and expected outputs")


def cases(args: argparse.Namespace) -> int:
    """Print each difference with what was expected beside what came out, and a count.

    What is no file of cases is said on stderr, and the others go on. Status 1 if there is such a file or a difference.
    """
    passed = failed = unread = 0
    for path in args.files:
        try:
            outcomes = run_file(path)
        except (ValueError, OSError) as error:
            where = "" if str(path) in str(error) else f"{path}: "
            print(f"microturn bench cases: {where}{error}", file=sys.stderr)
            unread += 1
            continue
        for outcome in outcomes:
            for difference in outcome.differences:
                print(f"{path.name} {outcome.id}: {difference}")
        wrong = sum(bool(outcome.differences) for outcome in outcomes)
        passed, failed = passed + len(outcomes) - wrong, failed + wrong
    files = f"; {unread} of {len(args.files)} files could not be run" if unread else ""
    print(f"{passed + failed} cases: {passed} as expected, {failed} different{files}")
    return int(failed + unread > 0)
