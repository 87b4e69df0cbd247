"""`microturn data audit DIR ...`: every check on every session, and leaks between splits.

A table of reasons with counts and examples, then one JSON line. The exit status is 1 when there is a fault: something
that nobody should train on. Two folders of different splits are compared with each other; `--against` compares with more.
`--ear` also listens whether the words are said, in the sessions that kept their sound.
"""

import argparse
import json
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from rich.console import Console
from rich.progress import track
from rich.table import Table

if TYPE_CHECKING:
    from microturn.data.audit.report import Report
    from microturn.train.aligner import Aligner

WORDS = 13
STYLES = {"fault": "red", "warning": "yellow", "info": "dim"}


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("folders", nargs="+", type=Path, metavar="DIR", help="folders of shards, or shards")
    parser.add_argument(
        "--against", action="append", type=Path, default=[], metavar="DIR", help="shards to share nothing with"
    )
    parser.add_argument(
        "--words", type=int, default=WORDS, help=f"words of a text that no two splits may share (default: {WORDS})"
    )
    parser.add_argument("--ear", action="store_true", help="listen, too: does the user say these (English) words?")
    parser.add_argument("--workers", type=int, default=2, help="processes (default: 2)")


def audit(args: argparse.Namespace) -> int:
    from microturn.data.audit.findings import Gravity
    from microturn.data.audit.report import Report, audit_shards, split_findings
    from microturn.data.audit.session import shards_of

    if args.words < 1:
        raise ValueError(f"--words is a number of words from 1 on, not {args.words}")
    paths, against = shards_of(args.folders), shards_of(args.against)
    ear = loaded() if args.ear else None
    report, audited = Report(), []
    for one in track(
        audit_shards(paths, args.workers), "auditing", total=len(paths), console=Console(stderr=True), transient=True
    ):
        report.take(one)
        audited.append(one)
    for finding in split_findings(audited, against, long_words=args.words):
        report.add(finding)
    told: dict[str, Any] = {"folders": [str(folder) for folder in args.folders]}
    if ear:
        told["listened"] = listen(paths, ear, report)
        print(f"listened to {told['listened']} sessions, those that kept their sound and words enough to judge")
    show(report, Console())
    print(json.dumps({**told, **report.summary()}, ensure_ascii=False))
    return 1 if report.of(Gravity.FAULT) else 0


def loaded() -> "Aligner":
    try:
        from microturn.train.aligner import Aligner
    except ImportError as error:
        raise ValueError(f"the ear needs the voices ({error}): install them with `uv sync --extra data`") from error
    return Aligner.load()


def listen(paths: Sequence[Path], ear: "Aligner", report: "Report") -> int:
    """Add to the report what the ear finds; how many sessions it could judge."""
    from microturn.cli.data.ear import listened

    count = 0
    for path in track(paths, "listening", console=Console(stderr=True), transient=True):
        heard, judged = listened(path, ear)
        report.take(heard)
        count += judged
    return count


def show(report: "Report", console: Console) -> None:
    """The report as a table."""
    from microturn.data.audit.findings import REASONS

    table = Table(title=f"{report.sessions} sessions, {report.seconds / 3600:.2f} hours", title_justify="left")
    for name, right in (
        ("", False),
        ("reason", False),
        ("count", True),
        ("sessions", True),
        ("meaning, examples", False),
    ):
        table.add_column(name, justify="right" if right else "left", overflow="fold")
    for reason in report.reasons:
        tally, known = report.tallies[reason], REASONS[reason]
        style = STYLES[known.gravity]
        meaning = "\n".join([known.meaning, *(f"[dim]{escaped(example)}[/dim]" for example in tally.examples)])
        table.add_row(
            f"[{style}]{known.gravity}[/{style}]", reason, str(tally.count), str(tally.sessions or ""), meaning
        )
    console.print(table if report.reasons else f"{table.title}: nothing was found")


def escaped(text: str) -> str:
    from rich.markup import escape

    return escape(text)
