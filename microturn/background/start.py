"""From the user's choice to who does the work: everything that can be wrong is said before the server starts."""

import logging
from collections.abc import AsyncGenerator, Sequence
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from dataclasses import replace
from typing import TYPE_CHECKING

from microturn.background import settings
from microturn.background.brief import Worker
from microturn.background.choice import CLIENT, OFFLINE, Choice
from microturn.background.language.client import LanguageModel
from microturn.background.offline.worker import Offline
from microturn.background.tools.python import python
from microturn.background.tools.shelf import built_in
from microturn.background.tools.tool import Tool, Toolbox
from microturn.background.tools.web import web

if TYPE_CHECKING:
    from pydantic_ai.models import Model

EXTRA = "a language model in the background needs the extra `background`: uv sync --extra background"
LOG = logging.getLogger(__name__)


@asynccontextmanager
async def toolbox(choice: Choice, tools: Sequence[Tool] | None = None) -> AsyncGenerator[Toolbox]:
    """The tools of a choice with its permissions, connected for as long as it is entered; `tools` in place of its own."""
    if tools is not None:
        yield Toolbox.of(tools, choice.permissions)
        return
    async with settings.toolbox(_settings(choice), built_in()) as (box, problems):
        for problem in problems:
            LOG.warning("%s", problem)
        yield box


def prepared(choice: Choice, tools: Sequence[Tool] | None = None) -> AbstractAsyncContextManager[Worker] | None:
    """Who does the work, to be entered where it is to be done; None when the client does. ValueError, with what to do,
    for a model that cannot be used or a permission for a tool that is not there."""
    if choice.model == CLIENT:
        return None
    _check(choice, tools)
    if choice.model == OFFLINE:
        return _offline(choice, tools)
    try:
        from microturn.background.agent.service import open_service
    except ModuleNotFoundError as error:
        raise ValueError(EXTRA) from error
    return _at_work(open_service(choice.model, choice.key_env), choice, tools)


@asynccontextmanager
async def _offline(choice: Choice, tools: Sequence[Tool] | None) -> AsyncGenerator[Worker]:
    language = LanguageModel() if LanguageModel.installed() else None  # its process starts when it is needed
    try:
        async with toolbox(choice, tools) as box:
            yield Offline(box, language)
    finally:
        if language is not None:
            language.close()


@asynccontextmanager
async def _at_work(model: "Model", choice: Choice, tools: Sequence[Tool] | None) -> AsyncGenerator[Worker]:
    from microturn.background.agent.worker import PydanticWorker

    async with (
        toolbox(choice, tools) as box,
        PydanticWorker(model, box, spending=choice.spending, images=choice.images) as worker,
    ):
        yield worker


def _settings(choice: Choice) -> settings.Settings:
    return replace(choice.settings, permissions={**choice.settings.permissions, **choice.permissions})


def _check(choice: Choice, tools: Sequence[Tool] | None) -> None:
    """The names of a server's tools are known only when it has been reached."""
    known = [*built_in(), *python(), *web(choice.settings.web)] if tools is None else tools
    servers = tuple(server.prefix for server in choice.settings.servers)
    said = choice.permissions if tools is not None else _settings(choice).permissions
    Toolbox.of(known, {name: said[name] for name in said if not (servers and name.startswith(servers))})
