"""`microturn data look SHARD`: a page on this machine to hear, see and scroll the sessions of a shard."""

import argparse
from pathlib import Path

PORT = 8090


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("shard", type=Path, metavar="SHARD", help="a shard (.npz), or a folder: its first one")
    parser.add_argument("--port", type=int, default=PORT, help=f"default: {PORT}")
    parser.add_argument("--session", type=int, default=0, metavar="I", help="which session to show first (default: 0)")


def look(args: argparse.Namespace) -> int:
    """Serve until interrupted. `ValueError` or `FileNotFoundError`, with what to do, when it cannot start."""
    from microturn.data.audit.look import application
    from microturn.data.audit.session import shards_of
    from microturn.server.app import listen, server

    app = application(shards_of([args.shard])[0])
    if not 0 <= args.session < len(app.state.shard):
        raise ValueError(f"--session {args.session}: the shard has {len(app.state.shard)} sessions, from 0 on")
    with listen("127.0.0.1", args.port) as sock:
        place = f"http://localhost:{sock.getsockname()[1]}/#{args.session}"
        print(f"{app.state.shard.path} at {place}  (Ctrl-C stops it)", flush=True)
        server(app).run(sockets=[sock])
    return 0
