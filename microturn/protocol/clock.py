"""Time: one media clock in ticks and milliseconds, and the only door to the machine's clocks.

Media time counts what was received: tick `k` covers `[k * tick_ms, (k + 1) * tick_ms)`. Deadlines are absolute
times on an injected monotonic clock. Nothing outside this file reads a clock of the operating system.
"""

import time
from dataclasses import dataclass, field
from datetime import datetime
from typing import Protocol

TICK_MS = 200
DAY_S = 86_400


class Clock(Protocol):
    """A monotonic clock in milliseconds; its zero means nothing."""

    def now_ms(self) -> float: ...


class MonotonicClock:
    """The machine's monotonic clock."""

    def now_ms(self) -> float:
        return time.monotonic_ns() / 1e6


@dataclass
class ManualClock:
    """A clock that moves only when told to: for tests and for runs faster than real time."""

    at_ms: float = 0.0

    def now_ms(self) -> float:
        return self.at_ms

    def advance(self, by_ms: float) -> None:
        if by_ms < 0:
            raise ValueError(f"a clock cannot run backwards: advance by {by_ms} ms")
        self.at_ms += by_ms


@dataclass(frozen=True, kw_only=True)
class Grid:
    """The tick grid of one session: `origin_ms` is the monotonic time of tick 0's first sample."""

    tick_ms: int = TICK_MS
    origin_ms: float = field(default=0.0)

    def __post_init__(self) -> None:
        if self.tick_ms < 50 or self.tick_ms % 50:
            raise ValueError(f"tick_ms must be a positive multiple of 50 (one audio token), got {self.tick_ms}")

    def start_ms(self, tick: int) -> int:
        return tick * self.tick_ms

    def due_ms(self, tick: int) -> float:
        """The monotonic time at which tick `tick`'s input is complete and its output may be computed."""
        return self.origin_ms + (tick + 1) * self.tick_ms


def second_of_day() -> float:
    """Local wall time as seconds since midnight: what a session's clock feature starts from."""
    now = datetime.now()
    return now.hour * 3600 + now.minute * 60 + now.second + now.microsecond / 1e6


def unix_s() -> int:
    """Wall time as whole seconds since 1970, UTC: for stamps that leave this machine."""
    return int(time.time())
