"""Full-Duplex-Bench v2's replies and averages, on cases worked out by hand."""

from typing import Any

import pytest

from microturn.bench.rules.fdb_v2 import CASES, EVENTS, TASK, average, curve, parse

ONE = [[[1.0, 2.5], 4, 3]]


def judged(events: list[Any], task: Any = None) -> dict[str, Any]:
    return {EVENTS: events, TASK: task}


@pytest.mark.parametrize(
    ("reply", "events", "task"),
    [
        (f'{{"{EVENTS}": [[[1, 2.5], 4, 3]], "{TASK}": 2}}', ONE, 2),
        (f'Here it is: {{"{EVENTS}": [[[1, 2.5], 4.9, "3"]], "{TASK}": 2.5}} Good luck.', ONE, 2.5),
        (f'{{"{EVENTS}": [[{{1, 2.5}}, 4, 3]], "{TASK}": null}}', ONE, None),
        (f'{{"{EVENTS}": [[{{"end_time": 2.5, "start_time": 1}}, 4, 3]]}}', ONE, None),
        (f'{{"{EVENTS}": [[["0:01", "00:02.5"], 4, 3]], "{TASK}": "4"}}', ONE, "4"),
        (f'{{"{EVENTS}": [[1, 2.5]: 4, 3], "{TASK}": 5}}', ONE, 5),
        (f'{{"{EVENTS}": [[[1, 2], null, 3]]}}', [[[1.0, 2.0], None, 3]], None),
        (f'{{"{EVENTS}": [[[[1, 2], [3, 4]], 5, 1]]}}', [[[1.0, 2.0], 5, 1], [[3.0, 4.0], 5, 1]], None),
        (f'{{"{EVENTS}": [[[1, 2.5], 4, 3],], "{TASK}": 3}}', [], 3),
        (f'{{"{EVENTS}": [[[1, 2.5], 4], [null, 4, 3]], "{TASK}": 3}}', [], 3),
        ("I would rather not.", [], None),
        ("", [], None),
    ],
)
def test_a_reply_is_read(reply: str, events: list[Any], task: Any) -> None:
    assert parse(reply) == judged(events, task)


def test_fenced_blocks_are_joined_and_the_last_task_score_wins() -> None:
    reply = f'```json\n{{"{EVENTS}": [[[0, 1], 2, 2]], "{TASK}": 3}}\n```\nand\n```\n{{"{EVENTS}": [[[1, 2.5], 4, 3]]}}\n```'
    assert parse(reply) == judged([[[0.0, 1.0], 2, 2], *ONE], 3)


def test_the_fixed_mode_forgives_a_comma_and_counts_a_score_in_quotes() -> None:
    reply = f'{{"{EVENTS}": [[[1, 2.5], 4, 3],], "{TASK}": "4",}}'
    assert parse(reply, mode="fixed") == judged(ONE, 4)
    assert average(judged([], "4"))["avg_task_specific"] is None
    assert average(judged([], "4"), mode="fixed")["avg_task_specific"] == 4


def test_averages_are_over_events_with_both_marks() -> None:
    content = judged([[[0, 1], 4, 5], [[1, 2], None, 1], [[2, 3], 3], [[5, 5], 1, 1]], 2)
    assert average(content) == {
        "n_files": 1.0,
        "n_events": 2.0,
        "avg_turn_taking": 2.5,
        "avg_instruction_following": 3.0,
        "avg_task_specific": 2.0,
    }
    assert average(content, mode="fixed")["n_events"] == 1
    assert average({})["avg_turn_taking"] is None


def test_in_the_curve_an_event_weighs_the_seconds_that_it_has_in_a_bin() -> None:
    row = curve(judged([[[0, 5], 5, 1], [[10, 20], 2, 4], [[3, 3], 1, 1], [[118, 130], 4, 4]]))
    assert row["TT[0-15]"] == 3.5 and row["IF[0-15]"] == 2.5
    assert row["TT[15-30]"] == 2.0 and row["TT[30-45]"] is None and row["TT[105-120]"] == 4.0
    assert row["n_events"] == 3.0


def test_rows_are_in_the_order_of_their_names() -> None:
    tree = {"slow": {"b": {}, "a": {}}, "fast": {"c": {}}}
    rows = CASES["Full-Duplex-Bench v2"]["cases_score"]({"tree": tree})["rows"]
    assert [(row["setup"], row["subtask"]) for row in rows] == [("fast", "c"), ("slow", "a"), ("slow", "b")]
