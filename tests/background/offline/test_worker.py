"""The embedded background: errands are done by rules at least as well as reported, and what can not be known is refused."""

from collections.abc import AsyncIterator, Sequence
from pathlib import Path

import pytest

from microturn.background.brief import Brief
from microturn.background.offline.worker import CANNOT, Offline, wordings
from microturn.background.tools.tool import Permission, Toolbox
from microturn.protocol.events import Card, Delegation, Progress, Result
from microturn.protocol.timeline import Timeline
from tests.background.offline import errands as measured

pytestmark = pytest.mark.anyio


@pytest.fixture
def anyio_backend() -> str:
    return "asyncio"


@pytest.fixture(scope="module")
def box(tmp_path_factory: pytest.TempPathFactory) -> Toolbox:
    return Toolbox.of(measured.tools(tmp_path_factory.mktemp("home")))


def offline(box: Toolbox) -> Offline:
    return Offline(box, now=lambda: measured.NOW)


def brief(task: str, why: str = "") -> Brief:
    delegation = Delegation(at_ms=0.0, id="d1", task=task, why=why, deadline_ms=9e9)
    return Brief(delegation=delegation, conversation=Timeline(duration_ms=1000.0))


async def reports(worker: Offline, task: str, why: str = "") -> list[Progress | Card | Result]:
    return [report async for report in worker.work(brief(task, why))]


async def said(worker: Offline, task: str, why: str = "") -> str:
    last = (await reports(worker, task, why))[-1]
    assert isinstance(last, Result)
    return last.text


@pytest.mark.parametrize("split", ["dev", "test"])
async def test_errands_come_out_as_reported(box: Toolbox, split: str) -> None:
    outcomes = await measured.tried(offline(box), split)
    wrong = [o.asked.task for o in outcomes if not o.asked.tool and not o.answer]
    assert not wrong
    assert sum(o.answer for o in outcomes) >= 0.92 * len(outcomes)


@pytest.mark.parametrize(
    ("task", "says"),
    [
        ("what is seven times eight", "it is fifty six"),
        ("one divided by zero", "nothing can be divided by zero"),
        ("what day is it today", "it is wednesday"),
        ("what day it will be tomorrow", "it will be thursday"),
        ("which day yesterday was", "it was tuesday"),
        ("how many feet are in two yards", "it is six"),
        ("the price of a lamp at the shop", "it says lamp shop twenty four dollars"),
        ("the price of a boat at the shop", CANNOT),
        ("the weather in the town", CANNOT),
        ("show a chart of the snow", "i found no numbers for that"),
        ("what do you see", "there is no picture the camera and the screen are off"),
    ],
)
async def test_what_is_said(box: Toolbox, task: str, says: str) -> None:
    assert await said(offline(box), task) == says


@pytest.mark.parametrize(
    ("task", "failed"), [("one divided by zero", True), ("the weather", True), ("two plus two", False)]
)
async def test_what_came_to_nothing_says_so(box: Toolbox, task: str, failed: bool) -> None:
    result = (await reports(offline(box), task))[-1]
    assert isinstance(result, Result) and result.failed is failed


async def test_a_chart_is_shown_before_the_result(box: Toolbox) -> None:
    card, result = await reports(offline(box), "show a chart of the rain")
    assert isinstance(card, Card) and card.content["y"] == [3, 12, 0, 7.5, 1]
    assert isinstance(result, Result) and result.text == "the chart is on the page"


async def test_a_tool_that_is_denied_is_not_used(box: Toolbox) -> None:
    denied = Toolbox.of(box.tools.values(), {"calculate": Permission.DENY})
    assert await said(offline(denied), "what is seven times eight") == CANNOT


def test_the_users_words_come_first_where_they_are_the_same_request() -> None:
    assert wordings(brief("how much eleven times eight is", "how much seven times eight is"))[0].split()[2] == "seven"
    assert wordings(brief("the price of a lamp", "i see")) == ["the price of a lamp"]


async def test_tools_without_rules() -> None:
    made = await measured.foreign("dev", None)
    right = [task for task, ok, _ in made if ok]
    assert len(right) >= 16
    done = {task: calls for task, _, calls in made}
    assert all(not calls for task, calls in done.items() if task in ("who wrote this book", "sell my old car"))


class Fixed:
    """Thinks that only users of an alarm clock speak."""

    async def choose(self, prompt: str, options: Sequence[str]) -> list[float]:
        return [0.0 if "alarm" in prompt else -20.0 if prompt.startswith("Tool") else -5.0 for _ in options]


async def test_the_language_model_chooses_where_words_do_not() -> None:
    made = {task: calls for task, _, calls in await measured.foreign("dev", Fixed())}
    assert made["wake me at six"] == [{"tool": "set_alarm", "arguments": {"hour": 6}}]


async def test_progress_before_what_is_slow(box: Toolbox) -> None:
    steps: AsyncIterator[object] = offline(box).work(brief("the weather in the town"))
    assert isinstance(await anext(steps), Progress)


def test_documents_of_the_errands_are_there() -> None:
    assert len(list((Path(measured.__file__).parent / "papers").iterdir())) == 10
