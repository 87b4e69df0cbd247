"""`microturn data card DIR ...`: source and licence of every second, voices, acts, splits, config and seeds.

A table, then one JSON line; with `--markdown` a page for a data set's repository instead.
"""

import argparse
import json
from pathlib import Path

from rich.console import Console
from rich.table import Table


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("folders", nargs="+", type=Path, metavar="DIR", help="folders of shards, or shards")
    parser.add_argument("--markdown", action="store_true", help="print the card as Markdown")


def card(args: argparse.Namespace) -> int:
    from microturn.data.audit.card import card_of, markdown, table
    from microturn.data.audit.session import seconds_of, shards_of
    from microturn.data.shards import Shard

    shards = (Shard(path) for path in shards_of(args.folders))
    made = card_of((shard.about, seconds_of(shard)) for shard in shards)
    if args.markdown:
        print(markdown(made, title=" and ".join(folder.name for folder in args.folders)), end="")
        return 0
    console = Console()
    shown = Table(title=f"{made.seconds / 3600:.2f} hours in {made.sessions} sessions", title_justify="left")
    for name in ("source", "licence", "hours", "share"):
        shown.add_column(name, justify="right" if name in ("hours", "share") else "left")
    for row in table(made):
        shown.add_row(*row)
    console.print(shown)
    for name, counts in (
        ("splits", dict(made.splits)),
        ("voices", {engine: len(names) for engine, names in sorted(made.engines.items())}),
        ("acts", dict(made.acts.most_common())),
        ("seeds", {split: ", ".join(f"{a} to {b - 1}" for a, b in ranges) for split, ranges in made.seeds.items()}),
    ):
        if counts:
            told = ", ".join(f"{key} {count}" for key, count in counts.items())
            console.print(f"{name}: {told}", markup=False, highlight=False)
    print(json.dumps(made.summary(), ensure_ascii=False))
    return 0
