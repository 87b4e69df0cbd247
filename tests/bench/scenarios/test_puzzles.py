"""The puzzles' answers against solvers that read the question."""

import re

import numpy as np
import pytest

from microturn.bench.rules.bigbench_audio import correct
from microturn.bench.scenarios.puzzles import AUDIO, BBH, adjectives, sport
from microturn.bench.scenarios.spoken import Turn

MANY = range(60)


def made(draw: str, index: int) -> Turn:
    return AUDIO[draw](np.random.default_rng(index), index)


def test_navigation_by_walking() -> None:
    for index in MANY:
        turn = made("navigate", index)
        place = np.zeros(2, int)
        for count, way in re.findall(r"Take (\d+) steps? (\w+)", turn.prompt):
            x, y = {"forward": (0, 1), "backward": (0, -1), "left": (-1, 0), "right": (1, 0)}[way]
            place += int(count) * np.array([x, y])
        assert turn.meta["official"] == ("no" if place.any() else "yes")


def test_webs_by_following_them() -> None:
    for index in MANY:
        turn = made("web_of_lies", index)
        first, *says = turn.prompt.split(". ")[:-1]
        true = first.endswith("tells the truth")
        for one in says:
            true = one.endswith("tells the truth") == true
        assert turn.meta["official"] == ("yes" if true else "no")


def test_fallacies_by_trying_every_world() -> None:
    """Each thing is in each of three sets or not: a conclusion follows if it holds wherever the premises do."""
    for index in MANY:
        turn = made("formal_fallacies", index)
        *premises, conclusion, _ = re.split(r"\. |\? ?", turn.prompt)[:4]
        names = sorted(
            set(re.findall(r"(\w+) are (\w+)", " ".join(premises))[0]) | set(re.findall(r"\w+s\b", conclusion))
        )
        names = [name for name in names if name.lower() not in ("all", "some", "no")]
        valid = all(
            holds(conclusion.removeprefix("Therefore "), world, names)
            for world in range(1, 256)
            if all(holds(premise, world, names) for premise in premises)
        )
        assert turn.meta["official"] == ("valid" if valid else "invalid"), turn.prompt


def holds(claim: str, world: int, names: list[str]) -> bool:
    """`world` says which of the 8 sorts of things there are."""
    found = re.search(r"(All|all|No|no|Some|some) (\w+) are (\w+)", claim)
    assert found and len(names) == 3
    one, two = 1 << names.index(found[2]), 1 << names.index(found[3])
    there = [sort for sort in range(8) if world >> sort & 1 and sort & one]
    quantity = found[1].lower()
    if quantity == "all":
        return all(sort & two for sort in there)
    return any(sort & two for sort in there) == (quantity == "some")


NUMBERS = {"a": 1, "an": 1, "two": 2, "three": 3, "four": 4}
KINDS = {
    "fruit": "apple banana peach lemon plum",
    "animals": "dog cat goat rabbit duck",
    "instruments": "drum violin piano flute guitar",
    "furniture": "chair table bed lamp couch",
}


def test_counting_by_counting() -> None:
    for index in MANY:
        turn = made("object_counting", index)
        asked = next(kind for kind in KINDS if kind in turn.prompt.split("How many")[1])
        total = sum(
            NUMBERS[count]
            for count, thing in re.findall(r"\b(an?|two|three|four) (\w+)", turn.prompt.split(". How")[0])
            if thing.removesuffix("s").removesuffix("e") in [t.removesuffix("e") for t in KINDS[asked].split()]
            or thing.removesuffix("es") in KINDS[asked].split()
        )
        assert turn.meta["official"] == str(total), turn.prompt


def test_adjectives_and_sport() -> None:
    order = "lovely ugly strange big small long old new red green white".split()  # noqa: SIM905
    group = [0, 0, 0, 1, 1, 1, 2, 2, 3, 3, 3]
    for index in MANY:
        turn = adjectives(np.random.default_rng(index), index)
        spoken = re.findall(r"Option [AB], ([\w ]+)\.", turn.prompt)
        ranks = [[group[order.index(word)] for word in one.split()[:-1]] for one in spoken]
        assert turn.meta["official"] == "(A)(B)"[3 * (ranks[1] == sorted(ranks[1])) :][:3]
        plausible = sport(np.random.default_rng(index), index)
        assert plausible.meta["official"] == ("yes" if index % 2 == 0 else "no")


@pytest.mark.parametrize("name", AUDIO)
def test_the_reference_is_right_and_answers_are_balanced(name: str) -> None:
    turns = [made(name, index) for index in MANY]
    assert all(correct(turn.answer, turn.meta["official"], name) for turn in turns)
    most = max(sum(turn.meta["official"] == other for turn in turns) for other in {t.meta["official"] for t in turns})
    assert most <= len(turns) / 2
    assert len({turn.prompt for turn in turns}) > 30


def test_there_are_four_kinds_of_bbh() -> None:
    kinds = {draw(np.random.default_rng(0), 0).meta["category"] for draw in BBH}
    assert kinds == {"navigate", "hyperbaton", "web_of_lies", "sports_understanding"}
