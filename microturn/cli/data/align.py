"""`microturn data align PATH... --out DIR`: recordings with transcripts become timed clips; stoppable and resumable."""

import argparse
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from rich.console import Console
from rich.progress import track
from rich.table import Table

from microturn.cli.folder import writable

if TYPE_CHECKING:
    from microturn.train.align_files import Outcome


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "paths",
        nargs="+",
        type=Path,
        metavar="PATH",
        help="media with a .txt each, a folder of them, or an index.jsonl",
    )
    parser.add_argument(
        "--out", type=Path, required=True, help="folder of the clips: MICROTURN_DATA/human for training"
    )
    parser.add_argument("--source", default="", help="where the recordings are from, for their provenance")
    parser.add_argument("--licence", default="", help="their licence")
    parser.add_argument("--weights", type=Path, help="the aligner's weights (default: those released)")


def align(args: argparse.Namespace) -> int:
    """Align what is missing; print what was accepted and a table of what was not."""
    try:
        from microturn.data.voices.transcripts import transcribed
        from microturn.train.align_files import align_all
        from microturn.train.aligner import Aligner
    except ImportError as error:
        raise ValueError(f"aligning needs the voices ({error}): install them with `uv sync --extra data`") from error
    items = [item for path in args.paths for item in transcribed(path)]
    out, aligner, console = writable(args.out, "--out"), Aligner.load(args.weights), Console(stderr=True)
    work = align_all(items, out, aligner, source=args.source, licence=args.licence)
    try:
        outcomes = list(track(work, "aligning", total=len(items), console=console))
    except OSError as error:
        raise ValueError(f"{out}: {error.strerror or error}; what is whole there stays, so run it again") from error
    report(outcomes, Console())
    return 0 if any(not outcome.reason for outcome in outcomes) else 1


def report(outcomes: Sequence["Outcome"], console: Console) -> None:
    """The rejected with their reasons, and one line about the rest."""
    kept = [outcome for outcome in outcomes if not outcome.reason]
    rejected = [outcome for outcome in outcomes if outcome.reason]
    if rejected:
        table = Table("recording", "text", "rejected because")
        for outcome in rejected:
            table.add_row(outcome.item.name, outcome.item.text, outcome.reason)
        console.print(table)
    words = [c for outcome in kept for c in outcome.confidence]
    speakers = {(outcome.item.collection, outcome.item.speaker) for outcome in kept}
    hours = sum(outcome.seconds for outcome in kept) / 3600
    middle = f", median confidence of a word {np.median(words):.2f}" if words else ""
    console.print(
        f"{len(kept)} of {len(outcomes)} recordings accepted: {hours:.2f} hours, {len(speakers)} speakers, "
        f"{len(words)} words{middle}"
    )
