"""The MCP servers of a configuration in the usual `mcpServers` form, and the wires to them.

{"mcpServers": {"files": {"command": "...", "args": ["..."], "env": {"TOKEN": "${FILES_TOKEN}"}},
                "town": {"url": "https://...", "headers": {"Authorization": "Bearer ${TOWN_KEY}"}, "permission": "allow"}}}

`${VAR}` and `${VAR:-else}` are taken from the environment. A server of ours is started with a clean environment (PATH, HOME, ...) and its
own `env`; nothing else of ours reaches it. A message of more than `MOST_BYTES` ends the connection.
"""

import asyncio
import contextlib
import os
import re
import signal
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from microturn.background.tools.tool import Permission

if TYPE_CHECKING:
    from mcp.client import Transport

MOST_BYTES = 4 << 20  # of one message
GRACE_S = 2.0  # for a server to end by itself
VARIABLE = re.compile(r"\$\{(\w+)(?::-([^}]*))?\}")
NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9_-]{0,31}")
TEXT, TEXTS, WORDS = "a text", "texts by name", "a list of texts"
KEYS = {"command": TEXT, "args": WORDS, "env": TEXTS, "cwd": TEXT, "url": TEXT, "headers": TEXTS, "permission": TEXT}
IGNORED = ("type", "transport", "disabled", "timeout_s")  # `type` and `transport` follow from command and url


@dataclass(frozen=True, kw_only=True)
class Server:
    """One server: a command that is started, or a URL. `permission`: of its tools."""

    name: str
    command: str = ""
    args: tuple[str, ...] = ()
    env: Mapping[str, str] = field(default_factory=dict[str, str], repr=False)
    cwd: str | None = None
    url: str = ""
    headers: Mapping[str, str] = field(default_factory=dict[str, str], repr=False)
    permission: Permission = Permission.ASK
    timeout_s: float = 20.0

    @property
    def prefix(self) -> str:
        """How the names of its tools begin."""
        return f"{self.name.replace('-', '_')}_"


def servers(config: object, environment: Mapping[str, str] | None = None, where: str = "mcpServers") -> list[Server]:
    """The servers of the value of `mcpServers`, but for those that are disabled. ValueError that names the key."""
    if not isinstance(config, Mapping):
        raise ValueError(f"{where}: servers by name, got {_kind(config)}")
    environment = os.environ if environment is None else environment
    found = [_server(str(name), entry, environment, f"{where}.{name}") for name, entry in config.items()]
    return [server for server in found if server is not None]


def _server(name: str, entry: object, environment: Mapping[str, str], where: str) -> Server | None:
    if not NAME.fullmatch(name):
        raise ValueError(f"{where}: a server's name is up to 32 letters, digits, - and _")
    if not isinstance(entry, Mapping):
        raise ValueError(f"{where}: a server is an object with command or url, got {_kind(entry)}")
    if unknown := sorted(set(entry) - set(KEYS) - set(IGNORED)):
        raise ValueError(f"{where}.{unknown[0]}: no such key; there are {', '.join([*KEYS, *IGNORED])}")
    if entry.get("disabled") is True:
        return None
    if bool(entry.get("command")) == bool(entry.get("url")):
        raise ValueError(f"{where}: give either command or url")
    values = {key: _value(entry[key], KEYS[key], environment, f"{where}.{key}") for key in KEYS if key in entry}
    if values.get("url") and not values["url"].startswith(("http://", "https://")):
        raise ValueError(f"{where}.url: an http or https address, got {values['url']!r}")
    if (permission := values.pop("permission", "ask")) not in set(Permission):
        raise ValueError(f"{where}.permission: allow, ask or deny, got {permission!r}")
    timeout_s = entry.get("timeout_s", 20.0)
    if isinstance(timeout_s, bool) or not isinstance(timeout_s, int | float) or not 0 < timeout_s <= 300:
        raise ValueError(f"{where}.timeout_s: seconds, up to 300, got {timeout_s!r}")
    return Server(name=name, permission=Permission(permission), timeout_s=float(timeout_s), **values)


def _value(value: object, kind: str, environment: Mapping[str, str], where: str) -> Any:
    if kind == TEXT and isinstance(value, str):
        return filled(value, environment, where)
    if kind == WORDS and isinstance(value, list) and all(isinstance(one, str) for one in value):
        return tuple(filled(one, environment, where) for one in value)
    if kind == TEXTS and isinstance(value, Mapping) and all(isinstance(one, str) for one in value.values()):
        return {str(name): filled(one, environment, f"{where}.{name}") for name, one in value.items()}
    raise ValueError(f"{where}: {kind}, got {_kind(value)}")


def filled(text: str, environment: Mapping[str, str], where: str) -> str:
    """The text with its `${VAR}`s. ValueError for one that is not set."""

    def value(found: re.Match[str]) -> str:
        name, otherwise = found[1], found[2]
        if name not in environment and otherwise is None:
            raise ValueError(f"{where}: the environment variable {name} is not set")
        return environment.get(name) or otherwise or ""

    return VARIABLE.sub(value, text)


