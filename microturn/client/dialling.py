"""Opening a WebSocket to somebody's server, and saying in one sentence why it would not.

Every error is a `SystemFailed` whose `failure` says whether another try makes sense; keys are never in a message, and
never follow a redirect.
"""

import json
import socket
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from typing import Any, cast
from urllib.parse import urlsplit, urlunsplit

from websockets.asyncio.client import ClientConnection
from websockets.asyncio.client import connect as open_socket
from websockets.exceptions import ConnectionClosed, InvalidHandshake, InvalidStatus, InvalidURI

from microturn.protocol.failure import Failure, SystemFailed

LATER = (408, 425, 429)  # and 5xx: statuses that may pass
REFUSING_CLOSES = (1002, 1003, 1007, 1008, 3000, 3003, 4001, 4003)
CLOSE_S = 3.0
MOST_WORDS = 300  # characters of a system's own text that are quoted


class Straight(open_socket):
    """Goes where it was sent: websockets would take a provider's own key header along to whatever host it is redirected to."""

    def process_redirect(self, exc: Exception) -> Exception | str:
        return exc


@asynccontextmanager
async def dial(
    address: str,
    headers: Mapping[str, str] | None = None,
    *,
    hint: str = "is it running?",
    key_hint: str = "check the key",
) -> AsyncIterator[ClientConnection]:
    """The open connection. `hint` is what to do when nothing answers there, `key_hint` when the key is refused."""
    try:
        waiting = Straight(address, additional_headers=dict(headers or {}), max_size=None, close_timeout=CLOSE_S)
        connection = await waiting.__aenter__()
    except InvalidURI as error:
        raise ValueError(f"a system's address looks like ws://host:port/path, got {shown(address)!r}") from error
    except InvalidStatus as error:
        raise _refused(address, error, key_hint) from error
    except socket.gaierror as error:
        host = urlsplit(address).hostname
        raise SystemFailed(f"there is no host {host} ({error.strerror}); check the address", Failure.REFUSED) from error
    except (OSError, InvalidHandshake) as error:  # TimeoutError is an OSError
        why = str(error) or type(error).__name__
        raise SystemFailed(f"no server at {shown(address)} ({why}); {hint}", Failure.UNREACHABLE) from error
    try:
        yield connection
    finally:
        await connection.close()


def ended(error: ConnectionClosed, *, during: str, opened: bool) -> SystemFailed:
    """What it means that a system closed the connection, by the code and the words it gave."""
    closing = error.rcvd
    said = f"{closing.code} {closing.reason}".strip() if closing else "without a word"
    refused = not opened and closing is not None and closing.code in REFUSING_CLOSES
    early = Failure.REFUSED if refused else Failure.UNREACHABLE
    return SystemFailed(f"it closed the connection {during} ({quoted(said)})", Failure.LOST if opened else early)


def shown(address: str) -> str:
    """The address without what may hold a key."""
    parts = urlsplit(address)
    return urlunsplit((parts.scheme, parts.netloc.rpartition("@")[2], parts.path, "", ""))


def quoted(text: str) -> str:
    """A system's own words, in one line of bearable length."""
    line = " ".join(text.split())
    return line if len(line) <= MOST_WORDS else f"{line[:MOST_WORDS]}..."


def _refused(address: str, error: InvalidStatus, key_hint: str) -> SystemFailed:
    response = error.response
    status = response.status_code
    said = quoted(_words(bytes(response.body or b"")))
    if 300 <= status < 400:
        said = quoted(f"it sends us to {shown(response.headers.get('Location', 'nowhere'))}")
    later = status in LATER or status >= 500
    advice = "try again later" if later else key_hint if status in (401, 403) else "check the address and model"
    message = f"{shown(address)} answered {status} {response.reason_phrase}{f': {said}' if said else ''}; {advice}"
    try:
        wait_s = float(response.headers["Retry-After"]) if "Retry-After" in response.headers else None
    except ValueError:  # a date
        wait_s = None
    return SystemFailed(message, Failure.UNREACHABLE if later else Failure.REFUSED, wait_s=wait_s)


def _words(body: bytes) -> str:
    """The message in an HTTP error's body, as most providers write it, or the body itself."""
    text = body.decode("utf-8", "replace").strip()
    try:
        parsed: Any = json.loads(text)
    except ValueError:
        return text
    if isinstance(parsed, list) and parsed:
        parsed = cast(list[Any], parsed)[0]
    error = cast(dict[str, Any], parsed).get("error", parsed) if isinstance(parsed, dict) else parsed
    message = cast(dict[str, Any], error).get("message") if isinstance(error, dict) else error
    return message if isinstance(message, str) else text
