"""The background of a session that runs faster than real time: the work is done at once, and comes back when it would have.

What the interaction model hands over is worked on to the end, on the machine's clock, while media time stands still. What
was reported after so many milliseconds reaches the session so much after the delegation's own time; what has been called
off by then is dropped by the mailbox, with the tool calls that would still have been made. Permissions are given as they
are asked for; nobody fills in forms.
"""

import asyncio
import heapq
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from itertools import count
from typing import Any

from microturn.background.brief import Brief, Report, Worker
from microturn.background.desk import FAILED, Budget, Desk
from microturn.background.mailbox import Dropped, Mailbox, Outcome
from microturn.background.tools.tool import Found, Tool
from microturn.bench.tools import Call, note_of
from microturn.protocol.events import Answer, Audio, Card, Channel, Delegation, Event, Progress, Result, Text

Told = Result | Progress | Card | Answer | Call | Text
LISTEN_MS = 6000.0  # from a result on: time to say it in
BUDGET = Budget(answer_s=0.1)  # nobody answers forms


@dataclass
class Ledger:
    """Which tools whoever works now has called, and when, on the event loop's clock; one works at a time."""

    calls: list[tuple[float, str, dict[str, Any]]] = field(default_factory=list[tuple[float, str, dict[str, Any]]])

    def note(self, name: str, arguments: Mapping[str, Any]) -> None:
        self.calls.append((asyncio.get_running_loop().time(), name, dict(arguments)))


def noted(tools: Iterable[Tool], ledger: Ledger) -> list[Tool]:
    """The tools, each of whose uses is noted; what a toolbox refuses does not reach its tool, and is no use of it."""

    def telling(tool: Tool) -> Tool:
        async def run(arguments: Mapping[str, Any], brief: Brief) -> Found:
            ledger.note(tool.name, arguments)
            return await tool.run(arguments, brief)

        return replace(tool, run=run)

    return [telling(tool) for tool in tools]


class Ahead:
    """An `engine.offline.Aside`: the mailbox of one session and who works for it.

    `events` are the delegations, calls, cards, results and cancels, with their media times. `until_ms` is when the session
    may end: at first when its user has nothing more to say, and `LISTEN_MS` after whatever comes back; what is handed over
    later than that is nobody's. Each report comes at least `least_ms` after its delegation.
    """

    def __init__(
        self,
        worker: Worker,
        runner: asyncio.Runner,
        ledger: Ledger | None = None,
        *,
        least_ms: float = 0.0,
        until_ms: float = float("inf"),
    ) -> None:
        self._worker, self._runner, self._ledger, self._least_ms = worker, runner, ledger or Ledger(), least_ms
        self.mailbox = Mailbox()
        self.events: list[Event] = []
        self.until_ms = until_ms
        self._due: list[tuple[float, int, str, Told]] = []  # when, in which order, of which delegation
        self._number: Iterator[int] = count()

    def arriving(self, until_ms: float) -> list[Text]:
        """What has come back for the model by `until_ms`."""
        texts: list[Text] = []
        while self._due and self._due[0][0] < until_ms:
            at_ms, _, delegation, told = heapq.heappop(self._due)
            if (text := self._delivered(delegation, replace(told, at_ms=at_ms))) is not None:
                texts.append(text)
        return texts

    def answered(self, given: Sequence[Event], made: Sequence[Event]) -> None:
        """What the session was given and put out in a tick."""
        for event in given:
            if not isinstance(event, Audio):
                self.mailbox.remember(event)
        for event in (one for one in made if one.at_ms < self.until_ms):
            for outcome in self.mailbox.observe(event):
                self._act(outcome)

    def _act(self, outcome: Outcome) -> None:
        if isinstance(outcome, Text):
            self._put(outcome.at_ms, "", outcome)
            return
        self.events.append(outcome)
        if isinstance(outcome, Delegation):
            brief = Brief(delegation=outcome, conversation=self.mailbox.conversation(outcome.at_ms))
            for seconds, told in self._runner.run(self._worked(brief)):
                self._put(outcome.at_ms + max(self._least_ms, 1000.0 * seconds), outcome.id, told)

    def _put(self, at_ms: float, delegation: str, told: Told) -> None:
        self.until_ms = max(self.until_ms, at_ms + LISTEN_MS)
        heapq.heappush(self._due, (at_ms, next(self._number), delegation, told))

    def _delivered(self, delegation: str, told: Told) -> Text | None:
        """What the model gets of it; calls and permissions are put on record, and are nothing to it."""
        if isinstance(told, Text):
            return told
        if isinstance(told, Call | Answer) or (isinstance(told, Card) and told.kind == "permission"):
            if delegation in self.mailbox.open:
                self.events.append(note_of(told) if isinstance(told, Call) else told)
            return None
        outcome = self.mailbox.deliver(told)
        if isinstance(outcome, Dropped):
            return None
        self.events.append(told)
        return outcome

    async def _worked(self, brief: Brief) -> list[tuple[float, Told]]:
        """Everything that the worker does for a delegation, with the seconds that it took to come to it."""
        now_s, told, over = asyncio.get_running_loop().time, list[tuple[float, Told]](), asyncio.Event()
        began_s = now_s()
        self._ledger.calls.clear()

        def tell(report: Report | Answer) -> None:
            told.append((now_s() - began_s, report))
            if isinstance(report, Card) and report.kind == "permission":
                allowed = Answer(at_ms=0.0, card=report.id, values={"allow": True})
                told.append((now_s() - began_s, allowed))
                desk.answer(allowed)
            if isinstance(report, Result) and report.channel is not Channel.THINKING:
                over.set()

        desk = Desk(self._worker, tell, BUDGET)
        desk.take(brief)
        try:
            await asyncio.wait_for(over.wait(), 2 * BUDGET.seconds)
        except TimeoutError:
            tell(Result(at_ms=0.0, delegation=brief.delegation.id, channel=Channel.COMMENTARY, text=FAILED))
        desk.close()
        made = [(at_s - began_s, Call(at_ms=0.0, function=name, args=args)) for at_s, name, args in self._ledger.calls]
        return sorted([*made, *told], key=lambda one: one[0])
