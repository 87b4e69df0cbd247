"""Who works behind a benchmark: the embedded background, one that knows the answer, and the mock tools that they may use."""

import json
from collections.abc import AsyncIterator, Callable, Mapping
from typing import Any

from microturn.background.brief import Brief, Report, Worker
from microturn.background.offline import CANNOT, Offline, as_spoken
from microturn.background.tools.tool import Found, Tool, Toolbox, ToolError
from microturn.bench.task import Scenario
from microturn.bench.tools import registry
from microturn.cli.bench.ahead import Ledger, Noted
from microturn.protocol.events import Channel, Result

EXPECTED = "expected_tool_calls"  # in a scenario's meta: there the twelve mock tools are what there is to use
Open = Callable[[Toolbox | None], Worker]


def mock_toolbox(ledger: Ledger) -> Noted:
    """The twelve tools of fdb-v3, in this process; each call is noted."""
    tools = [_tool(one) for one in registry.TOOLS.values()]
    return Noted(tools={tool.name: tool for tool in tools}, ledger=ledger)


def _tool(mock: registry.Tool) -> Tool:
    async def run(arguments: Mapping[str, Any], brief: Brief) -> Found:
        result = registry.tool_call(mock.name, arguments)
        if "error" in result:
            raise ToolError(str(result["error"]))
        return Found(text=json.dumps(result))

    return Tool(name=mock.name, summary=mock.summary, parameters=mock.schema()["parameters"], run=run)


def offline(toolbox: Toolbox | None) -> Worker:
    """The embedded background, with these tools where it can use any, else with its own."""
    options: dict[str, Any] = {} if toolbox is None or not _takes_tools() else {"toolbox": toolbox}
    return Offline(**options)


def _takes_tools() -> bool:
    return "toolbox" in Offline.__init__.__annotations__


class Oracle:
    """Knows the scenario: makes the calls that are expected and says what is right, once; of anything more it knows nothing.

    Whatever was handed over counts: it measures that work is handed over, and that the result is said.
    """

    name = "oracle"

    def __init__(self, scenario: Scenario, toolbox: Toolbox) -> None:
        self._scenario, self._toolbox = scenario, toolbox
        self._asked = False

    async def work(self, brief: Brief, /) -> AsyncIterator[Report]:
        text = CANNOT
        if not self._asked:
            self._asked = True
            await self._call(brief)
            text = as_spoken(truth(self._scenario)) or CANNOT
        yield Result(at_ms=0.0, delegation=brief.delegation.id, channel=Channel.COMMENTARY, text=text)

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
