"""Work that is handed over, from the data factory's acts: what is an errand, and when its result may be said.

Times are the listener's. A result may be said from when it comes, or, while the user is talking, from the end of those
words; it is in time up to 1 s after it came and the model had said that it is on it, or after the user has been silent for 0.4 s. What comes back is part of the
scenario: no background is needed, and it comes whether or not anything was handed over.
"""

from dataclasses import dataclass, replace

from microturn.bench.scenarios.windows import answer_window
from microturn.bench.task import Scenario
from microturn.data.acts.work import GAP_MS
from microturn.protocol.events import Channel, Do, Span, Text
from microturn.protocol.notes import CANCEL, DELEGATE, orders
from microturn.protocol.timeline import Timeline

ACTS = ("delegated", "withdrawn", "found", "progress", "instructed")
RESULT_MS = 1000.0
EARLY_MS, LATE_MS = 600.0, 2000.0  # of a note, around the tick in which the script writes it
ACKNOWLEDGED = ("one moment", "okay")  # what is said before the work is done; it earns nothing


@dataclass(frozen=True, kw_only=True)
class Handover:
    """A note to the background that is due: its first word, the errand, and when it may be written."""

    kind: str  # delegate or cancel
    task: str
    from_ms: float
    until_ms: float


def handovers(timeline: Timeline) -> list[Handover]:
    """The notes of the script that are for the background, in order."""
    notes = sorted((event for event in timeline.events if isinstance(event, Do)), key=lambda note: note.at_ms)
    return [
        Handover(kind=order.kind, task=order.task, from_ms=note.at_ms - EARLY_MS, until_ms=note.at_ms + LATE_MS)
        for note in notes
        for order in orders(note.text)
        if order.kind in (DELEGATE, CANCEL) and order.task
    ]


def arrivals(timeline: Timeline, channel: Channel) -> list[Text]:
    """What comes back in one manner, in order."""
    texts = [event for event in timeline.events if isinstance(event, Text) and event.channel is channel]
    return sorted(texts, key=lambda text: text.at_ms)


def talked_over(timeline: Timeline, result_ms: float) -> Span | None:
    """From the arrival of a result to the end of what the user is saying then; None where the user is silent."""
    return next((span for span in timeline.spans("quiet") if span.at_ms == result_ms), None)


def windows(span: Span, timeline: Timeline) -> Span | None:
    """A result by the rule above, other answers as anywhere; acknowledgements earn nothing."""
    if "result_ms" in span.data:
        arrived_ms = float(span.data["result_ms"])
        busy = talked_over(timeline, arrived_ms)
        free_ms = max(arrived_ms, span.at_ms)  # the model may itself be speaking still
        from_ms, due_ms = (arrived_ms, free_ms) if busy is None else (busy.until_ms, busy.until_ms + GAP_MS)
        data = {**span.data, "due_ms": due_ms, "scored": True}
        return replace(span, at_ms=from_ms, until_ms=due_ms + RESULT_MS, data=data)
    return answer_window(span) if "request_end_ms" in span.data and span.text not in ACKNOWLEDGED else None


def results(timeline: Timeline) -> list[Span]:
    """The windows of results that are to be said when they come."""
    return [span for span in timeline.spans("expect") if "result_ms" in span.data]


def suits(index: int, scenario: Scenario) -> bool:
    """By turns with the user silent and talking when a result comes, and with and without an errand instead."""
    odd = bool(index // len(ACTS) % 2)
    match scenario.meta["act"]:
        case "delegated" | "progress":
            return all(
                odd == (talked_over(scenario.timeline, one.data["result_ms"]) is not None)
                for one in results(scenario.timeline)
            )
        case "withdrawn":
            return odd != bool(results(scenario.timeline))
        case _:
            return True
