"""Who judges, the same for running, rescoring and reporting, and who listens to systems that give no text."""

import argparse
from pathlib import Path

from microturn.bench.judges.open import FORMS, open_judge
from microturn.bench.judges.tally import Tally
from microturn.bench.listening import open_recogniser, with_words
from microturn.bench.run import Ear


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--judge",
        default="rules",
        help=f"who judges what no rule of time or number can: {FORMS}; rules are offline and labelled proxy-judge",
    )
    parser.add_argument("--judge-cache", type=Path, metavar="DIR", help="where a model's verdicts are kept")


def judge_of(args: argparse.Namespace) -> Tally | None:
    """The judge that `--judge` names. ValueError for one that there is not."""
    judge = open_judge(args.judge, cache=args.judge_cache)
    return None if judge is None else Tally(judge=judge)


def ear_of(args: argparse.Namespace) -> Ear:
    """What gives words to an output without any, by the recogniser that `--recogniser` names."""
    recogniser = open_recogniser(args.recogniser)
    return lambda output: with_words(output, recogniser)
