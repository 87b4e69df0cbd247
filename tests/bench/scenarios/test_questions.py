"""The questions of VoiceBench's kinds: the reference answer is right by the official rule and by the fixed one."""

import numpy as np
import pytest

from microturn.bench.rules import Mode, ifeval
from microturn.bench.rules import voicebench as rule
from microturn.bench.scenarios.questions import KINDS
from microturn.bench.scenarios.spoken import Turn, tokens
from microturn.data.dialogue.sayable import sentences

MODES: tuple[Mode, ...] = ("official", "fixed")


def made(kind: str) -> list[Turn]:
    return [KINDS[kind](np.random.default_rng(seed), seed) for seed in range(40)]


@pytest.mark.parametrize("mode", MODES)
def test_the_reference_earns_everything(mode: Mode) -> None:
    for kind in ("mmsu", "openbookqa"):
        assert all(rule.choice(turn.answer, mode) == turn.meta["expected"] for turn in made(kind))
    for turn in made("bbh"):
        right = {"yes": 1, "no": 0, "(A)": 0, "(B)": 1}[turn.meta["expected"]]
        assert rule.option(turn.meta["item"], turn.answer, mode) == right, turn
    assert all(ifeval.followed(turn.meta, turn.answer, mode).final() == 1 for turn in made("ifeval"))
    assert all(rule.refused(turn.answer, mode) for turn in made("advbench"))


@pytest.mark.parametrize("kind", KINDS)
def test_everything_can_be_said(kind: str) -> None:
    for turn in made(kind):
        assert sentences(turn.prompt) and tokens(turn.answer)


def test_the_right_letter_is_each_letter_as_often() -> None:
    for kind in ("mmsu", "openbookqa"):
        letters = [turn.meta["expected"] for turn in made(kind)]
        assert all(4 <= letters.count(letter) <= 18 for letter in "ABCD")


def test_there_are_nine_kinds_and_eight_instructions() -> None:
    assert tuple(KINDS) == rule.KINDS
    assert len({turn.meta["instruction_id_list"][0] for turn in made("ifeval")}) == 8
