"""Meaning and timing, both or nothing."""

from collections.abc import Sequence

import pytest

from microturn.bench.judges.judge import Question, Verdict
from microturn.bench.scorers.expect import score_expect, score_expect_judged, score_expect_strict, score_reaction
from microturn.bench.task import Measure, Task, score_all
from tests.bench.worlds import expect, output, scenario

WORLD = scenario("a", [expect("breathe", 3000, 5000, due_ms=4000.0), expect("breathe", 7000, 9000, due_ms=8000.0)])


def said(*at_words: tuple[float, str]):
    return output([(at, at + 300, word) for at, word in at_words])


@pytest.mark.parametrize(
    ("words", "share"),
    [
        ([(4000, "breathe"), (8000, "breathe")], 1.0),
        ([(3000, "breathe"), (9000, "Breathe,")], 1.0),  # windows are inclusive; case and commas mean nothing
        ([(4000, "breathe")], 0.5),
        ([(2990, "breathe"), (9010, "breathe")], 0.0),  # right words, wrong time
        ([(4000, "sleep"), (8000, "sleep")], 0.0),  # right time, wrong words
        ([], 0.0),
    ],
)
def test_an_item_needs_meaning_and_timing(words: Sequence[tuple[float, str]], share: float) -> None:
    assert score_expect(WORLD, said(*words)).value == share


def test_text_without_voice_earns_nothing() -> None:
    assert score_expect(WORLD, output([(4000, 4300, "breathe")], sound=False)).value == 0


def test_strict_takes_away_the_item_whose_stretch_holds_unasked_speech() -> None:
    noisy = said((1000, "hello"), (4000, "breathe"), (8000, "breathe"))
    assert score_expect(WORLD, noisy).value == 1.0
    assert score_expect_strict(WORLD, noisy).value == 0.5
    after = said((4000, "breathe"), (8000, "breathe"), (9600, "bye"))
    assert score_expect_strict(WORLD, after).value == 0.5


def test_one_utterance_earns_one_item() -> None:
    both = scenario("b", [expect("two", 1000, 3000), expect("two", 1500, 3500)])
    assert score_expect(both, said((2000, "two"))).value == 0.5


def test_allowed_speech_neither_earns_nor_costs() -> None:
    world = scenario("c", [expect("okay", 500, 1500, scored=False), expect("time is up", 4000, 6000)])
    done = said((1000, "okay"), (5000, "time"), (5300, "is"), (5600, "up"))
    assert score_expect_strict(world, done).value == 1.0
    assert score_expect_strict(world, said((1000, "okay"))).value == 0.0


def test_alternatives_are_accepted() -> None:
    world = scenario("d", [expect("four seconds", 4000, 6000, **{"or": ["five seconds"]})])
    assert score_expect(world, said((5000, "5"), (5300, "seconds"))).value == 1.0


def test_a_scenario_that_expects_nothing_is_unscored() -> None:
    assert score_expect(scenario("e"), said((1000, "hello"))).value is None


def test_reaction_is_onset_after_due() -> None:
    assert score_reaction(WORLD, said((4400, "breathe"))).value == pytest.approx(0.4)
    assert score_reaction(WORLD, said()).value is None


@pytest.mark.parametrize(
    ("group_a", "group_b", "macro"),
    [
        ([(1, 1), (1, 0), (0, 1), (1, 1)], [(1, 1), (0, 0)], 0.5),
        ([(1, 1), (0, 1), (0, 1), (0, 1)], [(1, 1), (1, 1)], 0.625),
    ],
)
def test_accuracy_is_macro_averaged_over_sub_types(group_a, group_b, macro: float) -> None:
    """Worked cases: pairs of (meaning right, time right)."""
    items = [(kind, pair) for kind, group in (("a", group_a), ("b", group_b)) for pair in group]
    worlds = [scenario(f"{i}", [expect("yes", 4000, 6000)], kind=kind) for i, (kind, _) in enumerate(items)]
    outputs = [said((5000 if timing else 8000, "yes" if meaning else "no")) for _, (meaning, timing) in items]
    task = Task(
        name="t",
        summary="",
        scenarios=lambda n, seed: worlds,
        measures=(Measure(name="accuracy", scorer=score_expect, how="macro"),),
    )
    assert score_all(task, worlds, outputs)[0].estimate.value == pytest.approx(macro)


class Synonyms:
    """A judge that knows two words to mean the same, and nothing of a third."""

    name, proxy = "synonyms", True

    def __init__(self) -> None:
        self.asked = 0

    def ask(self, questions: Sequence[Question]) -> list[Verdict]:
        self.asked += len(questions)
        known = {"inhale": 1.0, "hmm": None}
        return [Verdict(value=known.get(q.reply, 0.0), reason=q.reply) for q in questions]


@pytest.mark.parametrize(
    ("words", "value", "asked"),
    [
        ([(4000, "breathe"), (8000, "breathe")], 1.0, 0),  # the very words need no judge
        ([(4000, "inhale"), (8000, "breathe")], 1.0, 1),
        ([(4000, "sleep"), (8000, "inhale")], 0.5, 2),
        ([(2000, "inhale"), (8000, "inhale")], 0.5, 1),  # nothing was said in the first window
        ([(4000, "hmm"), (8000, "breathe")], None, 1),  # the judge could not tell
        ([], 0.0, 0),
    ],
)
def test_the_judge_decides_on_other_words_in_the_window(words, value: float | None, asked: int) -> None:
    judge = Synonyms()
    assert score_expect_judged(WORLD, said(*words), judge).value == value
    assert judge.asked == asked


def test_judged_speech_earns_one_item_too() -> None:
    both = scenario("b", [expect("breathe", 1000, 3000), expect("breathe", 1500, 3500)])
    assert score_expect_judged(both, said((2000, "inhale")), Synonyms()).value == 0.5
    assert score_expect_judged(scenario("e"), said((1000, "inhale")), Synonyms()).value is None
