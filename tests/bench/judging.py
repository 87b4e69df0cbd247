"""A judge for tests: right is what has the expected words in it, half of it is part; "mumble" it cannot tell."""

from collections.abc import Sequence
from dataclasses import dataclass, field

from microturn.bench.judges.judge import Question, Verdict
from microturn.bench.words import find, normalised


@dataclass
class WordJudge:
    name: str = "words"
    proxy: bool = True
    asked: list[Question] = field(default_factory=list[Question])

    def ask(self, questions: Sequence[Question]) -> list[Verdict]:
        self.asked += questions
        return [self._verdict(question) for question in questions]

    def _verdict(self, question: Question) -> Verdict:
        wanted, said = normalised(question.expected), normalised(question.reply)
        if "mumble" in said:
            return Verdict(value=None, reason="could not tell")
        whole = bool(find(wanted, said))
        part = 0.5 if set(wanted) & set(said) else 0.0
        value = float(whole) if question.kind != "graded" else 2.0 if whole else 2.0 * part
        return Verdict(value=value, reason=f"{value:g} by words")
