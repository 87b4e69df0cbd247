"""The shelf: the tools that are built in, one line each, and why others are left out.

A module whose libraries are not installed is left out; everything else works without it.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from importlib.util import find_spec

from microturn.background.memory.documents import Documents
from microturn.background.memory.notes import Notes
from microturn.background.tools.calculator import calculator
from microturn.background.tools.clock import Now, clock
from microturn.background.tools.library import library
from microturn.background.tools.look import look
from microturn.background.tools.notes import notebook
from microturn.background.tools.show import shown
from microturn.background.tools.tool import Tool
from microturn.background.tools.units import units

EXTRA = "background"


@dataclass(frozen=True, kw_only=True)
class Household:
    """What the tools work with: the wall clock, the user's documents and notes."""

    now: Now = datetime.now
    documents: Documents = field(default_factory=Documents)
    notes: Notes = field(default_factory=Notes)


@dataclass(frozen=True, kw_only=True)
class Row:
    """The tools of one module, and the modules of other packages that they need."""

    name: str
    make: Callable[[Household], Iterable[Tool]]
    needs: tuple[str, ...] = ()

    def lacks(self) -> list[str]:
        return [module for module in self.needs if find_spec(module) is None]


SHELF = (
    Row(name="calculator", make=lambda house: calculator()),
    Row(name="units", make=lambda house: units(), needs=("pint",)),
    Row(name="clock", make=lambda house: clock(house.now)),
    Row(name="library", make=lambda house: library(house.documents)),
    Row(name="notes", make=lambda house: notebook(house.notes, house.now)),
    Row(name="look", make=lambda house: look()),
    Row(name="show", make=lambda house: shown()),
)


def built_in(house: Household | None = None, shelf: Iterable[Row] = SHELF) -> list[Tool]:
    """Every tool whose libraries are installed; made for this machine's user where no household is given."""
    house = house or Household()
    return [tool for row in shelf if not row.lacks() for tool in row.make(house)]


def left_out(shelf: Iterable[Row] = SHELF) -> Mapping[str, str]:
    """The modules that `built_in` leaves out, and what to do about each."""
    return {
        row.name: f"{', '.join(lacking)} not installed: uv sync --extra {EXTRA}"
        for row in shelf
        if (lacking := row.lacks())
    }
