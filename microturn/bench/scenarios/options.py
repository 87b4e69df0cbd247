"""Options of a multiple-choice question: the right one and others of its kind, in an order that the item's seed gives."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from typing import Any

from microturn.bench.task import Scenario
from microturn.features.numbers import number_words

OPTIONS = 4
LETTERS = "ABCD"
NUMBERS = tuple(number_words(value)[0] for value in range(1, 11))


def choices(answer: str, pool: Sequence[str], seed: int) -> dict[str, Any]:
    """Four options with the right one among them, and its letter."""
    others = [name for name in pool if name != answer]
    start = seed % len(others)
    options = [others[(start + step) % len(others)] for step in range(OPTIONS - 1)]
    place = seed // len(LETTERS) % OPTIONS
    options.insert(place, answer)
    return {"options": options, "letter": LETTERS[place]}


def with_options(make: Callable[[int, int], Sequence[Scenario]]) -> Callable[[int, int], list[Scenario]]:
    """The scenarios of `make`, their questions about numbers with options."""

    def made(n: int, seed_base: int) -> list[Scenario]:
        return [_offered(scenario) for scenario in make(n, seed_base)]

    return made


def _offered(scenario: Scenario) -> Scenario:
    questions: Sequence[Mapping[str, Any]] = scenario.meta.get("questions", ())
    if not questions:
        return scenario
    offered = [{**one, **choices(one["answer"], NUMBERS, scenario.meta["seed"] // 100)} for one in questions]
    return replace(scenario, meta={**scenario.meta, "questions": offered})
