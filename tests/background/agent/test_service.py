"""Services over HTTP: a local one that speaks OpenAI's chat completions, well and in every bad way; keys stay where they belong."""

import asyncio
import json
from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass, field
from typing import Any

import pytest
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import HTMLResponse, JSONResponse, Response, StreamingResponse
from starlette.routing import Route

from microturn.background.agent import service as module
from microturn.background.agent.service import open_service
from microturn.background.agent.worker import Answer, PydanticWorker
from microturn.background.brief import Brief
from microturn.background.choice import Spending
from microturn.background.desk import Desk
from microturn.background.tools.tool import Found, Tool, Toolbox
from microturn.protocol.events import Channel, Delegation, Progress, Result
from microturn.protocol.timeline import Timeline
from microturn.server.app import listen, server

ERRORS = {
    "key": (401, "invalid_api_key", "invalid_request_error"),
    "unknown": (404, "model_not_found", "invalid_request_error"),
    "quota": (429, "insufficient_quota", "insufficient_quota"),
    "refused": (400, "content_policy_violation", "invalid_request_error"),
    "broken": (500, "oops", "server_error"),
}


@pytest.fixture
def anyio_backend() -> str:
    return "asyncio"


def chunk(delta: dict[str, Any], finish: str | None = None) -> str:
    choice = {"index": 0, "delta": delta, "finish_reason": finish}
    body = {"id": "c", "object": "chat.completion.chunk", "created": 0, "model": "m", "choices": [choice]}
    return f"data: {json.dumps(body)}\n\n"


USAGE = {"id": "c", "object": "chat.completion.chunk", "created": 0, "model": "m", "choices": []} | {
    "usage": {"prompt_tokens": 90, "completion_tokens": 10, "total_tokens": 100}
}
END = [f"data: {json.dumps(USAGE)}\n\n", "data: [DONE]\n\n"]


def call(arguments: str) -> str:
    return chunk({"tool_calls": [{"index": 0, "id": "a", "type": "function", "function": _named(arguments)}]})


def _named(arguments: str) -> dict[str, str]:
    return {"name": "calculate", "arguments": arguments}


def text(*words: str) -> list[str]:
    return [*(chunk({"content": word}) for word in words), chunk({}, "stop"), *END]


def _pieces(does: str, tries: int, answered: bool) -> list[str]:
    if does == "malformed always" or (does == "malformed" and tries < 2):
        return [call('{"expression": '), chunk({}, "tool_calls"), *END]
    if does == "wrong arguments" and not answered:
        return [call('{"express": 7}'), chunk({}, "tool_calls"), *END]
    if does == "tool for ever" or (does == "tool" and not answered):
        return [call('{"expression": "7 * 8"}'), chunk({}, "tool_calls"), *END]
    if does in ("flood", "cut"):
        return [chunk({"content": "word " * 200})] * (1000 if does == "flood" else 1)
    return text("It is ", "**fifty six**.")


@dataclass
class Service:
    """What it does is the model's name; it keeps what it was sent."""

    address: str = ""
    bodies: list[dict[str, Any]] = field(default_factory=list)
    keys: list[str] = field(default_factory=list)
    left: asyncio.Event = field(default_factory=asyncio.Event)  # the other side has hung up

    async def complete(self, request: Request) -> Response:
        self.bodies.append(await request.json())
        self.keys.append(request.headers.get("authorization", ""))
        does = self.bodies[-1]["model"]
        tries = len(self.bodies)
        if does in ERRORS or (does == "stumbles" and tries < 3):
            status, code, kind = ERRORS.get(does, (503, "unavailable", "server_error"))
            return JSONResponse({"error": {"message": "no", "code": code, "type": kind}}, status)
        if does.startswith("busy"):
            asks = {"retry-after": "60"} if does == "busy for long" else {}
            if does != "busy once" or tries < 2:
                return JSONResponse({"error": {"message": "busy", "code": "rate_limit_exceeded"}}, 429, asks)
        if does == "a page":
            return HTMLResponse("<html>sign in</html>")
        return StreamingResponse(self.stream(does), media_type="text/event-stream")

    async def stream(self, does: str) -> AsyncIterator[str]:
        answered = any(message["role"] == "tool" for message in self.bodies[-1]["messages"])
        try:
            if does == "slow":
                await asyncio.sleep(60)
            while does == "endless":
                yield chunk({"content": "and "})
                await asyncio.sleep(0.005)
            for piece in _pieces(does, len(self.bodies), answered):
                yield piece
            if does == "cut":
                raise ConnectionResetError("for the test")
        finally:
            self.left.set()


