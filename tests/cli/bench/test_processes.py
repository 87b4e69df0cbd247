"""Suites in several processes: the same scores, kept items, account of the judge and complaints as in one."""

import argparse
import json
import os
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest

from microturn.bench.archive import load_run
from microturn.bench.impairments import PERFECT
from microturn.cli import main
from microturn.cli.bench import run as command
from microturn.cli.bench.carrying import Done, Work, carried_out, job_of
from microturn.cli.bench.processes import MOST, Processes, usual
from microturn.cli.bench.systems import SYSTEMS

SUITES = ("voicebench", "silence")


@pytest.fixture(autouse=True)
def voices() -> None:
    pytest.importorskip("hibari")


class Watched:
    """Who was told what."""

    def __init__(self) -> None:
        self.told: list[tuple[Any, ...]] = []

    def begun(self, suite: str) -> None:
        self.told.append(("begun", suite))

    def made(self, suite: str, items: Sequence[str]) -> None:
        self.told.append(("made", suite, len(items)))

    def answered(self, suite: str, failed: bool) -> None:
        self.told.append(("answered", suite, failed))


def parse(*words: str) -> argparse.Namespace:
    parser = argparse.ArgumentParser()
    command.add_arguments(parser)
    return parser.parse_args([*SUITES, "--n", "1", "--system", "oracle", *words])


def scores(done: Done) -> dict[str, Any]:
    return {
        system: [(r.measure, r.estimate, r.by_kind, r.scores) for r in rows] for system, rows in done.columns.items()
    }


def test_several_processes_give_what_one_gives() -> None:
    args = parse()
    works = [Work(suite=suite, condition=PERFECT, keep=None) for suite in SUITES]
    here, there = job_of(args, SYSTEMS), job_of(args, SYSTEMS)
    alone, beside = Watched(), Watched()
    first = list(carried_out(here, works, alone))
    with Processes(args, 2) as pool:
        second = list(pool.carry_out(works, beside, there.judge))
    assert [done.ran.task.name for done in second] == list(SUITES)
    assert [scores(done) for done in second] == [scores(done) for done in first]
    assert sorted(beside.told) == sorted(alone.told)
    assert here.judge and there.judge and there.judge.verdicts == here.judge.verdicts != {}


def test_what_is_kept_is_in_the_order_of_the_suites(tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    results: list[dict[str, Any]] = []
    for number in ("1", "2"):
        words = [*SUITES, "--n", "1", "--system", "oracle", "--processes", number, "--save", str(tmp_path / number)]
        assert main(["bench", *words]) == 0
        results.append(json.loads(capfd.readouterr().out.splitlines()[-1])["results"])
    one, two = (load_run(tmp_path / number) for number in ("1", "2"))
    assert results[0] == results[1] and list(results[1]) == list(SUITES)
    assert (one["suites"], one["items"]) == (two["suites"], two["items"]) and two["suites"] == list(SUITES)


def test_what_goes_wrong_there_is_raised_here() -> None:
    work = Work(suite="silence", condition=PERFECT, keep=None)
    with (
        Processes(parse("--data", "nowhere"), 1) as pool,
        pytest.raises(ValueError, match="silence follows no published data set"),
    ):
        list(pool.carry_out([work], Watched(), None))
    with Processes(parse(), 1) as pool, pytest.raises(RuntimeError, match="exit code -15"):
        for process in pool.running.values():
            process.terminate()
        list(pool.carry_out([work], Watched(), None))


def test_threads_are_counted_only_where_processes_begin(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OMP_NUM_THREADS", "7")
    monkeypatch.delenv("MKL_NUM_THREADS", raising=False)
    with Processes(parse(), 1):
        pass
    assert os.environ["OMP_NUM_THREADS"] == "7" and "MKL_NUM_THREADS" not in os.environ


def test_only_the_engine_on_its_own_has_several_by_itself(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(os, "sched_getaffinity", lambda pid: set(range(64)), raising=False)
    assert usual(parse("--system", "local")) == MOST
    assert usual(parse("--system", "local", "--background", "offline")) == usual(parse("--system", "ws://a:1")) == 1
    assert usual(parse("--processes", "9")) == 9
    with pytest.raises(ValueError, match="--processes must be at least 1"):
        usual(parse("--processes", "0"))
