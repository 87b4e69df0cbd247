"""`microturn speed`: compute time per tick, resident memory and time to the first tick, on this machine.

With `--background`: what delegated work costs the talk and how soon its results are heard (`speed_background`).
The table is for people; the last line is JSON. Scenes are of the test split, so the voices (`microturn[data]`) are needed.
"""

import argparse
import json
import platform
import subprocess
import sys
from dataclasses import asdict

from rich.console import Console
from rich.table import Table

from microturn.cli.model import add_model_arguments, open_model
from microturn.protocol.clock import MonotonicClock
from microturn.protocol.events import Channel

BLOCK_S = 12.0  # most of a block with --background
FIRST_TICK = "from microturn.cli.speed import first_tick; first_tick({!r}, {!r})"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    add_model_arguments(parser)
    parser.add_argument("--sessions", type=int, nargs="+", default=[1, 2, 4, 8], help="sessions stepped together")
    parser.add_argument("--seconds", type=float, default=60.0, help="length of each scene")
    parser.add_argument("--background", action="store_true", help="measure what work in the background does, instead")
    parser.add_argument("--blocks", type=int, default=5, help="with --background: pairs of blocks (default: 5)")
    parser.add_argument("--speakers", type=int, default=4, help="with --background: voices of the talk (default: 4)")
    parser.add_argument("--threads", type=int, default=2, help="CPU threads")


def speed(args: argparse.Namespace) -> int:
    """Measure each number of sessions after the other; print the table and one JSON line."""
    import torch

    from microturn.data.scene import make_scene
    from microturn.engine.speed import measure

    torch.set_num_threads(args.threads)
    if args.background:
        from microturn.cli.speed_background import background

        length_s = min(args.seconds, BLOCK_S)
        model = open_model(args.model, args.device)
        return background(model, blocks=args.blocks, seconds=length_s, speakers=args.speakers)
    started_s = cold_start_s(args.model, args.device)
    model = open_model(args.model, args.device)
    scenes = [make_scene(i, split="test", seconds=args.seconds) for i in range(max(args.sessions))]
    results = [measure(model, scenes[:count]) for count in args.sessions]
    table = Table("sessions", "ticks", "p50 ms", "p95 ms", "p99 ms", "most ms", "resident MiB")
    for result in results:
        table.add_row(*(str(value) for value in asdict(result).values()))
    Console().print(table, f"from nothing to the first tick: {started_s:.1f} s")
    machine = {"machine": platform.machine(), "system": platform.system(), "python": platform.python_version()}
    line = {"cold_start_s": round(started_s, 2), "threads": args.threads} | machine
    print(json.dumps(line | {"speed": [asdict(result) for result in results]}))
    return 0


def cold_start_s(model: str, device: str) -> float:
    """Seconds for a fresh process to start, open the model and compute its first tick."""
    clock = MonotonicClock()
    start_ms = clock.now_ms()
    subprocess.run([sys.executable, "-c", FIRST_TICK.format(model, device)], check=True)
    return (clock.now_ms() - start_ms) / 1000


def first_tick(model: str, device: str) -> None:
    """Open the model and live through one silent tick."""
    import numpy as np

    from microturn.engine.offline import run

    assert run(open_model(model, device), np.zeros(3200, np.float32), tail_s=0.0).audio[Channel.USER].rate_hz == 16_000
