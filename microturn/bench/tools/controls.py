"""A control of tool calls: it always makes the same call."""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from microturn.bench.controls import Silent
from microturn.bench.task import Scenario
from microturn.bench.tools.calls import Call, note_of
from microturn.protocol.timeline import Timeline


@dataclass(frozen=True, kw_only=True)
class OneCall:
    """Makes the same call at the end of every request, and says nothing."""

    function: str = "search_flights"
    args: dict[str, Any] = field(default_factory=lambda: {"origin": "london", "destination": "paris", "date": "monday"})

    @property
    def name(self) -> str:
        return f"always {self.function}"

    def run(self, scenarios: Sequence[Scenario]) -> list[Timeline]:
        return [
            replace(
                output,
                events=(note_of(Call(at_ms=scenario.meta["turn_end_ms"], function=self.function, args=self.args)),),
            )
            for scenario, output in zip(scenarios, Silent().run(scenarios), strict=True)
        ]
