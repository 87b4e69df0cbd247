"""`microturn bench judge --judge rules`: how far a judge agrees with labelled pairs of our own."""

import argparse
import json
from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path

from rich.console import Console
from rich.table import Table

from microturn.bench.figures import ends
from microturn.bench.judges.agreement import ORDERED, Agreement, Pair, agreement, pairs
from microturn.bench.judges.open import FORMS, open_judge
from microturn.bench.judges.tally import Tally


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.description = (
        "Put our labelled pairs to a judge and print how far it agrees: accuracy (an unjudged pair counts as wrong) and Cohen's "
        "kappa, weighted for grades and ratings. The errors on `held` were not looked at while the rules were written; `after` was written when they were finished."
    )
    parser.add_argument("--judge", default="rules", help=f"{FORMS} (rules)")
    parser.add_argument("--cache", type=Path, metavar="DIR", help="where a model's verdicts are kept")
    parser.add_argument("--wrong", action="store_true", help="print every pair of `write` that was judged otherwise")


def judge(args: argparse.Namespace) -> int:
    """Print agreement per kind and part, and one JSON object as the last line."""
    opened = open_judge(args.judge, cache=args.cache)
    if opened is None:
        raise ValueError("--judge none judges nothing; name a judge")
    tally = Tally(judge=opened)
    found = {split: agreement(tally, _of(split)) for split in dict.fromkeys(pair.split for pair in pairs())}
    console = Console()
    for split, rows in found.items():
        console.print(_table(f"{tally.name}, the part {split!r}: {len(_of(split))} pairs", rows))
    if args.wrong:
        for row in found["write"]:
            for pair, verdict in row.differing:
                print(f"{pair.id} ({pair.about}): {pair.label}, judged {verdict.value}: {verdict.reason}")
    print(tally.line())
    print(json.dumps({"judge": tally.name, "proxy": tally.proxy, "parts": {s: _as_json(r) for s, r in found.items()}}))
    return 0


def _of(split: str) -> list[Pair]:
    return [pair for pair in pairs() if pair.split == split]


def _table(title: str, rows: Sequence[Agreement]) -> Table:
    table = Table(title=title, title_justify="left")
    for name in ("kind", "n (unjudged)", "accuracy % [95% interval]", "kappa [95% interval]"):
        table.add_column(name, justify="left" if name == "kind" else "right")
    for row in rows:
        n = f"{row.accuracy.n}" + (f" ({row.unjudged})" if row.unjudged else "")
        kind = f"{row.kind} (weighted)" if row.kind in ORDERED else row.kind
        table.add_row(kind, n, ends(row.accuracy, 100.0, 0), ends(row.kappa, 1.0, 2))
    return table


def _as_json(rows: Sequence[Agreement]) -> dict[str, object]:
    return {
        row.kind: {"accuracy": asdict(row.accuracy), "kappa": asdict(row.kappa), "unjudged": row.unjudged}
        for row in rows
    }
