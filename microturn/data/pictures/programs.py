"""Programs to be typed on a screen: short Python that runs, and the same with one bug; and the logs of builds.

A bug is complete when the line with the mistake is left, or when the bracket closes over a name that nothing defines.
"""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

NAMES = tuple("cake box key pig egg cat dog sun day hat bag cup pen toy car bus".split())  # noqa: SIM905
BUGS = ("bracket", "colon", "quote", "name")


@dataclass(frozen=True, kw_only=True)
class Program:
    """Text to be typed; `at` counts the characters after which the bug is complete, None for a program that runs."""

    text: str
    bug: str = ""
    at: int | None = None

    @property
    def names(self) -> tuple[str, ...]:
        """The words in it that were drawn, in order."""
        words = "".join(c if c.isalpha() else " " for c in self.text).split()
        return tuple(dict.fromkeys(word for word in words if word in NAMES))


def draw_program(rng: np.random.Generator, *, bug: str = "") -> Program:
    """Four to six short lines. `bug` is one of `BUGS`, or "" for none; at least one right line follows it."""
    if bug and bug not in BUGS:
        raise ValueError(f"there is no bug {bug!r}; choose from {', '.join(BUGS)}")
    names = [NAMES[int(index)] for index in rng.choice(len(NAMES), size=4, replace=False)]
    known = names[:1]
    lines = [f"{known[0]} = {int(rng.integers(1, 10))}"]
    blocks = [_LINES[int(rng.integers(len(_LINES)))] for _ in range(int(rng.integers(1, 3)))]
    for block in blocks:
        lines += block(rng, known, names)
    if not bug:
        return Program(text="\n".join([*lines, f"print({known[0]})"]))
    first = len("\n".join(lines)) + 1
    wrong, complete = _wrong(rng, bug, known, names[3])
    after = f"print({known[-1]})" if bug != "colon" else f"  print({known[-1]})"
    return Program(text="\n".join([*lines, wrong, after]), bug=bug, at=first + complete)


def _assign(rng: np.random.Generator, known: list[str], names: list[str]) -> list[str]:
    new = names[min(len(known), 2)]
    line = f"{new} = {known[0]} + {int(rng.integers(1, 10))}"
    if new not in known:
        known.append(new)
    return [line]


def _show(rng: np.random.Generator, known: list[str], names: list[str]) -> list[str]:
    del names
    return [f"print({known[int(rng.integers(len(known)))]})"]


def _if(rng: np.random.Generator, known: list[str], names: list[str]) -> list[str]:
    del names
    return [f"if {known[-1]} > {int(rng.integers(1, 10))}:", f"  print({known[0]})"]


_LINES: tuple[Callable[[np.random.Generator, list[str], list[str]], list[str]], ...] = (_assign, _show, _if)


def _wrong(rng: np.random.Generator, bug: str, known: list[str], unknown: str) -> tuple[str, int]:
    """A line with the bug, and how many characters of it (the line break counts) complete it."""
    last = known[-1]
    match bug:
        case "bracket":
            line = f"print({last}"
            return line, len(line) + 1
        case "colon":
            line = f"if {last} > {int(rng.integers(1, 10))}"
            return line, len(line) + 1
        case "quote":
            line = f'print("{last})'
            return line, len(line) + 1
        case _:
            line = f"print({unknown})"
            return line, len(line)


def draw_log(rng: np.random.Generator, *, passes: bool) -> tuple[str, ...]:
    """The lines of a build: steps that go well, and last the one that says how it ended."""
    count = int(rng.integers(3, 9))
    names = [NAMES[int(index)] for index in rng.integers(len(NAMES), size=count + 1)]
    steps = [f"{('build', 'test', 'load')[int(rng.integers(3))]} {name} ok" for name in names[:count]]
    if passes:
        return ("run", *steps, ("all passed", "build done")[int(rng.integers(2))])
    return ("run", *steps, (f"error: {names[count]}", f"{names[count]} failed")[int(rng.integers(2))])
