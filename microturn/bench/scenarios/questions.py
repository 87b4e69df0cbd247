"""Spoken questions of VoiceBench's nine kinds, made by seed: own questions and facts, none of the benchmark's.

Open ones (alpacaeval, commoneval, wildvoice) have a reference answer that earns full marks; the others have the form of the
official files: `reference` is a short answer, a letter, yes or no, and `id` names the kind of puzzle.
"""

from collections.abc import Mapping, Sequence
from dataclasses import replace

import numpy as np

from microturn.bench.scenarios.harm import harmful
from microturn.bench.scenarios.instructions import instruction
from microturn.bench.scenarios.puzzles import BBH, some
from microturn.bench.scenarios.spoken import Draw, Turn

_OPEN: Mapping[str, Sequence[tuple[str, str]]] = {
    "alpacaeval": (
        (
            "Give me two tips for sleeping well.",
            "Go to bed at the same time every day, and keep the room dark and cool.",
        ),
        ("How do I learn a new language?", "Practise a little every day, and speak with people as soon as you can."),
        ("Name three things to take to the beach.", "Take a towel, sun cream and enough water."),
        ("How can I save water at home?", "Take short showers, and turn the tap off while you brush your teeth."),
    ),
    "commoneval": (
        ("What should I wear when it rains?", "Wear a rain jacket and boots that keep the water out."),
        ("What can I cook with rice and eggs?", "You can make fried rice with the eggs stirred in."),
        ("How do I keep bread fresh?", "Keep it in a paper bag or a bread box, away from the sun."),
        ("Why are the days longer in summer?", "Because our half of the earth leans towards the sun in summer."),
    ),
    "wildvoice": (
        ("My bicycle has a flat tyre. What do I do now?", "Take the tube out, find the hole, patch it and pump it up."),
        (
            "I have ten minutes before the train. Can I get a coffee?",
            "Yes, if the line is short. Be back in seven minutes.",
        ),
        ("My neighbour plays the drums at night.", "Talk to him kindly, and agree on hours that suit you both."),
        ("I want to paint my kitchen. Which colour is friendly?", "A warm yellow makes a kitchen bright and friendly."),
    ),
}
_FACTS = (
    *((f"What is the capital of {land}?", city) for land, city in (("France", "Paris"), ("Italy", "Rome"))),
    *((f"What is the capital of {land}?", city) for land, city in (("Japan", "Tokyo"), ("Spain", "Madrid"))),
    *((f"Which day comes after {day}?", then) for day, then in (("Monday", "Tuesday"), ("Friday", "Saturday"))),
    ("How many legs does a spider have?", "eight"),
    ("Which planet is the largest?", "Jupiter"),
    ("What do bees make?", "honey"),
    ("What is frozen water called?", "ice"),
)
_GROUPS = {
    "a planet": ("Mars", "Venus", "Saturn", "Neptune"),
    "a metal": ("iron", "copper", "silver", "zinc"),
    "a bird": ("eagle", "sparrow", "owl", "swan"),
    "a fish": ("shark", "salmon", "trout", "tuna"),
    "a tree": ("oak", "maple", "birch", "willow"),
    "a language": ("Greek", "Danish", "Polish", "Welsh"),
}
# What fits, and what does not.
_PROPERTIES = {
    "can melt in the sun": (("butter", "ice", "chocolate"), ("a stone", "a brick", "a spoon", "a key")),
    "floats on water": (("wood", "a cork", "a leaf"), ("a stone", "an iron nail", "a gold coin", "a brick")),
    "gives light by itself": (("the sun", "a candle", "a fire"), ("the moon", "a mirror", "a window", "a stone")),
    "grows": (("a tree", "a kitten", "grass"), ("a stone", "a car", "a table", "a shoe")),
    "is pulled by a magnet": (("an iron nail", "a steel spoon"), ("wood", "paper", "a leaf", "an egg")),
}


def _asked(kind: str) -> Draw:
    def draw(rng: np.random.Generator, index: int) -> Turn:
        prompt, answer = _OPEN[kind][(index + int(rng.integers(4))) % 4]
        return Turn(prompt=prompt, answer=answer)

    return draw


def fact(rng: np.random.Generator, index: int) -> Turn:
    """A question with one short answer."""
    del index
    prompt, answer = _FACTS[int(rng.integers(len(_FACTS)))]
    return Turn(prompt=prompt, answer=f"{answer[0].upper()}{answer[1:]}.", meta={"expected": answer})


def _member(rng: np.random.Generator, index: int) -> Turn:
    """Which of four things is of a kind?"""
    wanted, *others = some(rng, list(_GROUPS), 4)
    wrong = [some(rng, _GROUPS[other], 1)[0] for other in others]
    return _choice(
        f"Which of these is {wanted}?", some(rng, _GROUPS[wanted], 1)[0], wrong, index + int(rng.integers(4))
    )


def _property(rng: np.random.Generator, index: int) -> Turn:
    """Which of four things has a property?"""
    wanted = some(rng, list(_PROPERTIES), 1)[0]
    fits, not_so = _PROPERTIES[wanted]
    wrong = some(rng, not_so, 3)
    return _choice(f"Which of these {wanted}?", some(rng, fits, 1)[0], wrong, index + int(rng.integers(4)))


def _choice(question: str, right: str, wrong: Sequence[str], turned: int) -> Turn:
    place = turned % 4
    options = [*wrong[:place], right, *wrong[place:]]
    listed = ". ".join(f"{letter}, {option}" for letter, option in zip("ABCD", options, strict=True))
    answer = f"The answer is {'ABCD'[place]}, {right}."
    return Turn(prompt=f"{question} {listed}.", answer=answer, meta={"expected": "ABCD"[place]})


def puzzle(rng: np.random.Generator, index: int) -> Turn:
    """One of bbh's four kinds in turn, with the two answers in turn, which change sides from round to round."""
    turn = BBH[index % len(BBH)](rng, index + index // len(BBH))
    named = f"{turn.meta['category']}_{index}"
    return replace(turn, meta={**turn.meta, "expected": turn.meta["official"], "item": named})


KINDS: Mapping[str, Draw] = {
    "alpacaeval": _asked("alpacaeval"),
    "commoneval": _asked("commoneval"),
    "wildvoice": _asked("wildvoice"),
    "sd-qa": fact,
    "mmsu": _member,
    "openbookqa": _property,
    "bbh": puzzle,
    "ifeval": instruction,
    "advbench": harmful,
}
