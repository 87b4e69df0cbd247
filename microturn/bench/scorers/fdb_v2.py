"""Conversations with an examiner: marks from 1 to 5 by rule, after Full-Duplex-Bench v2 (arXiv 2510.07838).

There a language model gives the marks; the rule here is ours. One event for each stage, from its line's first sound to the next
line (or the end). Turn-taking begins with the gap between the line's end and the answer's first sound: up to 1 s 5, up to
2 s 4, up to 3 s 3, later 2. Speaking into the line for more than 0.3 s costs 1, for more than 1 s 2; speaking on into a
line that cut in for more than 1 s costs 1, for more than 2 s 2. At least 1, and 1 where no answer begins.

Instruction following compares the words said from the line's end on with the answers that are right: 1 + 4F, rounded, where F is
2 common / (said + right) over the longest common subsequence; where the examiner cut the answer short, common / said. A
refusal is right if it refuses. The task score is 1 + 4 times the mean F of the stages that the task is about, rounded.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from microturn.bench.audible import Sounding, said, soundings
from microturn.bench.examiner import LINE
from microturn.bench.judges.judge import Judge, Question
from microturn.bench.partnered import refusal
from microturn.bench.rules import fdb_v2 as rules
from microturn.bench.task import Scenario, Score, Scorer
from microturn.bench.words import normalised
from microturn.protocol.events import Span, Word
from microturn.protocol.timeline import Timeline

EARLY_MS = 1000.0  # an answer may begin so long before the line has ended
REFUSES = re.compile(r"\b(sorry|cannot|can ?not|can't|cant|won't|wont|will not|unable|refuse|no)\b")


@dataclass(frozen=True, kw_only=True)
class Exchange:
    """A line of the examiner and what the system did about it; times in seconds."""

    line: Span
    until_ms: float
    gap_s: float | None  # from the line's end to the answer's first sound, below 0 if it began before; None: none began
    into_s: float  # how long the system spoke into the line
    over_s: float  # how long what it was saying before went on into it
    words: tuple[Word, ...]
    cut_short: bool  # the next line broke into the answer

    @property
    def turn(self) -> int:
        """Turn-taking, 1 to 5: see the module."""
        if self.gap_s is None:
            return 1
        late = next((mark for most_s, mark in ((1.0, 5), (2.0, 4), (3.0, 3)) if self.gap_s <= most_s), 2)
        rude = (self.into_s > 0.3) + (self.into_s > 1.0) + (self.over_s > 1.0) + (self.over_s > 2.0)
        return max(1, late - rude)

    @property
    def right(self) -> float | None:
        """How much of an answer that is right was given, 0 to 1; None where nothing says what is."""
        answers = self.line.data.get("answers")
        if not answers:
            return None
        got = [token for word in self.words for token in normalised(word.text)]
        if self.line.data.get("judged") == "refusal":
            return float(bool(REFUSES.search(" ".join(got))))
        return max(_agreement(normalised(answer), got, whole=not self.cut_short) for answer in answers)

    @property
    def follows(self) -> int | None:
        """Instruction following, 1 to 5."""
        return None if self.right is None else mark(self.right)


def mark(share: float) -> int:
    """A share as a mark from 1 to 5."""
    return 1 + int(4 * share + 0.5)


def _agreement(right: Sequence[str], got: Sequence[str], *, whole: bool) -> float:
    common = _common(right, got)
    return 2 * common / (len(right) + len(got)) if whole else common / max(len(got), 1)


def _common(one: Sequence[str], other: Sequence[str]) -> int:
    """The length of the longest common subsequence."""
    row = [0] * (len(other) + 1)
    for token in one:
        before = row
        row = [0]
        for place, got in enumerate(other):
            row.append(before[place] + 1 if token == got else max(before[place + 1], row[place]))
    return row[-1]


def exchanges(output: Timeline) -> list[Exchange]:
    """Every stage that the examiner came to, without its closing line."""
    lines = output.spans(LINE)
    sounds, words = soundings(output), said(output)
    found: list[Exchange] = []
    for place, line in enumerate(lines):
        later = lines[place + 1] if place + 1 < len(lines) else None
        if line.data.get("stage") == "closing":
            continue
        until_ms = later.at_ms if later else output.duration_ms
        found.append(_exchange(line, until_ms, sounds, words, cut_short=bool(later and later.data["why"] == "cuts in")))
    return found


def _exchange(
    line: Span, until_ms: float, sounds: Sequence[Sounding], words: Sequence[Word], *, cut_short: bool
) -> Exchange:
    at_ms, ends_ms = line.at_ms, line.until_ms
    before = [s for s in sounds if s.at_ms < at_ms < s.until_ms]
    within = [s for s in sounds if at_ms <= s.at_ms < ends_ms]
    fresh = [s for s in sounds if max(at_ms, ends_ms - EARLY_MS) <= s.at_ms < until_ms and s.until_ms > ends_ms]
    return Exchange(
        line=line,
        until_ms=until_ms,
        gap_s=(fresh[0].at_ms - ends_ms) / 1000 if fresh else None,
        into_s=sum(min(s.until_ms, ends_ms) - s.at_ms for s in within) / 1000,
        over_s=max((min(s.until_ms, ends_ms) - at_ms for s in before), default=0.0) / 1000,
        words=tuple(w for w in words if max(at_ms, ends_ms - EARLY_MS) <= w.at_ms < until_ms),
        cut_short=cut_short,
    )


def content(output: Timeline) -> dict[str, Any]:
    """The conversation in the form of the official judge's replies, with the rule's marks."""
    stages = exchanges(output)
    shares = [one.right for one in stages if one.line.data.get("key") and one.right is not None]
    events = [[[one.line.at_ms / 1000, one.until_ms / 1000], one.turn, one.follows] for one in stages]
    return {rules.EVENTS: events, rules.TASK: mark(sum(shares) / len(shares)) if shares else None}


def _evidence(output: Timeline) -> dict[str, Any]:
    return {
        "stages": [
            {
                "stage": one.line.data.get("stage"),
                "asked": one.line.text,
                "why then": one.line.data.get("why"),
                "said": " ".join(word.text for word in one.words),
                "gap_s": one.gap_s,
                "into_s": one.into_s,
                "over_s": one.over_s,
                "turn-taking": one.turn,
                "instruction following": one.follows,
            }
            for one in exchanges(output)
        ]
    }


def _read(output: Timeline) -> str:
    heard = (
        f"{one.line.data.get('stage')}: {' '.join(w.text for w in one.words) or 'nothing'}" for one in exchanges(output)
    )
    return "; ".join(heard) or "the examiner never began"


def averaged(name: str, *, pace: str | None = None) -> Scorer:
    """One of the official averages of a conversation ("avg_task_specific", ...), by the rule's marks; at one pace only."""

    def score(scenario: Scenario, output: Timeline) -> Score:
        if pace not in (None, scenario.meta["pace"]):
            return Score(value=None, explanation=f"not at the pace {pace}")
        if why := refusal(scenario, output):
            return Score(value=None, explanation=why)
        value = _averages(output)[name]
        return Score(value=value, explanation=_read(output), evidence=_evidence(output))

    return score


