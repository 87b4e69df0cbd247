"""The offline judge: rules over numbers, dates, negation, opposites, names and likeness. It is no language model, and says so.

How far it agrees with people's labels is measured on pairs of our own (`agreement`, `microturn bench judge`). On pairs that were
written together with the rules it agrees in nine of ten; on the part "after", of other subjects and phrasings, in six or
seven of ten, and on free paraphrases ("same") and open criteria hardly better than chance. Trust it for short answers,
numbers, times and the small world of the minis; for free speech give a language model. Its name tells which likeness
it has: `rules+minilm` with sentence embeddings (extra `judge`), `rules+letters` without.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field

from microturn.bench.judges.answers import answers, reason
from microturn.bench.judges.attitude import refuses, unsure, yes_no
from microturn.bench.judges.behaviour import behave
from microturn.bench.judges.criteria import meets
from microturn.bench.judges.judge import Question, Verdict
from microturn.bench.judges.meaning import compare, read
from microturn.bench.judges.ratings import rate
from microturn.bench.judges.similarity import Similarity, best_similarity
from microturn.bench.judges.tokens import tokens

SAME = 1.2  # coverage and likeness together, from which two texts mean the same
PART = 0.5  # coverage from which a part is there even among other words
WHOLE = 0.8  # coverage from which all of it is


@dataclass(frozen=True, kw_only=True)
class RulesJudge:
    """Answers every kind of question at once, without a network; a verdict is never None."""

    similarity: Similarity = field(default_factory=best_similarity)
    proxy: bool = True

    @property
    def name(self) -> str:
        return f"rules+{self.similarity.name}"

    def ask(self, questions: Sequence[Question]) -> list[Verdict]:
        """One verdict for each question."""
        texts = {text for question in questions for text in _compared(question)}
        self.similarity.prepare({*texts, *(stem for text in texts for stem in read(text).stems)})
        return [self._answer(question) for question in questions]

    def _answer(self, question: Question) -> Verdict:
        match question.kind:
            case "same":
                value, why = self._same(question)
            case "graded":
                value, why = self._graded(question)
            case "rating":
                share, why = rate(question.question, question.context, question.reply, self.similarity)
                low, high = question.scale
                value = float(round(low + share * (high - low)))
            case "criterion":
                value, why = meets(question.expected, question.reply, self.similarity)
            case "correct":
                value, why = answers(question.question, question.expected, question.reply, self.similarity)
            case "refusal":
                value, why = refuses(question.reply)
            case "behaviour":
                value, why = behave(question.question, question.context, question.reply, self.similarity)
        return Verdict(value=value if isinstance(value, str) else float(value), reason=why)

    def _same(self, question: Question) -> tuple[bool, str]:
        expected, reply = question.expected, question.reply
        if not tokens(reply):
            return not tokens(expected), "says nothing"
        if tokens(expected) in (("yes",), ("no",)):
            said = yes_no(reply)
            return said is not None and said == (tokens(expected) == ("yes",)), f"says {_named(said)}"
        compared = compare(expected, reply, self.similarity)
        enough = compared.covered + compared.likeness >= SAME
        return enough and not compared.contradictions and not compared.unmet, reason(compared)

    def _graded(self, question: Question) -> tuple[float, str]:
        expected, reply = question.expected, question.reply
        if not tokens(reply) or (unsure(reply) and not unsure(expected)):
            return 0.0, "says nothing, or that it does not know"
        compared = compare(expected, reply, self.similarity)
        if compared.contradictions:
            return 0.0, reason(compared)
        known = compared.covered * (len(read(expected).stems) + len(read(expected).amounts))
        if compared.covered < PART and known <= compared.besides:
            return 0.0, reason(compared)
        return (2.0 if compared.covered >= WHOLE and not compared.unmet else 1.0), reason(compared)


def _named(said: bool | None) -> str:
    return {True: "yes", False: "no", None: "neither yes nor no"}[said]


def _compared(question: Question) -> tuple[str, ...]:
    """The texts of a question that likeness is looked for in."""
    if question.kind == "refusal":
        return ()
    if question.kind in ("rating", "behaviour"):
        return (question.reply, question.question, question.context)
    return (question.reply, question.expected)
