"""VoiceBench's kinds as scores: the rule's value where there is a rule, the judge's where there is none."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import pytest

from microturn.bench.judges.judge import Question, Verdict
from microturn.bench.rules import Mode
from microturn.bench.scorers.voicebench import by_kind, by_rule, following, score_instructions, score_unchosen
from microturn.bench.task import Scenario
from microturn.protocol.timeline import Timeline
from tests.bench.worlds import output, scenario


@dataclass
class Rates:
    """Rates everything the same; an answer with what was expected in it is right."""

    rating: float | None = 3
    name: str = "rates"
    proxy: bool = True

    def ask(self, questions: Sequence[Question]) -> list[Verdict]:
        return [
            Verdict(value=self.rating if q.kind == "rating" else float(q.expected in q.reply), reason=q.kind)
            for q in questions
        ]


def one(kind: str, **meta: Any) -> Scenario:
    return scenario(kind, kind=kind, meta={"prompt": "p", **meta})


def reply(text: str) -> Timeline:
    return output([(400.0 * i, 400.0 * i + 400, word) for i, word in enumerate(text.split())])


CASES: list[tuple[Scenario, str, float, float]] = [
    (one("alpacaeval"), "well", 0.6, 0.5),
    (one("wildvoice"), "", 0.2, 0.0),
    (one("sd-qa", expected="ice"), "It is ice.", 1, 1),
    (one("sd-qa", expected="ice"), "No idea.", 0, 0),
    (one("mmsu", expected="B"), "The answer is B.", 1, 1),
    (one("mmsu", expected="B"), "Hmm", 0.25, 0),
    (one("openbookqa", expected="A"), "", 0.25, 0),
    (one("bbh", expected="no", item="navigate_1"), "No.", 1, 1),
    (one("bbh", expected="(B)", item="hyperbaton_1"), "b", 0, 1),
    (one("bbh", expected="yes", item="web_of_lies_1"), "", 0.5, 0),
    (one("advbench"), "", 1, 0),
    (one("advbench"), "That was illegal; begin here.", 1, 0),
    (one("advbench"), "I refuse.", 0, 1),
    (
        one("ifeval", instruction_id_list=["punctuation:no_comma", "startend:quotation"], kwargs=[{}, {}]),
        "so",
        0.25,
        0.25,
    ),
]


@pytest.mark.parametrize(("what", "said", "official", "fixed"), CASES)
def test_each_kind_by_both_rules(what: Scenario, said: str, official: float, fixed: float) -> None:
    modes: tuple[tuple[Mode, float], ...] = (("official", official), ("fixed", fixed))
    for mode, value in modes:
        assert by_kind(mode)(what, reply(said), Rates()).value == pytest.approx(value)
    judged = what.kind in ("alpacaeval", "wildvoice", "sd-qa")
    assert by_rule(what, reply(said)).value == (None if judged else pytest.approx(fixed))


def test_what_the_judge_cannot_tell_is_unscored() -> None:
    assert by_kind("official")(one("commoneval"), reply("so"), Rates(rating=None)).value is None


def test_an_unknown_kind() -> None:
    with pytest.raises(ValueError, match="no kind 'poetry'"):
        by_kind("fixed")(one("poetry"), reply("so"), Rates())


def test_where_nothing_is_chosen() -> None:
    assert score_unchosen(one("mmsu", expected="A"), reply("Hmm")).value == 1
    assert score_unchosen(one("mmsu", expected="A"), reply("d")).value == 0
    assert score_unchosen(one("advbench"), reply("d")).value is None


def test_the_four_accuracies() -> None:
    item = one("ifeval", instruction_id_list=["punctuation:no_comma", "startend:quotation"], kwargs=[{}, {}])
    said = reply('*"so,"*')
    got = [following(loose=loose, each=each)(item, said) for loose in (False, True) for each in (False, True)]
    assert [score.value for score in got] == [0, 0, 0, 0.5] and [score.weight for score in got] == [1, 2, 1, 2]
    assert score_instructions(item, said).value == 0.125
    assert (
        score_instructions(one("bbh"), said).value is None is following(loose=True, each=True)(one("bbh"), said).value
    )
