"""Whoever plays the truth of an act meets all of its windows by the bench's own scorers, and silence meets none."""

import pytest

from microturn.bench.controls import Oracle, Silent
from microturn.bench.scenarios import truths
from microturn.bench.scenarios.factory import at_listener
from microturn.bench.scorers.expect import score_expect, score_expect_strict
from microturn.bench.scorers.interruption import score_goes_on, score_stops
from microturn.bench.scorers.silence import score_false_speech
from microturn.bench.task import Scenario
from microturn.data.acts import MIXTURES, WATCHING
from microturn.data.scene import CLEAN, make_scene
from tests.bench.worlds import CAST

NEW = [name for name in MIXTURES["all"] if name not in {*MIXTURES["nano"], *WATCHING}]
SILENT = ("addressed", "music", "noise")
SEEDS = range(2_000_000_000, 2_000_000_006)


def scenario(name: str, seed: int) -> Scenario:
    scene = make_scene(seed, split="test", seconds=1, acts=[name], setting=CLEAN, cast_of=CAST)
    timeline = at_listener(scene, truths.scripted)
    meta = truths.overlap(timeline) if name in ("change_of_mind", "resumption") else {}
    return Scenario(id=f"{name}-{seed}", kind=name, timeline=timeline, meta=meta)


@pytest.mark.parametrize("name", NEW)
def test_the_truth_meets_its_own_windows(name: str) -> None:
    scenarios = [scenario(name, seed) for seed in SEEDS]
    for one, played in zip(scenarios, Oracle().run(scenarios), strict=True):
        score = score_expect(one, played)
        assert score.value == (None if name in SILENT else 1.0) or not one.timeline.spans("expect"), score.explanation
        if name not in (
            "change_of_mind",
            "resumption",
            "until_told",
        ):  # of a count that is cut only the first word is due
            assert score_expect_strict(one, played).value in (None, 1.0), score.explanation
        assert score_false_speech(one, played).value == 0 or name == "resumption"


@pytest.mark.parametrize("name", [name for name in NEW if name not in SILENT])
def test_silence_meets_no_window(name: str) -> None:
    scenarios = [scenario(name, seed) for seed in SEEDS]
    for one, played in zip(scenarios, Silent().run(scenarios), strict=True):
        assert not score_expect(one, played).value


@pytest.mark.parametrize("name", ["change_of_mind", "resumption"])
def test_the_truth_stops_when_interrupted(name: str) -> None:
    scenarios = [scenario(name, seed) for seed in SEEDS]
    for one, played in zip(scenarios, Oracle().run(scenarios), strict=True):
        assert score_stops(one, played).value in (None, 1.0)
        assert score_goes_on(one, played).value is None
