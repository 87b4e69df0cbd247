"""Audio MultiChallenge: the run's judge is asked for each rubric whether the reply meets it (see `rules.audiomc`).

A system that says nothing to the last turn meets no rubric, whatever the rubrics forbid.
"""

from microturn.bench.audible import said
from microturn.bench.judges.judge import Judge, Question
from microturn.bench.rules import Mode
from microturn.bench.rules.audiomc import passed, share
from microturn.bench.task import JudgedScorer, Scenario, Score
from microturn.protocol.timeline import Timeline


def reply_of(scenario: Scenario, output: Timeline) -> str:
    """What was said to the last turn."""
    return " ".join(word.text for word in said(output) if word.at_ms >= float(scenario.meta["answer_from_ms"]))


def rubrics(*, whole: bool, mode: Mode = "official") -> JudgedScorer:
    """With `whole`, 1 if every rubric is met (APR); else the share of them that is (ARS).

    A reply of the judge that could not be read is a failure officially; in mode "fixed" it is unscored. Where the judge
    did not answer (it timed out, its key was refused, it is no model and cannot tell), all of the conversation is unscored.
    """

    def score(scenario: Scenario, output: Timeline, judge: Judge) -> Score:
        reply, asked = reply_of(scenario, output), scenario.meta["rubrics"]
        if not asked:
            return Score(value=None, explanation="the conversation has no rubric")
        if not reply:
            return Score(value=0.0, explanation="nothing was said to the last turn", evidence={"rubrics": asked})
        verdicts = judge.ask([_question(scenario, reply, rubric) for rubric in asked])
        met = [None if verdict.value is None else bool(verdict.value) for verdict in verdicts]
        told = [{"rubric": r, "met": m, "why": v.reason} for r, m, v in zip(asked, met, verdicts, strict=True)]
        silent = next((v.reason for v in verdicts if v.value is None and v.unread is None), None)
        if silent is not None:
            return Score(value=None, explanation=f"not judged: {silent}", evidence={"rubrics": told, "reply": reply})
        value = (passed if whole else share)(met, mode=mode)
        why = f"{sum(map(bool, met))} of {len(met)} rubrics met; said: {reply}"
        return Score(value=value, explanation=why, evidence={"rubrics": told, "reply": reply})

    return score


def _question(scenario: Scenario, reply: str, rubric: str) -> Question:
    meta = scenario.meta
    return Question(
        kind="criterion",
        reply=reply,
        expected=rubric,
        question=meta.get("question", ""),
        context=meta.get("context", ""),
    )
