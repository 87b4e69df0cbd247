"""Suites side by side: each in one of several processes, on one thread, because a small model gains little from a second.

A process opens the model once and carries out one suite after another; what it sends back are scores, without sound and
without functions. Suites begin and are given back in the order in which they are asked for. Items are what they are in one
process.
"""

import argparse
import multiprocessing
import os
import signal
from collections.abc import Generator, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, replace
from multiprocessing.connection import Connection, wait
from typing import Any, Self

from microturn.bench import suites
from microturn.bench.judges.judge import Question, Verdict
from microturn.bench.judges.tally import Tally
from microturn.bench.run import Columns, Ran
from microturn.bench.stats import Estimate
from microturn.bench.task import Result, Scenario, Score, Task
from microturn.cli.bench import systems
from microturn.cli.bench.carrying import Done, Job, Watch, Work, carry_out, job_of
from microturn.protocol.timeline import Timeline

MOST = 4  # unless a run says otherwise: each holds a model, and one suite with its sound
LEAVE_S = 5.0  # for a process to end by itself when there is no more to do
THREADS = ("OMP_NUM_THREADS", "MKL_NUM_THREADS", "OPENBLAS_NUM_THREADS")
Row = tuple[Estimate, Mapping[str, Estimate], Mapping[str, Score]]


@dataclass(frozen=True, kw_only=True)
class Sent:
    """What is left of a `Done` on its way: no sound, no pictures, and of each result what is not the suite's own."""

    label: str
    scenarios: Sequence[Scenario]
    outputs: Sequence[Sequence[Timeline]]
    rows: Mapping[str, Sequence[Row]]
    verdicts: Mapping[Question, Verdict]


def usual(args: argparse.Namespace) -> int:
    """How many processes a run has: one for each core, up to `MOST` and the suites that there are.

    One, where the system is not the engine on its own: others wait in real time, and a background works by the clock.
    """
    if args.processes is not None:
        if args.processes < 1:
            raise ValueError(f"--processes must be at least 1, got {args.processes}")
        return args.processes
    cores = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else (os.cpu_count() or 1)
    return min(cores, MOST) if args.system == "local" and args.background == "none" else 1


class Processes:
    """So many processes, until the block is left."""

    def __init__(self, args: argparse.Namespace, number: int) -> None:
        self._context = multiprocessing.get_context("spawn")
        self.running: dict[Connection, Any] = {}
        with _one_thread():
            for _ in range(number):
                ours, theirs = self._context.Pipe()
                process = self._context.Process(target=_serve, args=(theirs, args), daemon=True)
                process.start()
                theirs.close()  # so that a process that ends is the end of its pipe
                self.running[ours] = process

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *error: object) -> None:
        for pipe in self.running:
            pipe.close()
        for process in self.running.values():
            process.join(0.0 if any(error) else LEAVE_S)
            process.terminate()

    def carry_out(self, works: Sequence[Work], watch: Watch, judge: Tally | None) -> Iterator[Done]:
        """What comes of each, in the order of `works`. Raises what was raised where one of them was carried out."""
        waiting, under_way, got = list(enumerate(works)), dict[Connection, int](), dict[int, Sent]()
        for pipe in list(self.running)[: len(waiting)]:
            _hand(pipe, waiting, under_way)
        for turn, work in enumerate(works):
            while turn not in got:
                for pipe in wait(list(under_way)):
                    assert isinstance(pipe, Connection)
                    message = self._received(pipe)
                    if isinstance(message, Sent):
                        got[under_way.pop(pipe)] = message
                        _hand(pipe, waiting, under_way)
                    else:
                        told, *about = message
                        getattr(watch, told)(*about)
            yield _whole(got.pop(turn), suites.named()[work.suite], judge)

    def _received(self, pipe: Connection) -> Any:
        try:
            message = pipe.recv()
        except (EOFError, ConnectionResetError):
            process = self.running[pipe]
            process.join()
            raise RuntimeError(
                f"a process of the bench ended (exit code {process.exitcode}); with --processes 1 all is done in one"
            ) from None
        if isinstance(message, Exception):
            raise message
        return message


def _hand(pipe: Connection, waiting: list[tuple[int, Work]], under_way: dict[Connection, int]) -> None:
    """The next piece of work, if there is one, to whoever is at the end of the pipe."""
    if waiting:
        under_way[pipe], work = waiting.pop(0)
        with suppress(BrokenPipeError):  # it has ended: its pipe tells when it is read
            pipe.send(work)


@contextmanager
def _one_thread() -> Generator[None]:
    """Processes that begin in this block have one thread each, whatever library counts them."""
    before = {name: os.environ.get(name) for name in THREADS}
    os.environ.update(dict.fromkeys(THREADS, "1"))
    try:
        yield
    finally:
        for name, value in before.items():
            os.environ.pop(name)
            os.environ.update({} if value is None else {name: value})


@dataclass(frozen=True)
class _Teller:
    """A `Watch` at the other end of the pipe."""

    pipe: Connection

    def begun(self, suite: str) -> None:
        self.pipe.send(("begun", suite))

    def made(self, suite: str, items: Sequence[str]) -> None:
        self.pipe.send(("made", suite, list(items)))

    def answered(self, suite: str, failed: bool) -> None:
        self.pipe.send(("answered", suite, failed))


def _serve(pipe: Connection, args: argparse.Namespace) -> None:
    """What a process does until its pipe ends: whoever started it is interrupted for both."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    job: Job | None = None
    try:
        while True:
            work: Work = pipe.recv()
            try:
                job = job or job_of(args, systems.SYSTEMS)
                pipe.send(_bare(carry_out(job, work, _Teller(pipe)), job.judge))
            except Exception as error:  # noqa: BLE001 (raised again at the other end)
                pipe.send(error)
    except (EOFError, BrokenPipeError):
        return


def _bare(done: Done, judge: Tally | None) -> Sent:
    return Sent(
        label=done.ran.label,
        scenarios=[replace(one, timeline=_mute(one.timeline)) for one in done.ran.scenarios],
        outputs=[[_mute(output) for output in column] for column in done.ran.outputs],
        rows={name: [(r.estimate, r.by_kind, r.scores) for r in results] for name, results in done.columns.items()},
        verdicts={} if judge is None else judge.verdicts,
    )


def _mute(timeline: Timeline) -> Timeline:
    return replace(timeline, audio={}, frames=(), events=())


def _whole(sent: Sent, task: Task, judge: Tally | None) -> Done:
    """The suite as if it had been carried out here, but for the sound; the judge's account has its verdicts."""
    if judge is not None:
        judge.verdicts.update(sent.verdicts)
    columns: Columns = {
        name: [
            Result(measure=measure, estimate=estimate, by_kind=by_kind, scores=scores)
            for measure, (estimate, by_kind, scores) in zip(task.measures, rows, strict=True)
        ]
        for name, rows in sent.rows.items()
    }
    return Done(ran=Ran(task=task, label=sent.label, scenarios=sent.scenarios, outputs=sent.outputs), columns=columns)
