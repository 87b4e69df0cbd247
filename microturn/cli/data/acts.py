"""`microturn data acts`: the acts that scenes are made of, as a list or, for a document, a table."""

import argparse
from collections.abc import Sequence
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from microturn.data.acts import About


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--mixture", help="only the acts of this mixture: nano or all")
    parser.add_argument("--markdown", action="store_true", help="as a table with windows")


def acts(args: argparse.Namespace) -> int:
    """Print the acts, one a line."""
    from microturn.data.acts import MIXTURES, listing

    if args.mixture is not None and args.mixture not in MIXTURES:
        raise ValueError(f"there is no mixture {args.mixture!r}; choose from {', '.join(MIXTURES)}")
    rows = [act for act in listing() if args.mixture is None or args.mixture in act.mixtures]
    print("\n".join(table(rows) if args.markdown else lines(rows)))
    return 0


def lines(rows: Sequence["About"]) -> list[str]:
    """One line an act: name, family, what happens."""
    name, family = (max(len(text) for text in texts) for texts in ([a.name for a in rows], [a.family for a in rows]))
    return [f"{act.name:<{name}}  {act.family:<{family}}  {act.what}" for act in rows]


def table(rows: Sequence["About"]) -> list[str]:
    """A Markdown table with the windows."""
    head = ["| act | family | what the user does, what is right | window | mixtures |", "|---|---|---|---|---|"]
    return head + [
        f"| {act.name} | {act.family} | {act.what} | {act.window} | {', '.join(act.mixtures)} |" for act in rows
    ]
