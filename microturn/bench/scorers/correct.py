"""Is the reply the right answer to the question? For benchmarks whose answers are free text with a reference: SD-QA, QIVD.

The scenario's meta has the `prompt` and what was `expected` (or else the `reference`); the judge says 0 or 1.
"""

from microturn.bench.judges.judge import Judge, Question
from microturn.bench.scorers.reply import Reply, reply_of
from microturn.bench.task import Scenario, Score
from microturn.protocol.timeline import Timeline


def score_correct(scenario: Scenario, output: Timeline, judge: Judge) -> Score:
    """1 if the judge finds the reply right; silence is wrong without asking; unscored where the judge could not tell."""
    reply = reply_of(output)
    if not reply.text:
        return silent_or_unheard(reply)
    meta = scenario.meta
    question = Question(
        kind="correct",
        reply=reply.text,
        question=str(meta["prompt"]),
        expected=str(meta.get("expected", meta.get("reference", ""))),
    )
    return asked(judge, question, reply, most=1.0)


def asked(judge: Judge, question: Question, reply: Reply, *, least: float = 0.0, most: float) -> Score:
    """The judge's verdict as a share from 0 for `least` to 1 for `most`; unscored where there is none within them."""
    [verdict] = judge.ask([question])
    evidence = {"reply": reply.text, "source": reply.source, "expected": question.expected, "verdict": verdict.value}
    if not isinstance(verdict.value, int | float) or not least <= verdict.value <= most:
        return Score(value=None, explanation=f"the judge could not tell: {verdict.reason}", evidence=evidence)
    value = (float(verdict.value) - least) / (most - least)
    return Score(value=value, explanation=verdict.reason, evidence=evidence)


def silent_or_unheard(reply: Reply) -> Score:
    """The score of a reply without text: nothing earned, or unscored where nobody could listen to it."""
    if reply.text is None:
        return Score(
            value=None, explanation="it spoke but gave no text: install microturn[judge] to have it transcribed"
        )
    return Score(value=0.0, explanation="it said nothing", evidence={"reply": ""})
