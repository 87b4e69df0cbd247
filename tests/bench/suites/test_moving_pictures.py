"""The suites of moving pictures, on scenes spoken by tones: what each control and each constant predictor scores, exactly."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from functools import partial

import pytest

from microturn.bench.controls import AlwaysTalking, Oracle, Silent
from microturn.bench.driver import Driver
from microturn.bench.rules.spans import overlap
from microturn.bench.scenarios import factory, onstage
from microturn.bench.scenarios.foresight import on_time
from microturn.bench.suites import tasks
from microturn.bench.task import Result, Scenario, score_all
from microturn.data.scene import make_scene
from microturn.protocol.events import Channel
from microturn.protocol.timeline import Timeline
from tests.bench.judging import WordJudge
from tests.bench.worlds import CAST

SUITES = ("repcount", "proactive-video-qa", "charades-sta", "ovo-bench", "streamingbench", "qivd")
N = 6


@pytest.fixture(scope="module")
def made() -> dict[str, Sequence[Scenario]]:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(factory, "make_scene", partial(make_scene, cast_of=CAST))
        patch.setattr(onstage, "cast", lambda split: CAST)
        return {name: tasks()[name].scenarios(N, 0) for name in SUITES}


Made = Mapping[str, Sequence[Scenario]]


def results(name: str, made: Made, driver: Driver) -> dict[str, Result]:
    scored = score_all(tasks()[name], made[name], driver.run(made[name]), WordJudge())
    return {result.measure.name: result for result in scored}


def values(name: str, made: Made, driver: Driver) -> dict[str, float | None]:
    return {measure: result.estimate.value for measure, result in results(name, made, driver).items()}


def blind(name: str, which: str) -> Driver:
    return next(driver for driver in tasks()[name].blind if driver.name == which)


@pytest.mark.parametrize("name", SUITES)
def test_the_oracle_is_perfect_and_never_late(name: str, made: Made) -> None:
    for measure, value in values(name, made, Oracle()).items():
        about = next(m for m in tasks()[name].measures if m.name == measure)
        wanted = 1.0 if about.better == "high" else 0.0
        assert value == pytest.approx(wanted, abs=0.2 if (name, measure) == ("qivd", "lag") else 1e-9), measure


@pytest.mark.parametrize("name", SUITES)
def test_every_published_number_is_of_a_measure_and_every_scene_is_short(name: str, made: Made) -> None:
    task = tasks()[name]
    assert {one.measure for one in task.published} <= {measure.name for measure in task.measures}
    assert all(6000 < scenario.timeline.duration_ms <= 21_500 for scenario in made[name])
    assert all(scenario.timeline.frames for scenario in made[name])
    assert task.official is not None and 8 <= task.n <= 12


def test_controls_of_repcount(made: Made) -> None:
    for control in (Silent(), AlwaysTalking()):
        got = values("repcount", made, control)
        assert (
            got["off by one"] == got["exact"] == got["repetitions counted within 1 s, F1"] == 0 and got["lag"] is None
        )
        assert got["error"] == 1.0
    truths = [len(s.meta["rep_times_ms"]) for s in made["repcount"]]
    four = values("repcount", made, blind("repcount", "constant 4"))
    assert four["off by one"] == pytest.approx(sum(abs(n - 4) <= 1 for n in truths) / N)
    assert four["error, official (+0.1)"] == pytest.approx(sum(abs(n - 4) / (n + 0.1) for n in truths) / N)


def test_controls_of_proactive_video_qa(made: Made) -> None:
    silence = values("proactive-video-qa", made, Silent())
    assert [silence[f"PAUC, omega {omega}"] for omega in ("0", "0.5", "1")] == [0.25, 0.25, 0.25]
    assert silence["duplicate replies"] is None
    always = values("proactive-video-qa", made, AlwaysTalking())
    assert always["PAUC, omega 1"] == 0 and always["PAUC, omega 0"] == pytest.approx(0, abs=0.02)
    turns = results("proactive-video-qa", made, Silent())["PAUC, omega 0.5"].scores
    assert [turns[s.id].weight for s in made["proactive-video-qa"]] == [
        len(s.meta["turns"]) for s in made["proactive-video-qa"]
    ]


def test_controls_of_charades_sta(made: Made) -> None:
    for control in (Silent(), AlwaysTalking()):
        assert values("charades-sta", made, control)["mIoU"] == 0
    constant = values("charades-sta", made, blind("charades-sta", "0 to 14 s"))
    expected = [
        overlap((s.meta["from_ms"], min(s.meta["from_ms"] + 14_000, s.meta["video_end_ms"])), s.meta["window_ms"])
        for s in made["charades-sta"]
    ]
    assert constant["mIoU"] == pytest.approx(sum(expected) / N, abs=0.01)


def test_controls_of_ovo_bench(made: Made) -> None:
    silent = results("ovo-bench", made, Silent())["forward"]
    assert {kind: part.value for kind, part in silent.by_kind.items()} == {"CRR": 0.5, "REC": 0.0, "SSR": 0.5}
    yes = results("ovo-bench", made, blind("ovo-bench", "always yes"))["forward"]
    assert {kind: part.value for kind, part in yes.by_kind.items()} == {"CRR": 0.5, "REC": 0.0, "SSR": 0.5}
    one = results("ovo-bench", made, blind("ovo-bench", "constant 1"))["forward"]
    points = [p["count"] for s in made["ovo-bench"] if s.kind == "REC" for p in s.meta["points"]]
    assert one.by_kind["REC"].value == pytest.approx(points.count(1) / len(points))
    assert values("ovo-bench", made, Silent())["backward"] == values("ovo-bench", made, Silent())["real-time"] == 0


def test_controls_of_streamingbench(made: Made) -> None:
    silent = values("streamingbench", made, Silent())
    assert silent["proactive output"] == silent["multiple choice"] == 0 and silent["lag"] is None
    awaited = [s for s in made["streamingbench"] if "moment_ms" in s.meta]
    later = values("streamingbench", made, blind("streamingbench", "7 s after"))
    hits = [abs(s.meta["question_ms"] + 7000 - s.meta["moment_ms"]) <= 2000 for s in awaited]
    assert later["proactive output"] == pytest.approx(sum(hits) / len(hits))


def test_controls_of_qivd(made: Made) -> None:
    for driver in (Silent(), AlwaysTalking(), blind("qivd", "always yes")):
        got = values("qivd", made, driver)
        assert got["accuracy"] == got["short answer said"] == 0


def test_an_oracle_that_is_a_second_late_loses_overlap_time_and_nothing_else(made: Made) -> None:
    late = values("charades-sta", made, Late())
    assert 0.5 < (late["mIoU"] or 0) < 1 and late["onset lag"] == pytest.approx(1) == late["offset lag"]
    late = values("proactive-video-qa", made, Late())
    assert late["PAUC, omega 1"] == 1 and (late["PAUC, omega 0"] or 1) < (late["PAUC, omega 0.5"] or 1) < 1
    assert values("streamingbench", made, Late())["proactive output"] == 1
    assert values("ovo-bench", made, Late())["timing recall, 2 s"] == 1


class Late(Oracle):
    """The oracle, a second later."""

    def run(self, scenarios: Sequence[Scenario]) -> list[Timeline]:
        return super().run([replace(s, timeline=on_time(s.timeline, onsets_ms(s.timeline, 1000.0))) for s in scenarios])


def onsets_ms(timeline: Timeline, later_ms: float) -> list[float]:
    """When each thing is said, and so much later."""
    words, sizes = timeline.words(Channel.SAY), [len(span.text.split()) for span in timeline.spans("expect")]
    return [words[sum(sizes[:place])].at_ms + later_ms for place in range(len(sizes))]
