"""SID-Bench (arXiv 2603.24144; xkx-hub/SID-bench @3b479688, test.ipynb): does the user mean to interrupt, and when?

One line is one clip of what a user says over the system: the true time at which it is an interruption, if it is one, and
the time at which the system broke off, if it did. In our words: within 0.05 s is right and costs nothing; breaking off where
there is no interruption, or before it, is a false alarm and costs the clip's duration; not breaking off costs what was
left of the clip; breaking off late costs the delay. FIR is the rate of false alarms, IRL the mean delay, APT the mean cost.

Two faults of the official notebook, which mode "fixed" does not have: FIR is divided by all lines, where its README and
paper say the lines without an interruption (the early ones, `early`, are counted apart); and IRL leaves out the delays that
count as zero, so that a faster system can have a longer mean.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import Enum, auto
from typing import Any

from microturn.bench.rules import Mode

CLOSE_S = 0.05
NONE_S = -1.0  # how files write that there is no break


class Outcome(Enum):
    RIGHT = auto()  # broke off in time, or held on where nothing else was right
    LATE = auto()
    MISSED = auto()
    FALSE = auto()  # broke off where nobody interrupted
    EARLY = auto()  # broke off before it was an interruption


@dataclass(frozen=True, kw_only=True)
class Line:
    """A clip: whether there is an interruption and whether the system broke off, and when, in seconds from its start.

    Where there is none the time is what the file says: -1, or the clip's end for the clips of noise.
    """

    breaks: bool
    true_s: float = NONE_S
    broke: bool
    got_s: float = NONE_S
    duration_s: float


@dataclass(frozen=True, kw_only=True)
class Judged:
    """What a line costs, and how late the break was."""

    outcome: Outcome
    penalty_s: float
    delay_s: float


@dataclass(frozen=True, kw_only=True)
class Totals:
    """Shares and means over lines; None where there is nothing to divide by."""

    fir: float | None
    irl: float | None
    apt: float | None
    early: float | None


def judge(line: Line) -> Judged:
    """One line by the notebook's order of rules; the two modes differ only in `totals`."""
    close = line.true_s - CLOSE_S <= line.got_s <= line.true_s + CLOSE_S
    if close or not (line.breaks or line.broke):
        return Judged(outcome=Outcome.RIGHT, penalty_s=0.0, delay_s=0.0)
    if not line.breaks:
        return Judged(outcome=Outcome.FALSE, penalty_s=line.duration_s, delay_s=0.0)
    if not line.broke:
        return Judged(outcome=Outcome.MISSED, penalty_s=line.duration_s - line.true_s, delay_s=0.0)
    if line.got_s < line.true_s:
        return Judged(outcome=Outcome.EARLY, penalty_s=line.duration_s, delay_s=0.0)
    delay_s = line.got_s - line.true_s
    return Judged(outcome=Outcome.LATE, penalty_s=delay_s, delay_s=delay_s)


def totals(lines: Sequence[Line], mode: Mode = "fixed") -> Totals:
    """FIR, IRL in seconds and APT in seconds over all lines."""
    judged = [judge(line) for line in lines]
    outcomes = [one.outcome for one in judged]
    false, early = outcomes.count(Outcome.FALSE), outcomes.count(Outcome.EARLY)
    breaks = sum(line.breaks for line in lines)
    stopped = [
        one.delay_s
        for one, line in zip(judged, lines, strict=True)
        if line.breaks and one.outcome in (Outcome.RIGHT, Outcome.LATE)
    ]
    if mode == "official":
        alarms, of, delays = false + early, len(lines), [delay for delay in stopped if delay > 0]
    else:
        alarms, of, delays = false, len(lines) - breaks, stopped
    return Totals(
        fir=_share(alarms, of),
        irl=_share(sum(delays), len(delays)),
        apt=_share(sum(one.penalty_s for one in judged), len(judged)),
        early=_share(early, breaks),
    )


def _share(amount: float, of: int) -> float | None:
    return amount / of if of else None


def _case(given: Mapping[str, Any]) -> dict[str, Any]:
    lines = [
        Line(
            breaks=not row["gt_total_nonbreak"],
            true_s=float(row["gt_break_time"]),
            broke=not row["pred_total_nonbreak"],
            got_s=float(row["pred_break_time"]),
            duration_s=float(row["duration"]),
        )
        for row in given["lines"]
    ]
    total = totals(lines, "official")
    return {
        "FIR": total.fir,
        "IRL": total.irl,
        "APT": total.apt,
        "penalties": [judge(line).penalty_s for line in lines],
    }


CASES = {"SID-Bench FIR / IRL / APT": {"cases": _case}}
