"""`--data DIR`: what the official data is, whose it is, and what is missing of it; nothing is ever downloaded."""

import sys
from collections.abc import Sequence
from pathlib import Path

from microturn.bench.task import Task


def check(suites: Sequence[Task], data: Path | None) -> int:
    """Print the licence, the home and the gaps of one suite's official data; returns how many gaps there are.

    Raises ValueError where the suite follows none, or there is no folder.
    """
    if data is None:
        raise ValueError("--check looks at the official data: give its folder with --data DIR")
    if len(suites) != 1 or suites[0].official is None:
        follow = "follows no published data set" if len(suites) == 1 else "are several suites"
        raise ValueError(
            f"--data takes one suite that follows a published data set; {', '.join(t.name for t in suites)} {follow}"
        )
    if not data.is_dir():
        raise FileNotFoundError(
            f"{data}: no such folder; give --data the folder with the data of {suites[0].official.home}"
        )
    official = suites[0].official
    print(
        f"{official.title} ({official.paper})\n  licence: {official.licence}\n  home:    {official.home}",
        file=sys.stderr,
    )
    gaps = official.check(data)
    for gap in gaps:
        items = f" ({gap.items} items cannot be played)" if gap.items else ""
        print(f"  missing: {gap.what}{items}", file=sys.stderr)
    if not gaps:
        print("  whole: nothing is missing", file=sys.stderr)
    return len(gaps)
