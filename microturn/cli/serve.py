"""`microturn serve`: the page and the OpenAI Live endpoint on one port, with the model in the box."""

import argparse
import ssl
from pathlib import Path

from microturn.background.start import prepared
from microturn.cli.folder import writable
from microturn.cli.model import add_model_arguments, open_model
from microturn.cli.worker import add_worker_arguments, chosen
from microturn.server.app import application, listen, server
from microturn.server.connection import Limits
from microturn.server.hosts import own_names

LOCAL = ("127.0.0.1", "localhost", "::1", "0.0.0.0", "::")


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--host", default="127.0.0.1", help="address to listen on; 0.0.0.0 for the whole network")
    parser.add_argument("--port", type=int, default=8080, help="default: 8080")
    add_model_arguments(parser)
    parser.add_argument("--sessions", type=int, default=4, help="conversations at once; more are refused (default: 4)")
    parser.add_argument(
        "--allow-origin", action="append", default=[], metavar="URL", help="let pages of URL connect, too; repeatable"
    )
    parser.add_argument(
        "--allow-host",
        action="append",
        default=[],
        metavar="NAME",
        help="answer to NAME too, behind a proxy or in a network of names; localhost and addresses always do; repeatable",
    )
    add_worker_arguments(parser)
    parser.add_argument("--record", type=Path, metavar="DIR", help="save every session as a timeline folder in DIR")
    parser.add_argument("--ssl-certfile", metavar="PEM", help="serve HTTPS: phones need it for the microphone")
    parser.add_argument("--ssl-keyfile", metavar="PEM", help="the certificate's key, if it is in a file of its own")


def serve(args: argparse.Namespace) -> int:
    """Serve until interrupted. `ValueError` or `FileNotFoundError`, with what to do, when it cannot start."""
    check_tls(args.ssl_certfile, args.ssl_keyfile)
    hosts = own_names(args.host, args.allow_host)
    if args.record:
        writable(args.record, "--record")
    choice = chosen(args)
    worker = prepared(choice)
    limits = Limits(work=choice.settings.budget)
    with listen(args.host, args.port) as sock:
        from microturn.engine.scheduler import Engine, EngineConfig  # torch: not before the port is known to be free

        name = Path(args.model).name
        engine = Engine(
            open_model(args.model, args.device), EngineConfig(slots=args.sessions, model=name, record=args.record)
        )
        app = application(
            engine, model=name, allow_origins=args.allow_origin, hosts=hosts, worker=worker, limits=limits
        )
        running = server(app, certfile=args.ssl_certfile, keyfile=args.ssl_keyfile)
        print(greeting(args.host, sock.getsockname()[1], name, secure=bool(args.ssl_certfile)), flush=True)
        running.run(sockets=[sock])
    return 0 if running.started else 1


def check_tls(certfile: str | None, keyfile: str | None) -> None:
    """`ValueError` or `FileNotFoundError`, with what to do, when the two are no certificate with its key."""
    for option, file in (("--ssl-certfile", certfile), ("--ssl-keyfile", keyfile)):
        if file and not Path(file).is_file():
            raise FileNotFoundError(f"there is no file {file}; give {option} a PEM file")
    if keyfile and not certfile:
        raise ValueError("--ssl-keyfile alone serves no HTTPS; give the certificate too, with --ssl-certfile")
    if certfile:
        try:
            ssl.create_default_context(ssl.Purpose.CLIENT_AUTH).load_cert_chain(certfile, keyfile)
        except ssl.SSLError as error:
            files = " and ".join(file for file in (certfile, keyfile) if file)
            raise ValueError(
                f"{files} cannot be used for HTTPS ({error.reason or error}): give --ssl-certfile a PEM certificate "
                "and --ssl-keyfile its PEM key"
            ) from error


def greeting(host: str, port: int, model: str, *, secure: bool) -> str:
    """What the terminal says: the address, and what a phone needs."""
    shown = "localhost" if host in LOCAL else f"[{host}]" if ":" in host else host
    lines = [f"microturn serves {model} at {'https' if secure else 'http'}://{shown}:{port}/  (Ctrl-C stops it)"]
    if not secure:
        lines.append("Browsers allow the microphone on localhost or over HTTPS only. For a phone, add:")
        lines.append("  --host 0.0.0.0 --ssl-certfile cert.pem --ssl-keyfile key.pem")
    return "\n".join(lines)
