"""The settings file: what it may say, and that everything wrong with it is a sentence that names the key."""

import json
import sys
from pathlib import Path
from typing import Any

import pytest

from microturn.background.desk import Budget
from microturn.background.settings import Settings, load, toolbox
from microturn.background.tools.mcp_servers import Server, servers
from microturn.background.tools.tool import Found, Permission, Tool
from microturn.background.tools.web import Web

RAW = Path(__file__).parent / "tools" / "raw_server.py"
ENVIRONMENT = {"SEARCH_KEY": "k3y-of-search", "TOWN_KEY": "k3y-of-the-town", "EMPTY": ""}


@pytest.fixture
def anyio_backend() -> str:
    return "asyncio"


def written(tmp_path: Path, data: object) -> Path:
    path = tmp_path / "background.json"
    path.write_text(data if isinstance(data, str) else json.dumps(data))
    return path


def test_everything_that_can_be_said(tmp_path: Path) -> None:
    (tmp_path / "mcp.json").write_text(
        json.dumps({"mcpServers": {"files": {"command": "run", "args": ["-v", "${HOME:-/x}"]}}})
    )
    data = {
        "permissions": {"run_python": "allow", "files_write": "deny"},
        "web": {"engine": "brave", "key": "${SEARCH_KEY}", "pages": True, "private": False, "timeout_s": 5},
        "budget": {"seconds": 30, "reports": 8},
        "mcpServers": {
            "town": {
                "url": "https://town.test/mcp",
                "headers": {"Authorization": "Bearer ${TOWN_KEY}"},
                "permission": "allow",
            },
            "off": {"command": "x", "disabled": True},
        },
        "mcpFile": "mcp.json",
    }
    settings = load(written(tmp_path, data), ENVIRONMENT)
    town = Server(
        name="town",
        url="https://town.test/mcp",
        headers={"Authorization": "Bearer k3y-of-the-town"},
        permission=Permission.ALLOW,
    )
    assert settings == Settings(
        permissions={"run_python": Permission.ALLOW, "files_write": Permission.DENY},
        web=Web(engine="brave", key="k3y-of-search", pages=True, timeout_s=5),
        budget=Budget(seconds=30, reports=8),
        servers=(town, Server(name="files", command="run", args=("-v", "/x"))),
    )
    assert settings.secrets() == ["k3y-of-search", "Bearer k3y-of-the-town", "k3y-of-the-town"]
    assert "k3y" not in repr(settings)


def test_nothing_said_is_nothing_reached(tmp_path: Path) -> None:
    assert load(written(tmp_path, {})) == Settings() and not Settings().web.pages and not Settings().web.engine


