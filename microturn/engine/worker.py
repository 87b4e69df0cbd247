"""The device worker: one thread that owns the model and its state. Everything that touches the device happens on it.

`Model` is the part of `model.interaction` that the engine relies on; anything that keeps this contract can be served
(the state it makes must have `reset(rows)`).
"""

import asyncio
import queue
import threading
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import Future
from typing import Any, Protocol, TypeVar

import torch

from microturn.engine.channels import Vocabulary
from microturn.engine.session import Stepped
from microturn.features.layout import TickInput

R = TypeVar("R")
QUEUE_CAPACITY = 64  # overflow policy: refuse; the engine keeps one step and a few resets in flight


class Model(Protocol):
    """Steps B sessions by one tick, in place; rows that get None are left as they are."""

    @property
    def tokenizer(self) -> Vocabulary: ...

    def new_state(self, batch: int = 1) -> Any: ...

    def step(
        self, inputs: Sequence[TickInput | None], state: Any, generators: Sequence[torch.Generator]
    ) -> Sequence[Stepped | None]: ...


class Rows:
    """A model with the state and the random generators of its B rows. Not thread-safe: one thread owns it.

    `exact` gives each row a state of its own and steps them one after another: slower, but then not even the last bit of
    a row depends on how many others there are (products over more rows round differently).
    """

    def __init__(self, model: Model, batch: int, *, exact: bool = False) -> None:
        self._model = model
        self._size = 1 if exact else batch  # rows in a state
        self._states: list[Any] = [model.new_state(self._size) for _ in range(batch // self._size)]
        self._generators = [torch.Generator() for _ in range(batch)]

    def begin(self, row: int, seed: int) -> None:
        """Give the row to a new session."""
        self._states[row // self._size].reset([row % self._size])
        self._generators[row].manual_seed(seed)

    def step(self, inputs: Mapping[int, TickInput]) -> dict[int, Stepped]:
        """One tick for the rows in `inputs`."""
        stepped: dict[int, Stepped] = {}
        for number, state in enumerate(self._states):
            rows = range(number * self._size, (number + 1) * self._size)
            if any(row in inputs for row in rows):
                generators = self._generators[rows.start : rows.stop]
                results = self._model.step([inputs.get(row) for row in rows], state, generators)
                stepped |= {row: result for row, result in zip(rows, results, strict=True) if result is not None}
        return stepped


class Worker:
    """Runs jobs on the device thread, in the order in which they were submitted; each job is given the `Rows`."""

    def __init__(self, model: Model, batch: int, *, exact: bool = False) -> None:
        self._jobs: queue.Queue[Callable[[], None] | None] = queue.Queue(maxsize=QUEUE_CAPACITY)
        self._thread = threading.Thread(
            target=self._work, args=(model, batch, exact), name="microturn-device", daemon=True
        )
        self._rows: Rows | None = None

    def start(self) -> None:
        self._thread.start()

    def stop(self) -> None:
        """Finish what was submitted, then end the thread."""
        self._jobs.put(None)
        self._thread.join()

    def submit(self, job: Callable[[Rows], R]) -> asyncio.Future[R]:
        """Queue a job; awaiting the future gives its result or raises what it raised. Raises queue.Full on overflow."""
        done: Future[R] = Future()

        def work() -> None:
            assert self._rows is not None
            if not done.set_running_or_notify_cancel():
                return
            try:
                done.set_result(job(self._rows))
            except Exception as error:  # noqa: BLE001 (whoever awaits the future gets it)
                done.set_exception(error)

        self._jobs.put_nowait(work)
        return asyncio.wrap_future(done)

    def _work(self, model: Model, batch: int, exact: bool) -> None:
        self._rows = Rows(model, batch, exact=exact)
        while (job := self._jobs.get()) is not None:
            job()
