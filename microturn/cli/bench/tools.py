"""`microturn bench tools serve|list`: the twelve mock tools of fdb-v3 for any system, over the Model Context Protocol."""

import argparse
import asyncio
import json
import socket
import sys
from pathlib import Path

from microturn.bench.tools import TOOLS, schemas
from microturn.bench.tools.server import PATH, CallLog, over_http, over_stdio, tools_server


def add_arguments(parser: argparse.ArgumentParser) -> None:
    actions = parser.add_subparsers(dest="action", required=True, metavar="serve|list")
    serving = actions.add_parser("serve", help="an MCP server: over stdio, or HTTP with --http")
    serving.add_argument(
        "--http", type=int, metavar="PORT", help=f"streamable HTTP at 127.0.0.1:PORT{PATH}; 0: any port"
    )
    serving.add_argument("--log", type=Path, metavar="FILE", help="append each call with its time, one JSON line each")
    listed = actions.add_parser("list", help="the tools and what they take")
    listed.add_argument("--json", action="store_true", help="their declarations for function calling, one a line")


def tools(args: argparse.Namespace) -> int:
    """Carry out the action."""
    return _listed(args) if args.action == "list" else _served(args)


def _listed(args: argparse.Namespace) -> int:
    for tool, schema in zip(TOOLS.values(), schemas(), strict=True):
        taken = ", ".join(f"{name}?" if name in tool.optional else name for name in tool.parameters)
        print(json.dumps(schema) if args.json else f"{tool.domain:18} {tool.name}({taken}): {tool.summary}")
    return 0


def _served(args: argparse.Namespace) -> int:
    log = CallLog(args.log)
    if args.http is None:
        asyncio.run(over_stdio(log))
        return 0
    tools_server(log)  # what is missing is said before the port is taken
    import uvicorn

    with socket.socket() as sock:
        sock.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            sock.bind(("127.0.0.1", args.http))
            sock.listen()  # before the address is told: who comes early waits
        except (OSError, OverflowError) as error:
            raise ValueError(f"port {args.http} cannot be used ({error}); give --http another, or 0 for any") from error
        print(f"the tools are at http://127.0.0.1:{sock.getsockname()[1]}{PATH}", file=sys.stderr, flush=True)
        uvicorn.Server(uvicorn.Config(over_http(log), log_level="warning")).run(sockets=[sock])
    return 0
