"""PAUC: how good the answers of one's own accord were, over time (ProactiveVideoQA, arXiv 2507.09313).

As ported in MCG-NJU/VideoChat3 @189754e7. A turn has a span in which replies count and a part of it, the related span,
in which what is asked about is to be seen. A judge grades what has been said so far, 0 to 2; the grade holds until the
next; before the first it is 0.5, so that silence is worth a quarter and a wrong answer nothing. `omega` takes time out:
at 0 all of it counts, at 1 only the last grade does.

Faults of the official scorer that "fixed" does not have: a span without length is worth nothing whatever is said (fixed:
its last grade), and replies are joined in the order in which they stand in the file (fixed: in order of time).
"""

import math
import re
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from microturn.bench.rules import Cases, Mode

OMEGAS = (0.0, 0.5, 1.0)
BEST = 2.0
SILENCE = 0.5  # what a turn is worth, of BEST, before anything is said
Graded = tuple[float, float]  # (time, grade)
Reply = tuple[float, str]  # (time, text)
Span = tuple[float, float]


def area(points: Sequence[Graded], length: float, *, omega: float, best: float = BEST, start: float = SILENCE) -> float:
    """The share of `length` times `best` that lies under the steps of the grades; times count from the span's begin.

    0 without a grade, and for a span without length.
    """
    whole = length * best
    if not points or whole <= 0:
        return 0.0
    steps = [(at * (1 - omega), grade) for at, grade in sorted(points, key=lambda point: point[0])]
    under, before, held = 0.0, 0.0, start
    for at, grade in [*steps, (length, steps[-1][1])]:
        under += (at - before) * held
        before, held = at, grade
    return under / whole


def turn(grades: Sequence[Graded], span: Span, *, omega: float, mode: Mode = "official") -> float:
    """What one turn is worth, 0 to 1; `grades` have the times of the span."""
    if not grades:
        return SILENCE / BEST
    if mode == "fixed" and span[1] <= span[0]:
        return max(grades)[1] / BEST
    return area([(at - span[0], grade) for at, grade in grades], span[1] - span[0], omega=omega)


def kept(grades: Sequence[Graded], related_end: float) -> list[Graded]:
    """The grades without those after the related span that are below the last one within it (0 if there is none)."""
    within = 0.0
    left: list[Graded] = []
    for at, grade in sorted(grades):
        if at <= related_end:
            within = grade
        if at <= related_end or grade >= within or len(grades) == 1:
            left.append((at, grade))
    return left


def said_so_far(replies: Sequence[Reply], span: Span, *, mode: Mode = "official") -> list[Reply]:
    """For each reply in the span (ends included) that is no word-for-word repetition, all that has been said in it."""
    joined: list[Reply] = []
    distinct: list[str] = []
    for at, text in replies if mode == "official" else sorted(replies, key=lambda reply: reply[0]):
        if text and span[0] <= at <= span[1] and text not in distinct:
            distinct.append(text)
            joined.append((at, " ".join(distinct)))
    return joined


def repeated(replies: Sequence[Reply], span: Span) -> tuple[int, int]:
    """How many of the replies in the span repeat an earlier one word for word, and how many there are."""
    inside = [text for at, text in replies if text and span[0] <= at <= span[1]]
    return len(inside) - len(set(inside)), len(inside)


def grade_in(reply: str) -> int | None:
    """The grade in a judge's reply, 0 to 2: its last free-standing 1, 2 or 3, less one. None where there is none."""
    found = re.findall(r"(?<!\d)[123](?!\d)", reply)
    return int(found[-1]) - 1 if found else None


def rounds(duration: float, last_reply_end: float, fps: float = 1.0) -> int:
    """How many times the official runner asks, `fps` a second, until the last span ends or the video does."""
    return max(1, min(int(duration * fps), math.ceil(min(duration, last_reply_end) * fps)))


def _turns_of(gold: Mapping[str, Any]) -> list[tuple[str, Span, float]]:
    """Each turn of a question: its answer, its span and the end of what it is about."""
    turns: list[tuple[str, Span, float]] = []
    for answer in gold["answer"]:
        span = (float(answer["reply_timespan"][0]), float(answer["reply_timespan"][1]))
        turns.append((answer["content"], span, float(answer.get("related_timespan", span)[1])))
    return turns


def _judge_of(given: Mapping[str, Any]) -> Callable[[str, str], str]:
    """The stand-in for a judge that a case names: a table by what was said, or the rule in words."""
    table = given.get("judge_table")
    if table is not None:
        return lambda truth, said: table.get(said, table.get("<other>", ""))
    if "substring" not in given["judge_rule"]:
        raise ValueError(f"no judge is known by the rule {given['judge_rule']!r}")

    def by_words(truth: str, said: str) -> str:
        if truth.lower() in said.lower():
            return "3"
        return "2" if set(truth.split()) & set(said.split()) else "1"

    return by_words


def _full_case(given: Mapping[str, Any]) -> dict[str, Any]:
    judge, calls = _judge_of(given), list[dict[str, str]]()
    golds = {str(gold["question_id"]): _turns_of(gold) for gold in given["gold"]}
    grades: dict[tuple[str, int], list[Graded]] = {}
    for question, replies in given["predictions"].items():
        for index, (truth, span, related_end) in enumerate(golds.get(question, [])):
            by_time: dict[float, float] = {}
            for at, said in said_so_far([(float(at), text) for at, text in replies], span):
                calls.append({"gt": truth, "pred_joined": said})
                grade = grade_in(judge(truth, said))
                if grade is not None:
                    by_time[at] = grade
            grades[question, index] = kept(list(by_time.items()), related_end)
    result: dict[str, Any] = {"num_videos": len(golds), "num_turns": sum(map(len, golds.values()))}
    for omega in OMEGAS:
        values = [
            turn(grades.get((question, index), []), span, omega=omega)
            for question, turns in golds.items()
            for index, (_, span, _) in enumerate(turns)
        ]
        result[f"omega={omega:g}"] = round(100 * sum(values) / len(values), 2) if values else 0.0
    scores = [[dict(grades.get((question, i), [])) for i in range(len(turns))] for question, turns in golds.items()]
    return {"result": result, "judge_calls": calls, "turn_scores": scores}


def _area_case(given: Mapping[str, Any]) -> float:
    points = [(at, grade) for at, grade in given["points"]]
    scale = {"best": given["max_y"], "start": given["start_score"]}
    return area(points, given["max_x"], omega=given["omega"], **scale)


def _rounds_case(given: Mapping[str, Any]) -> int:
    return rounds(given["duration"], given["last_reply_end"], given["fps"])


CASES: Cases = {
    "ProactiveVideoQA PAUC": {"cases_area": _area_case, "cases_full": _full_case, "cases_rounds": _rounds_case},
}
