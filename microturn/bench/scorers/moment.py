"""An output at the right moment: StreamingBench's proactive output for a system that speaks of its own accord.

The system is not polled: its moment is the onset of the first thing that it says after the question. `questions` with
`options` and the right `letter` are multiple choice; an answer in words counts as the option whose words it has.
"""

from collections.abc import Mapping, Sequence
from typing import Any

from microturn.bench.audible import said
from microturn.bench.judges.judge import Judge, Question
from microturn.bench.rules.streamingbench import in_time, option
from microturn.bench.scorers.replies import Reply, replies
from microturn.bench.task import Scenario, Score
from microturn.bench.words import find, normalised
from microturn.protocol.timeline import Timeline

LETTERS = "ABCDE"


def _first(scenario: Scenario, output: Timeline) -> Reply | None:
    """The first thing said after the question."""
    after = replies(output, scenario.meta["question_ms"]) if "moment_ms" in scenario.meta else []
    return after[0] if after else None


def score_moment(scenario: Scenario, output: Timeline) -> Score:
    """1 if the first thing said comes within 2 s of the right moment, before or after; unscored where nothing is awaited."""
    if "moment_ms" not in scenario.meta:
        return Score(value=None, explanation="nothing is awaited")
    first, right_s = _first(scenario, output), scenario.meta["moment_ms"] / 1000
    if first is None:
        return Score(value=0.0, explanation=f"nothing was said; due at {right_s:.2f} s")
    value = float(in_time(first[0] / 1000, right_s))
    return Score(value=value, explanation=f"{first[1]!r} at {first[0] / 1000:.2f} s, due at {right_s:.2f} s")


def score_moment_lag(scenario: Scenario, output: Timeline) -> Score:
    """Seconds from the right moment to the first thing said, where it was in time."""
    in_window = score_moment(scenario, output)
    first = _first(scenario, output) if in_window.value else None
    if first is None:
        return Score(value=None, explanation=in_window.explanation)
    return Score(value=(first[0] - scenario.meta["moment_ms"]) / 1000, explanation=in_window.explanation)


def score_output(scenario: Scenario, output: Timeline, judge: Judge) -> Score:
    """1 if the first thing said is in time and means what was asked for (the judge's "same")."""
    in_window = score_moment(scenario, output)
    first = _first(scenario, output)
    if not in_window.value or first is None:
        return in_window
    asked = Question(kind="same", reply=first[1], expected=scenario.meta["output"])
    verdict = judge.ask([asked])[0]
    value = float(verdict.value) if isinstance(verdict.value, int | float) else None
    return Score(value=value, explanation=f"{in_window.explanation}; {verdict.reason}")


def chosen(reply: str, options: Sequence[str]) -> str:
    """The letter of the one option that has its words in the reply, or that the reply names; "" for none."""
    tokens = normalised(reply)
    named = [letter for letter, text in zip(LETTERS, options, strict=False) if find(normalised(text), tokens)]
    if len(named) == 1:
        return named[0]
    return option(" ".join(token.upper() if len(token) == 1 else token for token in reply.split()), mode="fixed")


def reply_to(question: Mapping[str, Any], output: Timeline) -> tuple[float | None, str]:
    """The onset and the text of what is said from a question's begin to the next one's."""
    words = [word for word in said(output) if question["asked_ms"] <= word.at_ms < question["until_ms"]]
    return (words[0].at_ms if words else None), " ".join(word.text for word in words)


def score_choice(scenario: Scenario, output: Timeline) -> Score:
    """The share of multiple-choice questions answered rightly; unscored where there is none."""
    asked = [question for question in scenario.meta.get("questions", ()) if "options" in question]
    if not asked:
        return Score(value=None, explanation="no multiple choice")
    got = [chosen(reply_to(question, output)[1], question["options"]) for question in asked]
    right = [question["letter"] for question in asked]
    hits = sum(one == other for one, other in zip(got, right, strict=True))
    why = "; ".join(f"{reply_to(q, output)[1] or 'nothing'!r} for {q['answer']!r}" for q in asked)
    return Score(value=hits / len(asked), weight=float(len(asked)), explanation=why, evidence={"letters": got})
