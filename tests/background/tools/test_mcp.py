"""MCP servers, good and bad: their tools work, what dies comes back once, and whatever they do wrong is contained."""

import asyncio
import os
import socket
import sys
import threading
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest
import uvicorn

from microturn.background.brief import Brief
from microturn.background.tools import mcp as mcp_tools
from microturn.background.tools.mcp import Reached, reached, schema
from microturn.background.tools.mcp_servers import Server
from microturn.background.tools.tool import MOST_CHARACTERS, Permission, Toolbox, ToolError
from microturn.protocol.events import Delegation
from microturn.protocol.timeline import Timeline

pytestmark = pytest.mark.anyio
RAW = Path(__file__).parent / "raw_server.py"


@pytest.fixture
def anyio_backend() -> str:
    return "asyncio"


def brief() -> Brief:
    delegation = Delegation(at_ms=0.0, id="d1", task="do it", why="", deadline_ms=9e9)
    return Brief(delegation=delegation, conversation=Timeline(duration_ms=0.0))


def raw(name: str = "raw", mode: str = "", timeout_s: float = 5.0, **more: Any) -> Server:
    more = {"permission": Permission.ALLOW} | more
    return Server(name=name, command=sys.executable, args=(str(RAW), mode), timeout_s=timeout_s, **more)


def boxed(found: Reached) -> Toolbox:
    return Toolbox.of(found.tools, found.permissions)


@asynccontextmanager
async def box(*servers: Server) -> AsyncIterator[Toolbox]:
    async with asyncio.timeout(30), reached(servers) as found:
        yield boxed(found)


async def test_its_tools_are_ours() -> None:
    async with box(raw("my-files")) as tools:
        assert "my_files_read_file_x" in tools.tools
        tool = tools.tools["my_files_echo"]
        assert tool.foreign and tool.asks == "may i use my files echo"
        assert len(tool.summary) <= 400 and "\n" not in tool.summary and "<system" not in tool.summary
        assert "pattern" not in tool.parameters["properties"]["text"]
        found = await tools.call("my_files_echo", {"text": "hello"}, brief())
        assert found.text == '<data from="my_files_echo">\n{"text": "hello"}\n</data>'


async def test_it_asks_unless_the_configuration_allows() -> None:
    async with box(raw(permission=Permission.ASK), raw("shut", permission=Permission.DENY)) as tools:
        for name in ("raw_echo", "shut_echo"):
            with pytest.raises(ToolError, match="not allowed"):
                await tools.call(name, {"text": "hello"}, brief())
        assert tools.permission("raw_echo") is Permission.ASK


async def test_what_cannot_be_reached_is_reported_and_the_rest_goes_on() -> None:
    absent = Server(name="absent", command="/no/such/program")
    ended = Server(name="ended", command="/bin/true")
    nobody = Server(name="nobody", url=f"http://127.0.0.1:{free_port()}/mcp")
    async with reached([absent, ended, nobody, raw("noise", "noise")]) as found:
        assert {tool.name.partition("_")[0] for tool in found.tools} == {"noise"}
        assert [problem.split()[2] for problem in found.problems] == ["absent", "ended", "nobody"]


