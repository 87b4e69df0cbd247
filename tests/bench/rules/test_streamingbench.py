"""Letters of answers, and the polling of proactive outputs."""

import pytest

from microturn.bench.rules.streamingbench import CASES, in_time, option, poll_times

POLLING = CASES["TimeLens span extraction"]["cases_polling"]


@pytest.mark.parametrize(
    ("text", "official", "fixed"),
    [
        ("C. a red car", "C", "C"),
        ("Answer: b", "B", ""),
        ("b", "B", "B"),
        ("(d)", "D", "D"),
        ("a red car", "A", ""),
        ("The answer is D, not B", "D", "D"),
        ("I think C", "C", "C"),
        ("", "", ""),
        (None, "", ""),
        ("None of them.", "none of them", ""),
        ("1.5 times, perhaps", "1.5 times perhaps", ""),
    ],
)
def test_the_letter_of_an_answer(text: str | None, official: str, fixed: str) -> None:
    assert option(text) == official and option(text, mode="fixed") == fixed


def test_polls_go_on_to_four_seconds_after_the_right_moment() -> None:
    assert poll_times(10, 12) == [11, 12, 13, 14, 15, 16] and poll_times(10, 6) == []


@pytest.mark.parametrize(("said", "right"), [(18, True), (22, True), (17.9, False), (None, False)])
def test_two_seconds_either_way(said: float | None, right: bool) -> None:
    assert in_time(said, 20) is right


def test_the_first_yes_is_the_moment() -> None:
    asked = {"question_time": 10, "ground_truth_time": 20}
    assert POLLING({**asked, "yes_at": 21.5})["answered"] == 22
    never = POLLING({**asked, "yes_at": None})
    assert never["answered"] is None and never["correct_2s"] is False
