"""pipecat as the client and the background of a session: its OpenAI Live service connects to our server, and a language model
of yours, behind any OpenAI-compatible address, does what the model hands over. Needs `pipecat-ai[openai]` (1.14), in an
environment of its own (it wants soxr 1.0, our pinned one has 1.1).

    asyncio.run(talk("http://localhost:8080", [transport.input()], [transport.output()], model_url=..., model="qwen3"))

Pipecat's backend gets the conversation since the last delegation, not our task text, and takes delegations one at a time.
"""

import asyncio
from collections.abc import Sequence
from typing import Any
from urllib.parse import urlsplit

from pipecat.frames.frames import LLMRunFrame  # pyright: ignore[reportMissingImports]
from pipecat.pipeline.pipeline import Pipeline  # pyright: ignore[reportMissingImports]
from pipecat.pipeline.worker import PipelineWorker  # pyright: ignore[reportMissingImports]
from pipecat.processors.aggregators.llm_context import LLMContext  # pyright: ignore[reportMissingImports]
from pipecat.processors.aggregators.llm_response_universal import (  # pyright: ignore[reportMissingImports]
    LLMContextAggregatorPair,
)
from pipecat.services.openai.live.llm import OpenAILiveLLMService  # pyright: ignore[reportMissingImports]
from pipecat.services.openai.llm import OpenAILLMService  # pyright: ignore[reportMissingImports]
from pipecat.workers.llm.backend_llm_worker import BackendLLMWorker  # pyright: ignore[reportMissingImports]
from pipecat.workers.runner import WorkerRunner  # pyright: ignore[reportMissingImports]

BRIEF = "Answer what the user asks for in one short plain sentence, numbers in words."


def worker(
    url: str, before: Sequence[Any], after: Sequence[Any], *, model_url: str, model: str, key: str = "none"
) -> PipelineWorker:
    """The pipeline: where the user's audio comes from, our server with `model` at `model_url` behind it, where its voice goes."""
    settings = OpenAILLMService.Settings(model=model, system_instruction=BRIEF)
    backend = BackendLLMWorker(llm=OpenAILLMService(api_key=key, base_url=model_url, settings=settings))
    address = urlsplit(url)
    live = OpenAILiveLLMService(
        api_key="none",
        base_url=address._replace(
            scheme="wss" if address.scheme == "https" else "ws", path="/v1/live/sessions"
        ).geturl(),
        settings=OpenAILiveLLMService.Settings(model="nano"),
        delegation=OpenAILiveLLMService.ClientDelegation(backend=backend),
    )
    sides = LLMContextAggregatorPair(LLMContext())
    return PipelineWorker(Pipeline([*before, sides.user(), live, *after, sides.assistant()]))


async def talk(
    url: str, before: Sequence[Any], after: Sequence[Any], *, model_url: str, model: str, seconds: float
) -> None:
    """One session of `seconds` on the server at `url`."""
    runner = WorkerRunner(handle_sigint=False)
    pipeline = worker(url, before, after, model_url=model_url, model=model)
    await runner.add_workers(pipeline)
    running = asyncio.create_task(runner.run())
    await pipeline.queue_frames([LLMRunFrame()])
    try:
        await asyncio.sleep(seconds)
    finally:
        await runner.cancel()
        await running
