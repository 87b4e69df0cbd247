"""A language model behind the talk, over the real server: a tool that asks is allowed or denied, on the page and aloud, and
what is cancelled stops within 200 ms and says nothing."""

import asyncio
import json
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

import pytest
from pydantic_ai.messages import ModelMessage
from pydantic_ai.models.function import AgentInfo, DeltaToolCall, FunctionModel
from websockets.asyncio.client import ClientConnection, connect

from microturn.background.agent.worker import PydanticWorker
from microturn.background.brief import Brief, Worker
from microturn.background.tools.tool import Found, Permission, Tool, Toolbox
from microturn.protocol.events import Card, Channel, Do, Text, Word
from microturn.server.app import application
from tests.server.conftest import FakeEngine, FakeHandle, serving

pytestmark = pytest.mark.anyio


@dataclass
class House:
    """Its one tool opens the door; "slowly" takes a minute. `began` and `stopped`: loop times of the slow one."""

    opened: int = 0
    entered: list[str] = field(default_factory=list)
    began: list[float] = field(default_factory=list)
    stopped: list[float] = field(default_factory=list)

    async def open(self, arguments: Any, brief: Brief) -> Found:
        if arguments.get("slowly"):
            self.began.append(asyncio.get_running_loop().time())
            try:
                await asyncio.sleep(60)
            finally:
                self.stopped.append(asyncio.get_running_loop().time())
        self.opened += 1
        card = Card(at_ms=0.0, id="door", delegation="", kind="markdown", title="the door", content={"text": "open"})
        return Found(text="The door is open.", cards=(card,))

    @asynccontextmanager
    async def worker(self) -> AsyncIterator[Worker]:
        """As the server enters it; the model uses the tool, then says what came back."""
        door = {"type": "object", "properties": {"slowly": {"type": "boolean"}}}
        tool = Tool(
            name="open_door",
            summary="Opens.",
            parameters=door,
            run=self.open,
            permission=Permission.ASK,
            asks="may i open the door",
        )
        self.entered.append("in")
        async with PydanticWorker(FunctionModel(stream_function=_use_and_tell), Toolbox.of([tool])) as worker:
            yield worker
        self.entered.append("out")


async def _use_and_tell(messages: list[ModelMessage], info: AgentInfo) -> AsyncIterator[Any]:
    given = str(getattr(messages[-1].parts[0], "content", ""))
    if len(messages) == 1:
        arguments = json.dumps({"slowly": given.endswith("slowly")})
        yield {0: DeltaToolCall(name="open_door", json_args=arguments, tool_call_id="a")}
    else:
        yield given


@pytest.fixture
def anyio_backend() -> str:
    return "asyncio"


@pytest.fixture
def house() -> House:
    return House()


@pytest.fixture
def house_port(engine: FakeEngine, house: House) -> Iterator[int]:
    with serving(application(engine, model="nano", worker=house.worker())) as number:
        yield number
    assert house.entered == ["in", "out"]


@asynccontextmanager
async def asked(port: int, engine: FakeEngine, task: str) -> AsyncIterator[tuple[ClientConnection, FakeHandle, str]]:
    """A session whose model has handed over the task, up to the question: the link, the engine's side, the card's id."""
    async with asyncio.timeout(10), connect(f"ws://127.0.0.1:{port}/v1/live/sessions?microturn=1") as link:
        await link.send(json.dumps({"type": "session.start", "session": {"model": "nano"}}))
        await heard_of(link, "session.started")
        handle = engine.handles[0]
        note(handle, f"delegate {task}")
        await nudge(link)
        assert (await heard_of(link, "microturn.delegation.state"))["text"] == "thinking about it"
        card = await heard_of(link, "microturn.card")
        assert (card["kind"], card["title"]) == ("permission", "may i open the door")
        assert json.loads(card["content"]["detail"]).keys() == {"slowly"}
        yield link, handle, card["id"]


def note(handle: FakeHandle, text: str) -> None:
    handle.queue.put_nowait(Do(at_ms=1000.0, text=text))


