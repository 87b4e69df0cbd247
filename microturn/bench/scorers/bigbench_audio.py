"""BigBench Audio: the answer that a reply ends on, by rule, or by the judge as the benchmark has it.

The scenario's meta has the `category` and the `official` answer.
"""

from microturn.bench.judges.judge import Judge, Question
from microturn.bench.rules import bigbench_audio as rule
from microturn.bench.scorers.correct import asked, silent_or_unheard
from microturn.bench.scorers.reply import reply_of
from microturn.bench.task import Scenario, Score
from microturn.protocol.timeline import Timeline


def score_final_answer(scenario: Scenario, output: Timeline) -> Score:
    """1 where the reply's final answer is the official one; no answer is a wrong one."""
    reply = reply_of(output)
    if reply.text is None:
        return silent_or_unheard(reply)
    category, official = str(scenario.meta["category"]), str(scenario.meta["official"])
    found = rule.final_answer(reply.text, rule.CATEGORIES[rule.category_of(category)])
    right = rule.correct(reply.text, official, category)
    evidence = {"reply": reply.text, "source": reply.source, "found": found, "expected": official}
    return Score(value=float(right), explanation=f"final answer {found}, right is {official}", evidence=evidence)


def score_unanswered(scenario: Scenario, output: Timeline) -> Score:
    """1 where a reply has no answer of its category's form."""
    reply = reply_of(output)
    if reply.text is None:
        return silent_or_unheard(reply)
    found = rule.final_answer(reply.text, rule.CATEGORIES[rule.category_of(str(scenario.meta["category"]))])
    return Score(value=float(found is None), explanation=f"final answer {found}", evidence={"reply": reply.text})


def score_judged(scenario: Scenario, output: Timeline, judge: Judge) -> Score:
    """1 where the judge finds the reply right."""
    reply = reply_of(output)
    if not reply.text:
        return silent_or_unheard(reply)
    question = Question(
        kind="correct",
        reply=reply.text,
        question=str(scenario.meta["prompt"]),
        expected=str(scenario.meta["official"]),
    )
    return asked(judge, question, reply, most=1.0)
