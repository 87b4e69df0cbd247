"""The mini of Full-Duplex-Bench v1.5, spoken by tones: pairs of scenes, acoustics, and what each control scores."""

from collections.abc import Sequence

import numpy as np
import pytest

from microturn.bench.controls import AlwaysTalking, Oracle, Silent
from microturn.bench.driver import Driver
from microturn.bench.judges.judge import Question, Verdict
from microturn.bench.scenarios import onstage
from microturn.bench.scenarios.fdb_v15 import aside, background, echoed
from microturn.bench.suites.fdb_v15 import TASK
from microturn.bench.task import Scenario, score_all
from microturn.protocol.events import Channel
from tests.bench.worlds import CAST


class ByWords:
    """The offline rule in its simplest form: new words of the disturbance are a response, words of the clean
    continuation that it goes on."""

    name, proxy = "by words", True

    def ask(self, questions: Sequence[Question]) -> list[Verdict]:
        return [Verdict(value=self.tag(q), reason="words") for q in questions]

    def tag(self, q: Question) -> str:
        reply, clean, event = (set(text.split()) for text in (q.reply, q.context, q.question))
        return "respond" if (reply - clean) & event else "resume" if reply & clean else "unknown"


@pytest.fixture(scope="module")
def made() -> list[Scenario]:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(onstage, "cast", lambda split: CAST)
        return list(TASK.scenarios(16, 0))


def values(scenarios: list[Scenario], driver: Driver) -> dict[str, float | None]:
    results = score_all(TASK, scenarios, driver.run(scenarios), ByWords())
    return {result.measure.name: result.estimate.value for result in results}


def test_the_oracle_behaves_as_it_should(made: list[Scenario]) -> None:
    got = values(made, Oracle())
    assert got["v1.5 average"] == 1
    assert got["interruption: stops after"] is not None and got["interruption: stops after"] < 0.6
    assert got["interruption: responds after"] is not None and got["interruption: responds after"] < 0.4


def test_who_always_talks_resumes_and_never_responds(made: list[Scenario]) -> None:
    got = values(made, AlwaysTalking())
    assert got["v1.5 average"] == 0.75 and got["interruption: responds"] == 0
    assert all(got[f"{kind}: resumes"] == 1 for kind in ("backchannel", "talking to other", "background speech"))
    assert got["interruption: responds after"] is None


def test_silence_does_neither_and_has_no_times(made: list[Scenario]) -> None:
    got = values(made, Silent())
    assert got["v1.5 average"] == 0
    assert all(value is None for name, value in got.items() if name.endswith(("after", "for", "before")))


def test_the_twins_are_the_same_but_for_the_disturbance(made: list[Scenario]) -> None:
    by_id = {one.id: one for one in made}
    for noisy in made:
        if "event_ms" not in noisy.meta:
            continue
        clean = by_id[noisy.meta["twin"]]
        assert clean.meta["twin"] == noisy.id and clean.meta["request"] == noisy.meta["request"]
        one, other = (s.timeline.audio[Channel.USER].samples for s in (noisy, clean))
        assert len(one) == len(other)
        began, ended = (round(at * 16) for at in noisy.meta["event_ms"])
        np.testing.assert_allclose(one[: began - 800], other[: began - 800], atol=1e-6)
        assert np.max(np.abs(one[began:ended] - other[began:ended])) > 1e-3


def test_the_model_is_speaking_when_it_is_disturbed_and_has_more_to_say(made: list[Scenario]) -> None:
    for clean in made:
        if "event_ms" not in clean.meta:
            twin = next(one for one in made if one.id == clean.meta["twin"])
            words = clean.timeline.words(Channel.SAY)
            assert words[0].at_ms < twin.meta["event_ms"][0]
            assert words[-1].until_ms > twin.meta["event_ms"][1]


def level_db(samples: np.ndarray, hz: float) -> float:
    wave = np.exp(-2j * np.pi * hz * np.arange(len(samples)) / 16_000)
    return 20 * np.log10(2 * abs(np.mean(samples * wave)))


def tone(hz: float) -> np.ndarray:
    return np.sin(2 * np.pi * hz * np.arange(16_000) / 16_000).astype(np.float32)


def steady(samples: np.ndarray) -> np.ndarray:
    return samples[4000:12_000]


def test_an_aside_is_dull_and_background_speech_has_no_treble() -> None:
    ahead = {hz: level_db(steady(echoed(tone(hz), ((45, -6), (120, -12)))), hz) for hz in (1000, 6000)}
    assert level_db(steady(aside(tone(1000))), 1000) == pytest.approx(ahead[1000], abs=0.2)
    assert level_db(steady(aside(tone(6000))), 6000) == pytest.approx(ahead[6000] - 5, abs=0.2)
    assert level_db(steady(background(tone(5000))), 5000) < -30
    assert level_db(steady(background(tone(1000))), 1000) > -5


def test_echoes_come_late_and_soft() -> None:
    click = np.zeros(800, np.float32)
    click[0] = 1.0
    wet = echoed(click, ((45, -6), (120, -12)))
    assert len(wet) == 800 + 1920
    assert list(np.flatnonzero(wet)) == [0, 720, 1920]
    assert wet[720] == pytest.approx(10 ** (-6 / 20)) and wet[1920] == pytest.approx(10 ** (-12 / 20))


def test_an_odd_number_of_items_is_that_many(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(onstage, "cast", lambda split: CAST)
    assert len(TASK.scenarios(3, 5)) == 3


def test_published_numbers_belong_to_measures() -> None:
    assert {one.measure for one in TASK.published} <= {measure.name for measure in TASK.measures}
    shares = [
        one.value
        for one in TASK.published
        if one.system.startswith("GPT-4o") and one.measure.endswith(("responds", "resumes"))
    ]
    average = next(one.value for one in TASK.published if one.system.startswith("GPT-4o"))
    assert sum(shares) / 4 == pytest.approx(average)
