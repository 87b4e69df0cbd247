"""Questions about what is in view."""

from microturn.bench.scorers.situated import score_answer_lag, score_correct, score_short_answer
from tests.bench.judging import WordJudge
from tests.bench.worlds import output, scenario

FIRST = {"question": "what colour is it", "answer": "it is red", "short": "red"}
QUESTIONS = [
    {**FIRST, "asked_ms": 0.0, "ready_ms": 1000.0, "until_ms": 4000.0},
    {**FIRST, "answer": "two", "short": "2", "asked_ms": 4000.0, "ready_ms": 5000.0, "until_ms": 10_000.0},
]
WORLD = scenario("a", meta={"questions": QUESTIONS})


def test_each_question_has_the_reply_before_the_next() -> None:
    said = output([(1400, 1600, "it"), (1600, 1800, "is"), (1800, 2000, "red"), (5200, 5500, "three")])
    score = score_correct(WORLD, said, WordJudge())
    assert score.value == 0.5 and score.weight == 2
    assert score_short_answer(WORLD, said).value == 0.5
    assert score_answer_lag(WORLD, said).evidence["lags_s"] == [0.2, 0.4]


def test_silence_is_wrong_and_a_judge_that_cannot_tell_is_no_verdict() -> None:
    judge = WordJudge()
    assert score_correct(WORLD, output(), judge).value == 0 and not judge.asked
    half = score_correct(WORLD, output([(5200, 5500, "mumble")]), judge)
    assert half.value == 0 and half.weight == 1
    assert score_correct(WORLD, output([(1500, 1800, "mumble"), (5200, 5500, "mumble")]), judge).value is None
    assert score_answer_lag(WORLD, output()).value is None


def test_digits_and_words_are_the_same_number() -> None:
    assert score_short_answer(WORLD, output([(5200, 5500, "two")])).value == 0.5
