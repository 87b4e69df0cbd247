"""Errands for the embedded background: how often it uses the right tool, and says the right words, or rightly that it can not.

`errands.jsonl` was written before any rule or prompt. Half of it (by a fixed seed) is for tuning, half for figures. The tools are the
built-in ones; the documents are `papers/`, the clock stands still. The table:

    python -m tests.background.offline.errands [--split test] [--show] [--language [--alone]]

`foreign.json` has tools that there are no rules for, and requests for them, in the same halves: whether exactly the right calls are made.
`--language` runs the small language model as well: for the choice of those tools.
"""

import argparse
import asyncio
import json
import random
import statistics
import tempfile
import time
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

import numpy as np

from microturn.background.brief import Brief
from microturn.background.language.client import LanguageModel
from microturn.background.memory.documents import Documents
from microturn.background.memory.notes import Notes
from microturn.background.offline.guessing import Chooser, gains
from microturn.background.offline.worker import CANNOT, Done, Offline
from microturn.background.tools.shelf import Household, built_in
from microturn.background.tools.tool import Found, Tool, Toolbox
from microturn.protocol.events import Card, Channel, Delegation, Frame
from microturn.protocol.timeline import Timeline

HERE = Path(__file__).parent
NOW = datetime(2026, 3, 11, 14, 5)  # a wednesday; the user's clock is UTC
SEED = 5
NOTES = (
    "i lent the ladder to the neighbour",
    "my passport is in the top drawer of the desk",
    "paul is allergic to nuts",
    "the car is parked behind the church",
    "the meeting with the bank is at three on thursday",
    "the gift for mother is a camera",
)
JSON = Mapping[str, Any]


@dataclass(frozen=True)
class Asked:
    """An errand and what should come of it; no tool means that it can not be done."""

    id: str
    kind: str
    task: str
    why: str
    tool: str
    arguments: dict[str, Any]
    words: list[str]


def errands(split: str) -> list[Asked]:
    """Those of a split, "dev" or "test"."""
    asked = [Asked(**json.loads(line)) for line in (HERE / "errands.jsonl").read_text().splitlines()]
    random.Random(SEED).shuffle(asked)
    return asked[::2] if split == "dev" else asked[1::2]


def tools(folder: Path) -> list[Tool]:
    """The built-in tools over `papers/` and `NOTES`, and stand-ins for those that show something."""
    documents, notes = Documents(folder / "documents.sqlite"), Notes(folder / "notes.sqlite")
    list(documents.add(HERE / "papers"))
    for note in NOTES:
        notes.add(note, NOW)
    made = built_in(Household(now=lambda: NOW, documents=documents, notes=notes))
    return [tool for tool in made if not tool.name.startswith("show_")] + [_shows("chart"), _shows("table")]


def _shows(kind: str) -> Tool:
    async def show(arguments: JSON, brief: Brief) -> Found:
        card = Card(at_ms=0.0, id=kind, delegation="", kind=kind, title=arguments["title"], content=arguments)
        return Found(text="the page shows it", cards=(card,))

    return Tool(name=f"show_{kind}", summary=f"Show a {kind} on the page.", parameters={"type": "object"}, run=show)


SUMMARIES = {
    "calculate": "work out a sum",
    "convert_units": "convert a value from one unit to another",
    "time_in": "the time of day in a place",
    "date_in": "the date and day of the week, some days from now",
    "search_documents": "search in the user's own documents",
    "remember": "keep a note",
    "recall": "find a note again",
    "look": "look at the camera's picture",
    "show_chart": "show a chart on the page",
    "show_table": "show a table on the page",
}


def converted(value: float, source: str, wanted: str) -> float:
    """By pint, which is in the extra `background`."""
    import pint

    units = pint.UnitRegistry()
    return units.Quantity(value, units.parse_units(source)).to(units.parse_units(wanted)).magnitude


def brief_of(asked: Asked) -> Brief:
    delegation = Delegation(at_ms=0.0, id=asked.id, task=asked.task, why=asked.why, deadline_ms=9e9)
    frame = Frame(at_ms=900.0, channel=Channel.CAMERA, rgb=np.zeros((8, 8, 3), np.uint8))
    return Brief(delegation=delegation, conversation=Timeline(duration_ms=1000.0, frames=(frame,)))


def right_tool(asked: Asked, done: Done | None) -> bool:
    """Whether the tool is the expected one, with its arguments."""
    if done is None or not done.tool:
        return not asked.tool
    if done.tool != asked.tool:
        return False
    got, want = done.arguments, asked.arguments
    match asked.tool:
        case "calculate":
            return abs(eval(got["expression"]) - eval(want["expression"])) < 1e-6
        case "convert_units":
            with suppress(Exception):
                same = converted(1, got["from_unit"], want["from_unit"]), converted(1, got["to_unit"], want["to_unit"])
                return got["value"] == want["value"] and all(abs(one - 1) < 1e-6 for one in same)
            return False
        case "remember":
            return all(word in got["note"].lower() for word in want["note"])
        case "show_chart":
            return got["y"] == want["values"]
        case _:
            return all(got[name] == value for name, value in want.items())


def right_answer(asked: Asked, done: Done | None) -> bool:
    """Whether it says what was expected; for what can not be done, whether it says so, and no more."""
    if not asked.tool:
        return done is None or not done.tool
    text = f" {done.text} " if done else CANNOT
    return bool(done and done.tool) and all(
        any(f" {way} " in text or f" {way}" in text for way in words.split("|")) for words in asked.words
    )


