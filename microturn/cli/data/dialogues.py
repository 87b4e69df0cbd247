"""`microturn data dialogues TEXT ... --out DIR --shards N`: spoken dialogues from written ones, stoppable and resumable."""

import argparse
from collections.abc import Generator
from contextlib import closing
from pathlib import Path
from typing import cast

from rich.console import Console
from rich.progress import track

from microturn.cli.folder import writable

DEFAULT = Path("work/dialogues")


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "texts",
        nargs="+",
        help="JSONL of [{speaker, text}, ...], a folder of it, or schema_guided, taskmaster, persona_chat",
    )
    parser.add_argument("--out", type=Path, default=DEFAULT, help=f"folder of the shards (default: {DEFAULT})")
    parser.add_argument("--shards", type=int, default=10, help="how many shards in all; those that exist are kept")
    parser.add_argument("--sessions", type=int, default=64, help="sessions in a shard")
    parser.add_argument("--seconds", type=float, default=72.0, help="about how long a session is")
    parser.add_argument("--split", choices=("train", "test"), default="train")
    parser.add_argument(
        "--manner",
        choices=("responsive", "human"),
        default="responsive",
        help="the model answers at once (default), or as early and as late as people do",
    )
    parser.add_argument("--workers", type=int, default=2, help="processes")
    parser.add_argument("--gaps", type=Path, help="write a picture of the gaps against those of people (PNG, SVG, PDF)")


def dialogues(args: argparse.Namespace) -> int:
    """Make what shards are missing, then say how the dialogues are timed. Needs the voices (the `data` extra)."""
    from microturn.data.dialogue import factory, picture
    from microturn.data.dialogue.dialogue import DialogueConfig, written
    from microturn.data.dialogue.timing import Manner

    config = DialogueConfig(
        sources=tuple(args.texts),
        shards=args.shards,
        sessions=args.sessions,
        seconds=args.seconds,
        split=args.split,
        manner=Manner(args.manner),
    )
    written(config.sources, config.split)  # a text that cannot be read is named before any bar moves
    made = factory.make_shards(writable(args.out, "--out"), config, args.workers)
    with closing(cast(Generator[Path], made)) as paths:  # closing it ends its processes
        shards = list(track(paths, "making dialogues", total=args.shards, console=Console(stderr=True)))
    gaps = factory.gaps_in(sorted(shards))
    print(picture.summary(gaps))
    if skipped := factory.skipped_in(shards):
        print(f"{len(skipped)} dialogues were cut short or left out; the first: {skipped[0]}")
    if args.gaps:
        print(picture.draw(gaps, args.gaps))
    return 0
