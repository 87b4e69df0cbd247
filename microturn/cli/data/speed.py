"""`microturn data speed`: how fast this machine makes training sessions, per core, and how much memory it takes."""

import argparse

MIXTURES = ("plain", "world")


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--sessions", type=int, default=32, help="how many, of about 72 s each (default: 32)")
    parser.add_argument(
        "--what", choices=("audio", "video", "all"), default="audio", help="acts with pictures or without"
    )
    parser.add_argument("--settings", choices=MIXTURES, default="plain", help="how the sessions sound")
    parser.add_argument("--split", choices=("train", "test"), default="train")
    parser.add_argument("--first", type=int, default=0, help="the first seed")


def speed(args: argparse.Namespace) -> int:
    try:
        from microturn.data.speed import measure
    except ImportError as error:
        raise ValueError(
            f"making speech needs the voices ({error}): install them with `uv sync --extra data`"
        ) from error
    passes = measure(args.sessions, what=args.what, settings=args.settings, split=args.split, first=args.first)
    for one in passes:
        print(
            f"{one.name:5}  {one.media_s / 3600:.2f} h in {one.cpu_s:.1f} s of one core: "
            f"{one.times_real_time:.0f} times real time; memory at most {one.peak_mb:.0f} MB",
            flush=True,
        )
    return 0
