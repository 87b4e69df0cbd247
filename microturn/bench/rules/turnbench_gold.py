"""TurnBench's gold from the tracks of its three annotators (SesameAILabs/turnbench @a87ffac2, turnbench/README.md).

In our words. Two of three have to agree: the same class, starts and ends within 0.2 s; the time is their median, and what
nobody agrees on, where nothing was agreed, is excluded. This is done twice. For the floor, every label that claims it is one
class: these are turns, and a turn's end is the end of the floor if the other's next turn begins before one's own, or is
under way, or nobody's follows; otherwise it is a pause up to the next own turn, cut short at whatever is disputed, at the
speaker's own murmur, at an interruption. For interruptions the labels count apart: those that take the floor are events,
murmurs and noises are the stretches without one, and attempts that do not take the floor are excluded.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations
from statistics import median
from typing import Any

CLOSE_S = 0.2
NEAR_S = 0.5  # events of two annotators whose starts are further apart are not the same
MAJORITY = 2
TURN, INTERRUPTION, ATTEMPT, MURMUR, NOISE = "turn", "interruption", "attempt", "murmur", "noise"
LABELS: Mapping[str, str] = {
    **dict.fromkeys(
        ("Normal Turn", "Regular Turn", "Strong Floor Hold", "Bounded Response", "Filler", "Overlap"), TURN
    ),
    **{f"Floor-taking {manner} Interruption": INTERRUPTION for manner in ("Competitive", "Cooperative")},
    **{f"Non-floor Taking {manner} Interruption": ATTEMPT for manner in ("Competitive", "Cooperative")},
    **{f"{kind} Backchannel": MURMUR for kind in ("Acknowledgement", "Continuer", "Reaction")},
    **dict.fromkeys(("Non-Speech Noise", "Channel Bleed", "Speech, Non-Linguistic"), NOISE),
    "Laughter": "laughter",
    "Awkward Silence": "silence",
}
FLOOR: Mapping[str, str] = {label: TURN for label, kind in LABELS.items() if kind in (TURN, INTERRUPTION)}
Mark = tuple[float, float, str]  # start, end, label or class; seconds


@dataclass(frozen=True, kw_only=True)
class Agreed:
    """One speaker's events (start, end, class) and the stretches on which there is no majority."""

    events: tuple[Mark, ...]
    disputed: tuple[tuple[float, float], ...]


def agree(tracks: Sequence[Sequence[Mark]], classes: Mapping[str, str]) -> Agreed:
    """The consensus of the annotators' tracks of one speaker; labels that are no key of `classes` do not count."""
    marks = [[(a, b, classes[label]) for a, b, label in track if label in classes] for track in tracks]
    free = [set(range(len(track))) for track in marks]
    events: list[Mark] = []
    for first, track in enumerate(marks):
        for index, mark in enumerate(track):
            if index not in free[first]:
                continue
            group = {first: index, **_nearest(mark, marks, free, after=first)}
            members = _closest(group, marks, first)
            if len(members) >= MAJORITY:
                starts, ends = zip(*(marks[one][group[one]][:2] for one in members), strict=True)
                events.append((round(median(starts), 4), round(median(ends), 4), mark[2]))
                for one in members:
                    free[one].discard(group[one])
    left = sorted(marks[one][index][:2] for one in range(len(marks)) for index in free[one])
    return Agreed(events=tuple(events), disputed=_merged([span for span in left if not _meets(span, events)]))


def _nearest(mark: Mark, marks: Sequence[Sequence[Mark]], free: Sequence[set[int]], *, after: int) -> dict[int, int]:
    """Of each later annotator the free mark of the same class that starts nearest to this one."""
    found: dict[int, int] = {}
    for other in range(after + 1, len(marks)):
        near = [(abs(marks[other][i][0] - mark[0]), i) for i in sorted(free[other]) if marks[other][i][2] == mark[2]]
        if near and min(near)[0] <= NEAR_S:
            found[other] = min(near)[1]
    return found


