"""Tools of MCP servers, over stdio and streamable HTTP: each becomes a `Tool` named SERVER_TOOL.

What a server says - names, descriptions, schemas, results, errors - was written by others: names are letters, descriptions are cut
and on one line, regular expressions of schemas are left to the server, results are data. A server cannot ask anything of us: no
sampling, no questions to the user, no list of folders. Its tools ask for permission unless the configuration says otherwise.

A server that cannot be reached at the start is reported and left out. One that dies is connected anew at the next call; a call that it
died under is made once more.
"""

import asyncio
import json
import logging
import re
from collections.abc import AsyncIterator, Collection, Iterable, Mapping
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from microturn.background.brief import Brief
from microturn.background.tools.foreign import one_line
from microturn.background.tools.mcp_servers import Server, wire
from microturn.background.tools.tool import JSON, Found, Permission, Tool, ToolError

if TYPE_CHECKING:
    from mcp import Client

LOG = logging.getLogger(__name__)
CONNECT_S = 20.0
SLOW, MUCH = "took too long", "gave back too much"
MOST_TOOLS, MOST_NAME, MOST_DESCRIPTION, MOST_SCHEMA = 100, 64, 400, 20_000
MOST_PAGES = 10  # of a list of tools
BY_NAME = ("properties", "$defs", "definitions", "dependentSchemas")  # of a schema: what they hold has names of its own
MATCHES = ("pattern", "patternProperties")
SAYS = ("title", "description", "$comment")


@dataclass(frozen=True, kw_only=True)
class Reached:
    """The tools of the servers that could be reached, what the configuration permits of them, and a sentence for each
    thing that is left out."""

    tools: tuple[Tool, ...]
    permissions: Mapping[str, Permission]
    problems: tuple[str, ...]


@asynccontextmanager
async def reached(servers: Iterable[Server], taken: Collection[str] = ()) -> AsyncIterator[Reached]:
    """Connect to all at once, for as long as the context lasts. `taken`: names that other tools have.

    ImportError, with what to do, without the extra.
    """
    links = [Link(server) for server in servers]
    if links:
        _installed()
    try:
        listed = await asyncio.gather(*(link.tools() for link in links))
        tools, problems = _named([tool for found, _ in listed for tool in found], taken)
        of: dict[str, Permission] = {}
        for link, (found, _) in zip(links, listed, strict=True):
            of = {tool.name: link.server.permission for tool in found} | of  # of two of one name, the first is kept
        yield Reached(
            tools=tuple(tools),
            permissions={tool.name: of[tool.name] for tool in tools},
            problems=(*(p for _, more in listed for p in more), *problems),
        )
    finally:
        await asyncio.gather(*(link.close() for link in links))


def _installed() -> None:
    try:
        import mcp  # noqa: F401
    except ImportError:
        raise ImportError("MCP servers need the extra: uv sync --extra background") from None


def _named(tools: list[Tool], taken: Collection[str]) -> tuple[list[Tool], list[str]]:
    names, kept, problems = set(taken), list[Tool](), list[str]()
    for tool in tools:
        if tool.name in names:
            problems.append(f"{tool.name} is left out: there is another tool of that name")
        else:
            names.add(tool.name)
            kept.append(tool)
    return kept, problems


class Link:
    """To one server. The connection lives in a task of its own, and is made when it is needed."""

    def __init__(self, server: Server) -> None:
        self.server = server
        self._client: Client | None = None
        self._keeper: asyncio.Task[None] | None = None
        self._connecting = asyncio.Lock()
        self._flooded = False

    async def tools(self) -> tuple[list[Tool], list[str]]:
        """Its tools, and why some (or all) are not there."""
        try:
            async with asyncio.timeout(CONNECT_S):
                listed = await self._listed(await self._connected())
        except Exception as error:  # noqa: BLE001  (whatever a server does wrong, the rest goes on)
            LOG.info("MCP server %s: %r", self.server.name, error)
            await self._drop()
            return [], [f"the server {self.server.name} cannot be reached: {one_line(_reason(error), 120)}"]
        tools, problems = list[Tool](), list[str]()
        for spec in listed[:MOST_TOOLS]:
            try:
                tools.append(self._tool(spec))
            except (ValueError, RecursionError) as error:
                problems.append(f"a tool of {self.server.name} is left out: {one_line(str(error), 120)}")
        if len(listed) > MOST_TOOLS:
            problems.append(f"the server {self.server.name} has {len(listed)} tools; the first {MOST_TOOLS} are used")
        return tools, problems

    async def call(self, name: str, arguments: JSON) -> Found:
        """Use a tool of the server. `ToolError` in plain words, none of them the server's."""
        for again in (False, True):
            client = None
            try:
                async with asyncio.timeout(CONNECT_S):
                    client = await self._connected()
                result = await client.call_tool(name, dict(arguments), read_timeout_seconds=self.server.timeout_s)
                return Found(text=told(result))
            except Exception as error:  # noqa: BLE001
                LOG.info("MCP server %s, tool %s: %r", self.server.name, name, error)
                if self._flooded or not _is_dead(error):
                    why = MUCH if self._flooded else _why(error)
                    if why in (SLOW, MUCH):  # it may hang for good: the next call gets a new one
                        await self._drop(client)
                    raise ToolError(f"{self.server.name} {why}") from None
            await self._drop(client)
            if again:
                break
        raise ToolError(f"{self.server.name} cannot be reached")

    async def close(self) -> None:
        await self._drop()

    def _tool(self, spec: Any) -> Tool:
        """ValueError when it is none that could be used."""
        own = re.sub(r"\W+", "_", spec.name, flags=re.ASCII).strip("_")
        if not own:
            raise ValueError("it has no name")

        async def run(arguments: JSON, _: Brief) -> Found:
            return await self.call(spec.name, arguments)

        name = f"{self.server.prefix}{own}"[:MOST_NAME]
        return Tool(
            name=name,
            summary=one_line(spec.description or "", MOST_DESCRIPTION) or f"a tool of {self.server.name}",
            parameters=schema(spec.input_schema),
            run=run,
            permission=Permission.ASK,  # a server that is allowed is allowed by `Reached.permissions`
            foreign=True,
            asks=f"may i use {name.replace('_', ' ').lower()}",
            timeout_s=2 * (self.server.timeout_s + CONNECT_S),
        )

    async def _listed(self, client: "Client") -> list[Any]:
        listed: list[Any] = []
        page = await client.list_tools()
        for _ in range(MOST_PAGES):
            listed += page.tools
            if page.next_cursor is None:
                break
            page = await client.list_tools(cursor=page.next_cursor)
        return listed

    async def _connected(self) -> "Client":
        async with self._connecting:
            if self._client is None:
                ready: asyncio.Future[Client] = asyncio.get_running_loop().create_future()
                self._keeper = asyncio.create_task(self._keep(ready))
                try:
                    self._client = await ready
                except BaseException:
                    self._keeper.cancel()
                    raise
            return self._client

    async def _keep(self, ready: "asyncio.Future[Client]") -> None:
        """Hold the connection, from its making to its end, until cancelled."""
        from mcp import Client

        def flooded() -> None:
            self._flooded = True

        self._flooded = False
        try:
            async with Client(
                wire(self.server, flooded), read_timeout_seconds=self.server.timeout_s, cache=None
            ) as client:
                ready.set_result(client)
                await asyncio.Event().wait()
        except Exception as error:  # noqa: BLE001
            if not ready.done():
                ready.set_exception(error)
        finally:
            if not ready.done():
                ready.cancel()

    async def _drop(self, client: "Client | None" = None) -> None:
        """End the connection; one that was made since `client` failed stays."""
        if client is not None and client is not self._client:
            return
        keeper, self._keeper, self._client = self._keeper, None, None
        if keeper is not None:
            keeper.cancel()
            with suppress(asyncio.CancelledError, Exception):
                await keeper


