"""The embedded background: no key, no network. It understands a short request, uses a tool for it, and says what came of it.

Rules are first (`requests`), and decide alone where they are certain; a look-up in the user's documents and notes is next, and gives
an answer only where a sentence has all that was asked; tools that there are no rules for are chosen by what they say of
themselves (`filling`). What is left it can not find out: the small language model's own memory is no source.
"""

import logging
import re
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from microturn.background.brief import Brief
from microturn.background.language.client import LanguageError
from microturn.background.offline.filling import Filling, clauses, missing, source, values_of
from microturn.background.offline.guessing import Chooser, chosen
from microturn.background.offline.passages import answer, covers, points, shared, telling_words
from microturn.background.offline.requests import Errand, bare, understood
from microturn.background.spoken import as_spoken
from microturn.background.tools.tool import Tool, Toolbox, ToolError
from microturn.features.numbers import WEEKDAYS
from microturn.protocol.events import Card, Channel, Progress, Result

CANNOT = "i can not find that out"
DAYS = "|".join(WEEKDAYS)
RULED = ("calculate", "convert_units", "time_in", "date_in", "remember", "recall", "look", "search_documents")
RULED += ("show_markdown", "show_table", "show_chart", "show_image", "show_html", "ask_form", "run_python")
MOST_CALLS = 4  # of other tools for one request
NOTING = frozenset("note notes remember told asked ask put left noted mention save saved".split())  # noqa: SIM905
LOOKUPS = ("search_documents", "recall")
UNSEEN = "the picture is on the page but i can not tell what is in it"
DATA = re.compile(r"</?data[^>]*>")
SOURCE = re.compile(
    r"^(?:\S[^:\n]{0,80}\.[a-z]{2,8}|\d{4}-\d\d-\d\d): ", re.MULTILINE
)  # the file's name, the note's day
MOST_WORDS = 30  # of a result
LOG = logging.getLogger(__name__)
Now = Callable[[], datetime]


@dataclass(frozen=True, kw_only=True)
class Done:
    """What is to be said, what is to be shown, and the tool that it came from."""

    text: str
    tool: str
    arguments: dict[str, Any] = field(default_factory=dict[str, Any])
    cards: tuple[Card, ...] = ()
    failed: bool = False


