"""The embedded background: no key, no network. It does sums and knows the date, and says of everything else that it cannot."""

from collections.abc import AsyncIterator, Callable
from datetime import datetime, timedelta
from fractions import Fraction

from microturn.background.brief import Brief
from microturn.background.sums import solve, spoken
from microturn.protocol.events import Channel, Progress, Result

CANNOT = "i can not find that out"
DAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
SHIFTS = {"yesterday": -1, "today": 0, "tomorrow": 1}
Now = Callable[[], datetime]


class Offline:
    """Answers from the task's own words. `now` is the wall clock."""

    name = "offline"

    def __init__(self, now: Now = datetime.now) -> None:
        self.now = now

    async def work(self, brief: Brief) -> AsyncIterator[Progress | Result]:
        delegation = brief.delegation
        text = self.answer(delegation.task)
        yield Result(at_ms=delegation.at_ms, delegation=delegation.id, channel=Channel.COMMENTARY, text=text)

    def answer(self, task: str) -> str:
        """What is to be said."""
        try:
            value: Fraction | None = solve(task)
            if value is not None:
                return f"it is {spoken(value)}"
        except (ZeroDivisionError, ValueError):
            return CANNOT
        return self._day(task.lower().split()) or CANNOT

    def _day(self, words: list[str]) -> str:
        """The day of the week of today, tomorrow and yesterday, where a day is asked for."""
        shift = next((SHIFTS[word] for word in words if word in SHIFTS), None)
        if shift is None or not {"day", "weekday"} & set(words):
            return ""
        day = DAYS[(self.now() + timedelta(days=shift)).weekday()]
        return f"{'it is' if not shift else 'it was' if shift < 0 else 'it will be'} {day}"
