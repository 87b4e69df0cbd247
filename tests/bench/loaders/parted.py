"""What a loader could open, and why it could not open the rest."""

from collections.abc import Iterable

from microturn.bench.task import UNOPENED, Scenario


def parted(scenarios: Iterable[Scenario]) -> tuple[list[str], dict[str, str]]:
    """The ids of the items that were opened, and the reasons of the others by id."""
    found = list(scenarios)
    lost = {one.id: one.meta[UNOPENED] for one in found if UNOPENED in one.meta}
    return [one.id for one in found if one.id not in lost], lost
