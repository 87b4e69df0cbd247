"""Who judges: `--judge` and `--recogniser`, the same for running, rescoring and reporting."""

import argparse

from microturn.bench.judges.judge import Judge


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--judge", default="rules", help="rules (offline, its scores are labelled proxy-judge), or none"
    )


def judge_of(args: argparse.Namespace) -> Judge | None:
    """The judge that `--judge` names. ValueError for one that there is not."""
    if args.judge not in ("rules", "none"):
        raise ValueError(f"no judge named {args.judge!r}; --judge takes rules or none")
    return None