@dataclass(frozen=True)
class Outcome:
    asked: Asked
    done: Done | None
    seconds: float

    @property
    def tool(self) -> bool:
        return right_tool(self.asked, self.done)

    @property
    def answer(self) -> bool:
        return self.tool and right_answer(self.asked, self.done)


async def tried(worker: Offline, split: str) -> list[Outcome]:
    outcomes: list[Outcome] = []
    for asked in errands(split):
        begun = time.perf_counter()
        steps = [step async for step in worker.steps(brief_of(asked))]
        done = next((step for step in steps if isinstance(step, Done)), None)
        outcomes.append(Outcome(asked, done, time.perf_counter() - begun))
    return outcomes


def table(name: str, outcomes: list[Outcome]) -> str:
    impossible = [o for o in outcomes if not o.asked.tool]
    wrong = [o for o in impossible if not o.answer]
    possible = [o for o in outcomes if o.asked.tool]
    silent = [o for o in possible if o.done is None or not o.done.tool]
    seconds = sorted(o.seconds for o in outcomes)

    def percent(part: int, whole: int) -> str:
        return f"{100 * part / max(1, whole):.0f}% ({part}/{whole})"

    lines = [
        f"{name}: {len(outcomes)} errands",
        f"  right tool and arguments {percent(sum(o.tool for o in outcomes), len(outcomes))}",
        f"  right answer {percent(sum(o.answer for o in outcomes), len(outcomes))}",
        f"  answered though impossible {percent(len(wrong), len(impossible))}",
        f"  given up though possible {percent(len(silent), len(possible))}; wrong {percent(sum(not o.answer for o in possible) - len(silent), len(possible))}",
        f"  seconds: median {statistics.median(seconds):.3f}, p90 {seconds[int(0.9 * len(seconds))]:.3f}",
    ]
    kinds = sorted({o.asked.kind for o in outcomes})
    by_kind = ((kind, [o for o in outcomes if o.asked.kind == kind]) for kind in kinds)
    lines.append(
        "  by kind: " + ", ".join(f"{kind} {sum(o.answer for o in some)}/{len(some)}" for kind, some in by_kind)
    )
    return "\n".join(lines)


async def foreign(split: str, language: Chooser | None) -> list[tuple[str, bool, list[Any]]]:
    """Each request for a tool without rules, whether the calls that were made are the right ones, and those calls."""
    told = json.loads((HERE / "foreign.json").read_text())
    asked: list[JSON] = list(told["errands"])
    random.Random(SEED).shuffle(asked)
    made: list[Any] = []

    def tool(about: JSON) -> Tool:
        async def run(arguments: JSON, brief: Brief) -> Found:
            made.append({"tool": about["name"], "arguments": dict(arguments)})
            return Found(
                text=json.dumps(
                    [{"bike_id": "BK4", "price": 9}] if about["name"] == "find_bikes" else {"status": "done"}
                )
            )

        return Tool(**about, run=run)

    worker = Offline(Toolbox.of(map(tool, told["tools"])), language=language, now=lambda: NOW)
    out: list[tuple[str, bool, list[Any]]] = []
    for one in asked[::2] if split == "dev" else asked[1::2]:
        made.clear()
        brief = brief_of(Asked(one["id"], "foreign", one["task"], "", "", {}, []))
        _ = [step async for step in worker.steps(brief)]
        out.append((one["task"], made == one["calls"], list(made)))
    return out


async def alone(split: str, language: LanguageModel) -> tuple[int, int]:
    """For how many errands the language model alone chooses the right one of our tools, or none; and of how many."""
    names = [*SUMMARIES, ""]
    summaries = [*SUMMARIES.values(), "small talk, and what can not be done"]
    right = 0
    asked = errands(split)
    for one in asked:
        likelier = await gains(language, one.task, summaries)
        right += names[likelier.index(max(likelier))] == one.tool
    return right, len(asked)


async def measured(args: argparse.Namespace, language: LanguageModel | None, folder: Path) -> None:
    outcomes = await tried(Offline(Toolbox.of(tools(folder)), language=language, now=lambda: NOW), args.split)
    print(table("rules", outcomes))
    if args.show:
        for o in outcomes:
            if not o.answer:
                print(f"   {o.asked.task!r} -> {o.done}")
    for name, model in {"words": None, "words and language model": language}.items():
        if name == "words" or model is not None:
            begun = time.perf_counter()
            made = await foreign(args.split, model)
            each = (time.perf_counter() - begun) / len(made)
            print(
                f"tools without rules, by {name}: right calls {sum(ok for _, ok, _ in made)}/{len(made)}, {each:.2f} s each"
            )
            if args.show:
                print("\n".join(f"   {task!r} -> {calls}" for task, ok, calls in made if not ok))
    if language is not None and args.alone:
        print("the language model alone, right tool of ours: {}/{}".format(*await alone(args.split, language)))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--split", choices=("dev", "test"), default="test")
    parser.add_argument("--show", action="store_true", help="print what went wrong")
    parser.add_argument("--language", action="store_true", help="with the small language model")
    parser.add_argument(
        "--alone", action="store_true", help="with --language: it alone, for the choice of our tools, too (slow)"
    )
    args = parser.parse_args()
    language = LanguageModel() if args.language else None
    with tempfile.TemporaryDirectory() as folder:
        asyncio.run(measured(args, language, Path(folder)))
    if language is not None:
        language.close()


if __name__ == "__main__":
    main()
