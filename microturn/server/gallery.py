"""The cards of one session on their way to the page: drawn elsewhere, one at a time, so that nothing waits for them.

Of a card that is shown again before it was drawn only the latest is drawn; what has been drawn comes in the order it was shown.
"""

from asyncio import Task, TaskGroup
from collections.abc import Awaitable, Callable

from microturn.protocol.events import Card

Draw = Callable[[Card], Awaitable[str]]


class Gallery:
    """`draw` makes the HTML document of a card, `hang` gets it when it is ready. Belongs to one event loop."""

    def __init__(self, draw: Draw, hang: Callable[[Card, str], None], tasks: TaskGroup) -> None:
        self.draw, self.hang, self.tasks = draw, hang, tasks
        self._waiting: dict[str, Card] = {}
        self._drawing: Task[None] | None = None

    def show(self, card: Card) -> None:
        """Returns at once."""
        self._waiting[card.id] = card
        if self._drawing is None:
            self._drawing = self.tasks.create_task(self._draw())

    def close(self) -> None:
        """What is not drawn yet is not shown any more."""
        self._waiting.clear()

    async def _draw(self) -> None:
        while self._waiting:
            card = self._waiting.pop(next(iter(self._waiting)))
            self.hang(card, await self.draw(card))
        self._drawing = None
