"""livekit-agents as the client and the background of a session: its GPT-Live model connects to our server, and a function of
yours does what the model hands over. Needs `livekit-agents` and `livekit-plugins-openai` (1.8.9), in an environment of its own.

    asyncio.run(talk("http://localhost:8080", microphone, work))

LiveKit's client gets no task from OpenAI's protocol, only the user's words so far: that is what `work` is given. It cannot be
told of a withdrawal either (that needs our extensions): what comes too late is refused by the server, and never said.
"""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from typing import Any

from livekit import rtc  # pyright: ignore[reportMissingImports]
from livekit.agents import Agent, AgentSession  # pyright: ignore[reportMissingImports]
from livekit.agents.voice.io import AudioInput  # pyright: ignore[reportMissingImports]
from livekit.plugins.openai.realtime import GPTLiveModel  # pyright: ignore[reportMissingImports]

RATE_HZ = 24_000
Work = Callable[[str], Awaitable[str]]


class Background(Agent):
    """Does each delegation with `work(the user's words)` and gives what it returns to the model, to be said."""

    def __init__(self, work: Work) -> None:
        super().__init__(instructions="")
        self.work, self.tasks = work, set[asyncio.Task[None]]()

    async def on_enter(self) -> None:
        self.duplex_session.on("delegation_created", self._begin)

    def _begin(self, delegation: Any) -> None:
        task = asyncio.create_task(self._answer(delegation.id, delegation.pending_transcript))
        self.tasks.add(task)
        task.add_done_callback(self.tasks.discard)

    async def _answer(self, id: str, words: str) -> None:
        self.duplex_session.append_commentary(await self.work(words), delegation_id=id)


class Microphone(AudioInput):
    """Chunks of int16 PCM, 24 kHz mono, as livekit-agents wants them."""

    def __init__(self, chunks: AsyncIterator[bytes]) -> None:
        super().__init__(label="microphone")
        self.chunks = chunks

    async def __anext__(self) -> rtc.AudioFrame:
        pcm = await anext(self.chunks)
        return rtc.AudioFrame(data=pcm, sample_rate=RATE_HZ, num_channels=1, samples_per_channel=len(pcm) // 2)


async def talk(url: str, microphone: AsyncIterator[bytes], work: Work, *, seconds: float) -> None:
    """One session of `seconds` on the server at `url`, without a room."""
    model = GPTLiveModel(model="nano", delegation="client", base_url=f"{url}/v1", api_key="none")
    session = AgentSession(llm=model)
    session.input.audio = Microphone(microphone)
    try:
        await session.start(agent=Background(work))
        await asyncio.sleep(seconds)
    finally:
        await session.aclose()
        await model.aclose()