@pytest.fixture
async def service() -> AsyncIterator[Service]:
    served = Service()
    running = server(Starlette(routes=[Route("/v1/chat/completions", served.complete, methods=["POST"])]))
    with listen("127.0.0.1", 0) as sock:
        served.address = f"http://127.0.0.1:{sock.getsockname()[1]}/v1"
        serving = asyncio.create_task(running.serve(sockets=[sock]))
        while not running.started:
            await asyncio.sleep(0.005)
        yield served
        running.should_exit = True
        await serving


@pytest.fixture(autouse=True)
def environment(monkeypatch: pytest.MonkeyPatch) -> Iterator[pytest.MonkeyPatch]:
    """No key but a secret one for OpenAI; short waits between tries."""
    for name in ("OPENAI_BASE_URL", "DEEPSEEK_API_KEY", "OLLAMA_BASE_URL", "MY_KEY"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("OPENAI_API_KEY", "secret")
    monkeypatch.setattr(module, "BACK_OFF_S", (0.01, 0.02))
    yield monkeypatch


async def calculate(arguments: Any, brief: Brief) -> Found:
    return Found(text=f"{arguments['expression']} is 56")


SCHEMA = {"type": "object", "properties": {"expression": {"type": "string"}}, "required": ["expression"]}
TOOLBOX = Toolbox.of([Tool(name="calculate", summary="Sums.", parameters=SCHEMA, run=calculate)])
TASK = Delegation(at_ms=0.0, id="d1", task="seven times eight", why="", deadline_ms=9e9)
BRIEF = Brief(delegation=TASK, conversation=Timeline(duration_ms=0.0))


async def result_of(service: Service, does: str, **spending: Any) -> str:
    """What is to be said in the end."""
    model = open_service(f"{service.address}#{does}")
    async with asyncio.timeout(10), PydanticWorker(model, TOOLBOX, spending=Spending(**spending)) as worker:
        reports = [report async for report in worker.work(BRIEF)]
    assert not [r for r in reports if isinstance(r, Result) and r.channel is Channel.INSTRUCTIONS]
    *progress, last = reports
    assert isinstance(last, Result) and all(isinstance(report, Progress) for report in progress)
    return last.text


@pytest.mark.anyio
@pytest.mark.parametrize(
    ("does", "says", "requests"),
    [
        ("answer", "it is fifty six", 1),
        ("tool", "it is fifty six", 2),
        ("busy once", "it is fifty six", 2),
        ("stumbles", "it is fifty six", 3),
        ("busy", "the service is too busy now", 3),
        ("busy for long", "the service is too busy now", 1),
        ("broken", "the service does not work now", 3),
        ("key", "the service does not take my key", 1),
        ("unknown", "the service does not know my model", 1),
        ("quota", "my account is used up", 1),
        ("refused", "the service refused that", 1),
        ("malformed", "it is fifty six", 2),
        ("malformed always", "the service gave no answer that i understand", 3),
        ("wrong arguments", "it is fifty six", 2),
        ("flood", "the service gave no answer that i understand", 1),
        ("tool for ever", "that is more work than i may do", 4),
    ],
)
async def test_what_comes_of_a_task(service: Service, does: str, says: str, requests: int) -> None:
    assert (await result_of(service, does, requests=4), len(service.bodies)) == (says, requests)


@pytest.mark.anyio
@pytest.mark.parametrize("does", ["cut", "a page"])
async def test_what_is_no_answer_is_a_sentence(service: Service, does: str) -> None:
    assert (await result_of(service, does)).startswith("the service ")


@pytest.mark.anyio
async def test_a_service_that_is_slow_or_does_not_end_is_left(service: Service) -> None:
    assert await result_of(service, "slow", first_s=0.1) == "the service is too slow now"
    await asyncio.wait_for(service.left.wait(), 1.0)
    service.left.clear()
    assert await result_of(service, "endless", answer_s=0.1) == "the service is too slow now"
    await asyncio.wait_for(service.left.wait(), 1.0)


@pytest.mark.anyio
async def test_the_budget_of_tokens(service: Service) -> None:
    assert await result_of(service, "tool for ever", tokens=150) == "that is more work than i may do"
    assert len(service.bodies) == 2


@pytest.mark.anyio
async def test_a_service_that_is_down(service: Service) -> None:
    service.address = "http://127.0.0.1:9/v1"
    assert await result_of(service, "answer") == "the service can not be reached"


@pytest.mark.anyio
@pytest.mark.parametrize("does", ["slow", "endless"])
async def test_a_cancel_hangs_up_within_200_ms(service: Service, does: str) -> None:
    told: list[Any] = []
    async with PydanticWorker(open_service(f"{service.address}#{does}"), TOOLBOX) as worker:
        desk = Desk(worker, told.append)
        desk.take(BRIEF)
        async with asyncio.timeout(5):
            while not service.bodies:
                await asyncio.sleep(0.005)
        await asyncio.sleep(0.05)
        desk.cancel("d1")
        before = len(told)
        await asyncio.wait_for(service.left.wait(), 0.2)
        await asyncio.sleep(0.05)
    assert len(told) == before and not [report for report in told if isinstance(report, Result)]


@pytest.mark.anyio
async def test_what_the_service_is_sent(service: Service) -> None:
    await result_of(service, "tool")
    first, second = service.bodies
    assert first["stream"] and first["max_tokens" if "max_tokens" in first else "max_completion_tokens"] == 1000
    offered = {tool["function"]["name"]: tool["function"]["parameters"] for tool in first["tools"]}
    assert offered["calculate"]["required"] == ["expression"] and "answer" in offered
    assert first["messages"][-1]["content"].endswith("The task: seven times eight")
    assert second["messages"][-1]["content"] == "7 * 8 is 56"


@pytest.mark.anyio
async def test_keys_go_only_where_they_belong(service: Service, environment: pytest.MonkeyPatch) -> None:
    await result_of(service, "answer")
    assert "secret" not in service.keys[-1]
    environment.setenv("MY_KEY", "mine")
    async with PydanticWorker(open_service(f"{service.address}#answer", "MY_KEY"), TOOLBOX) as worker:
        assert [r async for r in worker.work(BRIEF)]
    assert service.keys[-1] == "Bearer mine"


def key_of(model: str, key_env: str = "") -> str:
    opened = open_service(model, key_env)
    assert opened.provider is not None
    return opened.provider.client.api_key


def test_the_key_of_openai_is_for_openai(environment: pytest.MonkeyPatch) -> None:
    assert key_of("openai:gpt-5") == key_of("https://api.openai.com/v1#gpt-5") == "secret"
    for other in (
        "http://api.openai.com/v1",
        "https://api.openai.com.evil.test/v1",
        "https://evil.test/api.openai.com",
    ):
        assert key_of(f"{other}#gpt-5") != "secret"
    assert key_of("ollama:llama3") != "secret"
    with pytest.raises(ValueError, match="is for OpenAI alone"):
        open_service("https://evil.test/v1#gpt-5", "OPENAI_API_KEY")
    environment.setenv("OPENAI_BASE_URL", "https://evil.test/v1")
    with pytest.raises(ValueError, match="OPENAI_BASE_URL is another service"):
        open_service("openai:gpt-5")


@pytest.mark.parametrize(
    ("model", "key_env", "says"),
    [
        ("gpt-5", "", "names no model"),
        ("nobody:gpt-5", "", "Unknown provider"),
        ("openai:gpt-5", "MY_KEY", "has an environment variable of its own"),
        ("deepseek:chat", "", "environment variable DEEPSEEK_API_KEY"),
        ("http://localhost:8000/v1", "", "say which model"),
        ("http://localhost:eight/v1#m", "", "is no address"),
        ("http:///v1#m", "", "say which model"),
        ("http://me:word@localhost/v1#m", "", "no key in it"),
        ("http://localhost:8000/v1#m", "MY_KEY", "no environment variable MY_KEY"),
    ],
)
def test_what_is_no_model_is_said(model: str, key_env: str, says: str) -> None:
    with pytest.raises(ValueError, match=says):
        open_service(model, key_env)


def test_earlier_names_of_providers_are_known(environment: pytest.MonkeyPatch) -> None:
    environment.setenv("GOOGLE_API_KEY", "theirs")
    assert open_service("google-gla:gemini-3").system.startswith("google")


def test_the_tool_that_answers_has_a_schema() -> None:
    assert set(Answer.model_json_schema()["properties"]) == {"say", "aside"}
