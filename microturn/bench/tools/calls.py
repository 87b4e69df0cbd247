"""How a tool call is seen: a `Do` whose text is "call NAME {arguments as JSON}".

Any driver of a system that calls functions writes its calls so on the output's timeline. Other notes are no calls:
countdowns, and what is delegated in words ("delegate the weather in ...").
"""

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final, cast

from microturn.protocol.events import Do
from microturn.protocol.timeline import Timeline

_NOTE: Final = re.compile(r"\s*call\s+(\w+)\s*(\{.*\})?\s*", re.DOTALL)


@dataclass(frozen=True, kw_only=True)
class Call:
    """One call of a tool, and when it was made."""

    at_ms: float
    function: str
    args: Mapping[str, Any]

    def plain(self) -> dict[str, Any]:
        """As the rules of `rules.fdb_v3` take it."""
        return {"function": self.function, "args": dict(self.args)}


def note_of(call: Call) -> Do:
    """The call as an event."""
    return Do(at_ms=call.at_ms, text=f"call {call.function} {json.dumps(dict(call.args), sort_keys=True)}")


def calls(timeline: Timeline) -> list[Call]:
    """Every tool call of an output, in order of time. Arguments that are no JSON object are none at all."""
    notes = sorted((event for event in timeline.events if isinstance(event, Do)), key=lambda note: note.at_ms)
    found = ((note, _NOTE.fullmatch(note.text)) for note in notes)
    return [Call(at_ms=note.at_ms, function=match[1], args=_arguments(match[2])) for note, match in found if match]


def _arguments(text: str | None) -> dict[str, Any]:
    try:
        args = json.loads(text or "{}")
    except ValueError:
        return {}
    return cast(dict[str, Any], args) if isinstance(args, dict) else {}
