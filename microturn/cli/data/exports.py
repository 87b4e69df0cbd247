"""`microturn data export KIND PATHS --out DIR`: Timelines out, in the formats that others train from.

PATHS are folders of saved timelines, or shards of made scenes, which are made again from their seeds. What has been
exported is kept, so a stopped run goes on.
"""

import argparse
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

from rich.console import Console
from rich.progress import track

from microturn.cli.folder import writable
from microturn.protocol.whole import FULL

if TYPE_CHECKING:
    from microturn.protocol.timeline import Timeline

KINDS = ("moshi", "lhotse")


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("kind", choices=KINDS, help="the format")
    parser.add_argument("paths", nargs="+", type=Path, help="folders of timelines, or shards (.npz) of made scenes")
    parser.add_argument("--out", type=Path, required=True, help="folder of the export")
    parser.add_argument("--rate", type=int, default=24_000, help="sample rate in Hz (default: 24000)")


def give(args: argparse.Namespace) -> int:
    """Export Timelines, with progress and a closing line; status 1 when there was none."""
    from microturn.data.corpora import lhotse, moshi

    if args.rate < 8000:
        raise ValueError(f"--rate must be at least 8000 Hz, got {args.rate}")
    out, skipped = writable(args.out, "--out"), list[str]()
    writing = {"moshi": moshi.write, "lhotse": lhotse.write}[args.kind](timelines(args.paths, skipped), out, args.rate)
    count, console = 0, Console(stderr=True)
    try:
        for _ in track(writing, "exporting", total=None, console=console):
            count += 1
    except OSError as error:
        if error.errno not in FULL:
            raise
        what = f"the disk is full; {count} files in {out} are whole: free some space and run it again to go on"
        console.print(what, highlight=False, soft_wrap=True)
        return 1
    for why in skipped:
        console.print(f"skipped {why}", highlight=False, soft_wrap=True)
    print(f"{count} exported to {out}, {len(skipped)} skipped")
    return 0 if count else 1


def timelines(paths: list[Path], skipped: list[str]) -> "Iterator[tuple[str, Timeline]]":
    """(name, Timeline) of all that the paths hold; what cannot be read is noted in `skipped`."""
    from microturn.data.corpora.recordings import whole
    from microturn.data.corpora.store import file_name
    from microturn.protocol.timeline import FILE

    seen = set[str]()
    for path in paths:
        if path.suffix == ".npz":
            yield from remade(path)
            continue
        found = sorted(path.rglob(FILE))
        if not found:
            raise ValueError(f"{path} holds no {FILE}: give folders of timelines, or shards of made scenes")
        for file in found:
            folder = file.parent.relative_to(path)
            name = file_name((folder if len(paths) == 1 and folder.parts else path.resolve().name / folder).as_posix())
            try:
                if name in seen:
                    raise ValueError("another one has this name")
                seen.add(name)
                yield name, whole(file.parent)
            except (ValueError, OSError) as error:
                skipped.append(f"{file.parent}: {error}")


def remade(shard: Path) -> "Iterator[tuple[str, Timeline]]":
    """The scenes of a shard, made again from their seeds. ValueError when it does not say them."""
    from microturn.data.shards import about_shard

    about = about_shard(shard)
    if not about.keys() >= {"seeds", "split", "seconds", "max_ticks"}:
        raise ValueError(f"{shard} was not made from seeds: export the timelines that it was imported from")
    try:
        from microturn.data.scene import make_scene
    except ImportError as error:
        raise ValueError(
            f"making speech needs the voices ({error}): install them with `uv sync --extra data`"
        ) from error
    for seed in range(*about["seeds"]):
        scene = make_scene(seed, split=about["split"], seconds=about["seconds"], max_ticks=about["max_ticks"])
        yield f"{about['split']}-{seed:07d}", scene