async def test_a_server_that_says_nothing_is_not_waited_for(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(mcp_tools, "CONNECT_S", 0.5)
    async with reached([raw(mode="mute")]) as found:
        assert found.problems == ("the server raw cannot be reached: it took too long",) and not found.tools


async def test_tools_that_make_no_sense_are_left_out() -> None:
    async with reached([raw(mode="odd")]) as found:
        names = {tool.name for tool in found.tools}
        assert not names & {"raw_nonsense", "raw_long", "raw_"} and len(found.problems) == 3
        with pytest.raises(ToolError, match="says wrongly"):  # what its schema points to is not fetched
            await boxed(found).call("raw_fetches", {"x": 1}, brief())


async def test_names_that_are_taken_stay_with_their_owner() -> None:
    async with reached([raw(), raw("raw")], taken=["raw_echo"]) as found:
        assert "raw_echo" not in {tool.name for tool in found.tools}
        assert len({tool.name for tool in found.tools}) == len(found.tools)
        assert "raw_echo is left out: there is another tool of that name" in found.problems


async def test_the_first_of_two_tools_of_one_name_keeps_its_own_permission() -> None:
    async with reached([raw(permission=Permission.DENY), raw(permission=Permission.ALLOW)]) as found:
        assert set(found.permissions.values()) == {Permission.DENY}


async def test_a_server_that_died_is_connected_anew(tmp_path: Path) -> None:
    async with box(raw()) as tools:
        found = await tools.call("raw_die_once", {"text": str(tmp_path / "mark")}, brief())
        assert "alive" in found.text


async def test_a_server_that_dies_again_is_an_error_and_others_go_on() -> None:
    async with box(raw(), raw("other")) as tools:
        with pytest.raises(ToolError, match="^raw cannot be reached$"):
            await tools.call("raw_die", {}, brief())
        assert "hello" in (await tools.call("other_echo", {"text": "hello"}, brief())).text
        assert "hello" in (await tools.call("raw_echo", {"text": "hello"}, brief())).text


@pytest.mark.parametrize(
    ("tool", "arguments", "says"),
    [
        ("hang", {}, "^raw took too long$"),
        ("refuses", {}, "^raw refused the call$"),
        ("malformed", {}, "^raw gave an answer that makes no sense$"),
        ("echo", {"text": 7}, "^raw_echo: text: 7 is not of type 'string'$"),
        ("big", {"text": str(10 << 20)}, "^raw gave back too much$"),
    ],
)
async def test_what_goes_wrong_is_said_in_our_words(tool: str, arguments: dict[str, Any], says: str) -> None:
    async with box(raw(timeout_s=1.5 if tool == "hang" else 15.0)) as tools:
        with pytest.raises(ToolError, match=says):
            await tools.call(f"raw_{tool}", arguments, brief())
        assert "hello" in (await tools.call("raw_echo", {"text": "hello"}, brief())).text


async def test_what_it_says_is_data_also_when_it_failed() -> None:
    async with box(raw()) as tools:
        failed = (await tools.call("raw_fails", {}, brief())).text
        assert failed.startswith('<data from="raw_fails">\nit failed, and says: Ignore') and "<system>" not in failed
        pieces = (await tools.call("raw_pieces", {}, brief())).text
        assert pieces.splitlines()[1:-1] == ["one", "[image]", "of a file"]
        large = (await tools.call("raw_big", {"text": "1000000"}, brief())).text
        assert len(large) < MOST_CHARACTERS + 100


async def test_it_gets_no_environment_of_ours_and_its_keys_stay_hidden(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OURS_API_KEY", "sk-ours-123456")
    async with reached([raw(env={"ITS_KEY": "sk-its-123456", "PLAIN": "word"}, permission=Permission.ALLOW)]) as found:
        tools = Toolbox.of(found.tools, found.permissions, secrets=["sk-its-123456"])
        text = (await tools.call("raw_env", {}, brief())).text
    assert "PLAIN" in text and "OURS_API_KEY" not in text and "sk-" not in text and "[hidden]" in text


async def test_a_call_can_be_cancelled_at_once() -> None:
    async with box(raw()) as tools:
        task = asyncio.create_task(tools.call("raw_hang", {}, brief()))
        await asyncio.sleep(0.3)
        began_s = asyncio.get_running_loop().time()
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task
        assert asyncio.get_running_loop().time() - began_s < 0.2


async def test_its_process_ends_with_the_context() -> None:
    async with box(raw()) as tools:
        pid = int((await tools.call("raw_pid", {}, brief())).text.split()[-2])
        os.kill(pid, 0)
    with pytest.raises(ProcessLookupError):
        os.kill(pid, 0)


def test_a_schema_keeps_its_names() -> None:
    spec = {
        "type": "object",
        "properties": {"pattern": {"type": "string", "pattern": "x+"}, "description": {"enum": [1]}},
    }
    kept = {"type": "object", "properties": {"pattern": {"type": "string"}, "description": {"enum": [1]}}}
    assert schema(spec) == kept


def free_port() -> int:
    with socket.socket() as held:
        held.bind(("127.0.0.1", 0))
        return int(held.getsockname()[1])


class Http:
    """A streamable HTTP server of the `mcp` package, that can be stopped and started anew on its port."""

    def __init__(self) -> None:
        self.port = free_port()
        self.start()

    def start(self) -> None:
        from mcp.server.mcpserver import MCPServer

        server = MCPServer("town")
        server.tool()(weather)
        server.tool()(flood)
        app = server.streamable_http_app(json_response=True)
        self.uvicorn = uvicorn.Server(uvicorn.Config(app, host="127.0.0.1", port=self.port, log_level="error"))
        self.thread = threading.Thread(target=self.uvicorn.run, daemon=True)
        self.thread.start()
        while not self.uvicorn.started:
            assert self.thread.is_alive()
            threading.Event().wait(0.01)

    def stop(self) -> None:
        self.uvicorn.should_exit = self.uvicorn.force_exit = True
        self.thread.join()


def weather(town: str) -> str:
    """What it is like in a town."""
    return f"rain in {town}"


def flood() -> str:
    """Too much."""
    return "x" * (10 << 20)


@pytest.fixture
def http() -> Iterator[Http]:
    server = Http()
    yield server
    server.stop()


async def test_over_http_too(http: Http) -> None:
    server = Server(name="town", url=f"http://127.0.0.1:{http.port}/mcp", permission=Permission.ALLOW, timeout_s=3.0)
    async with box(server) as tools:
        assert "rain in Linz" in (await tools.call("town_weather", {"town": "Linz"}, brief())).text
        with pytest.raises(ToolError, match="^town gave back too much$"):
            await tools.call("town_flood", {}, brief())
        http.stop()
        with pytest.raises(ToolError, match="town cannot be reached"):
            await tools.call("town_weather", {"town": "Linz"}, brief())
        http.start()
        assert "rain in Graz" in (await tools.call("town_weather", {"town": "Graz"}, brief())).text
