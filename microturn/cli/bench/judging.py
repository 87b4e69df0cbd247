"""Who judges: `--judge`, the same for running, rescoring and reporting."""

import argparse
from importlib import import_module
from importlib.util import find_spec

from microturn.bench.judges.judge import Judge

OPEN = "microturn.bench.judges.open"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--judge",
        default="rules",
        help="who judges what no rule of time or number can: rules (offline; its scores are labelled proxy-judge) or none",
    )


def judge_of(args: argparse.Namespace) -> Judge | None:
    """The judge that `--judge` names. ValueError for one that there is not."""
    if find_spec(OPEN) is not None:
        return import_module(OPEN).open_judge(args.judge)
    if args.judge not in ("rules", "none"):
        raise ValueError(f"no judge named {args.judge!r}; --judge takes rules or none")
    return None
