"""The desk: runs the delegations of one session side by side, each as a task that can be cancelled at any await.

Whatever a worker does - hangs, raises, floods, answers nothing - becomes a sentence for the user, and the conversation goes on.
"""

import asyncio
import logging
from collections.abc import Callable
from contextlib import aclosing
from dataclasses import dataclass, replace

from microturn.background.brief import Brief, Worker
from microturn.protocol.events import Channel, Progress, Result

FAILED, SLOW, NOTHING = "that did not work", "that took too long", "i found nothing"
LOG = logging.getLogger(__name__)
Tell = Callable[[Progress | Result], None]


@dataclass(frozen=True, kw_only=True)
class Budget:
    """What one delegation may take: time in all, reports, and characters of a report (more is cut at a word)."""

    seconds: float = 60.0
    reports: int = 32
    characters: int = 400


class Desk:
    """`tell` is called for every progress and result, on the event loop that `take` was called on."""

    def __init__(self, worker: Worker, tell: Tell, budget: Budget | None = None) -> None:
        self.worker, self.tell, self.budget = worker, tell, budget or Budget()
        self._tasks: dict[str, asyncio.Task[None]] = {}

    def take(self, brief: Brief) -> None:
        """Begin; returns at once."""
        id = brief.delegation.id
        self._tasks[id] = task = asyncio.create_task(self._work(brief))
        task.add_done_callback(lambda _: self._tasks.pop(id, None))

    def cancel(self, delegation: str) -> None:
        """Stop it now; nothing of it is told from here on."""
        if task := self._tasks.pop(delegation, None):
            task.cancel()

    def close(self) -> None:
        """Stop everything."""
        for delegation in list(self._tasks):
            self.cancel(delegation)

    async def _work(self, brief: Brief) -> None:
        id = brief.delegation.id
        try:
            async with asyncio.timeout(self.budget.seconds):
                failure = None if await self._report(brief) else NOTHING
        except TimeoutError:
            failure = SLOW
        except Exception:
            LOG.exception("%s failed at %s", self.worker.name, brief.delegation.task)
            failure = FAILED
        if failure:
            self.tell(Result(at_ms=0.0, delegation=id, channel=Channel.COMMENTARY, text=failure))

    async def _report(self, brief: Brief) -> bool:
        """Pass on what the worker reports, as much as the budget allows; whether there was a result to be said or obeyed."""
        left = self.budget.reports
        async with aclosing(self.worker.work(brief)) as reports:  # pyright: ignore[reportArgumentType]
            async for report in reports:
                last = isinstance(report, Result) and report.channel is not Channel.THINKING
                left -= 1
                if last or left > 0:
                    self.tell(replace(report, delegation=brief.delegation.id, text=self._short(report.text)))
                if last:
                    return True
        return False

    def _short(self, text: str) -> str:
        text = " ".join(text.split())
        if len(text) <= self.budget.characters:
            return text
        return text[: self.budget.characters].rsplit(" ", 1)[0]
