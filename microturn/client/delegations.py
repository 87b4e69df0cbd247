"""A program as the background of a session: it does what the model hands over, side by side, while it goes on listening.

    async def work(job: Job) -> str:
        await job.progress("asking the station", done=0.5)
        return await forecast(job.task)

    async with connect("http://localhost:8080", delegation="client") as live:
        async for event, _ in working(live, work):
            print(event)

What `work` returns is said. It is cancelled as soon as the session says that the delegation is over (withdrawn, out of time,
answered by somebody else), and nothing of it is said then. An exception is told to the user as a failure.
"""

import asyncio
import logging
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import suppress

from microturn.client.connection import LiveClient, Received
from microturn.protocol.events import Cancel, Channel, Closed, Delegation, Progress, Result

FAILED, NOTHING = "that did not work", "i found nothing"
LOG = logging.getLogger(__name__)


class Job:
    """One delegation. `task` is the model's words for it, `why` the user's; both are empty from servers other than ours."""

    def __init__(self, delegation: Delegation, live: LiveClient) -> None:
        self.delegation, self._live = delegation, live
        self.answered = False

    @property
    def task(self) -> str:
        return self.delegation.task

    @property
    def why(self) -> str:
        return self.delegation.why

    async def progress(self, text: str, done: float = 0.0) -> None:
        """How far it is: a sentence, which the model keeps to itself until it is asked, and the share that is done (0 to 1)."""
        await self._live.send(Progress(at_ms=0.0, delegation=self.delegation.id, text=text, done=done))

    async def result(self, text: str, channel: Channel = Channel.COMMENTARY) -> None:
        """What came of it: to be said (`commentary`), to be kept in mind (`thinking`), or to be obeyed (`instructions`).

        The delegation is over with one that is said or obeyed; what comes later is refused.
        """
        await self._live.send(Result(at_ms=0.0, delegation=self.delegation.id, channel=channel, text=text))
        self.answered = self.answered or channel is not Channel.THINKING


Work = Callable[[Job], Awaitable[str | None]]


async def working(live: LiveClient, work: Work) -> AsyncIterator[Received]:
    """Everything that is received, with `work` done on each delegation meanwhile. Leaving the loop stops all work."""
    jobs: dict[str, tuple[Job, asyncio.Task[None]]] = {}
    try:
        async for received in live.received():
            match received.event:
                case Delegation():
                    job = Job(received.event, live)
                    jobs[job.delegation.id] = job, asyncio.create_task(_done(job, work))
                case Cancel():
                    _stop(jobs, received.event.delegation)
                case Result() if received.event.channel is not Channel.THINKING:
                    _stop(jobs, received.event.delegation)
                case Closed():
                    for id in list(jobs):
                        _stop(jobs, id)
                case _:
                    pass
            yield received
    finally:
        for _, task in jobs.values():
            task.cancel()


def _stop(jobs: dict[str, tuple[Job, asyncio.Task[None]]], id: str) -> None:
    """Of one that has answered itself, only the end is taken note of: what it does after that is its own affair."""
    job, task = jobs.pop(id, (None, None))
    if job is not None and task is not None and not job.answered:
        task.cancel()


async def _done(job: Job, work: Work) -> None:
    try:
        text = await work(job)
    except Exception:
        LOG.exception("no result for %s", job.task)
        text = FAILED
    if not job.answered:
        with suppress(ConnectionError):
            await job.result(text or NOTHING)
