"""The twelve tools as an MCP server, over stdio or streamable HTTP, so that any system can be given them.

Each call is a line of `calls.jsonl`, written before the answer goes out: {"time": ISO 8601 with its zone, "function", "args",
"result"}. A call that a tool cannot take is answered with the tool's sentence and `isError`, and is in the log, too.
Needs the extra `background`; the library is loaded when a server is made.
"""

import json
import threading
from collections.abc import Mapping
from datetime import UTC, datetime
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING, Any

from microturn import __version__
from microturn.bench.tools.registry import TOOLS, schemas, tool_call

if TYPE_CHECKING:
    from mcp.server import Server

NAME, PATH = "microturn-tools", "/mcp"


class CallLog:
    """Calls appended to a file, one line each; nothing is kept without a file. OSError when it cannot be written."""

    def __init__(self, path: Path | None = None) -> None:
        self.path = path
        self._lock = threading.Lock()
        if path is not None:
            path.parent.mkdir(parents=True, exist_ok=True)
            path.touch()

    def note(self, function: str, args: Mapping[str, Any], result: Mapping[str, Any]) -> None:
        if self.path is None:
            return
        time = datetime.now(UTC).isoformat(timespec="milliseconds")
        line = json.dumps({"time": time, "function": function, "args": dict(args), "result": dict(result)})
        with self._lock, self.path.open("a", encoding="utf-8") as sink:
            sink.write(line + "\n")


def called(log: CallLog, function: str, args: Mapping[str, Any]) -> dict[str, Any]:
    """What a tool gives back, noted in the log; {"error": sentence} where it can do nothing."""
    result = tool_call(function, args)
    log.note(function, args, result)
    return result


def tools_server(log: CallLog) -> "Server[dict[str, Any]]":
    """The server, not yet connected to anything. ValueError without the extra `background`."""
    if find_spec("mcp") is None:
        raise ValueError("the MCP server of the tools needs the extra `background`: uv sync --extra background")
    import mcp_types as types
    from mcp.server import Server, ServerRequestContext

    async def listed(
        context: ServerRequestContext[dict[str, Any]], asked: types.PaginatedRequestParams | None
    ) -> types.ListToolsResult:
        tools = [
            types.Tool(name=one["name"], description=one["description"], input_schema=one["parameters"])
            for one in schemas()
        ]
        return types.ListToolsResult(tools=tools)

    async def call(
        context: ServerRequestContext[dict[str, Any]], asked: types.CallToolRequestParams
    ) -> types.CallToolResult:
        result = called(log, asked.name, asked.arguments or {})
        text = str(result["error"]) if "error" in result else json.dumps(result)
        content: list[types.ContentBlock] = [types.TextContent(type="text", text=text)]
        if "error" in result:
            return types.CallToolResult(content=content, is_error=True)
        return types.CallToolResult(content=content, structured_content=result)

    about = f"{len(TOOLS)} mock tools: flights, cards, apartments, orders. Nothing real is booked or paid."
    return Server(NAME, version=__version__, instructions=about, on_list_tools=listed, on_call_tool=call)


async def over_stdio(log: CallLog) -> None:
    """Serve whoever started this process, until it closes our input."""
    server = tools_server(log)
    from mcp.server.stdio import stdio_server

    async with stdio_server() as (incoming, outgoing):
        await server.run(incoming, outgoing, server.create_initialization_options())


def over_http(log: CallLog, host: str = "127.0.0.1") -> Any:
    """An ASGI application that serves any number of clients at `PATH`; only pages of this machine may use it."""
    return tools_server(log).streamable_http_app(streamable_http_path=PATH, host=host)
