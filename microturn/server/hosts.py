"""The names that a server answers to. A page of another name which resolves to this machine (DNS rebinding) is not served.

A browser sends the name that it was given as `Host`. What is an IP address was not looked up, so it cannot have been rebound.
"""

import socket
from collections.abc import Collection
from ipaddress import ip_address
from urllib.parse import urlsplit

from starlette.datastructures import Headers
from starlette.responses import PlainTextResponse
from starlette.types import ASGIApp, Receive, Scope, Send
from starlette.websockets import WebSocket

LOCALHOST = "localhost"


class KnownHosts:
    """Middleware that refuses what was meant for another host, page or WebSocket alike (421, RFC 9110 15.5.20)."""

    def __init__(self, app: ASGIApp, names: Collection[str]) -> None:
        self.app, self.names = app, frozenset(names)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        host = Headers(scope=scope).get("host") if scope["type"] in ("http", "websocket") else None
        if host is None or is_known(host, self.names):  # only old programs name none
            await self.app(scope, receive, send)
            return
        response = PlainTextResponse(refusal(host), 421)
        if scope["type"] == "websocket":
            await WebSocket(scope, receive, send).send_denial_response(response)
        else:
            await response(scope, receive, send)


def is_known(host: str, names: Collection[str]) -> bool:
    """Whether a `Host` header, with a port or without, is an address or one of the names."""
    name = _name(host)
    return _is_address(name) or name in names


def refusal(host: str) -> str:
    """What a visitor reads."""
    name = _name(host)
    advice = f"start it with --allow-host {name}" if name else "name a host"
    return f"this server does not go by the name of {host!r:.80}; {advice}, or use its address\n"


def own_names(bound: str, allowed: Collection[str] = ()) -> frozenset[str]:
    """The names of a server that is bound to the address or name `bound`: what reaches this machine alone, or all that it has.

    `allowed` are further ones. ValueError for one that is no host's name. What the network says of this machine (reverse
    DNS) does not count: whoever runs the network could rebind it.
    """
    here = socket.gethostname().lower()
    short = here.partition(".")[0]
    named = set[str]() if _is_address(bound) else {bound.lower()}
    network = set[str]() if _is_loopback(bound) else {here, short, f"{short}.local"}
    return frozenset({LOCALHOST, *named, *network, *map(_allowed, allowed)} - {""})


def _allowed(host: str) -> str:
    name = _name(host)
    if not name or "/" in host or name != host.lower().rstrip("."):
        raise ValueError(f"--allow-host {host!r}: give a host's name alone, such as talk.example.org")
    return name


def _name(host: str) -> str:
    """The host without its port, in small letters; "" where there is none."""
    try:
        return (urlsplit(f"//{host}").hostname or "").removesuffix(".")
    except ValueError:  # brackets that hold no address
        return ""


def _is_address(name: str) -> bool:
    try:
        ip_address(name)
    except ValueError:
        return False
    return True


def _is_loopback(name: str) -> bool:
    return name == LOCALHOST or (_is_address(name) and ip_address(name).is_loopback)
