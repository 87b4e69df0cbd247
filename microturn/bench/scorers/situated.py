"""Questions about what is in view while they are asked (QIVD, arXiv 2503.19356): the judge's "correct", and the lag."""

from microturn.bench.judges.judge import Judge, Question
from microturn.bench.scorers.moment import reply_to
from microturn.bench.task import Scenario, Score
from microturn.bench.words import find, normalised
from microturn.protocol.timeline import Timeline


def score_correct(scenario: Scenario, output: Timeline, judge: Judge) -> Score:
    """The share of questions answered rightly, of those that the judge could tell; nothing said is wrong."""
    questions = scenario.meta["questions"]
    replies = [reply_to(question, output)[1] for question in questions]
    asked = [
        Question(kind="correct", reply=reply, expected=question["answer"], question=question["question"])
        for question, reply in zip(questions, replies, strict=True)
        if reply
    ]
    verdicts = judge.ask(asked) if asked else []
    known = [float(verdict.value) for verdict in verdicts if isinstance(verdict.value, int | float)]
    silent, reasons = len(questions) - len(asked), [verdict.reason for verdict in verdicts]
    why = "; ".join([f"{reply or 'nothing'!r}" for reply in replies] + reasons)
    if not known and not silent:
        return Score(value=None, explanation=f"the judge could not tell: {why}")
    scored = len(known) + silent
    return Score(value=sum(known) / scored, weight=float(scored), explanation=why, evidence={"reasons": reasons})


def score_short_answer(scenario: Scenario, output: Timeline) -> Score:
    """The share of questions whose short answer is among the words said; without a judge, blind to other wordings."""
    questions = scenario.meta["questions"]
    hits = [bool(find(normalised(q["short"]), normalised(reply_to(q, output)[1]))) for q in questions]
    why = "; ".join(f"{reply_to(q, output)[1] or 'nothing'!r} for {q['short']!r}" for q in questions)
    return Score(value=sum(hits) / len(hits), weight=float(len(hits)), explanation=why)


def score_answer_lag(scenario: Scenario, output: Timeline) -> Score:
    """Median seconds from when a question can be answered to the reply's onset; unscored where none is answered."""
    onsets = [(q["ready_ms"], reply_to(q, output)[0]) for q in scenario.meta["questions"]]
    lags_s = sorted((at_ms - ready_ms) / 1000 for ready_ms, at_ms in onsets if at_ms is not None)
    if not lags_s:
        return Score(value=None, explanation="nothing was said")
    return Score(value=lags_s[len(lags_s) // 2], explanation=f"{len(lags_s)} replies", evidence={"lags_s": lags_s})
