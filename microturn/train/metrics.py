"""What a run shows and keeps: a progress bar with the losses of every stream, and one line of `metrics.jsonl` now and then."""

import json
from collections.abc import Mapping
from pathlib import Path
from types import TracebackType
from typing import Self

from rich.console import Console
from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn, TimeRemainingColumn
from torch import Tensor

REPORT_EVERY = 20
COLUMNS = "{task.description}", "{task.percentage:>3.0f}%"


class Meter:
    """Means of the losses since the last report. Where there is no terminal, reports are printed as lines instead."""

    def __init__(self, folder: Path, console: Console | None = None) -> None:
        self.console = console or Console(stderr=True)
        self.means: dict[str, float] = {}
        self._folder, self._sums, self._steps = folder, dict[str, float](), 0
        first, second = (TextColumn(column) for column in COLUMNS)
        columns = (BarColumn(), second, TimeElapsedColumn(), TimeRemainingColumn(), first)
        self._bar = Progress(*columns, console=self.console, disable=not self.console.is_terminal)
        self._task = self._bar.add_task("", total=1.0)

    def __enter__(self) -> Self:
        self._bar.start()
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self._bar.stop()

    def add(self, step: int, losses: Mapping[str, Tensor], norm: float, elapsed_s: float, done: float) -> None:
        """Count one step (`step` are done now, `done` is their share of the box); report every `REPORT_EVERY`."""
        self._steps += 1
        for name, value in losses.items():
            self._sums[name] = self._sums.get(name, 0.0) + float(value.detach())
        self._bar.update(self._task, completed=min(done, 1.0))
        if step % REPORT_EVERY == 0:
            self.means = {name: value / self._steps for name, value in self._sums.items()}
            self._sums, self._steps = {}, 0
            self._report(step, norm, elapsed_s)

    def _report(self, step: int, norm: float, elapsed_s: float) -> None:
        line = {"step": step, "minutes": round(elapsed_s / 60, 2), "norm": round(norm, 3)}
        line |= {name: round(value, 4) for name, value in self.means.items()}
        self._folder.mkdir(parents=True, exist_ok=True)
        with (self._folder / "metrics.jsonl").open("a") as file:
            file.write(json.dumps(line) + "\n")
        shown = "  ".join(f"{name} {value}" for name, value in line.items())
        self._bar.update(self._task, description=shown)
        if not self.console.is_terminal:
            self.console.print(shown, highlight=False, soft_wrap=True)