async def nudge(link: ClientConnection) -> None:
    """The engine's loop is another thread's: a message lets it see the note."""
    await link.send(json.dumps({"type": "microturn.text.append", "text": "hello"}))


async def answer(link: ClientConnection, card: str, allow: bool) -> None:
    await link.send(json.dumps({"type": "microturn.answer", "card_id": card, "values": {"allow": allow}}))


async def heard_of(link: ClientConnection, kind: str) -> dict[str, Any]:
    async for message in link:
        if (event := json.loads(message))["type"] == kind:
            return event
    raise AssertionError(f"no {kind} came")


def told(handle: FakeHandle) -> list[tuple[Channel, str]]:
    """What the background gave the engine to read."""
    return [(e.channel, e.text) for e in handle.received if isinstance(e, Text) and e.channel is not Channel.USER]


async def test_allowed_on_the_page(house_port: int, engine: FakeEngine, house: House) -> None:
    async with asked(house_port, engine, "open the door") as (link, handle, card):
        assert house.opened == 0
        await answer(link, card, True)
        assert (await heard_of(link, "microturn.card.answered"))["values"] == {"allow": True}
        assert (await heard_of(link, "microturn.delegation.over"))["reason"] == "answered"
        assert (await heard_of(link, "microturn.card"))["title"] == "the door"  # drawn meanwhile
        assert house.opened == 1 and told(handle) == [
            (Channel.THINKING, "thinking about it"),
            (Channel.THINKING, "using open door"),
            (Channel.COMMENTARY, "may i open the door"),
            (Channel.THINKING, "the user answered allowed"),
            (Channel.THINKING, "the page shows the door"),
            (Channel.COMMENTARY, "the door is open"),
        ]


@pytest.mark.parametrize(
    ("word", "opened", "says"), [("allow", 1, "the door is open"), ("deny", 0, "the user does not")]
)
async def test_answered_aloud(
    house_port: int, engine: FakeEngine, house: House, word: str, opened: int, says: str
) -> None:
    async with asked(house_port, engine, "open the door") as (link, handle, card):
        handle.queue.put_nowait(Word(at_ms=9000.0, until_ms=9300.0, channel=Channel.HEARD, text="well"))
        note(handle, word)
        await nudge(link)
        assert (await heard_of(link, "microturn.card.answered"))["id"] == card
        await heard_of(link, "microturn.delegation.over")
        assert house.opened == opened and told(handle)[-1][0] is Channel.COMMENTARY
        assert told(handle)[-1][1].startswith(says)


async def test_denied_on_the_page(house_port: int, engine: FakeEngine, house: House) -> None:
    async with asked(house_port, engine, "open the door") as (link, handle, card):
        await answer(link, card, False)
        await heard_of(link, "microturn.delegation.over")
        assert house.opened == 0 and told(handle)[-1] == (Channel.COMMENTARY, "the user does not allow open door")


@pytest.mark.parametrize("how", ["on the page", "aloud"])
async def test_cancelled_while_a_tool_works(house_port: int, engine: FakeEngine, house: House, how: str) -> None:
    async with asked(house_port, engine, "open the door slowly") as (link, handle, card):
        await answer(link, card, True)
        while not house.began:
            await asyncio.sleep(0.005)
        before_s = asyncio.get_running_loop().time()
        if how == "aloud":
            note(handle, "cancel open the door slowly")
            await nudge(link)
        else:
            body = {"type": "microturn.delegation.cancel", "delegation_id": card.partition("/")[0]}
            await link.send(json.dumps(body))
        over = await heard_of(link, "microturn.delegation.over")
        while not house.stopped:
            await asyncio.sleep(0.005)
        assert over["reason"] == ("withdrawn" if how == "aloud" else "cancelled")
        assert house.stopped[0] - before_s < 0.2
        before = len(told(handle))
        await asyncio.sleep(0.2)
        assert len(told(handle)) == before and house.opened == 0
        assert [text for channel, text in told(handle) if channel is Channel.COMMENTARY] == ["may i open the door"]
