"""Carrying out a suite: what is there is kept, what fails is told and takes nothing with it, and seeds differ by run."""

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from microturn.bench.archive import load_items, open_run, save_run
from microturn.bench.controls import Oracle
from microturn.bench.driver import LocalDriver
from microturn.bench.judges.judge import Question, Verdict
from microturn.bench.run import Ran, label_of, made, run_items, with_controls
from microturn.bench.scorers.expect import score_expect
from microturn.bench.task import Measure, Scenario, Score, Task
from microturn.protocol.events import Channel
from microturn.protocol.timeline import Timeline
from tests.bench.worlds import expect, output, scenario

NAMES = ("b", "a/../c", "ünicode & more")
ITEMS = [scenario(name, [expect("yes", 4000, 6000)], script=[(5000.0, 5300.0, "yes")]) for name in NAMES]
RIGHT = Measure(name="right", scorer=score_expect)


def task(*measures: Measure) -> Task:
    return Task(name="toy", summary="", scenarios=lambda n, base: ITEMS[:n], measures=measures or (RIGHT,), n=2)


def test_any_id_is_a_folder_of_its_own_in_order(tmp_path: Path) -> None:
    outputs = run_items(ITEMS, Oracle(), keep=tmp_path / "toy")
    assert sorted(path.parent.parent for path in tmp_path.rglob("scenario.json")) == [tmp_path / "toy"] * 3
    items = load_items(tmp_path / "toy", NAMES)
    assert [one.id for one in items.scenarios] == list(NAMES)
    assert [one.events for one in items.outputs[0]] == [one.events for one in outputs[0]]


def test_one_item_takes_no_other_with_it() -> None:
    def run_many(stimuli: Sequence[Timeline]) -> list[Timeline]:
        if any(s.duration_ms > 9_000 for s in stimuli):
            raise RuntimeError("too\n long")
        return [output([(5000.0, 5300.0, "yes")], duration_ms=s.duration_ms) for s in stimuli]

    short = [replace(one, timeline=replace(one.timeline, duration_ms=8_000)) for one in ITEMS[:2]]
    items = [short[0], ITEMS[2], short[1]]
    outputs = run_items(items, LocalDriver(run_many=run_many))
    ran = Ran(task=task(), label="mini", scenarios=items, outputs=outputs)
    assert ran.failures == {ITEMS[2].id: "RuntimeError: too long"}
    (result,) = with_controls(ran, name="local")["local"]
    assert (result.estimate.value, result.estimate.n, result.unscored) == (1, 2, 1)
    assert "the system failed: RuntimeError" in result.scores[ITEMS[2].id].explanation


def test_every_run_has_seeds_of_its_own() -> None:
    seeds: list[int] = []

    def run_many(stimuli: Sequence[Timeline]) -> list[Timeline]:
        seeds.extend(s.seed for s in stimuli)
        return [output() for _ in stimuli]

    assert len(run_items(ITEMS[:1], LocalDriver(run_many=run_many), runs=3)) == 3
    assert seeds == [0, 1, 2]


def test_an_oracle_without_a_script_is_left_out() -> None:
    bare = [
        replace(one, timeline=replace(one.timeline, audio={Channel.USER: one.timeline.audio[Channel.USER]}))
        for one in ITEMS
    ]
    ran = Ran(task=task(), label="official-data", scenarios=bare, outputs=[[output()] * 3])
    columns = with_controls(ran, name="local")
    assert "oracle" not in columns and "silent" in columns


def test_runs_are_averaged_by_item_and_pooled_where_a_measure_pools() -> None:
    latencies = {0: (100.0, 900.0), 1: (300.0,), 2: ()}

    def latency(one: Scenario, got: Timeline) -> Score:
        values = latencies[got.seed]
        return Score(value=float(np.median(values)) if values else None, explanation="", values=values)

    measures = (Measure(name="p10", scorer=latency, how="pooled p10"), Measure(name="mean", scorer=latency))
    outputs = [[replace(output(), seed=run)] * 3 for run in range(3)]
    ran = Ran(task=task(*measures), label="mini", scenarios=ITEMS, outputs=outputs)
    pooled, mean = with_controls(ran, name="local")["local"]
    assert pooled.scores["b"].values == (100.0, 900.0, 300.0)
    assert pooled.estimate.value == pytest.approx(np.percentile([100.0, 900.0, 300.0] * 3, 10))
    assert mean.scores["b"].value == 400.0  # of 500 and 300; the third run gave no occasion


class Rules:
    name, proxy = "rules", True

    def ask(self, questions: Sequence[Question]) -> list[Verdict]:
        return [Verdict(value=1, reason="as a rule") for _ in questions]


def test_what_rules_judged_is_labelled() -> None:
    def judged(one: Scenario, got: Timeline, judge: object) -> Score:
        return Score(value=1.0, explanation="fine")

    ran = Ran(task=task(), label="mini", scenarios=ITEMS, outputs=[])
    assert label_of(ran, RIGHT, Rules()) == "mini"
    assert label_of(ran, Measure(name="meant", judged=judged), Rules()) == "mini, proxy-judge"
    assert label_of(ran, Measure(name="meant", judged=judged), None) == "mini"


def test_the_suite_says_how_many_items() -> None:
    assert [len(made(task(), n, 0)) for n in (None, 1, 3)] == [2, 1, 3]
    with pytest.raises(ValueError, match="follows no published data set"):
        made(task(), None, 0, Path())


def test_more_suites_may_join_a_run(tmp_path: Path) -> None:
    about = {"system": "local", "n": 4, "runs": 1, "impairment": {}}
    assert open_run(tmp_path, about)["suites"] == []
    save_run(tmp_path, {**about, "suites": ["one"], "items": {"one": ["a"]}})
    assert open_run(tmp_path, about)["items"] == {"one": ["a"]}
    with pytest.raises(ValueError, match="--system was local, is other; --n was 4, is 5"):
        open_run(tmp_path, {**about, "system": "other", "n": 5})
