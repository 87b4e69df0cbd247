"""From the choice to the worker: what is wrong is said at once, and without the extra all but language models work."""

import sys
from typing import Any

import pytest

from microturn.background.brief import Brief
from microturn.background.choice import Choice
from microturn.background.start import prepared, toolbox
from microturn.background.tools.tool import Found, Permission, Tool


@pytest.fixture
def anyio_backend() -> str:
    return "asyncio"


async def nothing(arguments: Any, brief: Brief) -> Found:
    return Found(text="")


TOOLS = [Tool(name="look", summary="Looks.", parameters={"type": "object"}, run=nothing)]


@pytest.mark.anyio
async def test_who_works() -> None:
    assert prepared(Choice(model="client")) is None
    for model, name in (("offline", "offline"), ("http://127.0.0.1:9/v1#m", "m")):
        entering = prepared(Choice(model=model), TOOLS)
        assert entering is not None
        async with entering as worker:
            assert worker.name == name


@pytest.mark.anyio
async def test_the_tools_of_a_choice() -> None:
    async with toolbox(Choice(permissions={"look": Permission.DENY}), TOOLS) as box:
        assert box.permission("look") is Permission.DENY and box.offered() == []


@pytest.mark.parametrize("model", ["offline", "http://127.0.0.1:9/v1#m"])
def test_a_permission_for_no_tool(model: str) -> None:
    with pytest.raises(ValueError, match="there is no tool fly; there are look"):
        prepared(Choice(model=model, permissions={"fly": Permission.ALLOW}), TOOLS)


def test_without_the_extra(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "pydantic_ai", None)
    for name in ("microturn.background.agent.service", "microturn.background.agent.worker"):
        monkeypatch.delitem(sys.modules, name, raising=False)
    with pytest.raises(ValueError, match="uv sync --extra background"):
        prepared(Choice(model="openai:gpt-5"))
    assert prepared(Choice()) is not None
