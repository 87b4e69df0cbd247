"""Full-Duplex-Bench v2 (arXiv 2510.07838): the judge's reply read, averages of each conversation, curves over time.

An event is [[start s, end s], turn-taking 1 to 5, instruction following 1 to 5]; a conversation has a list of them and one
task score. Worked cases: the official scripts of DanielLin94144/Full-Duplex-Bench@d7336bda. Known faults of theirs, kept
in mode "official": one comma too many in the reply loses its events, a task score that is a string counts for nothing,
and an event without length counts in the averages but not in the curve. "fixed" reads the first two as they are meant,
and leaves such an event out of both.
"""

import json
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any, Final, cast

from microturn.bench.rules import Mode

EVENTS, TASK = "Turn-taking event and score", "Task-specific score"
BIN_S, LAST_S = 15, 120
_TIME: Final = r"""["']?\s*(\d+(?:\.\d+)?|(?:\d+:)+\d+(?:\.\d+)?)\s*["']?"""
_MARK: Final = r"""["']?\s*(null|None|\d+(?:\.\d+)?)\s*["']?"""
_FENCED = re.compile(r"```[a-zA-Z]*\s*(.*?)```", re.DOTALL)
_BRACED = re.compile(r"\{\s*" + _TIME + r"\s*,\s*" + _TIME + r"\s*\}")
_COLON = re.compile(r"\[\s*" + _TIME + r"\s*,\s*" + _TIME + r"\s*\]\s*:\s*" + _MARK + r"\s*,\s*" + _MARK)
_TASK = re.compile(r"""["']?Task-specific score["']?\s*:\s*(\d+(?:\.\d+)?)""")
_COMMA = re.compile(r",\s*(?=[\]}])")
Event = list[Any]  # [[start, end], turn-taking, instruction following]


def parse(reply: str, *, mode: Mode = "official") -> dict[str, Any]:
    """A judge's reply as {EVENTS: [[[start, end], tt, if], ...], TASK: score}.

    Fenced blocks are joined in their order and the last task score wins. Times are seconds or "mm:ss", in a list, in braces or
    as start_time and end_time; marks lose their fractions, and null stays None. What is no JSON is searched for
    "[start, end]: tt, if" and for the task score.
    """
    found: dict[str, Any] = {EVENTS: [], TASK: None}
    for block in _FENCED.findall(reply) or [reply]:
        events, task = _read_block(_BRACED.sub(r'["\1", "\2"]', block), mode)
        found[EVENTS] += events
        found[TASK] = found[TASK] if task is None else task
    return found


def _read_block(text: str, mode: Mode) -> tuple[list[Event], Any]:
    content = _json(text)
    if content is None and mode == "fixed":
        content = _json(_COMMA.sub("", text)) or _json(_COMMA.sub("", text).replace("'", '"'))
    if content is None:
        task = _TASK.search(text)
        events = [[[_seconds(a), _seconds(b)], _mark(x), _mark(y)] for a, b, x, y in _COLON.findall(text)]
        return events, json.loads(task[1]) if task else None
    task = content.get(TASK)
    if mode == "fixed" and isinstance(task, str):
        task = _number(task)
    return list(_events(content.get(EVENTS))), task


def _json(text: str) -> dict[str, Any] | None:
    for part in (text, text[text.find("{") : text.rfind("}") + 1]):
        try:
            content = json.loads(part)
        except ValueError:
            continue
        if isinstance(content, dict):
            return cast(dict[str, Any], content)
    return None


def _events(items: Any) -> Iterator[Event]:
    for item in _list(items):
        parts = _list(item)
        if len(parts) < 3:
            continue
        several: list[Any] = [part for part in _list(parts[0]) if isinstance(part, list | dict)]
        for interval in several or [parts[0]]:
            times = _interval(interval)
            if times is not None:
                yield [times, _mark(parts[1]), _mark(parts[2])]


def _interval(value: Any) -> list[float] | None:
    if isinstance(value, dict):
        named = cast(dict[str, Any], value)
        value = [named.get("start_time", named.get("start")), named.get("end_time", named.get("end"))]
    times = [_seconds(part) for part in _list(value)]
    return None if len(times) != 2 or None in times else cast(list[float], times)


