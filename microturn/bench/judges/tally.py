"""Keeping account of a judge: how much it was asked, how much of that it could not judge, and why.

`asked_ahead` puts all of a suite's questions to it at once, so that a judge behind a network answers them side by side.
"""

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from microturn.bench.judges.judge import Judge, Question, Verdict


@dataclass(kw_only=True)
class Tally:
    """A judge that counts what it is asked; each unlike question counts once. Hand this to the scorers."""

    judge: Judge
    verdicts: dict[Question, Verdict] = field(default_factory=dict[Question, Verdict])

    @property
    def name(self) -> str:
        return self.judge.name

    @property
    def proxy(self) -> bool:
        return self.judge.proxy

    def ask(self, questions: Sequence[Question]) -> list[Verdict]:
        """The judge's verdicts; what was asked before is not asked again."""
        new = [question for question in dict.fromkeys(questions) if question not in self.verdicts]
        if new:
            self.verdicts.update(zip(new, self.judge.ask(new), strict=True))
        return [self.verdicts[question] for question in questions]

    @property
    def unjudged(self) -> int:
        return sum(verdict.value is None for verdict in self.verdicts.values())

    def reasons(self) -> Counter[str]:
        """Why it could not judge, and how often."""
        return Counter(verdict.reason for verdict in self.verdicts.values() if verdict.value is None)

    def line(self) -> str:
        """For the foot of a table: who judged, and the share of replies that it could not judge."""
        asked = len(self.verdicts)
        label = f"judge: {self.name}{' (a proxy: rules, no language model)' if self.proxy else ''}"
        if not asked:
            return f"{label}; nothing was judged"
        share = f"{label}; {self.unjudged} of {asked} replies could not be judged ({self.unjudged / asked:.0%})"
        usual = self.reasons().most_common(1)
        return share + (f", mostly: {usual[0][0]}" if usual else "")


@dataclass(kw_only=True)
class _Listening:
    """Answers nothing, and remembers what it was asked."""

    name: str
    proxy: bool
    questions: list[Question] = field(default_factory=list[Question])

    def ask(self, questions: Sequence[Question]) -> list[Verdict]:
        self.questions += questions
        return [Verdict(value=None, reason="not asked yet") for _ in questions]


def asked_ahead(judge: Judge, score: Callable[[Judge], object]) -> Tally:
    """The judge with the answers to all that `score` asks, put to it at once.

    `score` is run on a judge that cannot tell anything; what it asks only after a verdict is asked later, one by one.
    """
    tally = judge if isinstance(judge, Tally) else Tally(judge=judge)
    listening = _Listening(name=judge.name, proxy=judge.proxy)
    score(listening)
    tally.ask(listening.questions)
    return tally