def _kind(value: object) -> str:
    return f"{value!r:.60}"


def wire(server: Server, flooded: Callable[[], None]) -> "Transport":
    """What connects to it; entered anew for every connection. `flooded` is called before one that sent too much is ended."""
    return _started(server, flooded) if server.command else _web(server, flooded)


@asynccontextmanager
async def _started(server: Server, flooded: Callable[[], None]) -> AsyncIterator[Any]:
    """The server's process, with JSON lines over its stdin and stdout. Killed with its process group at the end."""
    import anyio
    from mcp.client.stdio import get_default_environment
    from mcp.shared.message import SessionMessage
    from mcp_types import jsonrpc_message_adapter

    process = await asyncio.create_subprocess_exec(
        *(server.command, *server.args),
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.DEVNULL,
        env=get_default_environment() | dict(server.env),
        cwd=server.cwd,
        limit=MOST_BYTES,
        start_new_session=True,
    )
    arrive, arrived = anyio.create_memory_object_stream[Any](0)
    send, sent = anyio.create_memory_object_stream[Any](0)
    gone = (anyio.ClosedResourceError, anyio.BrokenResourceError, ConnectionError)

    async def read() -> None:
        assert process.stdout
        async with arrive:
            with contextlib.suppress(*gone):
                while line := await _line(process.stdout, flooded):
                    try:
                        message = SessionMessage(jsonrpc_message_adapter.validate_json(line, by_name=False))
                    except ValueError as error:
                        message = error
                    await arrive.send(message)

    async def write() -> None:
        assert process.stdin
        async with sent:
            with contextlib.suppress(*gone):
                async for message in sent:
                    line = message.message.model_dump_json(by_alias=True, exclude_unset=True)
                    process.stdin.write(line.encode() + b"\n")
                    await process.stdin.drain()
            await arrive.aclose()

    try:
        async with anyio.create_task_group() as tasks:
            tasks.start_soon(read)
            tasks.start_soon(write)
            yield arrived, send
            tasks.cancel_scope.cancel()
    finally:
        await asyncio.shield(_ended(process))


async def _line(stream: asyncio.StreamReader, flooded: Callable[[], None]) -> bytes:
    """The next line; nothing at the end, and when it is too long."""
    try:
        return await stream.readline()
    except ValueError:
        flooded()
        return b""


async def _ended(process: asyncio.subprocess.Process) -> None:
    """Close its stdin, then ask it to end, then end it."""
    assert process.stdin
    process.stdin.close()
    for name in ("", "SIGTERM", "SIGKILL"):
        if name and process.returncode is None:
            with contextlib.suppress(ProcessLookupError, PermissionError):
                _signal(process, name)
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(GRACE_S / 4 if not name else GRACE_S):
                while process.returncode is None:
                    await asyncio.sleep(0.02)
        if process.returncode is not None:
            break
    with contextlib.suppress(ProcessLookupError, PermissionError):
        _signal(process, "SIGKILL")  # what it has started and left behind
    with contextlib.suppress(TimeoutError):
        async with asyncio.timeout(GRACE_S / 4):
            await _emptied(process)


async def _emptied(process: asyncio.subprocess.Process) -> None:
    """Read what it had written, to the end: a pipe closes when it is empty."""
    assert process.stdout
    while await process.stdout.read(1 << 20):
        pass
    await process.wait()


def _signal(process: asyncio.subprocess.Process, name: str) -> None:
    if hasattr(os, "killpg"):
        os.killpg(process.pid, getattr(signal, name))
    elif name == "SIGKILL":
        process.kill()
    else:
        process.terminate()


@asynccontextmanager
async def _web(server: Server, flooded: Callable[[], None]) -> AsyncIterator[Any]:
    import httpx2
    from mcp.client.streamable_http import streamable_http_client

    class Capped(httpx2.AsyncHTTPTransport):
        """Ends a JSON answer that is too long; events have a limit of their own."""

        async def handle_async_request(self, request: httpx2.Request) -> httpx2.Response:
            response = await super().handle_async_request(request)
            if "event-stream" not in response.headers.get("content-type", ""):
                response.stream = _capped(response.stream)
            return response

    def _capped(stream: Any) -> httpx2.AsyncByteStream:
        class Stream(httpx2.AsyncByteStream):
            async def __aiter__(self) -> AsyncIterator[bytes]:
                left = MOST_BYTES
                async for piece in stream:
                    left -= len(piece)
                    if left < 0:
                        flooded()
                        raise httpx2.ReadError("too long an answer")
                    yield piece

            async def aclose(self) -> None:
                await stream.aclose()

        return Stream()

    timeout = httpx2.Timeout(server.timeout_s)
    headers = dict(server.headers) | {"Accept-Encoding": "identity"}
    async with (
        httpx2.AsyncClient(headers=headers, timeout=timeout, transport=Capped()) as client,
        streamable_http_client(server.url, http_client=client, max_sse_event_size=MOST_BYTES) as streams,
    ):
        yield streams
