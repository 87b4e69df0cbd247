"""Who works behind a benchmark: the embedded background, one that knows the answer, and the mock tools that they may use."""

import json
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import AbstractAsyncContextManager
from typing import Any

from microturn.background.brief import Brief, Report, Worker
from microturn.background.choice import OFFLINE, Choice
from microturn.background.offline.worker import CANNOT
from microturn.background.spoken import as_spoken
from microturn.background.start import prepared
from microturn.background.tools.tool import Found, Tool, Toolbox, ToolError
from microturn.bench.task import Scenario
from microturn.bench.tools import registry
from microturn.bench.words import normalised
from microturn.protocol.events import Channel, Result

EXPECTED = "expected_tool_calls"  # in a scenario's meta: there the twelve mock tools are what there is to use
USERS_OWN = 0.5  # of the words of a task that the oracle takes on


def mock_tools() -> list[Tool]:
    """The twelve tools of fdb-v3, in this process."""
    return [_tool(one) for one in registry.TOOLS.values()]


def _tool(mock: registry.Tool) -> Tool:
    async def run(arguments: Mapping[str, Any], brief: Brief) -> Found:
        result = registry.tool_call(mock.name, arguments)
        if "error" in result:
            raise ToolError(str(result["error"]))
        return Found(text=json.dumps(result))

    return Tool(name=mock.name, summary=mock.summary, parameters=mock.schema()["parameters"], run=run)


def opened(name: str, tools: Sequence[Tool] | None) -> AbstractAsyncContextManager[Worker]:
    """Who works, with these tools or (None) its own; to be entered on the event loop that it works on. ValueError, with what
    to do, for one that there is not."""
    worker = prepared(Choice(model=name), tools)
    if worker is None:
        raise ValueError(
            f"nobody works then: --background is {OFFLINE}, oracle, none or a language model (openai:NAME, ...)"
        )
    return worker


class Oracle:
    """Knows the scenario: makes the calls that are expected and says what is right, once; of anything more it knows nothing.

    It measures that work is handed over, and that the result is said: the request has to be over (nobody knows what is not
    said yet), and half of the task's words have to be the user's.
    """

    name = "oracle"

    def __init__(self, scenario: Scenario, toolbox: Toolbox) -> None:
        self._scenario, self._toolbox = scenario, toolbox
        self._asked = False

    async def work(self, brief: Brief, /) -> AsyncIterator[Report]:
        text = CANNOT
        if not self._asked and self._meant(brief):
            self._asked = True
            await self._call(brief)
            text = as_spoken(truth(self._scenario)) or CANNOT
        yield Result(at_ms=0.0, delegation=brief.delegation.id, channel=Channel.COMMENTARY, text=text)

    def _meant(self, brief: Brief) -> bool:
        """Whether it is this scenario's request that was handed over; where no words are known, whatever it is."""
        at_ms = brief.delegation.at_ms
        words = self._scenario.timeline.words(Channel.HEARD)
        if at_ms < float(self._scenario.meta.get("turn_end_ms", 0.0)) or not words:
            return not words
        spoken = {token for word in words if word.at_ms < at_ms for token in normalised(word.text)}
        task = normalised(brief.delegation.task)
        return sum(token in spoken for token in task) >= USERS_OWN * len(task)

    async def _call(self, brief: Brief) -> None:
        """The expected calls in order; "$search_flights.flights[0].flight_id" is what that call has found."""
        found: dict[str, Any] = {}
        for call in self._scenario.meta.get(EXPECTED, ()):
            args = {name: _resolved(value, found) for name, value in call["args"].items()}
            told = await self._toolbox.call(call["function"], args, brief)
            found[call["function"]] = json.loads(told.text)


def _resolved(value: Any, found: Mapping[str, Any]) -> Any:
    if not (isinstance(value, str) and value.startswith("$")):
        return value
    here: Any = found
    for part in value[1:].replace("[", ".").replace("]", "").split("."):
        if isinstance(here, list):
            here = here[int(part)] if int(part) < len(here) else ""
        else:
            here = here.get(part, "") if isinstance(here, Mapping) else ""
    return here


def truth(scenario: Scenario) -> str:
    """What is right to say: the reference reply, or the first thing that is expected and scored; empty where nothing is."""
    for name in ("reply", "reference"):
        if scenario.meta.get(name):
            return str(scenario.meta[name])
    expects = [span for span in scenario.timeline.spans("expect") if span.data.get("scored", True)]
    return expects[0].text if expects else ""
