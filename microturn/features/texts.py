"""Texts that the model reads: tagged by where they come from, so many tokens a tick; the same in training and serving."""

from collections import deque
from collections.abc import Sequence

from microturn.features.text import Tag
from microturn.protocol.events import Channel

TEXT_TAGS = {
    Channel.USER: Tag.TYPED,
    Channel.THINKING: Tag.THINKING,
    Channel.COMMENTARY: Tag.COMMENTARY,
    Channel.INSTRUCTIONS: Tag.INSTRUCTIONS,
}
TEXT_PER_TICK = 32  # tokens, tags included: whole results of the background fit


class TextQueue:
    """Texts that wait to be read, in the order in which they came; its length is that in tokens, tags included."""

    def __init__(self, per_tick: int = TEXT_PER_TICK) -> None:
        if per_tick < 2:
            raise ValueError(f"a tick reads at least a tag and a token, got {per_tick}")
        self._per_tick = per_tick
        self._waiting: deque[tuple[Tag, tuple[int, ...]]] = deque()

    def __len__(self) -> int:
        return sum(1 + len(ids) for _, ids in self._waiting)

    def put(self, channel: Channel, ids: Sequence[int]) -> None:
        """A text of a channel of `TEXT_TAGS`."""
        self._waiting.append((TEXT_TAGS[channel], tuple(ids)))

    def take(self) -> tuple[int, ...]:
        """What one tick reads: whole texts as far as they fit; one too long for a tick of its own goes on, under its tag."""
        read: list[int] = []
        while self._waiting:
            tag, ids = self._waiting[0]
            room = self._per_tick - len(read) - 1
            if read and len(ids) > room:
                break
            read += [int(tag), *ids[:room]]
            self._waiting.popleft()
            if ids[room:]:
                self._waiting.appendleft((tag, ids[room:]))
        return tuple(read)
