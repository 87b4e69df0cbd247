"""A tool, and the box they are in: arguments are checked, permission is asked, time and size are limited.

Whatever a tool does wrong becomes a `ToolError` with a plain sentence. What it gives back is data: `Toolbox.call` marks
the text of tools that read what others wrote, so that no background model takes it for an order.

A model may take it for one all the same. So what holds does not depend on the model:
- a tool that is denied does not run; one that asks runs only after an `Answer` to a question of its own that showed the
  whole of the arguments, with which it then runs; questions of one delegation are asked one after another;
- an address that neither the user gave nor a tool found cannot be opened unasked (`Tool.given`), for in it a model could
  carry off what it knows; no tool runs more than `Tool.most_calls` times for one delegation;
- secrets of the environment (and `Toolbox.secrets`) do not stand in what a tool gives back; nor can a tool that reads what others
  wrote put a question to the user.
"""

import asyncio
import json
import logging
import os
import secrets
import weakref
from collections import Counter
from collections.abc import Awaitable, Callable, Iterable, Mapping
from dataclasses import dataclass, field, replace
from enum import StrEnum
from typing import Any

from jsonschema import Draft202012Validator
from jsonschema.exceptions import SchemaError, best_match
from jsonschema.validators import validator_for
from referencing import Registry
from referencing.exceptions import Unresolvable

from microturn.background.brief import Brief, Unanswered
from microturn.background.cards import QUESTIONS
from microturn.background.tools.foreign import marked, one_line, secrets_of, visible, without
from microturn.protocol.events import Answer, Card, Channel, Text, Word

LOG = logging.getLogger(__name__)
MOST_CHARACTERS = 4000  # of what a tool gives back; more is cut
MOST_SHOWN = 20_000  # characters of the arguments that a user is shown, all of them, before a tool may run
MOST_OF_AN_ERROR = 200
MOST_IMAGES, MOST_IMAGE_BYTES = 4, 4 << 20  # more and larger ones are left out
JSON = Mapping[str, Any]


class Permission(StrEnum):
    """Whether a tool may be used: at once, when the user says so (aloud or on the page), or never."""

    ALLOW = "allow"
    ASK = "ask"
    DENY = "deny"


class ToolError(Exception):
    """The tool was of no use; the message is a plain sentence for the background model and the user."""


@dataclass(frozen=True, kw_only=True)
class Found:
    """What a tool gives back: text for the background model, cards for the page, and pictures (files, PNG or JPEG) for
    those background models that take them."""

    text: str
    cards: tuple[Card, ...] = ()
    images: tuple[bytes, ...] = ()


@dataclass(frozen=True, kw_only=True)
class Tool:
    """`run(arguments, brief)` does it; `parameters` is the JSON schema of the arguments, an object.

    `foreign`: what it gives back was written by others (a page, a document, a server), and is data, never an order.
    `asks`: the question with which permission is asked, "may i ...".
    `given`: the argument that must stand in the user's words or in what tools found, to the letter; else the user is asked.
    `most_calls`: for one delegation.
    """

    name: str
    summary: str
    parameters: JSON
    run: Callable[[JSON, Brief], Awaitable[Found]]
    permission: Permission = Permission.ALLOW
    foreign: bool = False
    asks: str = ""
    timeout_s: float = 20.0
    given: str = ""
    most_calls: int = 32


@dataclass(kw_only=True)
class Used:
    """What came of the tools for one delegation: the foreign texts, how often each ran, and whether a question is open."""

    texts: list[str] = field(default_factory=list[str])
    calls: Counter[str] = field(default_factory=Counter[str])
    asking: asyncio.Lock = field(default_factory=asyncio.Lock)