class Offline:
    """Works with the tools of `toolbox`, whichever it has; `language` helps to choose among those that there are no rules for.
    `now` is the user's wall clock."""

    name = "offline"

    def __init__(self, toolbox: Toolbox, language: Chooser | None = None, now: Now = datetime.now) -> None:
        self.toolbox, self.language, self.now = toolbox, language, now

    async def work(self, brief: Brief) -> AsyncIterator[Progress | Card | Result]:
        done: Done | None = None
        async for step in self.steps(brief):
            if isinstance(step, Done):
                done = step
            else:
                yield step
        for card in done.cards if done else ():
            yield card
        yield Result(
            at_ms=brief.delegation.at_ms,
            delegation=brief.delegation.id,
            channel=Channel.COMMENTARY,
            text=done.text if done else CANNOT,
            failed=done is None or done.failed,
        )

    async def steps(self, brief: Brief) -> AsyncIterator[Progress | Done]:
        """How the work goes on; nothing is done when nothing is understood or found."""
        requests = wordings(brief)
        for request in requests:
            errand = understood(request, self.now())
            if errand is None or errand.tool not in self._tools:
                continue
            done = await self._do(errand, brief)
            if done is not None:
                yield done
                return
        yield Progress(at_ms=0.0, delegation="", text="looking", done=0.2)
        for request in requests:
            done = await self._looked_up(request, brief)
            if done is not None:
                yield done
                return
        others = [tool for tool in self.toolbox.offered() if tool.name not in RULED]
        if others:
            yield Progress(at_ms=0.0, delegation="", text="thinking", done=0.4)
            done = await self._with_others(requests[0], others, brief)
            if done is not None:
                yield done

    @property
    def _tools(self) -> set[str]:
        return {tool.name for tool in self.toolbox.offered()}

    async def _do(self, errand: Errand, brief: Brief) -> Done | None:
        if errand.tool in ("show_chart", "show_table"):
            return await self._show(errand, brief)
        if errand.tool == "recall":
            return await self._recalled(errand, brief)
        try:
            found = await self.toolbox.call(errand.tool, errand.arguments, brief)
        except ToolError as error:
            return Done(text=excuse(error), tool="", failed=True)
        text = told(errand, DATA.sub("", found.text).strip())
        return Done(text=text, tool=errand.tool, arguments=errand.arguments, cards=found.cards) if text else None

    async def _recalled(self, errand: Errand, brief: Brief) -> Done | None:
        """The note that has most of the words."""
        wanted = [word for word in telling_words(errand.subject) if word not in NOTING]
        notes = [
            line for piece in await self._passages("recall", " ".join(wanted), brief) for line in piece.splitlines()
        ]
        best = max(notes, key=lambda note: shared(wanted, note), default="")
        if not best or not shared(wanted, best):
            return None
        text = short(f"you noted {as_spoken(best)}")
        return Done(text=text, tool=errand.tool, arguments={"query": " ".join(wanted)})

    async def _show(self, errand: Errand, brief: Brief) -> Done:
        """A chart or a table of the numbers in the request, or of those in the documents."""
        found = errand.arguments["points"] or await self._numbers(errand.subject, brief)
        if not found:
            return Done(text="i found no numbers for that", tool="", failed=True)
        title = errand.subject or "numbers"
        labels, values = [label for label, _ in found], [value for _, value in found]
        if errand.tool == "show_chart":
            arguments: dict[str, Any] = {"title": title, "kind": "bar", "x": labels, "y": values}
        else:
            arguments = {"title": title, "columns": ["", title], "rows": [[label, value] for label, value in found]}
        try:
            shown = await self.toolbox.call(errand.tool, arguments, brief)
        except ToolError as error:
            return Done(text=excuse(error), tool="", failed=True)
        kind = errand.tool.removeprefix("show_")
        return Done(text=f"the {kind} is on the page", tool=errand.tool, arguments=arguments, cards=shown.cards)

    async def _numbers(self, subject: str, brief: Brief) -> list[tuple[str, float]]:
        """The numbers of the passage that has the subject's words."""
        wanted = telling_words(subject)
        for passage in await self._passages("search_documents", subject, brief):
            if wanted and covers(wanted, passage) and (found := points(passage)):
                return found
        return []

    async def _looked_up(self, request: str, brief: Brief) -> Done | None:
        question = bare(request)
        for tool in LOOKUPS:
            found = [answer(question, passage) for passage in await self._passages(tool, question, brief)]
            best = max((a for a in found if a), key=lambda a: a.exact, default=None)
            if best:
                text = short(f"it says {as_spoken(best.sentence)}")
                return Done(text=text, tool=tool, arguments={"query": question})
        return None

    async def _with_others(self, request: str, tools: list[Tool], brief: Brief) -> Done | None:
        """Calls of tools that there are no rules for, as far as the request says what they need."""
        parts = clauses(request)
        plan = [(part, await self._meant(part, tools)) for part in parts] if len(parts) > 1 else []
        if not plan or any(tool is None for _, tool in plan):
            plan = [(request, await self._meant(request, tools))]
        known: dict[str, Any] = {}
        done: Done | None = None
        for part, tool in plan[:MOST_CALLS]:
            if tool is not None:
                done = await self._call(tool, Filling(request=part, known=known), tools, brief) or done
        return done

    async def _meant(self, request: str, tools: list[Tool]) -> Tool | None:
        """The likeliest tool whose arguments the request has, but for what another tool gives."""
        try:
            likely = await chosen(self.language, request, tools)
        except LanguageError as error:
            LOG.warning("%s; tools are chosen by their words", error)
            likely = await chosen(None, request, tools)
        for tool in likely[:2]:
            lacks = missing(tool, Filling(request=request).arguments(tool))
            if all(name.endswith("_id") for name in lacks):
                return tool
        return None

    async def _call(self, tool: Tool, filling: Filling, tools: list[Tool], brief: Brief) -> Done | None:
        """One call, after that of the tool that gives what the request does not say; `filling.known` takes what it gives."""
        arguments = filling.arguments(tool)
        for name in missing(tool, arguments):
            giver = source(name, tool, tools)
            needs = Filling(request=filling.request).arguments(giver) if giver else {}
            if giver is None or missing(giver, needs) or await self._called(giver, needs, filling, brief) is None:
                return None
        arguments = filling.arguments(tool)
        return None if missing(tool, arguments) else await self._called(tool, arguments, filling, brief)

    async def _called(self, tool: Tool, arguments: dict[str, Any], filling: Filling, brief: Brief) -> Done | None:
        try:
            found = await self.toolbox.call(tool.name, arguments, brief)
        except ToolError as error:
            return Done(text=excuse(error), tool="", failed=True)
        text = DATA.sub("", found.text).strip()
        values = values_of(text)
        filling.known.update(values)
        new = {name: value for name, value in values.items() if arguments.get(name) != value}
        said = " ".join(f"{name.replace('_', ' ')} {value}" for name, value in new.items()) if values else text
        return Done(text=short(as_spoken(said)) or "it is done", tool=tool.name, arguments=arguments, cards=found.cards)

    async def _passages(self, tool: str, query: str, brief: Brief) -> list[str]:
        if tool not in self._tools:
            return []
        try:
            found = await self.toolbox.call(tool, {"query": query}, brief)
        except ToolError:
            return []
        pieces = re.split(r"\n\s*\n", DATA.sub("", found.text).strip())
        return [SOURCE.sub("", piece.strip()) for piece in pieces if piece.strip()]


