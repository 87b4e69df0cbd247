"""PAUC on what was said, with a judge that goes by words."""

import pytest

from microturn.bench.scorers.pauc import pauc, score_duplicates
from tests.bench.judging import WordJudge
from tests.bench.worlds import Said, output, scenario

TURNS = [
    {"content": "red star", "reply_ms": [1000.0, 5000.0], "related_ms": [1000.0, 3000.0]},
    {"content": "blue ring", "reply_ms": [6000.0, 10_000.0], "related_ms": [6000.0, 8000.0]},
]
WORLD = scenario("a", meta={"turns": TURNS, "question": "what comes"})
BOTH: Said = [(1000, 1300, "red"), (1300, 1600, "star"), (6000, 6300, "blue"), (6300, 6600, "ring")]


def worth(said: Said, omega: float = 0.5) -> float:
    value = pauc(omega)(WORLD, output(said), WordJudge()).value
    assert value is not None
    return value


@pytest.mark.parametrize("omega", [0.0, 0.5, 1.0])
def test_silence_is_worth_a_quarter_and_foresight_all(omega: float) -> None:
    assert worth([], omega) == 0.25 and worth(BOTH, omega) == 1.0
    assert worth([(1000, 1300, "no"), (6000, 6300, "no")], omega) == 0.0


def test_time_counts_by_omega() -> None:
    late: Said = [(3000, 3300, "red"), (3300, 3600, "star")]
    first_turn = [2 * worth(late, omega) - 0.25 for omega in (0.0, 0.5, 1.0)]
    assert first_turn == pytest.approx([0.625, 0.8125, 1.0])


def test_part_of_the_answer_counts_half_until_it_is_whole() -> None:
    assert worth([(1000, 1300, "red"), (3000, 3300, "red"), (3300, 3600, "star")], 0.0) == pytest.approx(
        (0.75 + 0.25) / 2
    )


def test_speech_that_goes_on_into_a_turn_is_no_silence() -> None:
    always: Said = [(at, at + 400, "la") for at in range(0, 9600, 400)]
    assert worth(always) == pytest.approx(0.0, abs=0.05)


def test_what_is_said_again_is_not_judged_again_and_counted() -> None:
    judge = WordJudge()
    twice = output([(1000, 1300, "red"), (2000, 2300, "red"), (3000, 3300, "star")])
    score = pauc(1.0)(WORLD, twice, judge)
    assert [question.reply for question in judge.asked] == ["red", "red star"] and score.weight == 2
    assert {question.kind for question in judge.asked} == {"graded"}
    assert score_duplicates(WORLD, twice).value == pytest.approx(1 / 3)
    assert score_duplicates(WORLD, output()).value is None


def test_what_the_judge_cannot_tell_is_unscored() -> None:
    one = pauc(0.5)(WORLD, output([(1000, 1300, "mumble")]), WordJudge())
    assert one.value == 0.25 and one.weight == 1  # only the other turn, which was silent
    none = pauc(0.5)(WORLD, output([(1000, 1300, "mumble"), (6000, 6300, "mumble")]), WordJudge())
    assert none.value is None and "could not tell" in none.explanation
