"""OVO-Bench (arXiv 2501.05510; @c34093f9): tasks that look back, see now, or answer when they can; and OVO-Timing.

A task's accuracy is the mean over its questions, or over the test points of its questions where it looks forward; a
category is the mean of its tasks, the total the mean of the categories. Faults of the official scorer that "fixed" does
not have: any reply that has the letter in it is right ("AB"); the digits of a count are joined ("1 or 2" is 12); "Not
sure" is a "No" and "yes" no "Yes"; replies that are lists crash it. OVO-Timing (VideoChat3 @189754e7) pairs detections
greedily and gives zero to the silence that is right where nothing happens.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, cast

from microturn.bench.rules import Mode, StoredOnly
from microturn.bench.rules.spans import percent
from microturn.bench.rules.streamingbench import option

BACKWARD = ("EPM", "HLD", "ASI")
REALTIME = ("STU", "OJR", "ATR", "FPD", "ACR", "OCR")
FORWARD = ("REC", "SSR", "CRR")
CATEGORIES = {"backward": BACKWARD, "realtime": REALTIME, "forward": FORWARD}
WITHIN_S = 2.0
Scores = dict[str, list[float]]  # by task


def plain(response: Any) -> str | None:
    """A reply as text; of a list its parts one after the other ("fixed" only)."""
    if isinstance(response, list | tuple):
        return " ".join(str(part) for part in cast(list[Any], response))
    return None if response is None else str(response)


def choice(response: Any, letter: str, *, mode: Mode = "official") -> float:
    """1 if the reply is right: has the letter anywhere in it ("official"), or names it ("fixed")."""
    if response is None:
        return 0.0
    return float(letter in response if mode == "official" else option(plain(response), mode="fixed") == letter)


def count(response: Any, truth: int, *, mode: Mode = "official") -> float:
    """1 if the digits of the reply, all joined ("official"), or its last number ("fixed"), are the count."""
    if response is None:
        return 0.0
    found = re.findall(r"\d+", response if mode == "official" else plain(response) or "")
    got = "".join(found) if mode == "official" else str(int(found[-1])) if found else ""
    return float(got == str(truth))


def answer(response: Any, kind: int, *, mode: Mode = "official") -> float:
    """1 if the reply says No where `kind` is 0 and Yes where it is 1."""
    if response is None:
        return 0.0
    right = "Yes" if kind == 1 else "No"
    if mode == "official":
        return float(kind in (0, 1) and response == right[0] or ("No" if kind == 0 else "Yes") in response)
    first = re.search(r"\b(yes|no|y|n)\b", (plain(response) or "").lower())
    return float(first is not None and first[1][0] == right[0].lower())


def scored(results: Mapping[str, Sequence[Mapping[str, Any]]], *, mode: Mode = "official") -> dict[str, Scores]:
    """Every question's or test point's score, by category and task."""
    found: dict[str, Scores] = {category: {} for category in CATEGORIES}
    for category, items in results.items():
        for item in items:
            points = found[category].setdefault(item["task"], [])
            points += (
                _points(item, mode)
                if category == "forward"
                else [choice(item["response"], item["ground_truth"], mode=mode)]
            )
    return found


def _points(item: Mapping[str, Any], mode: Mode) -> Iterator[float]:
    for point in item["test_info"]:
        if item["task"] == "REC":
            yield count(point["response"], point["count"], mode=mode)
        elif item["task"] in FORWARD:
            yield answer(point["response"], point["type"], mode=mode)


def totals(tasks: Mapping[str, Mapping[str, float]]) -> dict[str, float]:
    """The categories' means and the total, in the unit of the tasks' accuracies; ValueError where a category has no task."""
    for category in CATEGORIES:
        if not tasks.get(category):
            raise ValueError(f"there is no task of the category {category!r}: the total is the mean of all three")
    means = {category: sum(tasks[category].values()) / len(tasks[category]) for category in CATEGORIES}
    return {**means, "total": sum(means.values()) / len(means)}


def report(results: Mapping[str, Sequence[Mapping[str, Any]]], *, mode: Mode = "official") -> dict[str, Any]:
    """Accuracies in percent with two decimals: `tasks`, the categories and the `total`."""
    by_task = {
        category: {task: sum(points) / len(points) for task, points in scores.items()}
        for category, scores in scored(results, mode=mode).items()
    }
    shown = {task: percent(share) for tasks in by_task.values() for task, share in tasks.items()}
    return {"tasks": shown, **{name: percent(share) for name, share in totals(by_task).items()}}


def timing(
    truths: Sequence[float], detections: Sequence[float], *, within: float = WITHIN_S, mode: Mode = "official"
) -> dict[str, float | None]:
    """Recall and precision of one item's detections, each within `within` of the truth that it is paired with.

    "official": each truth in turn takes the first detection left that is near enough, and nothing to find or nothing
    found is 0. "fixed": as many pairs as can be made, and what there is nothing to measure by is None.
    """
    pairs = _greedy(truths, detections, within) if mode == "official" else _most(truths, detections, within)
    empty = 0.0 if mode == "official" else None
    return {
        "recall": pairs / len(truths) if truths else empty,
        "precision": pairs / len(detections) if detections else empty,
    }


def _greedy(truths: Sequence[float], detections: Sequence[float], within: float) -> int:
    left = list(detections)
    for truth in truths:
        near = next((at for at in left if abs(at - truth) <= within), None)
        if near is not None:
            left.remove(near)
    return len(detections) - len(left)


def _most(truths: Sequence[float], detections: Sequence[float], within: float) -> int:
    return len(paired(truths, detections, within))


def paired(truths: Sequence[float], detections: Sequence[float], within: float) -> list[tuple[int, int]]:
    """As many pairs (place of the truth, place of the detection) no further apart than `within` as can be made.

    In order of time the earliest that can still be paired are, which leaves most for the rest.
    """
    by_time = sorted(range(len(truths)), key=truths.__getitem__)
    waiting = sorted(range(len(detections)), key=detections.__getitem__)
    pairs: list[tuple[int, int]] = []
    for place in by_time:
        while waiting and detections[waiting[0]] < truths[place] - within:
            waiting.pop(0)
        if waiting and detections[waiting[0]] <= truths[place] + within:
            pairs.append((place, waiting.pop(0)))
    return pairs


def f1(recall: float, precision: float) -> float:
    """Their harmonic mean; 0 where both are."""
    return 2 * recall * precision / (recall + precision) if recall + precision > 0 else 0.0


def _score_case(given: Mapping[str, Any]) -> dict[str, Any] | None:
    try:
        return report(given)
    except (ArithmeticError, LookupError, TypeError, ValueError):
        return None


def _timing_case(given: Mapping[str, Any]) -> dict[str, float | None]:
    return timing(given["gt"], given["det"], within=given.get("tol", WITHIN_S))


ROUNDING = 0.0101  # of a mean of figures with two decimals, itself shown with two


def inconsistent(stored: Mapping[str, Any]) -> list[str]:
    """Where stored aggregates do not follow from the stored accuracies of the tasks; nothing says that they do."""
    if "error" in stored:
        return []
    tasks = stored["tasks"]
    by_task = {name: {task: tasks[task] for task in members if task in tasks} for name, members in CATEGORIES.items()}
    return [
        f"{name}: expected {stored[name]}, the stored tasks give {value:.2f}"
        for name, value in totals(by_task).items()
        if name in stored and abs(stored[name] - value) > ROUNDING
    ]


CASES = {
    "OVO-Bench": {
        "cases_score": _score_case,
        "cases_timing": _timing_case,
        "cases_repo_results": StoredOnly(inconsistent),
    }
}
