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

    `exact` steps the rows one after another: slower, but then not even the last bit of a row depends on which others were
    stepped with it (products over more rows round differently).
    """

    def __init__(self, model: Model, batch: int, *, exact: bool = False) -> None:
        self._model, self._exact = model, exact
        self._batch = batch
        self._state: Any = model.new_state(batch)
        self._generators = [torch.Generator() for _ in range(batch)]

    def begin(self, row: int, seed: int) -> None:
        """Give the row to a new session."""
        self._state.reset([row])
        self._generators[row].manual_seed(seed)

    def step(self, inputs: Mapping[int, TickInput]) -> dict[int, Stepped]:
        """One tick for the rows in `inputs`."""
        groups = [[row] for row in inputs] if self._exact else [list(inputs)]
        stepped: dict[int, Stepped] = {}
        for group in groups:
            batch = [inputs[row] if row in group else None for row in range(self._batch)]
            results = self._model.step(batch, self._state, self._generators)
            stepped |= {row: result for row in group if (result := results[row]) is not None}
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
