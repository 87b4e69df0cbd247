"""PAUC on worked numbers: spans of ten seconds, grades 0 to 2."""

import pytest

from microturn.bench.rules.pauc import CASES, area, grade_in, kept, repeated, rounds, said_so_far, turn

SPAN = (20.0, 30.0)
FULL = CASES["ProactiveVideoQA PAUC"]["cases_full"]


@pytest.mark.parametrize(
    ("grades", "worth"),
    [
        ([], (0.25, 0.25, 0.25)),
        ([(20, 2)], (1, 1, 1)),
        ([(25, 2)], (0.625, 0.8125, 1)),
        ([(30, 2)], (0.25, 0.625, 1)),
        ([(20, 0)], (0, 0, 0)),
        ([(24, 1), (28, 2)], (0.5, 0.75, 1)),
    ],
)
def test_what_a_turn_is_worth(grades: list[tuple[float, float]], worth: tuple[float, ...]) -> None:
    assert [turn(grades, SPAN, omega=omega) for omega in (0, 0.5, 1)] == pytest.approx(list(worth))


def test_a_span_without_length_is_worth_nothing_officially_and_its_last_grade_when_fixed() -> None:
    assert turn([(5, 2)], (5, 5), omega=0.5) == 0.0
    assert turn([(5, 2)], (5, 5), omega=0.5, mode="fixed") == 1.0
    assert area([], 10, omega=0) == 0.0


def test_a_late_lower_grade_is_dropped_and_an_early_one_is_not() -> None:
    assert kept([(1, 2), (2, 0), (9, 1)], related_end=5) == [(1, 2), (2, 0), (9, 1)]
    assert kept([(1, 2), (6, 0), (9, 1)], related_end=5) == [(1, 2)]
    assert kept([(6, 2), (9, 0)], related_end=5) == [(6, 2), (9, 0)]  # nothing was said in time to be better


def test_what_is_said_again_is_not_judged_again() -> None:
    replies = [(1.0, "a"), (2.0, "b"), (3.0, "a"), (9.0, "c")]
    assert said_so_far(replies, (1, 3)) == [(1.0, "a"), (2.0, "a b")]
    assert repeated(replies, (1, 3)) == (1, 3)
    late_first = [(2.0, "b"), (1.0, "a")]
    assert said_so_far(late_first, (0, 5)) == [(2.0, "b"), (1.0, "b a")]
    assert said_so_far(late_first, (0, 5), mode="fixed") == [(1.0, "a"), (2.0, "a b")]


@pytest.mark.parametrize(
    ("reply", "grade"), [("3", 2), ("Score: 1, no, 2.", 1), ("12", None), ("good", None), ("2/3", 2)]
)
def test_the_grade_in_a_judges_reply(reply: str, grade: int | None) -> None:
    assert grade_in(reply) == grade


def test_rounds_end_with_the_last_span_or_the_video() -> None:
    assert [rounds(30.5, 40), rounds(30.5, 12.1), rounds(0.2, 0.1)] == [30, 13, 1]


def test_a_whole_set() -> None:
    turns = [{"content": "x", "related_timespan": [0, 4], "reply_timespan": [0, 10]} for _ in range(2)]
    gold = [{"question_id": "q", "answer": turns[:1]}, {"question_id": "r", "answer": turns[1:]}]
    got = FULL({"gold": gold, "predictions": {"q": [[5, "x"], [6, "y"]], "z": [[1, "x"]]}, "judge_table": {"x": "3"}})
    assert got["result"] == {
        "omega=0": 43.75,
        "omega=0.5": 53.12,
        "omega=1": 62.5,
        "num_videos": 2,
        "num_turns": 2,
    }
    assert got["turn_scores"] == [[{5.0: 2}], [{}]]
    assert [call["pred_joined"] for call in got["judge_calls"]] == ["x", "x y"]  # the second reply cannot be parsed
