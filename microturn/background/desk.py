"""The desk: runs the delegations of one session side by side, each as a task that can be cancelled at any await.

Whatever a worker does - hangs, raises, floods, answers nothing - becomes a sentence for the user, and the conversation goes on.
"""

import asyncio
import logging
from collections.abc import Callable
from contextlib import aclosing
from dataclasses import dataclass, replace

from microturn.background.brief import Brief, Report, Unanswered, Worker
from microturn.background.cards import checked
from microturn.protocol.events import Answer, Card, Channel, Result

FAILED, SLOW, NOTHING = "that did not work", "that took too long", "i found nothing"
LOG = logging.getLogger(__name__)
Tell = Callable[[Report | Answer], None]


@dataclass(frozen=True, kw_only=True)
class Budget:
    """What one delegation may take: time in all but for that in which the user is asked, time for the user to answer,
    reports, and characters of a report (more is cut at a word)."""

    seconds: float = 60.0
    answer_s: float = 60.0
    reports: int = 32
    characters: int = 400


class Desk:
    """`tell` is called for every progress, card and result, and with no values for a question that nobody answered in time, on
    the event loop that `take` was called on."""

    def __init__(self, worker: Worker, tell: Tell, budget: Budget | None = None) -> None:
        self.worker, self.tell, self.budget = worker, tell, budget or Budget()
        self._tasks: dict[str, asyncio.Task[None]] = {}
        self._questions: dict[str, asyncio.Future[Answer]] = {}

    def take(self, brief: Brief) -> None:
        """Begin; returns at once."""
        id = brief.delegation.id
        self._tasks[id] = task = asyncio.create_task(self._work(brief))
        task.add_done_callback(lambda _: self._tasks.pop(id, None))

    def cancel(self, delegation: str) -> None:
        """Stop it now; nothing of it is told from here on."""
        if task := self._tasks.pop(delegation, None):
            task.cancel()

    def answer(self, answer: Answer) -> None:
        """What the user answered to a card; nothing happens when nobody waits for it."""
        asked = self._questions.get(answer.card)
        if asked is not None and not asked.done():
            asked.set_result(answer)

    def close(self) -> None:
        """Stop everything."""
        for delegation in list(self._tasks):
            self.cancel(delegation)

    async def _work(self, brief: Brief) -> None:
        id = brief.delegation.id
        try:
            async with asyncio.timeout(self.budget.seconds) as limit:
                failure = None if await self._report(replace(brief, ask=self._asker(id, limit))) else NOTHING
        except TimeoutError:
            failure = SLOW
        except Exception:
            LOG.exception("%s failed at %s", self.worker.name, brief.delegation.task)
            failure = FAILED
        if failure:
            self.tell(Result(at_ms=0.0, delegation=id, channel=Channel.COMMENTARY, text=failure, failed=True))

    async def _report(self, brief: Brief) -> bool:
        """Pass on what the worker reports, as much as the budget allows; whether there was a result to be said or obeyed."""
        left = self.budget.reports
        async with aclosing(self.worker.work(brief)) as reports:  # pyright: ignore[reportArgumentType]
            async for report in reports:
                last = isinstance(report, Result) and report.channel is not Channel.THINKING
                left -= 1
                if last or left > 0:
                    self._pass_on(brief.delegation.id, report)
                if last:
                    return True
        return False

    def _pass_on(self, delegation: str, report: Report) -> None:
        if not isinstance(report, Card):
            report = replace(report, delegation=delegation, text=self._short(report.text))
            if isinstance(report, Result) and report.channel is Channel.INSTRUCTIONS:
                report = replace(
                    report, channel=Channel.COMMENTARY
                )  # workers read what others wrote: they order nothing
            self.tell(report)
            return
        try:
            self.tell(_addressed(delegation, report))
        except ValueError as error:
            LOG.warning("%s made a card that cannot be shown: %s", self.worker.name, error)

    def _asker(self, delegation: str, limit: asyncio.Timeout) -> Callable[[Card], asyncio.Future[Answer]]:
        """`Brief.ask` of a delegation; the time in which the user is asked does not count."""

        async def ask(card: Card) -> Answer:
            card = _addressed(delegation, card)
            loop, due_s = asyncio.get_running_loop(), limit.when()
            began_s = loop.time()
            self._questions[card.id] = asked = loop.create_future()
            limit.reschedule(None)
            self.tell(card)
            try:
                return await asyncio.wait_for(asked, self.budget.answer_s)
            except TimeoutError:
                self.tell(Answer(at_ms=0.0, card=card.id, values={}))
                raise Unanswered("the user did not answer in time") from None
            finally:
                self._questions.pop(card.id, None)
                limit.reschedule(None if due_s is None else due_s + loop.time() - began_s)

        return ask  # pyright: ignore[reportReturnType]

    def _short(self, text: str) -> str:
        text = " ".join(text.split())
        if len(text) <= self.budget.characters:
            return text
        return text[: self.budget.characters].rsplit(" ", 1)[0]


def _addressed(delegation: str, card: Card) -> Card:
    """The card, if it can be shown, with an id that is the session's only one."""
    return checked(replace(card, id=f"{delegation}/{card.id}", delegation=delegation))