def _closest(group: Mapping[int, int], marks: Sequence[Sequence[Mark]], first: int) -> tuple[int, ...]:
    """The largest part of a group, with its first, whose starts and ends lie within `CLOSE_S`."""
    for size in range(len(group), 1, -1):
        for members in combinations(group, size):
            bounds = list(zip(*(marks[one][group[one]][:2] for one in members), strict=True))
            if first in members and all(max(times) - min(times) <= CLOSE_S for times in bounds):
                return members
    return (first,)


def _meets(span: tuple[float, float], events: Sequence[Mark]) -> bool:
    return any(start < span[1] and span[0] < end for start, end, _ in events)


def _merged(spans: Sequence[tuple[float, float]]) -> tuple[tuple[float, float], ...]:
    merged: list[tuple[float, float]] = []
    for start, end in spans:
        if merged and start <= merged[-1][1]:
            merged[-1] = (merged[-1][0], max(merged[-1][1], end))
        else:
            merged.append((start, end))
    return tuple((round(start, 4), round(end, 4)) for start, end in merged)


def gold(tracks: Mapping[int, Sequence[Sequence[Mark]]]) -> dict[str, list[dict[str, Any]]]:
    """The events of a conversation, from each speaker's (1 and 2) tracks, named as in the official export of the gold."""
    floor = {speaker: agree(tracks[speaker], FLOOR) for speaker in (1, 2)}
    fine = {speaker: agree(tracks[speaker], LABELS) for speaker in (1, 2)}
    out: dict[str, list[dict[str, Any]]] = {
        f"{task}_{part}": [] for task in ("eot", "int") for part in ("positive_events", "negative_spans", "excluded")
    }
    for speaker, other in ((1, 2), (2, 1)):
        ends, pauses = _ends(floor[speaker].events, floor[other].events)
        cuts = [start for views in (floor, fine) for one in views.values() for start in one.disputed]
        held = [_cut(pause, cuts, fine[speaker].events, fine[other].events) for pause in pauses]
        events = fine[speaker].events
        attempts = [(a, b) for a, b, kind in events if kind == ATTEMPT]
        out["eot_positive_events"] += [{"speaker": speaker, "time_s": end} for end in dict.fromkeys(ends)]
        out["eot_negative_spans"] += _spans(speaker, [(a, b) for a, b in dict.fromkeys(held) if b > a])
        out["eot_excluded"] += _spans(speaker, floor[speaker].disputed)
        out["int_positive_events"] += [
            {"speaker": speaker, "time_s": a} for a, _, kind in events if kind == INTERRUPTION
        ]
        out["int_negative_spans"] += _spans(speaker, [(a, b) for a, b, kind in events if kind in (MURMUR, NOISE)])
        out["int_excluded"] += _spans(speaker, [*fine[speaker].disputed, *attempts])
    return out


def _spans(speaker: int, spans: Sequence[tuple[float, float]]) -> list[dict[str, Any]]:
    return [{"speaker": speaker, "start": start, "end": end} for start, end in spans]


def _ends(mine: Sequence[Mark], others: Sequence[Mark]) -> tuple[list[float], list[tuple[float, float]]]:
    """Ends at which the floor passes, and pauses in which it does not; an end inside another own turn is neither."""
    ends: list[float] = []
    pauses: list[tuple[float, float]] = []
    for _, end, _ in sorted(mine):
        if any(a < end < b for a, b, _ in mine):
            continue
        again = min((a for a, _, _ in mine if a > end), default=float("inf"))
        taken = min((a for a, _, _ in others if a > end), default=float("inf"))
        if again == float("inf") or taken < again or any(a < end < b for a, b, _ in others):
            ends.append(end)
        else:
            pauses.append((end, again))
    return ends, pauses


def _cut(
    pause: tuple[float, float], disputed: Sequence[tuple[float, float]], mine: Sequence[Mark], others: Sequence[Mark]
) -> tuple[float, float]:
    """The pause up to the first sign that it is not a quiet one; empty where that is at its start."""
    start, end = pause
    signs = [a for a, b in disputed if a < end and b > start]
    signs += [a for a, _, kind in mine if kind != TURN and start < a < end]
    signs += [a for a, _, kind in others if kind in (INTERRUPTION, ATTEMPT) and start < a < end]
    return start, max(start, min([end, *signs]))