def wordings(brief: Brief) -> list[str]:
    """The request as the user's own words have it, and as the note has it; the more trusted first."""
    task, why = brief.delegation.task, brief.delegation.why
    words = bare(task).split()
    if not why.strip() or bare(why) == bare(task):
        return [task]
    common = sum(word in why.lower().split() for word in words) / max(1, len(words))
    return [why, task] if common >= 0.5 else [task]


def told(errand: Errand, text: str) -> str:
    """A tool's finding as a short sentence, in the tool's own words for it where it has them in brackets at the end."""
    if errand.tool == "remember":
        return "i have noted that"
    if errand.tool == "look":
        return UNSEEN
    if errand.tool == "calculate":
        numbers = re.findall(r"-?\d[\d,]*(?:\.\d+)?(?:e[+-]?\d+)?", text)
        return f"it is {as_spoken(numbers[-1])}" if numbers else as_spoken(text)
    if errand.tool == "convert_units":
        return _converted(errand, text)
    if errand.tool == "time_in":
        clock = re.search(r"\b\d{1,2}:\d\d", text)
        return f"it is {as_spoken(clock[0])}" if clock else short(as_spoken(text))
    if errand.tool == "date_in":
        return _dated(errand, text)
    return short(as_spoken(text))


def _converted(errand: Errand, text: str) -> str:
    numbers = re.findall(r"-?\d[\d,]*(?:\.\d+)?(?:e[+-]?\d+)?", text)
    if not numbers:
        return short(as_spoken(text))
    value = float(numbers[-1].replace(",", ""))
    return f"it is {as_spoken(f'{value:.2f}' if abs(value) < 100 else f'{value:.0f}')}"


def _dated(errand: Errand, text: str) -> str:
    day = re.search(rf"\b(?:{DAYS})\b", text.lower())
    subject = errand.subject
    if day and not re.search(r"\b(?:date|month|year)\b", subject):
        tense = "it is" if not errand.arguments["days"] else "it was" if errand.arguments["days"] < 0 else "it will be"
        return f"{tense} {day[0]}"
    spelt = re.search(r"\(([a-z' ]+)\)$", text)
    return f"it is {spelt[1]}" if spelt else f"it is {short(as_spoken(text)).removeprefix('it is ')}"


def excuse(error: ToolError) -> str:
    return short(as_spoken(str(error)))


def short(text: str) -> str:
    return " ".join(text.split()[:MOST_WORDS])
