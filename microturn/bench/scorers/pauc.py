"""PAUC on what was said: each utterance is a reply at the onset of its first word (ProactiveVideoQA, `rules.pauc`).

A reply that repeats another of its turn word for word is not judged again. Where the judge could not tell, the reply is
left out; a turn without a single verdict on what was said in it is unscored. A scenario weighs as many turns as it has.
"""

from collections.abc import Sequence

from microturn.bench.judges.judge import Judge, Question
from microturn.bench.rules.pauc import kept, repeated, said_so_far, turn
from microturn.bench.scorers.replies import Reply, replies
from microturn.bench.task import JudgedScorer, Scenario, Score
from microturn.protocol.timeline import Timeline


def pauc(omega: float) -> JudgedScorer:
    """The scorer for one weight of time: 0 counts all of it, 1 the last reply alone."""

    def score(scenario: Scenario, output: Timeline, judge: Judge) -> Score:
        values: list[float] = []
        evidence: list[dict[str, object]] = []
        for one in scenario.meta["turns"]:
            span = (float(one["reply_ms"][0]), float(one["reply_ms"][1]))
            joined = said_so_far(replies(output, *span), span, mode="fixed")
            grades, reasons = _graded(joined, one["content"], scenario.meta["question"], judge)
            grades = kept(grades, float(one["related_ms"][1]))
            value = None if joined and not grades else turn(grades, span, omega=omega, mode="fixed")
            values += [] if value is None else [value]
            evidence.append({"content": one["content"], "grades": grades, "value": value, "reasons": reasons})
        why = f"{len(values)} turns; said: " + (" | ".join(text for _, text in replies(output)) or "nothing")
        if not values:
            return Score(value=None, explanation=f"the judge could not tell: {why}", evidence={"turns": evidence})
        mean = sum(values) / len(values)
        return Score(value=mean, weight=float(len(values)), explanation=why, evidence={"turns": evidence})

    return score


def _graded(
    joined: Sequence[Reply], content: str, question: str, judge: Judge
) -> tuple[list[tuple[float, float]], list[str]]:
    """The grades of what has been said at each of these times, where the judge gave one, and its reasons."""
    asked = [Question(kind="graded", reply=text, expected=content, question=question) for _, text in joined]
    verdicts = judge.ask(asked) if asked else []
    grades = [
        (at, float(verdict.value))
        for (at, _), verdict in zip(joined, verdicts, strict=True)
        if isinstance(verdict.value, int | float)
    ]
    return grades, [verdict.reason for verdict in verdicts]


def score_duplicates(scenario: Scenario, output: Timeline) -> Score:
    """The share of replies within turns that repeat an earlier one of the turn; unscored where nothing is said in any."""
    spans = [(float(one["reply_ms"][0]), float(one["reply_ms"][1])) for one in scenario.meta["turns"]]
    counts = [repeated(replies(output, *span), span) for span in spans]
    again, said_in_all = sum(again for again, _ in counts), sum(inside for _, inside in counts)
    if not said_in_all:
        return Score(value=None, explanation="nothing was said in any turn")
    return Score(
        value=again / said_in_all,
        weight=float(said_in_all),
        explanation=f"{again} of {said_in_all} replies said again what had been said",
    )