def _list(value: Any) -> list[Any]:
    return cast(list[Any], value) if isinstance(value, list) else []


def _seconds(value: Any) -> float | None:
    """Seconds of a number, "12.5", "01:02.5" or "1:00:02"."""
    if isinstance(value, str) and ":" in value:
        total = 0.0
        for part in value.split(":"):
            number = _number(part)
            if number is None:
                return None
            total = 60.0 * total + number
        return total
    number = _number(value)
    return None if number is None else float(number)


def _mark(value: Any) -> int | None:
    number = _number(value)
    return None if number is None else int(number)


def _number(value: Any) -> float | None:
    try:
        return float(value)
    except (TypeError, ValueError):
        return None


def average(content: Mapping[str, Any], *, mode: Mode = "official") -> dict[str, Any]:
    """One conversation: mean marks over the events that have both, and the task score; each None where there is none."""
    marked = _marked(content, with_length=mode == "fixed")
    task = content.get(TASK)
    if mode == "fixed" and isinstance(task, str):
        task = _number(task)
    return {
        "n_files": float(_is_number(task)),
        "n_events": float(len(marked)),
        "avg_turn_taking": _mean([(tt, 1.0) for _, tt, _ in marked]),
        "avg_instruction_following": _mean([(follows, 1.0) for _, _, follows in marked]),
        "avg_task_specific": round(float(cast(float, task)), 3) if _is_number(task) else None,
    }


def curve(content: Mapping[str, Any]) -> dict[str, Any]:
    """One conversation over time: mean marks in bins of 15 s up to 120 s, an event weighing the seconds it has in a bin."""
    marked = _marked(content, with_length=True)
    row = average({**content, EVENTS: [[list(times), tt, follows] for times, tt, follows in marked]})
    for start in range(0, LAST_S, BIN_S):
        shares = [_overlap(times, start, start + BIN_S) for times, _, _ in marked]
        name = f"[{start}-{start + BIN_S}]"
        row[f"TT{name}"] = _mean([(tt, share) for (_, tt, _), share in zip(marked, shares, strict=True)])
        row[f"IF{name}"] = _mean([(follows, share) for (_, _, follows), share in zip(marked, shares, strict=True)])
    return row


def _marked(content: Mapping[str, Any], *, with_length: bool) -> list[tuple[tuple[float, float], float, float]]:
    """The events with both marks, and with times where `with_length`, which leaves out those that end as they start."""
    found: list[tuple[tuple[float, float], float, float]] = []
    for event in _list(content.get(EVENTS)):
        parts = _list(event)
        if len(parts) < 3 or not (_is_number(parts[1]) and _is_number(parts[2])):
            continue
        times = [part for part in _list(parts[0]) if _is_number(part)]
        start, end = times if len(times) == 2 else (0.0, 0.0)
        if end > start or not with_length:
            found.append(((start, end), float(parts[1]), float(parts[2])))
    return found


def _is_number(value: Any) -> bool:
    return isinstance(value, int | float)


def _overlap(times: tuple[float, float], start: float, end: float) -> float:
    return max(0.0, min(times[1], end) - max(times[0], start))


def _mean(weighted: Sequence[tuple[float, float]]) -> float | None:
    total = sum(weight for _, weight in weighted)
    return round(sum(value * weight for value, weight in weighted) / total, 3) if total > 0 else None


def _rows(tree: Mapping[str, Mapping[str, Any]], row: Callable[[Mapping[str, Any]], dict[str, Any]]) -> dict[str, Any]:
    """One row for each (setup, conversation), in the order of their names."""
    named = [(setup, name) for setup in sorted(tree) for name in sorted(tree[setup])]
    return {"rows": [{"setup": setup, "subtask": name, **row(tree[setup][name])} for setup, name in named]}


CASES: dict[str, dict[str, Callable[[Any], Any]]] = {
    "Full-Duplex-Bench v2": {
        "cases_parse": lambda given: parse(given["judge_reply"]),
        "cases_score": lambda given: _rows(given["tree"], average),
        "cases_score_time": lambda given: _rows(given["tree"], curve),
    }
}