def told(result: Any) -> str:
    """What a server gave back, as text."""
    parts: list[str] = []
    for block in result.content:
        resource = getattr(block, "resource", None)
        text = getattr(block, "text", None) or getattr(resource, "text", None)
        parts.append(text or f"[{getattr(block, 'type', 'something')} {getattr(block, 'uri', '')}]".replace(" ]", "]"))
    if not parts and result.structured_content is not None:
        parts.append(json.dumps(result.structured_content, ensure_ascii=False))
    text = "\n".join(parts) or "it gave nothing back"
    return f"it failed, and says: {text}" if result.is_error else text


def schema(foreign: Any) -> dict[str, Any]:
    """A schema of a server without regular expressions, with short descriptions. ValueError when it is none for arguments."""
    from jsonschema import Draft202012Validator
    from jsonschema.exceptions import SchemaError

    if len(json.dumps(foreign)) > MOST_SCHEMA:
        raise ValueError("what it says of its arguments is too long")
    cleaned = _cleaned(foreign)
    if not isinstance(cleaned, dict) or cleaned.get("type") != "object":
        raise ValueError("its arguments are no object")
    try:
        Draft202012Validator.check_schema(cleaned)
    except SchemaError as error:
        raise ValueError("what it says of its arguments makes no sense") from error
    return cleaned


def _cleaned(node: Any, *, names: bool = False) -> Any:
    if isinstance(node, list):
        return [_cleaned(one) for one in node]
    if not isinstance(node, dict):
        return node
    cleaned: dict[str, Any] = {}
    for key, value in node.items():
        if names or key not in (*MATCHES, *SAYS, "enum", "const", "default"):
            cleaned[key] = _cleaned(value, names=not names and key in BY_NAME)
        elif key in SAYS and isinstance(value, str):
            cleaned[key] = one_line(value, MOST_DESCRIPTION)
        elif key in ("enum", "const", "default"):
            cleaned[key] = value
    return cleaned


def _is_dead(error: BaseException) -> bool:
    """Whether the connection is of no more use."""
    import anyio
    import httpx2
    from mcp import MCPError
    from mcp_types import CONNECTION_CLOSED

    if isinstance(error, MCPError):
        return error.error.code == CONNECTION_CLOSED or "session" in error.error.message.lower()
    if isinstance(error, BaseExceptionGroup):
        return any(map(_is_dead, error.exceptions))
    closed = (anyio.ClosedResourceError, anyio.BrokenResourceError, anyio.EndOfStream)
    return isinstance(error, (*closed, OSError, httpx2.TransportError)) and not isinstance(error, TimeoutError)


def _why(error: BaseException) -> str:
    from mcp import MCPError
    from mcp_types import INVALID_PARAMS, REQUEST_TIMEOUT

    if isinstance(error, TimeoutError) or (isinstance(error, MCPError) and error.error.code == REQUEST_TIMEOUT):
        return SLOW
    if isinstance(error, MCPError):
        return "does not take these arguments" if error.error.code == INVALID_PARAMS else "refused the call"
    return "gave an answer that makes no sense"


def _reason(error: BaseException) -> str:
    """The innermost of a group of errors, in words."""
    while isinstance(error, BaseExceptionGroup):
        error = error.exceptions[0]
    if isinstance(error, TimeoutError):
        return "it took too long"
    return str(error) or type(error).__name__
