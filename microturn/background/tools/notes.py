"""`remember` and `recall`: the user's notes, which last across sessions."""

import asyncio
from collections.abc import Callable
from datetime import datetime

from microturn.background.brief import Brief
from microturn.background.memory.notes import LONGEST, Notes
from microturn.background.tools.tool import JSON, Found, Tool, ToolError


def notebook(notes: Notes | None = None, now: Callable[[], datetime] = datetime.now) -> list[Tool]:
    """The tools `remember` and `recall`; the user's notes where none are given."""
    kept = notes or Notes()

    async def remember(arguments: JSON, brief: Brief) -> Found:
        del brief
        try:
            await asyncio.to_thread(kept.add, arguments["note"], now())
        except ValueError as error:
            raise ToolError(str(error)) from error
        return Found(text="noted")

    async def recall(arguments: JSON, brief: Brief) -> Found:
        del brief
        try:
            found = await asyncio.to_thread(kept.search, arguments["query"])
        except ValueError as error:
            raise ToolError("the notes cannot be read") from error
        if not found:
            raise ToolError("there is no note about that")
        return Found(text="\n".join(f"{note.made}: {note.text}" for note in found))

    return [
        Tool(
            name="remember",
            asks="may i write this down",
            summary="Keep a note for later sessions: only what the user asks to be remembered.",
            parameters=_one_text("note", LONGEST),
            run=remember,
        ),
        Tool(
            name="recall",
            summary="What the user had noted before, by its words; an empty query gives the latest notes.",
            parameters=_one_text("query", 300),
            run=recall,
            foreign=True,
        ),
    ]


def _one_text(name: str, longest: int) -> JSON:
    return {
        "type": "object",
        "properties": {name: {"type": "string", "maxLength": longest}},
        "required": [name],
        "additionalProperties": False,
    }
