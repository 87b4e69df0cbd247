"""Verdicts that were given before, and no others: a run that is scored again by a judge that need not be there."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from microturn.bench.judges.cache import Cache, models_in
from microturn.bench.judges.judge import Question, Verdict
from microturn.bench.judges.prompts import messages, parse


@dataclass(frozen=True, kw_only=True)
class ReplayJudge:
    """Reads what the judge of `cache` once answered; what it was never asked is unjudged."""

    cache: Cache
    proxy: bool = False

    @property
    def name(self) -> str:
        return f"{self.cache.model} (replayed)"

    def ask(self, questions: Sequence[Question]) -> list[Verdict]:
        """One verdict for each question."""
        return [self._answer(question) for question in questions]

    def _answer(self, question: Question) -> Verdict:
        kept = self.cache.get(messages(question))
        verdict = parse(question, kept) if kept is not None else None
        return verdict or Verdict(value=None, reason=f"{self.cache.place} holds no verdict on this")


def replayed(folder: Path, model: str = "") -> ReplayJudge:
    """The judge whose verdicts lie in `folder`. ValueError where there are none, or of several models and none is named."""
    models = models_in(folder)
    if model and model not in models:
        raise ValueError(f"{folder} holds no verdicts of {model!r}; it has those of {', '.join(models) or 'nobody'}")
    if not model and len(models) != 1:
        raise ValueError(f"{folder} holds verdicts of {', '.join(models) or 'nobody'}: name one, replay:{folder}#MODEL")
    return ReplayJudge(cache=Cache(folder=folder, model=model or models[0]))
