"""A tool, and the box they are in: arguments are checked, permission is asked, time and size are limited.

Whatever a tool does wrong becomes a `ToolError` with a plain sentence. What it gives back is data: `Toolbox.call` marks
the text of tools that read what others wrote, so that no background model takes it for an order.
"""

import asyncio
import json
import logging
import re
import unicodedata
from collections.abc import Awaitable, Callable, Iterable, Mapping
from dataclasses import dataclass, field, replace
from enum import StrEnum
from typing import Any

import jsonschema
from jsonschema.validators import validator_for
from referencing import Registry

from microturn.background.brief import Brief, Unanswered
from microturn.protocol.events import Card

LOG = logging.getLogger(__name__)
MOST_CHARACTERS = 4000  # of what a tool gives back; more is cut
MOST_REASON = 300  # characters of what a tool says went wrong
MOST_IMAGES, MOST_IMAGE_BYTES = 4, 4 << 20  # more and larger ones are left out
MARK = re.compile(r"[<\uFE64\uFF1C](?=\W*data\b)", re.IGNORECASE)  # how a mark of ours could begin, in any bracket
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
    """

    name: str
    summary: str
    parameters: JSON
    run: Callable[[JSON, Brief], Awaitable[Found]]
    permission: Permission = Permission.ALLOW
    foreign: bool = False
    asks: str = ""
    timeout_s: float = 20.0


@dataclass(frozen=True, kw_only=True)
class Toolbox:
    """Some tools and what the user has said about them: `permissions` by name overrules each tool's own."""

    tools: Mapping[str, Tool]
    permissions: Mapping[str, Permission] = field(default_factory=dict[str, Permission])

    @classmethod
    def of(cls, tools: Iterable[Tool], permissions: Mapping[str, Permission] | None = None) -> "Toolbox":
        """ValueError when two tools have one name, or a permission is for a tool that is not there."""
        tools = list(tools)
        named = {tool.name: tool for tool in tools}
        if len(named) < len(tools):
            twice = sorted({tool.name for tool in tools if sum(t.name == tool.name for t in tools) > 1})
            raise ValueError(f"two tools have the name {', '.join(twice)}: rename one, or leave it out")
        if unknown := sorted(set(permissions or {}) - set(named)):
            raise ValueError(f"there is no tool {', '.join(unknown)}; there are {', '.join(sorted(named))}")
        return cls(tools=named, permissions=permissions or {})

    def permission(self, name: str) -> Permission:
        return self.permissions.get(name, self.tools[name].permission)

    def offered(self) -> list[Tool]:
        """The tools that a background model is told of: all that are not denied."""
        return [tool for name, tool in self.tools.items() if self.permission(name) is not Permission.DENY]

    async def call(self, name: str, arguments: JSON, brief: Brief) -> Found:
        """Use a tool. `ToolError` when there is none of that name, when it may not be used, and for whatever it does wrong."""
        if name not in self.tools:
            raise ToolError(f"there is no tool {name:.40}")
        tool = self.tools[name]
        _check(tool, arguments)
        await self._permit(tool, arguments, brief)
        try:
            async with asyncio.timeout(tool.timeout_s):
                found = await tool.run(arguments, brief)
            return replace(found, text=_told(tool, found.text), images=_carried(found.images))
        except TimeoutError:
            raise ToolError(f"{name} took too long") from None
        except ToolError as error:
            raise ToolError(str(error)[:MOST_REASON]) from error
        except Exception as error:
            LOG.exception("tool %s failed", name)
            raise ToolError(f"{name} did not work") from error

    async def _permit(self, tool: Tool, arguments: JSON, brief: Brief) -> None:
        permission = self.permission(tool.name)
        if permission is Permission.ALLOW:
            return
        if permission is Permission.DENY:
            raise ToolError(f"{tool.name} is not allowed")
        card = Card(
            at_ms=0.0,
            id=f"may-{tool.name}",
            delegation=brief.delegation.id,
            kind="permission",
            title=tool.asks or f"may i use {tool.name.replace('_', ' ')}",
            content={"tool": tool.name, "detail": json.dumps(dict(arguments), ensure_ascii=False)[:1000]},
        )
        try:
            answer = await brief.ask(card)
        except Unanswered as error:
            raise ToolError(f"{tool.name} is not allowed: {error}") from None
        if answer.values.get("allow") is not True:
            raise ToolError(f"the user does not allow {tool.name}")


def _check(tool: Tool, arguments: JSON) -> None:
    """A schema may come from elsewhere: what it refers to outside itself is not fetched."""
    try:
        validator = validator_for(dict(tool.parameters), default=jsonschema.Draft202012Validator)
        validator(dict(tool.parameters), registry=Registry()).validate(dict(arguments))
    except jsonschema.ValidationError as error:
        where = ".".join(map(str, error.absolute_path))
        raise ToolError(f"{tool.name}: {where + ': ' if where else ''}{error.message:.200}") from None
    except Exception as error:
        LOG.warning("tool %s has a schema that cannot be used: %s", tool.name, error)
        raise ToolError(f"{tool.name} says wrongly what it takes") from error


def _carried(images: tuple[bytes, ...]) -> tuple[bytes, ...]:
    return tuple(image for image in images if len(image) <= MOST_IMAGE_BYTES)[:MOST_IMAGES]


def _told(tool: Tool, text: str) -> str:
    cut = text if len(text) <= MOST_CHARACTERS else f"{text[:MOST_CHARACTERS]} [cut]"
    if not tool.foreign:
        return cut
    seen = "".join(sign for sign in cut if sign in "\n\t" or not unicodedata.category(sign).startswith("C"))
    return f"<data from={json.dumps(tool.name)}>\n{MARK.sub('&lt;', seen)}\n</data>"
