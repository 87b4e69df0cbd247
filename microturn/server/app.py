"""One port with the page, the OpenAI Live endpoint, `/healthz` and `/metrics`.

A browser tells which page opens a WebSocket: only our own may, and those of `allow_origins`. Else any web site could
take the places of a server on the visitor's own machine. Our own is what was asked of an address or one of `hosts`.
`application(engine, model=...)` is the ASGI app, `server` runs it on a socket of `listen`; `cli.serve` is the command.
"""

import errno
import socket
from asyncio import TaskGroup
from collections.abc import AsyncIterator, Collection
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from dataclasses import asdict
from pathlib import Path

import uvicorn
from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import JSONResponse, PlainTextResponse, Response
from starlette.routing import Mount, Route, WebSocketRoute
from starlette.staticfiles import StaticFiles
from starlette.types import Scope
from starlette.websockets import WebSocket

from microturn.background.brief import Worker
from microturn.protocol.clock import unix_s
from microturn.server.connection import Engine, Hub, Limits
from microturn.server.hosts import LOCALHOST, KnownHosts

WEB = Path(__file__).parent / "web"
LIVE = "/v1/live/sessions"
# Cards are documents in frames that inherit this policy: hence inline styles, and pictures that lie in the document.
POLICY = {
    "default-src": "'none'",
    "script-src": "'self'",
    "style-src": "'self' 'unsafe-inline'",
    "img-src": "'self' data:",
    "media-src": "'self' blob:",
    "connect-src": "'self' ws: wss:",
    "frame-src": "'none'",
    "form-action": "'none'",
    "base-uri": "'none'",
    "frame-ancestors": "'self'",
}
HEADERS = {
    "Cache-Control": "no-cache",
    "Content-Security-Policy": "; ".join(f"{name} {value}" for name, value in POLICY.items()),
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
}
MAX_WS_BYTES = 32 << 20  # larger messages end the connection (1009); from 1 MB on they get an `error` event


class Page(StaticFiles):
    """The page's files, always revalidated (a new server never meets an old script), under a policy that lets it load
    and run nothing but these."""

    async def get_response(self, path: str, scope: Scope) -> Response:
        response = await super().get_response(path, scope)
        response.headers.update(HEADERS)
        return response


def application(
    engine: Engine,
    *,
    model: str,
    limits: Limits | None = None,
    allow_origins: Collection[str] = (),
    hosts: Collection[str] = (LOCALHOST,),
    worker: Worker | AbstractAsyncContextManager[Worker] | None = None,
) -> Starlette:
    """The ASGI app; the engine runs as long as the app does. `hosts` are the names that it answers to (`hosts.own_names`).

    `worker` does what the model delegates, else clients do; one that is to be entered first (its connections) is open as
    long as the app runs."""

    @asynccontextmanager
    async def lifespan(app: Starlette) -> AsyncIterator[None]:
        async with _entered(worker) as at_work, TaskGroup() as tasks, engine:
            app.state.hub = Hub(engine, model=model, tasks=tasks, limits=limits or Limits(), worker=at_work)
            app.state.allow_origins = frozenset(origin.rstrip("/") for origin in allow_origins)
            yield
        app.state.hub.close()

    return Starlette(
        lifespan=lifespan,
        routes=[
            WebSocketRoute(LIVE, _live),
            WebSocketRoute(LIVE + "/{session_id}/attach", _live),
            WebSocketRoute("/{path:path}", _elsewhere),
            Route("/healthz", _healthz),
            Route("/metrics", _metrics),
            Mount("/", Page(directory=WEB, html=True)),
        ],
        middleware=[Middleware(KnownHosts, names=hosts)],
    )


@asynccontextmanager
async def _entered(worker: Worker | AbstractAsyncContextManager[Worker] | None) -> AsyncIterator[Worker | None]:
    if isinstance(worker, AbstractAsyncContextManager):
        async with worker as at_work:
            yield at_work
    else:
        yield worker


async def _live(websocket: WebSocket) -> None:
    hub: Hub = websocket.app.state.hub
    origin = websocket.headers.get("origin")
    if _foreign(origin, websocket.headers.get("host", "")) and origin not in websocket.app.state.allow_origins:
        refusal = f"pages of {origin} may not connect to this server; start it with --allow-origin {origin}\n"
        await websocket.send_denial_response(PlainTextResponse(refusal, 403))
    elif "session_id" in websocket.path_params:
        await hub.attach(websocket, websocket.path_params["session_id"])
    else:
        await hub.serve(websocket, now_s=unix_s())


def _foreign(origin: str | None, host: str) -> bool:
    """Programs send no origin, our page the host and port that it was loaded from."""
    return origin is not None and origin.partition("://")[2].lower() != host.lower()


async def _elsewhere(websocket: WebSocket) -> None:
    await websocket.accept()
    await websocket.close(1008, f"there is no {websocket.url.path:.50}; connect to {LIVE}")


async def _healthz(request: Request) -> JSONResponse:
    hub: Hub = request.app.state.hub
    return JSONResponse({"status": "ok", "model": hub.model})


async def _metrics(request: Request) -> JSONResponse:
    hub: Hub = request.app.state.hub
    return JSONResponse({"model": hub.model, **asdict(hub.engine.account())})


def server(app: Starlette, *, certfile: str | None = None, keyfile: str | None = None) -> uvicorn.Server:
    """A uvicorn server with our limits; run it on a socket of `listen`."""
    config = uvicorn.Config(
        app,
        log_level="warning",
        ws_max_size=MAX_WS_BYTES,
        ws_per_message_deflate=False,
        ssl_certfile=certfile,
        ssl_keyfile=keyfile,
        timeout_graceful_shutdown=3,
    )
    return uvicorn.Server(config)


def listen(host: str, port: int) -> socket.socket:
    """A socket that listens; `ValueError` with what to do when that cannot be."""
    if not 0 <= port <= 65_535:
        raise ValueError(f"there is no port {port}; give --port a number up to 65535")
    try:
        family, kind, proto, _, address = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0]
    except (socket.gaierror, OverflowError) as error:
        raise ValueError(f"cannot listen on {host}:{port}: {error}; give --host an address of this machine") from error
    sock = socket.socket(family, kind, proto)
    sock.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        sock.bind(address)
        sock.listen()  # a bound port can be bound again, one that listens cannot
    except OSError as error:
        sock.close()
        if error.errno == errno.EADDRINUSE:
            raise ValueError(
                f"port {port} is in use; stop the other program or choose another: --port {port + 1}"
            ) from error
        raise ValueError(
            f"cannot listen on {host}:{port}: {error.strerror}; choose another --host or --port"
        ) from error
    return sock