def _averages(output: Timeline) -> dict[str, Any]:
    """The official averages; turn-taking also over stages that nothing says what is right for."""
    judged = content(output)
    averages = rules.average(judged)
    turns = [turn for _, turn, _ in judged[rules.EVENTS]]
    return {**averages, "avg_turn_taking": sum(turns) / len(turns) if turns else None}


def over_time(kind: str, start_s: int) -> Scorer:
    """One point of the official curve: "TT" or "IF" in the 15 s from `start_s` on, weighing the seconds of events in it."""

    def score(scenario: Scenario, output: Timeline) -> Score:
        if why := refusal(scenario, output):
            return Score(value=None, explanation=why)
        judged = content(output)
        end_s = start_s + rules.BIN_S
        value = rules.curve(judged)[f"{kind}[{start_s}-{end_s}]"]
        spent = [min(b, end_s) - max(a, start_s) for (a, b), _, follows in judged[rules.EVENTS] if follows is not None]
        weight = sum(seconds for seconds in spent if seconds > 0)
        return Score(value=value, weight=weight or 1.0, explanation=f"{weight:.1f} s of events in these 15 s")

    return score


def task_by_judge(scenario: Scenario, output: Timeline, judge: Judge) -> Score:
    """The run's judge rates the whole conversation against the goals of its stages, 1 to 5."""
    stages = exchanges(output)
    talk = "\n".join(f"User: {one.line.text}\nSystem: {_reply(one) or '(nothing)'}" for one in stages)
    goals = "\n".join(one.line.data.get("goal", one.line.text) for one in stages)
    question = Question(kind="rating", reply=" ".join(map(_reply, stages)), question=goals, context=talk)
    return _rated(scenario, output, judge, [question])


def follows_by_judge(scenario: Scenario, output: Timeline, judge: Judge) -> Score:
    """The mean of the judge's ratings of the answer to each stage, 1 to 5."""
    stages = exchanges(output)
    questions = [
        Question(kind="rating", reply=_reply(one), question=one.line.data.get("goal", one.line.text)) for one in stages
    ]
    return _rated(scenario, output, judge, questions)


def _rated(scenario: Scenario, output: Timeline, judge: Judge, questions: Sequence[Question]) -> Score:
    """The mean rating, none of which may be missing. A judge by rules is not asked where the rule knows the answers."""
    if why := refusal(scenario, output):
        return Score(value=None, explanation=why)
    if not questions:
        return Score(value=None, explanation="the examiner never began")
    if judge.proxy and any(one.line.data.get("answers") for one in exchanges(output)):
        return Score(
            value=None, explanation="the answers are known here: see the marks by rule; give a language model to ask it"
        )
    verdicts = judge.ask(questions)
    values = [verdict.value for verdict in verdicts if isinstance(verdict.value, int | float)]
    told = [
        {"asked": q.question, "said": q.reply, "mark": v.value, "why": v.reason}
        for q, v in zip(questions, verdicts, strict=True)
    ]
    whole = len(values) == len(questions)
    return Score(
        value=sum(values) / len(values) if whole else None,
        explanation="; ".join(verdict.reason for verdict in verdicts),
        evidence={"ratings": told},
    )


def _reply(one: Exchange) -> str:
    return " ".join(word.text for word in one.words)
