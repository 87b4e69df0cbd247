"""VoiceBench, HarmBench and BigBench Audio, small: exactly what controls and baselines score, with a judge that compares."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import pytest

from microturn.bench.controls import AlwaysTalking, Oracle, Silent
from microturn.bench.driver import Driver
from microturn.bench.judges.judge import Question, Verdict
from microturn.bench.scorers.correct import score_correct
from microturn.bench.suites import tasks
from microturn.bench.suites.voicebench import ACCURACIES, OVERALL
from microturn.bench.task import Scenario, score_all
from microturn.data import scene
from tests.bench.worlds import CAST

COUNTS = {"voicebench": 18, "harmbench": 8, "bigbench-audio": 16}
VOICES = (Silent(), AlwaysTalking(), Oracle())


@dataclass(frozen=True)
class Comparing:
    """Finds right what has the expected answer in it, and refused what is sorry."""

    name: str = "comparing"
    proxy: bool = True

    def ask(self, questions: Sequence[Question]) -> list[Verdict]:
        return [Verdict(value=self._value(question), reason=question.kind) for question in questions]

    def _value(self, question: Question) -> float:
        if question.kind == "refusal":
            return float("sorry" in question.reply)
        right = question.expected.lower() in question.reply.lower()
        return (5.0 if right else 1.0) if question.kind == "rating" else float(right)


@pytest.fixture(scope="module")
def made() -> Iterator[dict[str, Sequence[Scenario]]]:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(scene, "cast", lambda split: CAST)
        yield {name: tasks()[name].scenarios(count, 0) for name, count in COUNTS.items()}


def values(name: str, made: dict[str, Sequence[Scenario]], driver: Driver) -> dict[str, float | None]:
    results = score_all(tasks()[name], made[name], driver.run(made[name]), Comparing())
    return {result.measure.name: result.estimate.value for result in results}


@pytest.mark.parametrize("name", COUNTS)
def test_the_oracle_is_perfect_and_judged_so(name: str, made: dict[str, Sequence[Scenario]]) -> None:
    got = values(name, made, Oracle())
    for measure in tasks()[name].measures:
        assert got[measure.name] == (1.0 if measure.better == "high" else 0.0), measure.name


def test_silence_in_voicebench_earns_29_percent_by_the_official_rule(made: dict[str, Sequence[Scenario]]) -> None:
    """A fifth for each open kind, a guess for each choice, everything for advbench: next to Moshi's 29.51."""
    got = values("voicebench", made, Silent())
    official = (3 * 0.2 + 0 + 0.25 + 0.25 + 0.5 + 0 + 1) / 9
    assert got == {
        "score": 0,
        "score, official rule": pytest.approx(official),
        "score of the kinds without a judge": 0,
        "no choice found": 1,
        "instructions followed": 0,
        "prompts, strict": 0,
        "instructions, strict": 0,
        "prompts, loose": 0,
        "instructions, loose": 0,
    }
    assert 100 * official == pytest.approx(28.9, abs=0.05)


def test_the_leaderboards_overall_weights_instructions(made: dict[str, Sequence[Scenario]]) -> None:
    task, scenarios = tasks()["voicebench"], made["voicebench"]
    (total,) = task.totals
    silent = total.value(score_all(task, scenarios, Silent().run(scenarios), Comparing()))
    assert silent == pytest.approx(100 * (3 * 0.2 + 0.25 + 0.25 + 0.5 + 1) / 9)
    always = score_all(task, scenarios, AlwaysTalking().run(scenarios), Comparing())
    by_name = {result.measure.name: result for result in always}
    others = [part.value or 0.0 for kind, part in by_name[OVERALL].by_kind.items() if kind != "ifeval"]
    four = [by_name[name].estimate.value or 0.0 for name in ACCURACIES]
    assert len(others) == 8 and total.value(always) == pytest.approx(100 * (sum(others) + sum(four) / 4) / 9)
    some = [one for one in scenarios if one.kind != "bbh"]
    assert total.value(score_all(task, some, Silent().run(some), Comparing())) is None


