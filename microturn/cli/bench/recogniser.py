"""`microturn bench recogniser`: the word error of the ear that listens to systems without text."""

import argparse
import json
from dataclasses import asdict
from pathlib import Path

from rich.console import Console
from rich.table import Table

from microturn.bench.ear_error import EarError, measure
from microturn.bench.figures import ends
from microturn.bench.listening import NAMES, open_recogniser


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.description = (
        "Let a recogniser hear sentences of known text in the data factory's test voices; print its word error."
    )
    parser.add_argument("--recogniser", default="whisper", help=f"{NAMES} (whisper)")
    parser.add_argument("--n", type=int, default=24, help="sentences of each synthesiser (24)")
    parser.add_argument("--cache", type=Path, metavar="DIR", help="where what was heard is kept")


def recogniser(args: argparse.Namespace) -> int:
    """Print error and distance for each synthesiser, and one JSON object as the last line."""
    if args.n < 1:
        raise ValueError(f"--n must be at least 1, got {args.n}")
    ear = open_recogniser(args.recogniser, cache=args.cache)
    if ear is None:
        raise ValueError("--recogniser none hears nothing; name one")
    try:
        found = measure(ear, args.n)
    except ModuleNotFoundError as error:
        raise ValueError(
            f"{error.name}, which speaks the sentences, is not installed: add `microturn[data]`"
        ) from error
    Console().print(_table(f"{ear.name}, {args.n} sentences of each synthesiser", found))
    print(json.dumps({"recogniser": ear.name, "n": args.n, "voices": {one.voices: _as_json(one) for one in found}}))
    return 0


def _table(title: str, found: list[EarError]) -> Table:
    table = Table(title=title, title_justify="left")
    for name in ("voices", "n", "word error % [95% interval]", "words put off by, ms (median)"):
        table.add_column(name, justify="left" if name == "voices" else "right")
    for one in found:
        table.add_row(one.voices, str(one.error.n), ends(one.error, 100.0, 1), ends(one.off_ms, 1.0, 0))
    return table


def _as_json(one: EarError) -> dict[str, object]:
    return {"error": asdict(one.error), "off_ms": asdict(one.off_ms)}
