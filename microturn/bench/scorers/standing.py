"""Answering when one can (OVO-Bench's forward tasks), for a system that speaks of its own accord.

The official runner asks again at every test point; such a system is asked once. What stands at a test point is the last
thing that it said before it, by task:

- REC: the last number said is the count; none said is a count of none;
- SSR: the last state named (`states`: word to number, 0 for none) is the step being done; "yes" means whichever is asked for;
- CRR: anything said since the question is a Yes, silence a No.

Silence so scores as "always No", and a "yes" at the beginning as "always Yes".
"""

from collections.abc import Mapping, Sequence
from functools import partial
from typing import Any, Literal

from microturn.bench.audible import said
from microturn.bench.rules.ovobench import WITHIN_S, timing
from microturn.bench.scorers.replies import replies
from microturn.bench.task import Scenario, Score
from microturn.bench.words import normalised, numbers
from microturn.protocol.timeline import Timeline

ANY = -1  # the state that a plain "yes" names
State = tuple[float, int]  # (ms, number)


def states_said(output: Timeline, states: Mapping[str, int] | None, from_ms: float) -> list[State]:
    """The states named from a time on, in order: the numbers said where `states` is None."""
    words = [word for word in said(output) if word.at_ms >= from_ms]
    tokens = [(token, word.at_ms) for word in words for token in normalised(word.text)]
    if states is None:
        return [(tokens[index][1], value) for index, value in numbers([token for token, _ in tokens])]
    named = {**states, "yes": ANY}
    return [(at_ms, named[token]) for token, at_ms in tokens if token in named]


def score_standing(scenario: Scenario, output: Timeline) -> Score:
    """The share of test points at which what stands is right; weighted by test points."""
    points = scenario.meta.get("points")
    if not points:
        return Score(value=None, explanation="no test point")
    task, from_ms = scenario.meta["task"], scenario.meta["from_ms"]
    answers = [(at_ms, 1) for at_ms, _ in replies(output, from_ms)]
    stood = answers if task == "CRR" else states_said(output, scenario.meta.get("states"), from_ms)
    hits = [_right(point, _standing(stood, point["at_ms"]), task) for point in points]
    why = f"{sum(hits)} of {len(hits)} test points; said: {stood}"
    return Score(value=sum(hits) / len(hits), weight=float(len(hits)), explanation=why, evidence={"points": hits})


def _standing(stood: Sequence[State], at_ms: float) -> int:
    return next((value for when_ms, value in reversed(stood) if when_ms <= at_ms), 0)


def _right(point: Mapping[str, Any], state: int, task: str) -> bool:
    if task == "REC":
        return state == point["count"]
    yes = state in (ANY, point["step"]) if task == "SSR" else state != 0
    return yes == bool(point["type"])


def _score_timing(scenario: Scenario, output: Timeline, *, part: Literal["recall", "precision"]) -> Score:
    """OVO-Timing's recall or precision of one item: numbers, states or replies within 2 s of when they are due."""
    due_ms = scenario.meta.get("due_ms")
    if not due_ms:
        return Score(value=None, explanation="nothing is due at a time")
    from_ms = scenario.meta["from_ms"]
    said_ms = (
        [at_ms for at_ms, _ in replies(output, from_ms)]
        if scenario.meta["task"] == "CRR"
        else [at_ms for at_ms, _ in states_said(output, scenario.meta.get("states"), from_ms)]
    )
    got = timing([ms / 1000 for ms in due_ms], [ms / 1000 for ms in said_ms], within=WITHIN_S)
    return Score(value=got[part], explanation=f"due at {due_ms} ms, said at {said_ms}", evidence={"said_ms": said_ms})


score_timing_recall = partial(_score_timing, part="recall")
score_timing_precision = partial(_score_timing, part="precision")
