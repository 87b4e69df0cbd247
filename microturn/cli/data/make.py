"""`microturn data make --out DIR --shards N`: make training sessions, stoppable and resumable."""

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


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--out", type=Path, default=DEFAULT, help=f"folder of the shards (default: {DEFAULT})")
    parser.add_argument("--shards", type=int, default=40, help="how many shards in all; those that exist are kept")
    parser.add_argument("--sessions", type=int, default=64, help="sessions in a shard, of about 72 s each")
    parser.add_argument("--split", choices=("train", "test"), default="train")
    parser.add_argument("--settings", choices=("plain", "world"), default="plain", help="how the sessions sound")
    parser.add_argument("--workers", type=int, default=2, help="processes")


def make(args: argparse.Namespace) -> int:
    make_shards(
        writable(args.out, "--out"),
        shards=args.shards,
        sessions=args.sessions,
        split=args.split,
        settings=args.settings,
        workers=args.workers,
    )
    return 0


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
    config = DataConfig(shards=shards, sessions=sessions, split=split, settings=settings)
    clock, paths = MonotonicClock(), list[Path]()
    until_ms = math.inf if minutes is None else clock.now_ms() + minutes * 60_000
    with closing(cast(Generator[Path], make_data(out, config, workers))) as made:  # closing it ends its processes
        for path in track(made, "making sessions", total=shards, console=Console(stderr=True)):
            paths.append(path)
            if clock.now_ms() >= until_ms and len(paths) > shards - to_make:
                break
    return sorted(paths)
