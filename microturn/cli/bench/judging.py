"""Who judges, the same for running, rescoring and reporting, and who listens to systems that give no text."""

import argparse
from importlib import import_module
from importlib.util import find_spec

from microturn.bench.judges.judge import Judge
from microturn.bench.run import Ear

OPEN, LISTEN = "microturn.bench.judges.open", "microturn.bench.listening"


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


def ear_of(args: argparse.Namespace) -> Ear:
    """What gives words to an output without any, by the recogniser that `--recogniser` names."""
    if find_spec(LISTEN) is None:
        return lambda output: output
    listening = import_module(LISTEN)
    recogniser = listening.open_recogniser(args.recogniser)
    return lambda output: listening.with_words(output, recogniser)
