"""From the user's choice to who does the work: everything that can be wrong is said before the server starts."""

from collections.abc import AsyncGenerator, Sequence
from contextlib import AbstractAsyncContextManager, asynccontextmanager, nullcontext
from typing import TYPE_CHECKING

from microturn.background.brief import Worker
from microturn.background.choice import CLIENT, OFFLINE, Choice
from microturn.background.offline import Offline
from microturn.background.tools.shelf import built_in
from microturn.background.tools.tool import Tool, Toolbox

if TYPE_CHECKING:
    from pydantic_ai.models import Model

EXTRA = "a language model in the background needs the extra `background`: uv sync --extra background"


@asynccontextmanager
async def toolbox(choice: Choice, tools: Sequence[Tool] | None = None) -> AsyncGenerator[Toolbox]:
    """The tools of a choice with its permissions, connected for as long as it is entered."""
    yield _box(choice, tools)


def prepared(choice: Choice, tools: Sequence[Tool] | None = None) -> AbstractAsyncContextManager[Worker] | None:
    """Who does the work, to be entered where it is to be done; None when the client does. ValueError, with what to do,
    for a model that cannot be used or a permission for a tool that is not there."""
    if choice.model == CLIENT:
        return None
    _box(choice, tools)
    if choice.model == OFFLINE:
        return nullcontext(Offline())
    try:
        from microturn.background.service import open_service
    except ModuleNotFoundError as error:
        raise ValueError(EXTRA) from error
    return _at_work(open_service(choice.model, choice.key_env), choice, tools)


@asynccontextmanager
async def _at_work(model: "Model", choice: Choice, tools: Sequence[Tool] | None) -> AsyncGenerator[Worker]:
    from microturn.background.agent import PydanticWorker

    async with (
        toolbox(choice, tools) as box,
        PydanticWorker(model, box, spending=choice.spending, images=choice.images) as worker,
    ):
        yield worker


def _box(choice: Choice, tools: Sequence[Tool] | None) -> Toolbox:
    return Toolbox.of(built_in() if tools is None else tools, choice.permissions)
