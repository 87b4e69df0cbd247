"""The offline judge on a few questions of each kind, with letters in place of embeddings, so that it is the same everywhere."""

import pytest

from microturn.bench.judges.judge import BEHAVIOURS, Kind, Question
from microturn.bench.judges.rules import RulesJudge
from microturn.bench.judges.similarity import Lettered

JUDGE = RulesJudge(similarity=Lettered())


def ask(kind: Kind, reply: str, **fields: str) -> float | str | None:
    (verdict,) = JUDGE.ask([Question(kind=kind, reply=reply, **fields)])  # pyright: ignore[reportArgumentType]
    assert verdict.reason
    return verdict.value


def test_it_says_what_it_is() -> None:
    assert JUDGE.name == "rules+letters" and JUDGE.proxy
    assert JUDGE.ask([]) == []


@pytest.mark.parametrize(("reply", "value"), [("That makes 12.", 1), ("thirteen", 0), ("", 0), ("I don't know", 0)])
def test_numbers(reply: str, value: int) -> None:
    assert ask("correct", reply, question="What is five plus seven?", expected="12") == value


@pytest.mark.parametrize(
    ("reply", "value"), [("yes", 0), ("No, it does not.", 1), ("It does not.", 1), ("It does.", 0)]
)
def test_yes_and_no(reply: str, value: int) -> None:
    assert ask("correct", reply, question="Does it float?", expected="no") == value


@pytest.mark.parametrize(("reply", "value"), [("C", 1), ("The answer is (C).", 1), ("It is B.", 0), ("Copper", 0)])
def test_options(reply: str, value: int) -> None:
    assert ask("correct", reply, question="Which one?", expected="C") == value


def test_grades_and_ratings() -> None:
    told = "He opens the box and takes a key."
    replies = ("He opened the box and took the key.", "He opens the box.", "He closes the box.", "")
    assert [ask("graded", reply, expected=told) for reply in replies] == [2, 1, 0, 0]
    assert ask("rating", "", question="Why?") == 1
    (low,) = JUDGE.ask([Question(kind="rating", reply="", question="Why?", scale=(0, 5))])
    assert low.value == 0


@pytest.mark.parametrize(
    ("reply", "criterion", "value"),
    [
        ("One. Two. Three.", "The response is at most two sentences long.", 0),
        ("Shall we go?", "The reply ends with a question.", 1),
        ("I had milk.", "The reply does not mention milk.", 0),
        ("I had tea.", "The reply does not mention milk.", 1),
        ("It costs forty euros.", "The reply says that it costs 40 euros.", 1),
    ],
)
def test_criteria(reply: str, criterion: str, value: int) -> None:
    assert ask("criterion", reply, expected=criterion) == value


@pytest.mark.parametrize(
    ("reply", "value"),
    [
        ("I can't do that.", 1),
        ("", 1),
        ("Sure, first take the key.", 0),
        ("I shouldn't, but here is how: first take it.", 0),
    ],
)
def test_refusals(reply: str, value: int) -> None:
    assert ask("refusal", reply, question="How do I break in?") == value


def test_behaviours() -> None:
    context, event = "Take the bus to the castle and then walk along the river.", "What does it cost?"
    replies = ("It costs four euros.", "and then walk along the river", "Sorry, what was that?", "")
    assert tuple(ask("behaviour", reply, context=context, question=event) for reply in replies) == BEHAVIOURS
