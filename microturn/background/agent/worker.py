"""A language model at work: any that pydantic-ai reaches, with the tools of a `Toolbox`, for all sessions of a server.

It only ever reports on `commentary` and `thinking`: text of a model that reads what strangers wrote is never an
instruction. Whatever goes wrong with the service is a plain sentence for the user; the detail is in the log.
"""

import asyncio
import logging
from collections.abc import AsyncGenerator, AsyncIterator, Callable, Iterable
from contextlib import aclosing
from dataclasses import replace
from datetime import datetime
from types import TracebackType
from typing import Any, Self

from pydantic import BaseModel, Field
from pydantic_ai import Agent, RunContext, ToolOutput, ToolReturn, UsageLimits, exceptions
from pydantic_ai import Tool as ModelTool
from pydantic_ai import messages as told
from pydantic_ai.models import Model
from pydantic_ai.run import AgentRunResultEvent
from pydantic_ai.settings import ModelSettings

from microturn.background.agent import prompt
from microturn.background.brief import Brief, Report
from microturn.background.choice import Spending
from microturn.background.spoken import as_spoken
from microturn.background.tools.tool import Permission, Tool, Toolbox, ToolError
from microturn.protocol.events import Channel, Progress, Result
from microturn.protocol.wire import image_bytes

LOG = logging.getLogger(__name__)
ON_IT, WAITING, ANSWERING = "thinking about it", "waiting for a free place", "finding words"
MOST_STREAMED = 20_000  # characters of one delegation's answers; a service that sends more is cut off
PROGRESS_S = 0.3  # between two reports of it; those between are left out
MOST_FRAMES = 2
DOING = {
    "calculate": "calculating",
    "convert_units": "converting units",
    "time_in": "looking at the clock",
    "date_in": "looking at the calendar",
    "search_documents": "searching documents",
    "remember": "taking a note",
    "recall": "looking into the notes",
    "look": "looking",
    "run_python": "running a program",
    "search_web": "searching the web",
    "read_page": "reading a page",
    "ask_form": "asking",
}
FAILURES: tuple[tuple[type[Exception], str], ...] = (  # the first that fits; subclasses before their bases
    (exceptions.ModelAuthenticationError, "the service does not take my key"),
    (exceptions.ModelNotFoundError, "the service does not know my model"),
    (exceptions.ModelQuotaExceededError, "my account is used up"),
    (exceptions.ModelRateLimitError, "the service is too busy now"),
    (exceptions.ModelTimeoutError, "the service is too slow now"),
    (exceptions.ModelRequestTimeout, "the service is too slow now"),
    (exceptions.ModelConnectionError, "the service can not be reached"),
    (exceptions.ModelContextWindowExceededError, "that was too much to read at once"),
    (exceptions.ModelRequestRejectedError, "the service refused that"),
    (exceptions.ContentFilterError, "the service refused that"),
    (exceptions.ModelAPIError, "the service does not work now"),
    (exceptions.UsageLimitExceeded, "that is more work than i may do"),
    (exceptions.UnexpectedModelBehavior, "the service gave no answer that i understand"),
)


class Flood(exceptions.UnexpectedModelBehavior):
    """The service does not stop."""


class Answer(BaseModel):
    """The answer, when there is more to know than to say."""

    say: str = Field(description="one short plain sentence, said aloud")
    aside: str = Field(default="", description="facts for later questions, not said")


def local_now() -> datetime:
    """The wall clock with its time zone."""
    return datetime.now().astimezone()


