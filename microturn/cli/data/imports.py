"""`microturn data import KIND PATH --out DIR`: somebody else's corpus in; what cannot be taken is counted with its reason.

Stopped and run again, it goes on. The status is 1 when nothing was imported or the disk is full.
"""

import argparse
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

from rich.console import Console
from rich.progress import Progress, SpinnerColumn, TextColumn, TimeElapsedColumn
from rich.table import Table

from microturn.cli.folder import writable
from microturn.protocol.whole import FULL

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from microturn.data.corpora.folder import Align
    from microturn.data.corpora.item import Options, Recording
    from microturn.data.corpora.store import Tally
    from microturn.data.voices.voice import Sound

KINDS = ("moshi", "lhotse", "subtitles", "folder", "recordings")


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("kind", choices=KINDS, help="what the corpus is")
    parser.add_argument("path", type=Path, help="its folder, manifest or caption file")
    parser.add_argument("--out", type=Path, required=True, help="folder of the timelines or shards")
    parser.add_argument("--as", dest="form", choices=("shards", "timelines"), default="shards")
    parser.add_argument("--source", help="name of the corpus (default: that of its folder)")
    parser.add_argument("--licence", default="unknown", help="its licence, kept with every second of it")
    parser.add_argument(
        "--model-channel", help="the model's channel, counted from 0, or none: where the corpus says nothing"
    )
    parser.add_argument("--model-speaker", help="the speaker whose words are the model's")
    parser.add_argument("--languages", default="en", help="languages to take, with commas (default: en)")
    parser.add_argument("--window", type=float, default=60.0, help="longer recordings are cut into parts, in seconds")
    parser.add_argument(
        "--spread", action="store_true", help="folder: spread the words evenly in place of aligning them to the sound"
    )
    parser.add_argument("--pictures", type=float, default=5.0, help="pictures a second that are taken of a video")
    parser.add_argument("--sessions", type=int, default=64, help="sessions in a shard")
    parser.add_argument("--split", choices=("train", "test"), default="train")


def take(args: argparse.Namespace) -> int:
    """Import a corpus, with progress and a table of what became of it."""
    from microturn.data.corpora.store import Tally, save_shards, save_timelines

    if args.sessions < 1:
        raise ValueError(f"--sessions must be positive, got {args.sessions}")
    if not args.path.exists():
        raise FileNotFoundError(f"{args.path}: no such file or folder; give the corpus")
    chosen, tally = options(args), Tally()
    if args.out.resolve().is_relative_to(args.path.resolve()):
        raise ValueError(f"--out {args.out} lies inside of the corpus: give a folder elsewhere")
    coming = recordings(args, chosen)
    out = writable(args.out, "--out")
    if args.form == "shards":
        saving = save_shards(coming, chosen, out, tally, args.sessions)
    else:
        saving = save_timelines(coming, chosen, out, tally)
    from microturn.data.shards import NoRoom

    try:
        follow(saving, tally)
    except (OSError, NoRoom) as error:
        if isinstance(error, OSError) and error.errno not in FULL:
            raise
        what = f"the disk is full; all that is in {out} is whole: free some space and run it again to go on"
        Console(stderr=True).print(what, highlight=False, soft_wrap=True)
        return 1
    finally:
        Console().print(table(tally))
    return 0 if tally.new + tally.old else 1


def options(args: argparse.Namespace) -> "Options":
    """How to take the corpus. ValueError for a channel that is no number."""
    from microturn.data.corpora.item import NOBODY, Options

    channel = args.model_channel
    if channel is not None and channel != "none" and not channel.isdecimal():
        raise ValueError(f"--model-channel takes a number counted from 0, or none; got {channel!r}")
    return Options(
        window_s=args.window,
        model_channel=None if channel is None else NOBODY if channel == "none" else int(channel),
        model_speaker=args.model_speaker,
        languages=tuple(tag.strip().lower() for tag in args.languages.split(",") if tag.strip()),
        source=args.source or args.path.resolve().name,
        licence=args.licence,
        split=args.split,
        spread=args.spread,
        frames_hz=args.pictures,
    )


def recordings(args: argparse.Namespace, chosen: "Options") -> "Iterator[Recording]":
    """The recordings of the corpus, each read when its turn comes."""
    from microturn.data.corpora import folder, lhotse, moshi, recordings, subtitles

    if args.kind == "folder":
        return folder.recordings(args.path, chosen, None if args.spread else aligner())
    kinds = {
        "moshi": moshi.recordings,
        "lhotse": lhotse.recordings,
        "subtitles": subtitles.recordings,
        "recordings": recordings.recordings,
    }
    return kinds[args.kind](args.path, chosen)


def aligner() -> "Align":
    """Finds the words of a text in its sound; refuses a text that does not match it."""
    from microturn.data.corpora.item import Unusable
    from microturn.train.aligner import Aligner

    ear = Aligner.load()

    def align(samples: "NDArray[np.float32]", rate_hz: int, text: str) -> "tuple[Sound, ...]":
        found = ear.align(samples, rate_hz, text)
        if found.reason:
            raise Unusable("text does not match", found.reason)
        return found.words

    return align


def follow(saving: Iterator[str], tally: "Tally") -> None:
    """Do the work, with a line on stderr that says how far it is."""
    columns = SpinnerColumn(), TextColumn("{task.description}"), TimeElapsedColumn()
    with Progress(*columns, console=Console(stderr=True), transient=True) as progress:
        task = progress.add_task("importing")
        for name in saving:
            counts = f"{tally.new} imported, {tally.old} kept, {tally.skipped.total()} skipped"
            progress.update(task, description=f"{counts}: {name}")


def table(tally: "Tally") -> Table:
    """What became of the items, with an example of each reason."""
    shown = Table("items", "what became of them", "for instance", box=None)
    shown.add_row(str(tally.new), "imported", f"{tally.seconds / 3600:.2f} hours")
    if tally.old:
        shown.add_row(str(tally.old), "kept from before", "")
    for note, count in tally.notes.most_common():
        shown.add_row(str(count), f"  {note}", "")
    for reason, count in tally.skipped.most_common():
        shown.add_row(str(count), f"skipped: {reason}", tally.examples[reason])
    return shown
