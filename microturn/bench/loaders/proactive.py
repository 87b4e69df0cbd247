"""An open layout for items of TimeSpeak and CueSpeak, whose own data are unpublished: so that anybody can bring some.

DIR/spec.jsonl, one object a line:
    {"id": "breathe-1", "audio": "breathe-1.wav", "group": "interval",
     "expect": [{"text": "breathe in", "window_s": [6.2, 8.2], "or": ["breathe"], "due_s": 7.2}]}
DIR/breathe-1.wav: what the user says and does, any sound file; 5 s of silence are added.

`text` is the meaning expected and `window_s` when its first word may begin, both ends included, on the clock of the file.
`or` (other words that are as right), `due_s` (for reaction times) and `allowed` (true: it may be said and earns nothing) may
be left out. `group` is the sub-type over which accuracy is averaged. An item without expectations asks for silence.
"""

import json
from collections.abc import Iterator, Mapping
from functools import partial
from pathlib import Path
from typing import Any, cast

from microturn.bench.loaders.opening import Content, opened
from microturn.bench.loaders.tracks import silence, sound, trouble, user_timeline
from microturn.bench.task import Gap, Scenario
from microturn.protocol.events import Span

FILE = "spec.jsonl"
AFTER_S = 5.0


def check(folder: Path) -> list[Gap]:
    """What is wrong with the lines and their files."""
    path = folder / FILE
    if not path.is_file():
        return [Gap(what=f"{path} is missing: one line an item, see microturn.bench.loaders.proactive", items=1)]
    return [Gap(what=str(error), items=1) for _, error in _items(folder) if error is not None]


def load(folder: Path) -> Iterator[Scenario]:
    """The items, in the order of the lines; one whose line is no item is called after it. ValueError where none is whole."""
    items = list(_items(folder))
    if all(error for _, error in items):
        raise ValueError(f"{folder / FILE} has no item that can be run: see microturn.bench.loaders.proactive")
    return opened((item["id"], item["group"], partial(_content, folder, item, error)) for item, error in items)


def _items(folder: Path) -> Iterator[tuple[Mapping[str, Any], ValueError | None]]:
    """Each line's item, and what is wrong with it."""
    path, seen = folder / FILE, set[str]()
    text = path.read_text(encoding="utf-8") if path.is_file() else ""
    for number, line in enumerate(text.splitlines(), start=1):
        if not line.strip():
            continue
        item: Mapping[str, Any] = {"id": f"line {number}", "group": ""}
        try:
            read = _item(json.loads(line))
            if read["id"] in seen:
                raise ValueError(f"the id {read['id']!r} is taken")
            item = read
            seen.add(item["id"])
            if wrong := trouble(folder / item["audio"]):
                raise ValueError(wrong)
            yield item, None
        except (AttributeError, KeyError, TypeError, ValueError) as error:
            why = f"{error.args[0]} is not given" if isinstance(error, KeyError) else str(error)
            yield item, ValueError(f"{path} line {number}: {why}")


def _item(row: Any) -> Mapping[str, Any]:
    if not isinstance(row, dict):
        raise ValueError("an item is an object")
    item = cast(dict[str, Any], row)
    name = str(item["id"])
    if not name or "/" in name or name.startswith("."):
        raise ValueError(f"an id is a plain name, not {name!r}")
    spans = [_span(expect) for expect in item.get("expect", ())]
    return {"id": name, "audio": str(item["audio"]), "group": str(item["group"]), "spans": spans}


def _span(expect: Mapping[str, Any]) -> Span:
    at_ms, until_ms = (1000 * float(at) for at in expect["window_s"])
    if not 0 <= at_ms <= until_ms:
        raise ValueError(f"window_s has to be [from, until] in seconds, not {expect['window_s']}")
    if not str(expect["text"]).strip():
        raise ValueError("text is empty: leave the expectation out to ask for silence")
    data: dict[str, Any] = {"scored": not expect.get("allowed", False), "or": [str(o) for o in expect.get("or", ())]}
    if "due_s" in expect:
        data["due_ms"] = 1000 * float(expect["due_s"])
    return Span(at_ms=at_ms, until_ms=until_ms, kind="expect", text=str(expect["text"]), who="model", data=data)


def _content(folder: Path, item: Mapping[str, Any], error: ValueError | None) -> Content:
    if error is not None:
        raise error
    timeline = user_timeline([sound(folder / item["audio"]), silence(AFTER_S)], item["spans"])
    return timeline, {"audio": item["audio"]}