class PydanticWorker:
    """A `Worker`; an async context manager, so that its connections are closed. `images`: the latest frames go along."""

    def __init__(
        self,
        model: Model,
        toolbox: Toolbox,
        *,
        spending: Spending | None = None,
        images: bool = False,
        now: Callable[[], datetime] = local_now,
    ) -> None:
        self.name, self.toolbox, self.images, self.now = model.model_name, toolbox, images, now
        self.spending = spending or Spending()
        self._places = asyncio.Semaphore(self.spending.parallel)
        self._agent = Agent(
            model,
            deps_type=Brief,
            output_type=[str, ToolOutput(Answer, name="answer")],
            instructions=lambda: prompt.instructions(self.toolbox, self.now()),
            tools=[_offered(tool, toolbox, images=images) for tool in toolbox.offered()],
            retries=2,
            model_settings=_settings(self.spending),
        )

    async def __aenter__(self) -> Self:
        await self._agent.__aenter__()
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self._agent.__aexit__(kind, error, trace)

    async def work(self, brief: Brief, /) -> AsyncIterator[Report]:
        yield _progress(WAITING if self._places.locked() else ON_IT, 0.0)
        async with self._places:
            try:
                async with aclosing(self._run(brief)) as reports:
                    async for report in reports:
                        yield report
            except tuple(kind for kind, _ in FAILURES) as error:
                LOG.warning("%s failed at %r: %s", self.name, brief.delegation.task, error)
                says = next(says for kind, says in FAILURES if isinstance(error, kind))
                yield replace(_result(says), failed=True)

    async def _run(self, brief: Brief) -> AsyncGenerator[Report]:
        run = self._agent.run_stream_events(self._request(brief), deps=brief, usage_limits=_limits(self.spending))
        loop, told_s, steps, streamed = asyncio.get_running_loop(), -PROGRESS_S, 0, 0
        async with run as events:
            async for event in events:
                streamed += _length(event)
                if streamed > MOST_STREAMED:
                    raise Flood(f"more than {MOST_STREAMED} characters")
                steps += isinstance(event, told.FunctionToolCallEvent)
                for report in _reports(event, steps):
                    if not isinstance(report, Progress):
                        yield report
                    elif loop.time() - told_s >= PROGRESS_S:
                        told_s = loop.time()
                        yield report

    def _request(self, brief: Brief) -> str | list[told.UserContent]:
        frames = brief.conversation.frames[-MOST_FRAMES:] if self.images else ()
        pictures = [_picture(image_bytes(frame.rgb)) for frame in frames]
        return [*pictures, prompt.request(brief)] if pictures else prompt.request(brief)


def doing(tool: str) -> str:
    """What is said of a tool at work."""
    return DOING.get(tool) or ("showing it" if tool.startswith("show_") else f"using {tool.replace('_', ' ')}")


def _limits(spending: Spending) -> UsageLimits:
    return UsageLimits(
        request_limit=spending.requests, tool_calls_limit=spending.tool_calls, total_tokens_limit=spending.tokens
    )


def _settings(spending: Spending) -> ModelSettings:
    return {
        "max_tokens": spending.answer_tokens,
        "request_timeout": spending.answer_s,
        "first_event_timeout": spending.first_s,
    }


def _offered(tool: Tool, toolbox: Toolbox, *, images: bool) -> ModelTool[Brief]:
    """The tool as pydantic-ai offers it; its pictures go along for models that see. Those that ask run alone: the user can answer one question at a time."""

    async def use(context: RunContext[Brief], /, **arguments: Any) -> ToolReturn[str]:
        try:
            found = await toolbox.call(tool.name, arguments, context.deps)
        except ToolError as error:
            raise exceptions.ToolFailed(str(error)) from error
        pictures = [_picture(image) for image in found.images] if images else []
        return ToolReturn(return_value=found.text, content=pictures or None, metadata=found.cards)

    asks = toolbox.permission(tool.name) is Permission.ASK
    schema = dict(tool.parameters)
    return ModelTool.from_schema(use, tool.name, tool.summary, schema, takes_ctx=True, sequential=asks)


def _reports(event: object, steps: int) -> Iterable[Report]:
    """What an event of the run means for the user, after so many uses of tools."""
    match event:
        case told.FunctionToolCallEvent():
            return [_progress(doing(event.part.tool_name), steps / (steps + 2))]
        case told.FunctionToolResultEvent():
            return event.part.metadata or ()
        case told.PartStartEvent(part=told.TextPart()):
            return [_progress(ANSWERING, 0.9)]
        case AgentRunResultEvent():
            return _answered(event.result.output)
        case _:
            return ()


def _picture(file: bytes) -> told.BinaryContent:
    return told.BinaryContent(file, media_type="image/png" if file.startswith(b"\x89PNG") else "image/jpeg")


def _length(event: object) -> int:
    """The characters that a piece of a stream brings."""
    match event:
        case told.PartDeltaEvent(delta=told.TextPartDelta() | told.ThinkingPartDelta() as delta):
            return len(delta.content_delta or "")
        case told.PartDeltaEvent(delta=told.ToolCallPartDelta() as delta):
            return len(str(delta.args_delta or ""))
        case told.PartStartEvent(part=told.TextPart() | told.ThinkingPart() as part):
            return len(part.content)
        case _:
            return 0


def _answered(output: str | Answer) -> list[Result]:
    answer = output if isinstance(output, Answer) else Answer(say=output)
    texts = ((as_spoken(answer.aside), Channel.THINKING), (as_spoken(answer.say), Channel.COMMENTARY))
    return [_result(text, channel) for text, channel in texts if text]


def _progress(text: str, done: float) -> Progress:
    return Progress(at_ms=0.0, delegation="", text=text, done=done)


def _result(text: str, channel: Channel = Channel.COMMENTARY) -> Result:
    return Result(at_ms=0.0, delegation="", channel=channel, text=text)
