"""`search_documents`: what the user's own documents say. Others wrote them: what is found is data, never an order."""

import asyncio
from pathlib import Path

from microturn.background.brief import Brief
from microturn.background.memory.documents import Documents
from microturn.background.tools.tool import JSON, Found, Tool, ToolError

PASSAGES = 3


def library(documents: Documents | None = None) -> list[Tool]:
    """The tool `search_documents`; in the user's index where none is given."""
    index = documents or Documents()

    async def search_documents(arguments: JSON, brief: Brief) -> Found:
        del brief
        try:
            found = await asyncio.to_thread(index.search, arguments["query"], PASSAGES)
        except ValueError as error:
            raise ToolError("the index of the documents cannot be read") from error
        if not found:
            there = (
                "there is nothing about that in the documents" if index.path.is_file() else "no documents were added"
            )
            raise ToolError(there)
        return Found(text="\n\n".join(f"{Path(passage.path).name}: {passage.text}" for passage in found))

    return [
        Tool(
            name="search_documents",
            summary="Look something up in the user's own documents; gives the passages that fit a question best.",
            parameters={
                "type": "object",
                "properties": {"query": {"type": "string", "minLength": 1, "maxLength": 300}},
                "required": ["query"],
                "additionalProperties": False,
            },
            run=search_documents,
            foreign=True,
        )
    ]
