"""Controls of tool calls: one that always makes the same call, and one that knows everything but one argument."""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from microturn.bench.controls import Oracle, Silent
from microturn.bench.task import Scenario
from microturn.bench.tools.calls import Call, calls, note_of
from microturn.protocol.events import Do
from microturn.protocol.timeline import Timeline

WRONG = "something else"


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


@dataclass(frozen=True, kw_only=True)
class WrongCalls:
    """The oracle, with an argument of its last call wrong: right tools, no pass."""

    name: str = "wrong argument"

    def run(self, scenarios: Sequence[Scenario]) -> list[Timeline]:
        return [_spoiled(output) for output in Oracle().run(scenarios)]


def _spoiled(output: Timeline) -> Timeline:
    made = calls(output)
    if not made:
        return output
    spoken = [name for name, value in made[-1].args.items() if not str(value).startswith("$")]  # others are free
    wrong = replace(made[-1], args={**made[-1].args, spoken[0]: WRONG})
    kept = [event for event in output.events if not isinstance(event, Do)]
    notes = [note_of(call) for call in (*made[:-1], wrong)]
    return replace(output, events=tuple(sorted((*kept, *notes), key=lambda event: event.at_ms)))
