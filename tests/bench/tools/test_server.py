"""The tools as an MCP server: the stock client lists and calls them over stdio and HTTP, and every call is in the log."""

import json
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from mcp.client.client import Client
from mcp.client.stdio import StdioServerParameters, stdio_client

from microturn.bench.tools import TOOLS, tool_call
from microturn.bench.tools import server as serving
from microturn.bench.tools.server import CallLog, called, tools_server

pytestmark = pytest.mark.anyio
ROOT = Path(__file__).parents[3]
SERVE = "import sys; from microturn.cli import main; sys.exit(main(['bench', 'tools', 'serve', *sys.argv[1:]]))"
FLIGHT = {"origin": "london", "destination": "paris", "date": "monday"}


@pytest.fixture
def anyio_backend() -> str:
    return "asyncio"


def lines(path: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in path.read_text().splitlines()]


async def check(client: Client, log: Path) -> None:
    """The twelve are there, answer as in process, refuse with a sentence, and each call is a line."""
    listed = (await client.list_tools()).tools
    assert [tool.name for tool in listed] == list(TOOLS)
    assert listed[0].input_schema["required"] == ["origin", "destination", "date"]
    found = await client.call_tool("search_flights", FLIGHT)
    assert not found.is_error and found.structured_content == tool_call("search_flights", FLIGHT)
    assert json.loads(found.content[0].text) == found.structured_content  # pyright: ignore[reportAttributeAccessIssue]
    refused = await client.call_tool("search_apartments", {"city": "oslo", "bedrooms": "two"})
    assert refused.is_error and "has to be a integer" in refused.content[0].text  # pyright: ignore[reportAttributeAccessIssue]
    unknown = await client.call_tool("fly", {})
    assert unknown.is_error and "there is no tool 'fly'" in unknown.content[0].text  # pyright: ignore[reportAttributeAccessIssue]
    got = lines(log)
    assert [(line["function"], line["args"]) for line in got] == [
        ("search_flights", FLIGHT),
        ("search_apartments", {"city": "oslo", "bedrooms": "two"}),
        ("fly", {}),
    ]
    assert "error" in got[1]["result"] and got[0]["time"] <= got[1]["time"] <= got[2]["time"]


async def test_over_stdio(tmp_path: Path) -> None:
    log = tmp_path / "new" / "calls.jsonl"
    started = StdioServerParameters(command=sys.executable, args=["-c", SERVE, "--log", str(log)], cwd=ROOT)
    async with Client(stdio_client(started)) as client:
        await check(client, log)


@contextmanager
def http_server(log: Path) -> Iterator[str]:
    """The command with a port of its own choice; yields its address."""
    command = [sys.executable, "-c", SERVE, "--http", "0", "--log", str(log)]
    with subprocess.Popen(command, cwd=ROOT, stderr=subprocess.PIPE, text=True) as process:
        try:
            assert process.stderr is not None
            yield next(line.split()[-1] for line in process.stderr if "http://" in line)
        finally:
            process.terminate()


async def test_over_http(tmp_path: Path) -> None:
    log = tmp_path / "calls.jsonl"
    with http_server(log) as url:
        async with Client(url) as client:
            await check(client, log)
        async with Client(url) as client:
            await client.call_tool("track_order", {"order_id": "123"})
        assert len(lines(log)) == 4


async def test_in_process_and_without_a_log() -> None:
    async with Client(tools_server(CallLog())) as client:
        assert len((await client.list_tools()).tools) == 12
    assert called(CallLog(), "track_order", {"order_id": "1"}) == tool_call("track_order", {"order_id": "1"})


def test_without_the_extra_it_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(serving, "find_spec", lambda name: None)
    with pytest.raises(ValueError, match="uv sync --extra background"):
        tools_server(CallLog())