@pytest.mark.parametrize(
    ("data", "says"),
    [
        ("{", "line 1, column 2: no JSON"),
        ("[]", "an object"),
        ('{"web": {}, "web": {}}', "web stands twice"),
        ("[" * 100_000, "no JSON"),
        ({"mcpservers": {}}, "mcpservers: no such key; there are background, permissions"),
        ({"permissions": []}, "permissions: allow, ask or deny"),
        ({"permissions": {"run_python": "yes"}}, "permissions.run_python: allow, ask or deny, got 'yes'"),
        ({"permissions": {"run_python": ["allow"]}}, "permissions.run_python"),
        ({"web": True}, "web: an object"),
        ({"web": {"pages": "yes"}}, "web.pages: true or false, got 'yes'"),
        ({"web": {"timeout_s": True}}, "web.timeout_s: a positive number"),
        ({"web": {"timeout_s": 0}}, "web.timeout_s: a positive number"),
        ({"web": {"adress": "x"}}, "web.adress: no such key"),
        ({"web": {"engine": "searxng"}}, "web: searxng needs its url"),
        ({"web": {"engine": "brave", "key": "${NONE}"}}, "web.key: the environment variable NONE is not set"),
        ({"budget": {"reports": 1.5}}, "budget.reports: a positive whole number"),
        ({"budget": {"seconds": -1}}, "budget.seconds: a positive number"),
        ({"mcpFile": 7}, "mcpFile: the name of a file"),
        ({"mcpServers": []}, "mcpServers: servers by name"),
        ({"mcpServers": {"a b": {}}}, "mcpServers.a b: a server's name"),
        ({"mcpServers": {"a": "run"}}, "mcpServers.a: a server is an object"),
        ({"mcpServers": {"a": {}}}, "mcpServers.a: give either command or url"),
        ({"mcpServers": {"a": {"command": "x", "url": "http://x"}}}, "mcpServers.a: give either"),
        ({"mcpServers": {"a": {"command": "x", "arg": []}}}, "mcpServers.a.arg: no such key"),
        ({"mcpServers": {"a": {"command": ["x"]}}}, "mcpServers.a.command: a text"),
        ({"mcpServers": {"a": {"command": "x", "args": "y"}}}, "mcpServers.a.args: a list of texts"),
        ({"mcpServers": {"a": {"command": "x", "env": {"B": 1}}}}, "mcpServers.a.env: texts by name"),
        (
            {"mcpServers": {"a": {"command": "x", "env": {"B": "${NONE}"}}}},
            "mcpServers.a.env.B: the environment variable NONE",
        ),
        ({"mcpServers": {"a": {"url": "file:///x"}}}, "mcpServers.a.url: an http or https address"),
        ({"mcpServers": {"a": {"command": "x", "permission": "always"}}}, "mcpServers.a.permission"),
        ({"mcpServers": {"a": {"command": "x", "timeout_s": "9"}}}, "mcpServers.a.timeout_s: seconds"),
        ({"mcpServers": {"a-b": {"command": "x"}, "a_b": {"command": "x"}}}, "mcpServers.a_b: two servers"),
    ],
)
def test_what_is_wrong_is_named(tmp_path: Path, data: object, says: str) -> None:
    with pytest.raises(ValueError) as caught:
        load(written(tmp_path, data), ENVIRONMENT)
    assert says in str(caught.value) and str(caught.value).startswith(str(tmp_path))


def test_files_that_are_not_there(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError, match="give --background-config a JSON file"):
        load(tmp_path / "none.json")
    with pytest.raises(FileNotFoundError, match="give mcpFile a JSON file"):
        load(written(tmp_path, {"mcpFile": "none.json"}))


def test_a_variable_may_have_another_value() -> None:
    entry = {"command": "${RUN:-run}", "env": {"A": "${EMPTY:-other}", "B": "x${SEARCH_KEY}y", "C": "$HOME"}}
    [server] = servers({"a": entry}, ENVIRONMENT)
    assert server.command == "run" and server.env == {"A": "other", "B": "xk3y-of-searchy", "C": "$HOME"}


def tool(name: str) -> Tool:
    async def run(arguments: Any, brief: Any) -> Found:
        return Found(text="done")

    return Tool(name=name, summary="Acts.", parameters={"type": "object"}, run=run)


@pytest.mark.anyio
async def test_the_toolbox_that_it_makes() -> None:
    raw = Server(name="raw", command=sys.executable, args=(str(RAW),), permission=Permission.ALLOW)
    absent = Server(name="absent", command="/no/such/program")
    said = {"raw_die": Permission.DENY, "absent_thing": Permission.ALLOW, "run_python": Permission.DENY}
    settings = Settings(permissions=said, servers=(raw, absent), web=Web(pages=True))
    async with toolbox(settings, [tool("calculate")]) as (box, problems):
        assert {"calculate", "run_python", "read_page", "raw_echo"} <= set(box.tools) and "search_web" not in box.tools
        assert box.permission("raw_echo") is Permission.ALLOW and box.permission("raw_die") is Permission.DENY
        assert "run_python" not in {tool.name for tool in box.offered()}
        assert len(problems) == 1 and problems[0].startswith("the server absent cannot be reached")


@pytest.mark.anyio
async def test_a_permission_for_nothing_is_an_error() -> None:
    with pytest.raises(ValueError, match="there is no tool run_pyhton"):
        async with toolbox(Settings(permissions={"run_pyhton": Permission.DENY})):
            pass
