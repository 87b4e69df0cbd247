"""Full-Duplex-Bench v3's comparison of tool calls, on cases worked out by hand."""

from typing import Any

import pytest

from microturn.bench.rules.fdb_v3 import CASES, arguments, latency, pass_report, passes, report, same_value, select


def call(function: str, **args: Any) -> dict[str, Any]:
    return {"function": function, "args": args}


A, B = call("a", x="one"), call("b", n=3)


def entry(calls: list[Any], *, expected: list[Any], said: str = "ok", **more: Any) -> dict[str, Any]:
    scenario = {"domain": "d", "difficulty": "easy", "expected_tool_calls": expected, **more}
    return {"scenario": scenario, "calls": calls, "transcript": said, "result_data": None}


def test_the_order_of_calls_is_free_and_each_counts_once() -> None:
    assert select([A, B], [B, A])["score"] == 1.0
    twice = select([A, A, B], [A, call("c")])
    assert (twice["recall"], twice["precision"], twice["score"]) == (0.333, 0.5, 0.4)
    assert (twice["unmatched_expected"], twice["unexpected_calls"]) == (["a", "b"], ["c"])


def test_no_call_has_a_precision_officially() -> None:
    none = select([A], [])
    assert (none["precision"], none["recall"], none["score"]) == (1.0, 0.0, 0.0)
    assert select([A], [], mode="fixed")["precision"] == 0.0
    assert select([], [])["score"] == select([], [], mode="fixed")["score"] == 1.0


@pytest.mark.parametrize(
    ("wanted", "got", "official", "fixed"),
    [
        ("New_York", " new york ", True, True),
        ("$flight", "anything", True, True),
        (3, "3", False, True),
        (100, 104, False, True),
        (100, 106, False, False),
        (3, 3.0, True, True),
        (True, 1, True, True),
        (["A", 1], ["a", 1], False, True),
        ("a", None, False, False),
    ],
)
def test_values(wanted: Any, got: Any, official: bool, fixed: bool) -> None:
    assert same_value(wanted, got) is official
    assert same_value(wanted, got, mode="fixed") is fixed


def test_arguments_are_right_as_a_whole() -> None:
    assert arguments([call("a", x="$ref")], [call("a", y=1)])["per_call"] == [0.0]  # free, but it has to be there
    assert arguments([A], [call("a", x="ONE", y="more")])["score"] == 1.0
    assert arguments([A, B], [B])["per_call"] == [0.0, 1.0]
    assert arguments([], [A]) == {"score": 1.0, "per_call": []}
    assert arguments([{"function": "a"}], [{"function": "a", "args": None}])["score"] == 1.0


def test_two_calls_of_one_function_are_paired_in_their_order_officially() -> None:
    expected, actual = [call("a", x=1), call("a", x=2)], [call("a", x=2), call("a", x=1)]
    assert arguments(expected, actual)["per_call"] == [0.0, 0.0]
    assert arguments(expected, actual, mode="fixed")["per_call"] == [1.0, 1.0]
    assert arguments(expected, actual[:1], mode="fixed")["per_call"] == [0.0, 1.0]


def test_latency_below_zero_is_an_interruption_but_not_when_it_rounds_to_zero() -> None:
    times = {"user_speech_end_rel": 10.0, "audio_agent_speech_start": 9.9996}
    assert latency(times) == {"available": True, "agent_response_latency_s": 0.0, "is_interruption": False}
    assert latency({**times, "audio_agent_speech_start": 9.5})["is_interruption"]
    assert latency({"user_speech_end_rel": 10.0}) == {"available": False}


def test_outcomes() -> None:
    assert passes([A], [A]) == "pass" and passes([], []) == "pass"
    assert passes([A], [A, B]) == passes([A, B], [A]) == "wrong_tools"
    assert passes([A], [call("a", x="two")]) == "wrong_arguments"


def test_reports() -> None:
    cut_in = {"user_speech_end_rel": 5.0, "audio_agent_speech_start": 4.0}
    late = {"user_speech_end_rel": 5.0, "audio_agent_speech_start": 7.0}
    entries = [
        {**entry([A], expected=[A], disfluency_features=["PAUSE"]), "result_data": cut_in},
        {**entry([], expected=[A], disfluency_features=["PAUSE", "FILLER"]), "result_data": late},
        entry([A, B], expected=[A, B], said=" ", difficulty="medium", state_rollback_test=True),
    ]
    got = report(entries)
    assert (
        got["turn_take_rate"] == 0.667 and got["tool_selection_acc"] == 0.5 and got["tool_selection_acc_all"] == 0.667
    )
    assert got["latency"] == {
        "total_samples": 2,
        "interruption_count": 1,
        "interruption_rate": 0.5,
        "avg": 2.0,
        "std": 0.0,
        "min": 2.0,
        "max": 2.0,
    }
    passed = pass_report(entries)
    assert passed["overall_pass_rate"] == 0.667 and passed["by_difficulty"] == {"easy": 0.5, "medium": 1.0}
    assert passed["by_disfluency_feature"] == {"FILLER": 0.0, "PAUSE": 0.5}
    assert passed["by_num_tools"] == {"1": 0.5, "2": 1.0}
    assert (passed["with_rollback"], passed["without_rollback"]) == (1.0, 0.5)
    assert passed["failure_breakdown"] == {"wrong_tools": 1, "wrong_arguments": 0}
    whole = CASES["Full-Duplex-Bench v3"]["cases_aggregate"]({"entries": entries})
    assert whole["pass_each"] == [True, False, True]


def test_nothing_to_report() -> None:
    assert report([])["turn_take_rate"] is None and report([])["latency"]["avg"] is None
    assert pass_report([])["overall_pass_rate"] is None