@dataclass(frozen=True, kw_only=True)
class Toolbox:
    """Some tools and what the user has said about them: `permissions` by name overrules each tool's own."""

    tools: Mapping[str, Tool]
    permissions: Mapping[str, Permission] = field(default_factory=dict[str, Permission])
    secrets: tuple[str, ...] = field(default=(), repr=False)
    _used: dict[int, Used] = field(default_factory=dict[int, Used], repr=False, compare=False)

    @classmethod
    def of(
        cls, tools: Iterable[Tool], permissions: Mapping[str, Permission] | None = None, *, secrets: Iterable[str] = ()
    ) -> "Toolbox":
        """ValueError when two tools have one name, or a permission is for a tool that is not there. `secrets` stand in no
        result, beside those of the environment."""
        tools = list(tools)
        named = {tool.name: tool for tool in tools}
        if len(named) < len(tools):
            twice = sorted({tool.name for tool in tools if sum(t.name == tool.name for t in tools) > 1})
            raise ValueError(f"two tools have the name {', '.join(twice)}: rename one, or leave it out")
        if unknown := sorted(set(permissions or {}) - set(named)):
            raise ValueError(f"there is no tool {', '.join(unknown)}; there are {', '.join(sorted(named))}")
        return cls(tools=named, permissions=permissions or {}, secrets=tuple(secrets))

    def permission(self, name: str) -> Permission:
        return self.permissions.get(name, self.tools[name].permission)

    def offered(self) -> list[Tool]:
        """The tools that a background model is told of: all that are not denied."""
        return [tool for name, tool in self.tools.items() if self.permission(name) is not Permission.DENY]

    async def call(self, name: str, arguments: JSON, brief: Brief) -> Found:
        """Use a tool. `ToolError` when there is none of that name, when it may not be used, and for whatever it does wrong."""
        if name not in self.tools:
            raise ToolError(f"there is no tool {one_line(name, 40)}")
        tool, used = self.tools[name], self._of(brief)
        arguments = _copied(tool, arguments)
        _check(tool, arguments)
        await self._permit(tool, arguments, brief, used)
        used.calls[name] += 1
        if used.calls[name] > tool.most_calls:
            raise ToolError(f"{name} was used {tool.most_calls} times; that is enough")
        found = await self._run(tool, arguments, brief)
        if (
            tool.foreign and tool.permission is Permission.ALLOW
        ):  # not of those that could give back what a model made up
            used.texts.append(found.text)
        return found

    async def _run(self, tool: Tool, arguments: JSON, brief: Brief) -> Found:
        try:
            async with asyncio.timeout(tool.timeout_s):
                found = await tool.run(arguments, brief)
            cards = tuple(card for card in found.cards if not (tool.foreign and card.kind in QUESTIONS))
            return replace(found, text=self._told(tool, found.text), cards=cards, images=_carried(found.images))
        except TimeoutError:
            raise ToolError(f"{tool.name} took too long") from None
        except ToolError as error:
            raise ToolError(one_line(self._without_secrets(str(error)), MOST_OF_AN_ERROR)) from None
        except Exception as error:
            LOG.exception("tool %s failed", tool.name)
            raise ToolError(f"{tool.name} did not work") from error

    def _told(self, tool: Tool, text: str) -> str:
        text = self._without_secrets(text)
        cut = text if len(text) <= MOST_CHARACTERS else f"{text[:MOST_CHARACTERS]} [cut]"
        return marked(tool.name, cut) if tool.foreign else cut

    def _without_secrets(self, text: str) -> str:
        return without([*self.secrets, *secrets_of(os.environ)], text)

    def _of(self, brief: Brief) -> Used:
        """A delegation's record, kept as long as its conversation lives."""
        key = id(brief.conversation)
        if key not in self._used:
            self._used[key] = Used()
            weakref.finalize(brief.conversation, self._used.pop, key, None)
        return self._used[key]

    async def _permit(self, tool: Tool, arguments: JSON, brief: Brief, used: Used) -> None:
        permission = self.permission(tool.name)
        if permission is Permission.DENY:
            raise ToolError(f"{tool.name} is not allowed")
        if permission is Permission.ALLOW and (not tool.given or _is_given(arguments.get(tool.given), brief, used)):
            return
        card = _question(tool, arguments, brief)
        async with used.asking:
            try:
                answer = await brief.ask(card)
            except Unanswered as error:
                raise ToolError(f"{tool.name} is not allowed: {error}") from None
        if not isinstance(answer, Answer) or answer.values.get("allow") is not True:
            raise ToolError(f"the user does not allow {tool.name}")


def _question(tool: Tool, arguments: JSON, brief: Brief) -> Card:
    """A card that shows all that is asked for, with an id that nobody can guess."""
    detail = visible(json.dumps(arguments, ensure_ascii=False))
    if len(detail) > MOST_SHOWN:
        raise ToolError(f"{tool.name}: that is too long to be shown to the user, who has to allow it")
    return Card(
        at_ms=0.0,
        id=f"may-{tool.name}-{secrets.token_hex(8)}",
        delegation=brief.delegation.id,
        kind="permission",
        title=tool.asks or f"may i use {tool.name.replace('_', ' ')}",
        content={"tool": tool.name, "detail": detail},
    )


def _is_given(value: object, brief: Brief, used: Used) -> bool:
    """Whether it stands in the task, in what the user said or typed, or in what was found for this delegation."""
    users = [
        event.text
        for event in brief.conversation.events
        if isinstance(event, Word | Text) and event.channel in (Channel.HEARD, Channel.USER)
    ]
    texts = [brief.delegation.task, brief.delegation.why, *users, *used.texts]
    return isinstance(value, str) and any(value in text for text in texts)


def _carried(images: tuple[bytes, ...]) -> tuple[bytes, ...]:
    return tuple(image for image in images if len(image) <= MOST_IMAGE_BYTES)[:MOST_IMAGES]


def _copied(tool: Tool, arguments: JSON) -> dict[str, Any]:
    """The arguments, which nobody else can change between the question and the run."""
    try:
        copy = json.loads(json.dumps(dict(arguments), allow_nan=False))
    except (TypeError, ValueError, RecursionError) as error:
        raise ToolError(f"{tool.name}: the arguments are no JSON object: {one_line(str(error), 80)}") from None
    return copy


def _check(tool: Tool, arguments: JSON) -> None:
    """Against the tool's schema, which is never fetched from anywhere."""
    schema = dict(tool.parameters)
    kind = validator_for(schema, default=Draft202012Validator)
    try:
        kind.check_schema(schema)
        error = best_match(kind(schema, registry=Registry()).iter_errors(arguments))
    except (SchemaError, Unresolvable, RecursionError):
        raise ToolError(f"{tool.name} says wrongly what it takes") from None
    if error is not None:
        where = ".".join(map(str, error.absolute_path))
        rule = f"it does not fit {error.validator} {error.validator_value!r:.80}"
        why = error.message if len(error.message) < MOST_OF_AN_ERROR / 2 else rule
        raise ToolError(one_line(f"{tool.name}: {where + ': ' if where else ''}{why}", MOST_OF_AN_ERROR))
