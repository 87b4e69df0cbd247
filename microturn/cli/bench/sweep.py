"""The conditions of a run, from the options of the line: one, or a list in one of them for a curve."""

import argparse
from collections.abc import Callable
from dataclasses import replace

from microturn.bench.impairments import NETWORKS, Impairment

# option, field of Impairment, how its values are read, help
OPTIONS: tuple[tuple[str, str, Callable[[str], object], str], ...] = (
    ("--loss", "loss", float, "percent of packets lost, each way"),
    ("--jitter", "jitter_ms", float, "mean extra delay of a packet, ms"),
    ("--delay", "delay_ms", float, "delay of the line, ms each way"),
    ("--bandwidth", "kbps", int, "Opus at so many kb/s: 6, 8, 12, 16, 24 or 32"),
    ("--echo", "echo_db", float, "the system's own voice in the microphone, dB, such as -20"),
    ("--noise", "noise", str, "KIND:SNR in dB, such as crowd:10 or traffic:5"),
    ("--minutes-before", "minutes_before", float, "the item comes after so many minutes of one session"),
)


def add_arguments(parser: argparse.ArgumentParser) -> None:
    group = parser.add_argument_group(
        "impairments", "what is wrong with the line or the place; a list in one of them (--loss 0,1,5,10) is a sweep"
    )
    group.add_argument("--network", help=f"a preset: {', '.join(NETWORKS)}; the other options change it")
    for option, _, _, told in OPTIONS:
        group.add_argument(option, metavar="X[,X...]", help=told)


def conditions(args: argparse.Namespace) -> list[Impairment]:
    """Every condition in order. Raises ValueError for bad values, and for more than one list."""
    names = str(args.network).split(",") if args.network else [""]
    unknown = [name for name in names if name and name not in NETWORKS]
    if unknown:
        raise ValueError(f"no network named {', '.join(unknown)}; --network takes {', '.join(NETWORKS)}")
    found = [NETWORKS[name] if name else Impairment() for name in names]
    for option, field, read, _ in OPTIONS:
        given = getattr(args, option.removeprefix("--").replace("-", "_"))
        values = [_value(option, read, text) for text in given.split(",")] if given is not None else []
        if len(values) > 1 and len(found) > 1:
            raise ValueError(f"one list at a time: {option} has {len(values)} values, and there is another list")
        if values:
            found = [replace(one, **{field: value}) for one in found for value in values]
    return found


def _value(option: str, read: Callable[[str], object], text: str) -> object:
    try:
        return read(text)
    except ValueError as error:
        raise ValueError(f"{option} takes numbers, with commas between those of a sweep, got {text!r}") from error