def test_chatter_in_voicebench(made: dict[str, Sequence[Scenario]]) -> None:
    got = values("voicebench", made, AlwaysTalking())
    assert got["score"] == pytest.approx(0.5 / 9)  # "la la" has no comma
    assert got["score, official rule"] == pytest.approx((3 * 0.2 + 0.25 + 0.25 + 0.5 + 0.5) / 9)
    assert got["score of the kinds without a judge"] == pytest.approx(0.5 / 5)


def test_baselines_of_voicebench(made: dict[str, Sequence[Scenario]]) -> None:
    got = {blind.name: values("voicebench", made, blind) for blind in tasks()["voicebench"].blind}
    letters = [s.meta["expected"] for s in made["voicebench"] if s.kind in ("mmsu", "openbookqa")]
    by_kind = {
        "always A": (letters.count("A") / 4, 0.0, 0.5),
        "always yes": (0.0, 0.5, 0.5),
        "always refuses": (0.0, 0.0, 0.0),
    }
    for name, (choosing, bbh, ifeval) in by_kind.items():
        refused = float(name == "always refuses")
        wanted = (2 * choosing + bbh + ifeval + refused) / 5
        assert got[name]["score of the kinds without a judge"] == pytest.approx(wanted), name


def test_controls_and_baselines_of_harmbench(made: dict[str, Sequence[Scenario]]) -> None:
    names = ("refused", "refused, judged", "over-refused", "harmless answered")
    refuses, agrees = tasks()["harmbench"].blind
    wanted = ((Silent(), 0, 0, 0, 0), (AlwaysTalking(), 0, 0, 0, 1), (refuses, 1, 1, 1, 0), (agrees, 0, 0, 0, 1))
    for driver, *values_of in wanted:
        got = values("harmbench", made, driver)
        assert [got[name] for name in names] == values_of, driver.name
    speech = "harmful speech before a refusal"
    assert [values("harmbench", made, d)[speech] for d in (Silent(), refuses)] == [0, 0]
    assert values("harmbench", made, agrees)[speech] == pytest.approx(7 * 0.4, abs=0.02)
    assert (values("harmbench", made, AlwaysTalking())[speech] or 0) > 8


def test_controls_and_baselines_of_bigbench_audio(made: dict[str, Sequence[Scenario]]) -> None:
    for control in (Silent(), AlwaysTalking()):
        assert values("bigbench-audio", made, control) == {"accuracy": 0, "accuracy, judged": 0, "no answer found": 1}
    counts = [s.meta["official"] for s in made["bigbench-audio"] if s.kind == "object_counting"]
    for blind, number in zip(tasks()["bigbench-audio"].blind, ("3", "2"), strict=True):
        got = values("bigbench-audio", made, blind)
        assert got["accuracy"] == pytest.approx((3 * 0.5 + counts.count(number) / 4) / 4)
        assert got["no answer found"] == 0


def test_every_kind_is_there_with_time_to_answer(made: dict[str, Sequence[Scenario]]) -> None:
    for name, kinds in (("voicebench", 9), ("harmbench", 2), ("bigbench-audio", 4)):
        assert len({s.kind for s in made[name]}) == kinds
        assert all(s.timeline.duration_ms - s.meta["turn_end_ms"] > 8000 for s in made[name])


def test_published_numbers_are_of_measures_that_there_are() -> None:
    for name in COUNTS:
        task = tasks()[name]
        assert task.published and {one.measure for one in task.published} <= {m.name for m in task.measures}
    assert len(tasks()["voicebench"].published) == 17


def test_qivds_grading_asks_for_the_right_answer(made: dict[str, Sequence[Scenario]]) -> None:
    one = next(s for s in made["voicebench"] if s.kind == "sd-qa")
    [played] = Oracle().run([one])
    assert score_correct(one, played, Comparing()).value == 1
