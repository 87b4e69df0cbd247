"""Progress on stderr: a line for each suite that is under way."""

from collections.abc import Callable, Generator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Self

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

Made = Callable[[str, Sequence[str]], None]


@dataclass(kw_only=True)
class _Line:
    total: int
    answered: int = 0
    failed: int = 0


class Bars:
    """A `carrying.Watch`: each item of a suite is asked `runs` times; `on_made` is told what has been made."""

    def __init__(self, *, runs: int = 1, under: str = "", on_made: Made) -> None:
        self._runs, self._under, self._on_made = runs, under, on_made
        self._lines: dict[str, _Line] = {}
        self._draw()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *error: object) -> None:
        if self._lines:
            self._bar.stop()

    def begun(self, suite: str) -> None:
        under = f" ({self._under})" if self._under else ""
        self._bar.console.print(f"{suite}: making scenarios{under}", highlight=False, markup=False)

    def made(self, suite: str, items: Sequence[str]) -> None:
        self._on_made(suite, items)
        self._lines[suite] = _Line(total=len(items) * self._runs)
        self._add(suite)

    def answered(self, suite: str, failed: bool) -> None:
        line = self._lines[suite]
        line.answered, line.failed = line.answered + 1, line.failed + failed
        self._bar.update(self._tasks[suite], completed=line.answered, description=_described(suite, line))

    @contextmanager
    def over(self, suite: str) -> Generator[None]:
        """The suite's line ends, and nothing is drawn while what has come of it is printed."""
        self._bar.stop()
        del self._lines[suite]
        yield
        self._draw()

    def _draw(self) -> None:
        self._bar = progress()
        self._tasks = {}
        for suite in self._lines:
            self._add(suite)

    def _add(self, suite: str) -> None:
        line = self._lines[suite]
        self._tasks[suite] = self._bar.add_task(_described(suite, line), total=line.total, completed=line.answered)
        self._bar.start()


def progress() -> Progress:
    """Bars on stderr, which leave stdout alone."""
    columns = TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn()
    return Progress(*columns, console=Console(stderr=True), redirect_stdout=False)


def _described(suite: str, line: _Line) -> str:
    return f"{suite} ({line.failed} failed)" if line.failed else suite
