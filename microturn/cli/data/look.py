"""`microturn data look SHARD`: a page on this machine to hear, see and scroll the sessions of a shard, or of a folder's."""

import argparse
from pathlib import Path
from urllib.parse import quote

PORT = 8090


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("shard", type=Path, metavar="SHARD", help="a shard (.npz), or a folder of them")
    parser.add_argument("--port", type=int, default=PORT, help=f"default: {PORT}")
    parser.add_argument(
        "--session",
        type=int,
        default=0,
        metavar="I",
        help="which session of the first shard to show first (default: 0)",
    )


def look(args: argparse.Namespace) -> int:
    """Serve until interrupted. `ValueError` or `FileNotFoundError`, with what to do, when it cannot start."""
    from microturn.data.audit.look import application
    from microturn.data.audit.session import shards_of
    from microturn.data.shards import Shard
    from microturn.server.app import listen, server

    app, shards = application(args.shard), shards_of([args.shard])
    if len(shards) == 1 or args.session:  # of several, one that is damaged does not hide the others
        sessions = len(Shard(shards[0]))
        if not 0 <= args.session < sessions:
            raise ValueError(f"--session {args.session}: the shard has {sessions} sessions, from 0 on")
    with listen("127.0.0.1", args.port) as sock:
        place = f"http://localhost:{sock.getsockname()[1]}/#{quote(shards[0].stem)}/{args.session}"
        many = f" ({len(shards)} shards)" if len(shards) > 1 else ""
        print(f"{args.shard}{many} at {place}  (Ctrl-C stops it)", flush=True)
        server(app).run(sockets=[sock])
    return 0
