"""`microturn data make --out DIR --hours 10 --audit`: make training sessions, stoppable and resumable.

Stopped and run again, it goes on; a seed gives the same bytes whoever makes them, in however many pieces.
"""

import argparse
import math
from collections.abc import Generator
from contextlib import closing
from pathlib import Path
from typing import cast

from rich.console import Console
from rich.progress import track

from microturn.cli.folder import writable
from microturn.protocol.clock import MonotonicClock

DEFAULT = Path("work/data")
SESSION_S = 72.0


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--out", type=Path, default=DEFAULT, help=f"folder of the shards (default: {DEFAULT})")
    many = parser.add_mutually_exclusive_group()
    many.add_argument("--shards", type=int, default=40, help="how many shards in all; those that exist are kept")
    many.add_argument("--hours", type=float, help="as many shards as hold so many hours")
    parser.add_argument("--sessions", type=int, default=64, help=f"sessions in a shard, of about {SESSION_S:g} s each")
    parser.add_argument("--split", choices=("train", "test"), default="train")
    parser.add_argument("--settings", choices=("plain", "world"), default="plain", help="how the sessions sound")
    parser.add_argument(
        "--mixture", default="nano", help="of the acts: nano, what the released model was trained on, or all"
    )
    parser.add_argument("--workers", type=int, default=2, help="processes")
    parser.add_argument("--audit", action="store_true", help="check what was made; status 1 when there is a fault")


def make(args: argparse.Namespace) -> int:
    if args.hours is not None and not 0 < args.hours < math.inf:
        raise ValueError(f"--hours is a number of hours above 0, got {args.hours:g}")
    if min(args.sessions, args.workers) < 1:
        raise ValueError("--sessions and --workers are numbers from 1 on")
    hours_each = args.sessions * SESSION_S / 3600
    out, clock = writable(args.out, "--out"), MonotonicClock()
    shards = args.shards if args.hours is None else math.ceil(args.hours / hours_each)
    new, began_ms = missing(out, shards), clock.now_ms()
    make_shards(
        out,
        shards=shards,
        sessions=args.sessions,
        split=args.split,
        settings=args.settings,
        mixture=args.mixture,
        workers=args.workers,
    )
    took_s = (clock.now_ms() - began_ms) / 1000
    if new:
        times = new * hours_each * 3600 / took_s
        print(
            f"about {new * hours_each:.1f} hours in {took_s:.0f} s: {times:.0f} times real time, {args.workers} processes"
        )
    if not args.audit:
        return 0
    from microturn.cli.data import audit

    return audit.audit(
        argparse.Namespace(folders=[out], against=[], words=audit.WORDS, ear=False, workers=args.workers)
    )


def missing(out: Path, shards: int) -> int:
    """How many of the shards of a folder are still to be made."""
    from microturn.data.factory import shard_path

    return sum(not shard_path(out, number).exists() for number in range(shards))


def make_shards(
    out: Path,
    *,
    shards: int,
    sessions: int = 64,
    split: str = "train",
    settings: str = "plain",
    mixture: str = "nano",
    workers: int = 2,
    minutes: float | None = None,
) -> list[Path]:
    """The shards of a folder, made where they are missing, with a progress bar. ValueError when the voices are not installed.

    With `minutes` it is over after the first shard that is whole when these have passed: what there is by then.
    """
    try:
        from microturn.data.factory import DataConfig, make_data
    except ImportError as error:
        raise ValueError(
            f"making speech needs the voices ({error}): install them with `uv sync --extra data`"
        ) from error
    to_make = missing(out, shards)
    config = DataConfig(shards=shards, sessions=sessions, split=split, settings=settings, mixture=mixture)
    clock, paths = MonotonicClock(), list[Path]()
    until_ms = math.inf if minutes is None else clock.now_ms() + minutes * 60_000
    with closing(cast(Generator[Path], make_data(out, config, workers))) as made:  # closing it ends its processes
        for path in track(made, "making sessions", total=shards, console=Console(stderr=True)):
            paths.append(path)
            if clock.now_ms() >= until_ms and len(paths) > shards - to_make:
                break
    return sorted(paths)
