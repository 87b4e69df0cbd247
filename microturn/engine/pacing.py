"""When a session's ticks are due, and the account of how well that was kept. Pure values: the caller reads the clock.

A session has its own grid of absolute due times, anchored where its audio began. The grid follows the sender: it creeps
after a sender whose clock drifts, and moves back at once when audio turns out to come later than the grace allows.
"""

from collections import deque
from dataclasses import dataclass

import numpy as np

GRACE_MS = 60.0  # how long after its due time a tick waits for audio
EARLY_SHARE = 0.5  # a full tick may run this share of a tick before its due time: more is a backlog, which waits
CREEP_LATER_MS, CREEP_EARLIER_MS = 2.0, 0.5
WINDOW_TICKS = 512


class Pacer:
    """The due times of one session, on the monotonic clock."""

    def __init__(self, tick_ms: int, now_ms: float, grace_ms: float = GRACE_MS) -> None:
        self.due_ms = now_ms + tick_ms  # when the next tick's audio should be complete
        self._tick_ms = tick_ms
        self._grace_ms = grace_ms
        self._full_ms: float | None = None  # when the next tick's audio was complete

    @property
    def deadline_ms(self) -> float:
        """When the next tick runs even without its audio."""
        return self.due_ms + self._grace_ms

    def anchor(self, now_ms: float, buffered_ms: float) -> None:
        """Audio begins, or begins again after a pause: the grid starts here."""
        self.due_ms = now_ms + max(0.0, self._tick_ms - buffered_ms)

    def filled(self, now_ms: float) -> None:
        """The next tick's audio is complete."""
        self._full_ms = now_ms

    def came_late(self, by_ms: float) -> None:
        """Audio of a tick that had to run without it has arrived: from now on wait that much longer."""
        self.due_ms += min(by_ms, self._tick_ms)

    def runs_at_ms(self, ready: bool) -> float:
        """The earliest time at which the next tick may run."""
        return self.due_ms - EARLY_SHARE * self._tick_ms if ready else self.deadline_ms

    def lateness_ms(self, done_ms: float) -> float:
        """How long after the due time of the tick that follows it the next tick's output was there; 0 in time."""
        return max(0.0, done_ms - self.due_ms - self._tick_ms)

    def turnaround_ms(self, done_ms: float) -> float:
        """From when the next tick could run to its output: waiting for the device and computing."""
        start_ms = self.deadline_ms if self._full_ms is None else max(self._full_ms, self.runs_at_ms(True))
        return max(0.0, done_ms - start_ms)

    def advance(self, next_is_full: bool) -> None:
        """The next tick has run; is the audio of the one after it complete already (a backlog)?"""
        creep_ms = 0.0
        if self._full_ms is not None and not next_is_full:
            creep_ms = min(CREEP_LATER_MS, max(-CREEP_EARLIER_MS, self._full_ms - self.due_ms))
        self.due_ms += self._tick_ms + creep_ms
        self._full_ms = self.due_ms - self._tick_ms if next_is_full else None


@dataclass(frozen=True, kw_only=True)
class Account:
    """What the engine has measured over its last ticks; times in milliseconds."""

    sessions: int
    slots: int
    ticks: int
    misses: int
    compute_p50_ms: float
    compute_p95_ms: float
    compute_p99_ms: float
    turnaround_p95_ms: float


class Ledger:
    """Times of the last `WINDOW_TICKS` ticks, and counts of all. Overflow policy: forget the oldest."""

    def __init__(self) -> None:
        self.ticks = self.misses = 0
        self._compute_ms: deque[float] = deque(maxlen=WINDOW_TICKS)
        self._turnaround_ms: deque[float] = deque(maxlen=WINDOW_TICKS)

    def note(self, *, compute_ms: float, turnaround_ms: float, late_ms: float) -> None:
        self.ticks += 1
        self.misses += late_ms > 0
        self._compute_ms.append(compute_ms)
        self._turnaround_ms.append(turnaround_ms)

    def forget(self) -> None:
        """The load has changed: start the window of turnarounds anew."""
        self._turnaround_ms.clear()

    @property
    def measured(self) -> int:
        """Turnarounds in the window."""
        return len(self._turnaround_ms)

    def account(self, sessions: int, slots: int) -> Account:
        p50, p95, p99 = (float(p) for p in np.percentile(self._compute_ms or [0.0], [50, 95, 99]))
        return Account(
            sessions=sessions,
            slots=slots,
            ticks=self.ticks,
            misses=self.misses,
            compute_p50_ms=p50,
            compute_p95_ms=p95,
            compute_p99_ms=p99,
            turnaround_p95_ms=float(np.percentile(self._turnaround_ms or [0.0], 95)),
        )
