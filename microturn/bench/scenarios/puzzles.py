"""Small puzzles of the kinds of BIG-Bench, made by seed: what is asked, in words that can be said, and its one answer.

Formal fallacies, navigation, counting of objects and webs of lies as BigBench Audio has them; the order of adjectives and
plausible sport as VoiceBench's bbh has besides. Own generators and words: nothing of those data sets is in them.
"""

from collections.abc import Callable, Mapping, Sequence
from itertools import pairwise

import numpy as np

from microturn.bench.scenarios.spoken import Turn

_THINGS = "singers bakers painters drivers farmers teachers swimmers walkers readers cooks".split()  # noqa: SIM905
_PEOPLE = "Anna Ben Clara David Ella Felix Grace Henry Ida Jonas Kate Leo".split()  # noqa: SIM905
_OBJECTS = {
    "fruit": ("an apple", "a banana", "a peach", "a lemon", "a plum"),
    "animals": ("a dog", "a cat", "a goat", "a rabbit", "a duck"),
    "instruments": ("a drum", "a violin", "a piano", "a flute", "a guitar"),
    "furniture": ("a chair", "a table", "a bed", "a lamp", "a couch"),
}
_ONE_OF = "two three four".split()  # noqa: SIM905
_ADJECTIVES = (("lovely", "ugly", "strange"), ("big", "small", "long"), ("old", "new"), ("red", "green", "white"))
_SPORT = (
    ("football", "scored a goal with the left foot", "kicked the ball over the bar"),
    ("tennis", "won the set with a backhand", "served into the net"),
    ("basketball", "made a free throw", "missed a shot from the corner"),
    ("swimming", "turned at the wall", "swam the last lap on the back"),
)


def some(rng: np.random.Generator, options: Sequence[str], count: int) -> list[str]:
    """`count` different ones."""
    return [options[int(i)] for i in rng.choice(len(options), size=count, replace=False)]


def _turn(prompt: str, answer: str, category: str, **meta: str) -> Turn:
    return Turn(
        prompt=prompt, answer=f"The answer is {answer}.", meta={"category": category, "official": answer, **meta}
    )


def fallacy(rng: np.random.Generator, index: int) -> Turn:
    """Two premises and a conclusion: does it follow?"""
    one, two, three = some(rng, _THINGS, 3)
    forms = {
        "valid": (
            f"All {one} are {two}. All {two} are {three}. Therefore all {one} are {three}.",
            f"No {one} are {two}. All {three} are {two}. Therefore no {three} are {one}.",
        ),
        "invalid": (
            f"All {one} are {two}. Some {three} are {two}. Therefore some {three} are {one}.",
            f"All {one} are {three}. All {two} are {three}. Therefore all {one} are {two}.",
        ),
    }
    answer = ("valid", "invalid")[index % 2]
    argument = forms[answer][int(rng.integers(2))]
    return _turn(f"{argument} Is this argument valid or invalid?", answer, "formal_fallacies")


def navigation(rng: np.random.Generator, index: int) -> Turn:
    """Steps forward, back, left and right, always facing forward: does one return to where one began?"""
    ahead, aside = (int(rng.integers(1, 5)) for _ in range(2))
    side, other = ("left", "right") if rng.random() < 0.5 else ("right", "left")
    back = ahead if index % 2 == 0 else ahead + int(rng.integers(1, 3))
    steps = [(ahead, "forward"), (aside, side), (back, "backward"), (aside, other)]
    text = ". ".join(f"Take {n} step{'' if n == 1 else 's'} {way}" for n, way in steps)
    prompt = f"Always face forward. {text}. Do you return to the starting point?"
    return _turn(prompt, "yes" if back == ahead else "no", "navigate")


def counting(rng: np.random.Generator, index: int) -> Turn:
    """Some things that one has: how many are of a kind?"""
    del index
    kind, other = some(rng, list(_OBJECTS), 2)
    wanted = some(rng, _OBJECTS[kind], int(rng.integers(2, 4)))
    total = len(wanted)
    if rng.random() < 0.5:
        number = int(rng.integers(len(_ONE_OF)))
        wanted[0] = f"{_ONE_OF[number]} {wanted[0].split()[1]}{'es' if wanted[0].endswith('ch') else 's'}"
        total += number + 1
    listed = [*wanted, *some(rng, _OBJECTS[other], 2)]
    rng.shuffle(listed)
    pieces = {"fruit": "pieces of fruit", "furniture": "pieces of furniture"}.get(kind, kind)
    prompt = f"I have {', '.join(listed[:-1])} and {listed[-1]}. How many {pieces} do I have?"
    return _turn(prompt, str(total), "object_counting")


def lies(rng: np.random.Generator, index: int) -> Turn:
    """Who says that whom lies: does the last one tell the truth?"""
    people = some(rng, _PEOPLE, 3)
    true = bool(rng.random() < 0.5)
    told = [f"{people[0]} {'tells the truth' if true else 'lies'}"]
    for before, person in pairwise(people):
        says_true = bool(rng.random() < 0.5) if person != people[-1] else true == (index % 2 == 0)
        told.append(f"{person} says {before} {'tells the truth' if says_true else 'lies'}")
        true = says_true == true
    prompt = f"{'. '.join(told)}. Does {people[-1]} tell the truth?"
    return _turn(prompt, "yes" if true else "no", "web_of_lies")


def adjectives(rng: np.random.Generator, index: int) -> Turn:
    """Two orders of the same adjectives: which one is the usual?"""
    chosen = [some(rng, group, 1)[0] for group in _ADJECTIVES]
    places = sorted(int(i) for i in rng.choice(len(chosen), size=3, replace=False))
    right = [chosen[i] for i in places]
    wrong = [right[1], right[0], right[2]] if rng.random() < 0.5 else [right[2], *right[:2]]
    thing = some(rng, ("boat", "house", "table", "car"), 1)[0]
    pair = [" ".join((*order, thing)) for order in ((right, wrong) if index % 2 == 0 else (wrong, right))]
    prompt = f"Which one has its adjectives in the right order? Option A, {pair[0]}. Option B, {pair[1]}."
    return _turn(prompt, f"({'AB'[index % 2]})", "hyperbaton")


def sport(rng: np.random.Generator, index: int) -> Turn:
    """A player of one sport did something of it, or of another: is that plausible?"""
    first, second = (int(i) for i in rng.choice(len(_SPORT), size=2, replace=False))
    done = _SPORT[first if index % 2 == 0 else second][1 + int(rng.integers(2))]
    prompt = f"Is this sentence plausible? In the {_SPORT[first][0]} final, {some(rng, _PEOPLE, 1)[0]} {done}."
    return _turn(prompt, "yes" if index % 2 == 0 else "no", "sports_understanding")


AUDIO: Mapping[str, Callable[[np.random.Generator, int], Turn]] = {
    "formal_fallacies": fallacy,
    "navigate": navigation,
    "object_counting": counting,
    "web_of_lies": lies,
}
BBH: Sequence[Callable[[np.random.Generator, int], Turn]] = (navigation, adjectives, lies, sport)
