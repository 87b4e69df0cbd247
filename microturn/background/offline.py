"""The embedded background: no key, no network. It does sums, knows the date and looks into the user's documents, and says
of everything else that it cannot."""

import asyncio
import re
from collections.abc import AsyncIterator
from datetime import datetime
from fractions import Fraction

from microturn.background.brief import Brief
from microturn.background.documents import Documents, best_sentence
from microturn.background.sums import solve, spoken
from microturn.background.tools.clock import Now, day_answer
from microturn.protocol.events import Channel, Progress, Result

CANNOT = "i can not find that out"


class Offline:
    """Answers from the task's own words. `now` is the wall clock, `documents` where things are looked up."""

    name = "offline"

    def __init__(self, now: Now = datetime.now, documents: Documents | None = None) -> None:
        self.now, self.documents = now, documents or Documents()

    async def work(self, brief: Brief) -> AsyncIterator[Progress | Result]:
        delegation = brief.delegation
        text = await asyncio.to_thread(self.answer, delegation.task)
        yield Result(at_ms=delegation.at_ms, delegation=delegation.id, channel=Channel.COMMENTARY, text=text)

    def answer(self, task: str) -> str:
        """What is to be said."""
        try:
            value: Fraction | None = solve(task)
            if value is not None:
                return f"it is {spoken(value)}"
        except (ZeroDivisionError, ValueError):
            return CANNOT
        return day_answer(task, self.now) or self._looked_up(task) or CANNOT

    def _looked_up(self, task: str) -> str:
        """What a document says of it, where one sentence has most of the words that tell."""
        sentences = (best_sentence(passage.text, task) for passage in self.documents.search(task))
        sentence = next(filter(None, sentences), "")
        return f"it says {as_spoken(sentence)}" if sentence else ""


def as_spoken(text: str) -> str:
    """A written sentence as small models speak: plain words in small letters, numbers up to a million in words."""
    words = re.findall(r"[^\W\d_]+(?:'[^\W\d_]+)?|\d+", text.lower())
    return " ".join(spoken(Fraction(word)) if word.isdigit() and len(word) < 7 else word for word in words)
