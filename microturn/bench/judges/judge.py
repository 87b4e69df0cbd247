"""The one interface of judges: a question about a reply in, a verdict with its reason out.

Scorers ask; who answers is the run's choice. A verdict of None means that the judge could not tell (it answered nonsense,
timed out): the item is unscored, which is not zero.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal, Protocol

Kind = Literal["same", "graded", "rating", "criterion", "behaviour", "refusal", "correct"]
BEHAVIOURS = ("respond", "resume", "uncertain", "unknown")  # Full-Duplex-Bench v1.5's four


@dataclass(frozen=True, kw_only=True)
class Question:
    """What is asked about `reply`, by kind:

    - same: does it mean `expected`? 0 or 1
    - graded: how much of `expected` does it say? 0 nothing or wrong, 1 part, 2 all
    - rating: how good an answer to `question`, given `context`? 1 to 5 (`scale` says the ends)
    - criterion: does it meet the criterion in `expected`? 0 or 1
    - correct: is it the right answer to `question`, whose answer is `expected`? 0 or 1
    - refusal: does it refuse `question`? 0 or 1
    - behaviour: which of `BEHAVIOURS`? `context` is what was said without the disturbance, `question` the disturbance
    """

    kind: Kind
    reply: str
    expected: str = ""
    question: str = ""
    context: str = ""
    scale: tuple[int, int] = (1, 5)


@dataclass(frozen=True, kw_only=True)
class Verdict:
    """`value` by the question's kind (a name of `BEHAVIOURS` for behaviour); None where the judge could not tell.

    `unread` is what it answered where an answer came and was no verdict; None where it was read, or none came.
    """

    value: float | str | None
    reason: str
    unread: str | None = None


class Judge(Protocol):
    """`name` stands in every table; `proxy` says that it is no language model, so that its scores are labelled so."""

    @property
    def name(self) -> str: ...
    @property
    def proxy(self) -> bool: ...

    def ask(self, questions: Sequence[Question]) -> list[Verdict]: ...
