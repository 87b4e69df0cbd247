"""Opening a benchmark's items one at a time: one whose data are missing or damaged stays an item, with the reason."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any

from microturn.bench.task import Scenario, unopened
from microturn.protocol.timeline import Timeline

Content = tuple[Timeline, Mapping[str, Any]]  # what is played, and the scenario's meta
Item = tuple[str, str, Callable[[], Content]]  # id, sub-type, and what opens it


def opened(items: Iterable[Item]) -> Iterator[Scenario]:
    """Every item as a scenario, in order; `unopened` where opening it raises what `read_media` and `read_video` raise.

    So does an annotation that lacks a field.
    """
    for name, kind, content in items:
        try:
            timeline, meta = content()
        except (OSError, ValueError) as error:
            yield unopened(name, kind, str(error))
        except LookupError as error:
            yield unopened(name, kind, f"its annotation lacks {error}")
        else:
            yield Scenario(id=name, kind=kind, timeline=timeline, meta=meta)
