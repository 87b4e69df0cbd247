"""Gold from three annotators: majorities, what is excluded, ends, pauses, interruptions."""

import pytest

from microturn.bench.rules.turnbench_gold import FLOOR, LABELS, agree, gold

N, O, F = "Normal Turn", "Overlap", "Floor-taking Competitive Interruption"
B, A = "Continuer Backchannel", "Non-floor Taking Cooperative Interruption"


def test_two_of_three_agree_within_a_fifth_of_a_second_and_the_median_counts() -> None:
    got = agree([[(1.0, 2.0, N)], [(1.1, 2.1, N)], [(1.2, 2.05, N)]], LABELS)
    assert got.events == ((1.1, 2.05, "turn"),) and got.disputed == ()
    two = agree([[(1.0, 2.0, N)], [(1.1, 2.1, N)], [(1.0, 2.6, N)]], LABELS)
    assert two.events == ((1.05, 2.05, "turn"),) and two.disputed == ()  # the third is outvoted, not uncertain


def test_where_nobody_agrees_the_stretch_is_excluded() -> None:
    got = agree([[(1.0, 2.0, N)], [(1.5, 3.0, N)], [(8.0, 9.0, B)]], LABELS)
    assert got.events == () and got.disputed == ((1.0, 3.0), (8.0, 9.0))


def test_labels_agree_on_the_floor_before_they_agree_on_the_kind() -> None:
    tracks = [[(1.0, 2.0, N)], [(1.0, 2.0, F)], [(1.0, 2.0, O)]]
    assert agree(tracks, FLOOR).events == ((1.0, 2.0, "turn"),)
    assert agree(tracks, LABELS).events == ((1.0, 2.0, "turn"),)  # an overlap is a turn's
    assert agree([*tracks[:2], []], LABELS).disputed == ((1.0, 2.0),)
    assert agree([[(1.0, 2.0, "Nonsense")], [(1.0, 2.0, "Nonsense")], []], FLOOR).disputed == ()


def all_three(*marks) -> list:
    return [list(marks)] * 3


def test_ends_pauses_and_what_cuts_them() -> None:
    mine = all_three((0.0, 1.0, N), (2.0, 3.0, N), (6.0, 7.0, N), (8.0, 9.0, N), (8.4, 8.6, B))
    other = all_three((3.2, 5.0, N), (1.4, 1.6, B), (7.5, 7.8, A))
    got = gold({1: mine, 2: other})
    assert [row["time_s"] for row in got["eot_positive_events"] if row["speaker"] == 1] == [3.0, 9.0]
    assert [row["time_s"] for row in got["eot_positive_events"] if row["speaker"] == 2] == [5.0]
    pauses = [(row["start"], row["end"]) for row in got["eot_negative_spans"] if row["speaker"] == 1]
    assert pauses == [(1.0, 2.0), (7.0, 7.5)]  # another's murmur does not cut a pause, another's attempt does
    assert got["int_excluded"] == [{"speaker": 2, "start": 7.5, "end": 7.8}]
    assert {row["start"] for row in got["int_negative_spans"]} == {8.4, 1.4}


def test_an_interruption_is_an_event_of_who_takes_the_floor() -> None:
    got = gold({1: all_three((0.0, 3.0, N)), 2: all_three((2.5, 5.0, F))})
    assert got["int_positive_events"] == [{"speaker": 2, "time_s": 2.5}]
    assert got["eot_positive_events"] == [{"speaker": 1, "time_s": 3.0}, {"speaker": 2, "time_s": 5.0}]


@pytest.mark.parametrize("empty", [[], [[], [], []]])
def test_nothing_annotated_is_nothing(empty) -> None:
    assert not any(gold({1: empty, 2: empty}).values())
