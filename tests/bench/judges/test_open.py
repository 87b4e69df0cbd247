"""Judges by name, and keeping account of one."""

from collections.abc import Sequence
from pathlib import Path

import pytest

from microturn.bench.judges.judge import Judge, Question, Verdict
from microturn.bench.judges.open import open_judge
from microturn.bench.judges.tally import Tally, asked_ahead


def test_names() -> None:
    opened = open_judge("rules")
    assert opened is not None and opened.name.startswith("rules") and opened.proxy
    assert open_judge("none") is None


@pytest.mark.parametrize("name", ["gpt", "http://localhost:1/v1", "", "rules#1"])
def test_what_is_no_name(name: str) -> None:
    with pytest.raises(ValueError, match="names no model" if name.startswith("http") else "--judge takes rules"):
        open_judge(name)


def test_a_folder_of_several_models_has_to_be_told_which(tmp_path: Path) -> None:
    from microturn.bench.judges.cache import Cache

    for model in ("a/one", "two"):
        Cache(folder=tmp_path, model=model).put([{"role": "user", "content": "?"}], "!", {})
    with pytest.raises(ValueError, match="name one, replay:"):
        open_judge(f"replay:{tmp_path}")
    named = open_judge(f"replay:{tmp_path}#a/one")
    assert named is not None and named.name == "a/one (replayed)"
    with pytest.raises(ValueError, match="of nobody"):
        (tmp_path / "empty").mkdir()
        open_judge(f"replay:{tmp_path / 'empty'}")


class Counting:
    """Knows what begins with "a"; remembers its batches."""

    name, proxy = "counting", True

    def __init__(self) -> None:
        self.batches: list[int] = []

    def ask(self, questions: Sequence[Question]) -> list[Verdict]:
        self.batches.append(len(questions))
        return [Verdict(value=1.0 if q.reply.startswith("a") else None, reason="no idea") for q in questions]


def question(reply: str) -> Question:
    return Question(kind="same", expected="x", reply=reply)


def test_a_tally_counts_each_unlike_question_once() -> None:
    tally = Tally(judge=Counting())
    assert "nothing was judged" in tally.line()
    tally.ask([question("a"), question("b")])
    tally.ask([question("a"), question("c"), question("a2")])
    assert (len(tally.verdicts), tally.unjudged) == (4, 2) and tally.reasons() == {"no idea": 2}
    assert tally.line() == (
        "judge: counting (a proxy: rules, no language model); 2 of 4 replies could not be judged (50%), mostly: no idea"
    )


def test_all_questions_are_put_at_once() -> None:
    counting = Counting()

    def score(judge: Judge) -> list[float | str | None]:
        return [judge.ask([question(reply)])[0].value for reply in ("a", "b", "a3")]

    tally = asked_ahead(counting, score)
    assert score(tally) == [1.0, None, 1.0] and counting.batches == [3]
