"""The background's lane in the picture of a timeline: a bar for each delegation, with its task, its cards and what came of it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from microturn.protocol.events import Answer, Cancel, Card, Channel, Delegation, Progress, Result
from microturn.protocol.timeline import Timeline

ROW, THICK = 0.46, 0.13  # heights of a row and a bar
DONE, OVER, SHOWN = "#1d7a6d", "#b3202c", "#9a6a00"
MOST_LETTERS = 70


@dataclass(frozen=True, kw_only=True)
class Bar:
    """One delegation: from when to when, and what is written at both ends; `marks` are cards, answers and steps on it."""

    start_ms: float
    until_ms: float
    task: str
    outcome: str
    colour: str
    marks: tuple[tuple[float, str, str], ...]  # (when, symbol, words)

    @property
    def shown(self) -> str:
        return " ".join(f"[{words}]" for _, _, words in self.marks if words)

    @property
    def words(self) -> str:
        return f"{self.task} {self.shown}".strip()


def bars(timeline: Timeline) -> list[Bar]:
    """The delegations of a timeline in order of time; one that never ended lasts to the end."""
    found = sorted((e for e in timeline.events if isinstance(e, Delegation)), key=lambda event: event.at_ms)
    return [_bar(timeline, delegation) for delegation in found]


def draw_bars(axes: Any, drawn: Sequence[Bar], rows: Sequence[int], height: float, second_per_letter: float) -> None:
    """Each bar in its row below `height`, as far as it lies in the strip; its words above it, its outcome at its end."""
    start_s, until_s = axes.get_xlim()
    for bar, row in zip(drawn, rows, strict=True):
        first_s, last_s = bar.start_ms / 1000.0, bar.until_ms / 1000.0
        if last_s < start_s or first_s >= until_s:
            continue
        level = height - ROW * row
        left_s, wide_s = max(first_s, start_s), max(min(last_s, until_s) - max(first_s, start_s), 0.03)
        axes.barh(level, wide_s, left=left_s, height=THICK, color=bar.colour, alpha=0.75, linewidth=0)
        style = {"fontsize": 8, "va": "center", "clip_on": True}
        if first_s >= start_s:
            axes.text(first_s, level + 0.21, bar.words, color="0.25", **style)
        if last_s < until_s:
            here = first_s >= start_s
            after_s = max(last_s, first_s + len(bar.words) * second_per_letter if here else 0.0) + second_per_letter
            outcome = bar.outcome if here else f"{bar.shown} {bar.outcome}".strip()
            if after_s + len(outcome) * second_per_letter < until_s:
                axes.text(after_s, level + 0.21, outcome, color=bar.colour, **style)
            else:  # no room to the right: under the bar
                axes.text(until_s, level - 0.21, outcome, color=bar.colour, ha="right", **style)
        for at_ms, symbol, _ in bar.marks:
            if start_s <= at_ms / 1000.0 < until_s:
                axes.plot([at_ms / 1000.0], [level], symbol, color=SHOWN, markersize=5)


def extent_s(bar: Bar, second_per_letter: float) -> tuple[float, float]:
    """What a bar takes up of its row with all its words, in seconds."""
    written_s = bar.start_ms / 1000.0 + len(bar.words) * second_per_letter
    end_s = max(bar.until_ms / 1000.0, written_s) + (len(bar.outcome) + 2) * second_per_letter
    return bar.start_ms / 1000.0, end_s


def _bar(timeline: Timeline, delegation: Delegation) -> Bar:
    until_ms, outcome, colour = timeline.duration_ms, "", DONE
    marks: list[tuple[float, str, str]] = []
    asked = {e.id for e in timeline.events if isinstance(e, Card) and e.delegation == delegation.id}
    for event in sorted(timeline.events, key=lambda event: event.at_ms):
        match event:
            case Result() if event.delegation == delegation.id and event.channel is not Channel.THINKING:
                until_ms, outcome = event.at_ms, f"> {_short(event.text)}"
            case Cancel() if event.delegation == delegation.id:
                until_ms, outcome, colour = event.at_ms, f"x {_short(event.reason)}", OVER
            case Card() if event.delegation == delegation.id:
                marks.append((event.at_ms, "s", f"{event.kind}: {event.title}"))
            case Progress() | Result() if event.delegation == delegation.id:
                marks.append((event.at_ms, "|", ""))
            case Answer() if event.card in asked:
                marks.append((event.at_ms, "D", _answered(event.values)))
            case _:
                pass
    return Bar(
        start_ms=delegation.at_ms,
        until_ms=max(until_ms, delegation.at_ms),
        task=_short(delegation.task or "delegated"),
        outcome=outcome,
        colour=colour,
        marks=tuple(marks),
    )


def _answered(values: Mapping[str, Any]) -> str:
    return "answer: " + ", ".join(f"{name} {value}" for name, value in values.items())


def _short(text: str) -> str:
    return text if len(text) <= MOST_LETTERS else f"{text[: MOST_LETTERS - 3]}..."
