"""The rules agree with the labelled pairs at least this well; kappa is the textbook's."""

import pytest

from microturn.bench.judges.agreement import KINDS, agreement, kappa, pairs
from microturn.bench.judges.judge import BEHAVIOURS, Kind, Question, Verdict
from microturn.bench.judges.rules import RulesJudge
from microturn.bench.judges.similarity import Lettered
from microturn.features import minilm


def share(judge: RulesJudge, split: str, *kinds: Kind) -> float:
    chosen = [pair for pair in pairs() if pair.split == split and pair.question.kind in (kinds or KINDS)]
    rows = agreement(judge, chosen)
    return sum(row.accuracy.n - len(row.differing) for row in rows) / len(chosen)


def test_the_pairs_are_many_of_every_kind_and_split_in_halves() -> None:
    assert len(pairs()) >= 300 and len({pair.id for pair in pairs()}) == len(pairs())
    assert {pair.question.kind for pair in pairs()} == set(KINDS)
    for kind in KINDS:
        labels = {pair.label for pair in pairs() if pair.question.kind == kind}
        assert labels == {"graded": {0, 1, 2}, "rating": {1, 2, 3, 4, 5}, "behaviour": set(BEHAVIOURS)}.get(
            kind, {0, 1}
        )
        halves = [sum(p.split == half for p in pairs() if p.question.kind == kind) for half in ("write", "held")]
        assert min(halves) >= 0.8 * max(halves)


def test_without_embeddings_it_agrees_this_well() -> None:
    assert share(RulesJudge(similarity=Lettered()), "write") > 0.85
    assert share(RulesJudge(similarity=Lettered()), "held") > 0.82
    assert share(RulesJudge(similarity=Lettered()), "after") > 0.55


@pytest.mark.skipif(not minilm.available(), reason="the extra judge is not installed")
def test_with_embeddings_it_agrees_better_on_what_is_the_same() -> None:
    assert share(RulesJudge(), "held", "same") > 0.8 > share(RulesJudge(similarity=Lettered()), "held", "same")


def test_kappa_on_known_numbers() -> None:
    # Two raters on 50 items: 20 both yes, 15 both no, 5 and 10 apart: 0.7 observed, 0.5 by chance.
    labels = [(1.0, 1.0)] * 20 + [(1.0, 0.0)] * 5 + [(0.0, 1.0)] * 10 + [(0.0, 0.0)] * 15
    got = kappa(labels)
    assert got.value == pytest.approx(0.4) and got.low is not None and got.high is not None
    assert 0 < got.low < 0.4 < got.high < 0.8
    assert kappa([("a", "a"), ("b", "b")]).value == 1.0
    assert kappa([("a", "a")]).value is None and kappa([]).n == 0


def test_far_apart_is_worse_than_near_where_labels_have_an_order() -> None:
    base = [(float(i % 5), float(i % 5)) for i in range(20)]
    near, far = kappa([*base, (0.0, 1.0)], ordered=True).value, kappa([*base, (0.0, 4.0)], ordered=True).value
    assert near is not None and far is not None and far < near


class Mute:
    name, proxy = "mute", False

    def ask(self, questions: list[Question]) -> list[Verdict]:
        return [Verdict(value=None, reason="timed out") for _ in questions]


def test_what_was_not_judged_is_counted_and_is_no_agreement() -> None:
    rows = agreement(Mute(), pairs()[:10])  # pyright: ignore[reportArgumentType]
    assert rows[0].unjudged == rows[0].accuracy.n and rows[0].accuracy.value == 0 and rows[0].kappa.value is None
