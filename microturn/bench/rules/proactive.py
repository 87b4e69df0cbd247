"""Speaking of one's own accord, after *Interaction Models* (Thinking Machines, 11 May 2026): the readings adopted here.

The post says what is asked of the model and what is counted, and leaves points open; these are the choices:

- counting (RepCount): the last number said after the penultimate repetition is the answer, right within one; where there is
  one repetition, any number may be it; of two at the same time the later in order counts;
- TimeSpeak and CueSpeak: an item earns 1 for the right meaning in its window, both or nothing; accuracy is the mean over
  sub-types of their means;
- localisation (Charades): from the first "start" to the first "stop" said; no "stop" lasts to the end of the video;
  no "start", or a "stop" that does not follow it, is an overlap of zero.
"""

from collections.abc import Mapping, Sequence
from typing import Any

from microturn.bench.rules import spans

OFF_BY = 1
Interval = tuple[float, float]


def last_number(rep_times: Sequence[float], spoken: Sequence[tuple[float, int]]) -> int | None:
    """The last number said after the penultimate repetition (any number if there is only one); None if there is none.

    `rep_times` and the times of `spoken` share a unit.
    """
    after = sorted(rep_times)[-2] if len(rep_times) > 1 else float("-inf")
    eligible = [(at, order, value) for order, (at, value) in enumerate(spoken) if at > after]
    return max(eligible)[2] if eligible else None


def counted(answer: int | None, truth: int, *, off_by: int = OFF_BY) -> bool:
    """Whether an answer is within `off_by` of the number of repetitions; no answer is not."""
    return answer is not None and abs(answer - truth) <= off_by


def accuracy(groups: Mapping[str, Sequence[tuple[bool, bool]]]) -> dict[str, float]:
    """Percent of the items (meaning right, time right) that are both, by sub-type; those without items are left out."""
    return {
        name: 100.0 * sum(meaning and timing for meaning, timing in items) / len(items)
        for name, items in groups.items()
        if items
    }


def mean(values: Sequence[float]) -> float | None:
    return sum(values) / len(values) if values else None


def spoken_interval(start: float | None, stop: float | None, duration: float) -> Interval | None:
    """What a system marked by saying "start" and "stop" at these times (None: not said); None where it marked nothing."""
    end = duration if stop is None else stop
    return None if start is None or end <= start else (start, end)


def overlap(one: Interval | None, other: Interval) -> float:
    """Intersection over union of two intervals, 0 where the first is missing."""
    return spans.overlap(one, other) if one else 0.0


def _count_case(given: Mapping[str, Any]) -> dict[str, Any]:
    answer = last_number(given["gt_rep_times"], [(at, number) for at, number in given["spoken_numbers"]])
    return {"last_number_after_penultimate": answer, "correct": counted(answer, given["gt_count"])}


def _macro_case(given: Mapping[str, Any]) -> dict[str, Any]:
    groups = {name.removeprefix("group_"): items for name, items in given.items() if name.startswith("group_")}
    by_group = accuracy(groups)
    every = accuracy({"all": [item for items in groups.values() for item in items]})
    shares = {f"acc_{name}": by_group.get(name) for name in groups}
    return {**shares, "macro": mean(list(by_group.values())), "micro": every.get("all")}


def _localise_case(given: Mapping[str, Any]) -> dict[str, Any]:
    marked = spoken_interval(given.get("start_said_at"), given.get("stop_said_at"), given["duration"])
    return {"iou": overlap(marked, given["gt"])}


CASES = {
    "Thinking Machines Lab proactive protocols": {
        "cases_repcount": _count_case,
        "cases_macro": _macro_case,
        "cases_localise": _localise_case,
    }
}
