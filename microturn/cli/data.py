"""`microturn data --out DIR --shards N`: make training sessions, stoppable and resumable."""

import argparse
from pathlib import Path

from rich.console import Console
from rich.progress import track

DEFAULT = Path("work/data")


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--out", type=Path, default=DEFAULT, help=f"folder of the shards (default: {DEFAULT})")
    parser.add_argument("--shards", type=int, default=40, help="how many shards in all; those that exist are kept")
    parser.add_argument("--sessions", type=int, default=64, help="sessions in a shard, of about 72 s each")
    parser.add_argument("--split", choices=("train", "test"), default="train")
    parser.add_argument("--workers", type=int, default=2, help="processes")


def data(args: argparse.Namespace) -> int:
    make(args.out, shards=args.shards, sessions=args.sessions, split=args.split, workers=args.workers)
    return 0


def make(out: Path, *, shards: int, sessions: int = 64, split: str = "train", workers: int = 2) -> list[Path]:
    """The shards of a folder, made where they are missing, with a progress bar. ValueError when the voices are not installed."""
    try:
        from microturn.data.factory import DataConfig, make_data
    except ImportError as error:
        raise ValueError(
            f"making speech needs the voices ({error}): install them with `uv sync --extra data`"
        ) from error
    config = DataConfig(shards=shards, sessions=sessions, split=split)
    paths = track(make_data(out, config, workers), "making sessions", total=shards, console=Console(stderr=True))
    return sorted(paths)
