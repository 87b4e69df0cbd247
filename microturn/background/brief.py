"""What whoever does the work gets, and what they give back."""

from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass
from typing import Protocol

from microturn.protocol.events import Answer, Card, Channel, Delegation, Progress, Result, Text, Word
from microturn.protocol.timeline import Timeline

SIDES = {Channel.HEARD: "user", Channel.SAY: "model", Channel.USER: "user (typed)"}
LINE_GAP_MS = 1500.0
Report = Progress | Result | Card
Ask = Callable[[Card], Awaitable[Answer]]


class Unanswered(Exception):
    """The user has not answered; the message says why."""


async def nobody(card: Card) -> Answer:
    """`Brief.ask` where there is no user to be asked."""
    raise Unanswered("there is nobody who could be asked")


@dataclass(frozen=True, kw_only=True)
class Brief:
    """A delegation with the whole conversation up to now (words of both sides, texts, the latest frames) on one clock.

    `ask` puts a card to the user (kind `form` or `permission`) and waits for the answer; it raises `Unanswered`.
    """

    delegation: Delegation
    conversation: Timeline
    ask: Ask = nobody

    def transcript(self) -> str:
        """The conversation as lines of "[seconds] who: words", a new one at each pause and change of side."""
        lines: list[str] = []
        last: tuple[str, float] = ("", 0.0)
        for event in sorted(self.conversation.events, key=lambda e: e.at_ms):
            if not isinstance(event, Word | Text):
                continue
            who = SIDES.get(event.channel, f"background, {event.channel}")
            if who != last[0] or event.at_ms - last[1] > LINE_GAP_MS:
                lines.append(f"[{event.at_ms / 1000:.1f}] {who}:")
            lines[-1] += f" {event.text}"
            last = (who, event.until_ms if isinstance(event, Word) else event.at_ms)
        return "\n".join(lines)


class Worker(Protocol):
    """Who does the work: any number of `Progress` and `Card`, then `Result`s; times and delegation in them do not matter.

    `work` is cancelled when the delegation is called off. An exception is told to the user as a failure.
    """

    @property
    def name(self) -> str: ...

    def work(self, brief: Brief, /) -> AsyncIterator[Report]: ...
