"""Takeovers, turns and interruptions on numbers of our own: the official faults, and what mends them."""

import json
from pathlib import Path

import numpy as np
import pytest

from microturn.bench.cases import run_file
from microturn.bench.rules.fdb_v1 import Taken, answer, interruption, rating, takeover, turn, turn_latency

WORKED_PAUSES = [
    ([], False),
    ([(2.0, 2.3)], False),
    ([(2.0, 2.2), (2.3, 2.6), (2.7, 2.99)], False),
    ([(2.0, 2.2), (2.3, 2.5), (2.6, 2.7), (2.75, 2.9)], True),  # more than three words
    ([(3.0, 4.0)], True),  # one second exactly
    ([(1.0, 1.3), (1.6, None)], False),  # a missing end counts as the start
    ([(1.0, 1.3), (2.2, None)], True),
    ([(1.0, 1.2), (5.0, 5.2)], True),
    ([(1.0, 1.0)] * 4, True),
    ([(2.71, 3.03), (3.04, 3.3)], False),
    ([(0.5, 1.0), (1.04, 1.23), (1.54, 1.97)], True),
    ([(4.5, 4.89)], False),
    ([(1.65, 1.94), (1.95, 2.1), (2.1, 2.44), (2.45, 2.63)], True),
    ([(4.05, 4.25), (4.3, 4.67), (4.74, 5.11)], True),
]
WORKED_TURNS = [
    (6.0, [(5.2, 5.6), (5.7, 6.6)], 0.0),  # early: not below zero
    (6.0, [(6.0, 7.2)], 0.0),
    (3.028, [(5.89, 6.34), (6.43, 6.73), (6.77, 6.91)], 2.862),
    (6.91, [(7.94, 8.28), (8.58, 8.86), (9.02, 9.35), (9.68, 9.84)], 1.03),
    (6.0, [], None),
    (6.0, [(6.3, 6.5), (6.6, 6.9)], None),  # too short to be a takeover
]
REPLY = [(7.0, 7.4), (7.5, 8.1)]


@pytest.mark.parametrize(("chunks", "taken"), WORKED_PAUSES)
def test_takeover_is_the_official_rule(chunks, taken) -> None:
    assert takeover(chunks) is taken


@pytest.mark.parametrize(("turn_end_s", "chunks", "latency_s"), WORKED_TURNS)
def test_latency_is_the_official_rule(turn_end_s, chunks, latency_s) -> None:
    got = turn_latency(chunks, turn_end_s)
    assert got == (latency_s if latency_s is None else pytest.approx(latency_s))


def test_a_word_without_an_end_crashes_the_official_turns_and_nothing_else() -> None:
    chunks = [(6.2, 6.5), (7.4, None)]
    assert turn(chunks, 6.0) == Taken(value=None, latency_s=None)
    fixed = turn(chunks, 6.0, mode="fixed")
    assert fixed.value is True and fixed.latency_s == pytest.approx(0.2)
    assert interruption(chunks, 4.0, 6.0) == Taken(value=None, latency_s=None)
    assert interruption(chunks, 4.0, 6.0, mode="fixed").value is True


def test_a_greeting_long_before_the_turns_end_is_an_answer_only_officially() -> None:
    greeting = [(0.2, 0.6), (0.7, 1.4)]
    assert turn(greeting, 6.0) == Taken(value=True, latency_s=0.0)
    assert turn(greeting, 6.0, mode="fixed") == Taken(value=False, latency_s=None)
    assert turn([*greeting, *REPLY], 6.0, mode="fixed") == Taken(value=True, latency_s=1.0)


def test_speech_that_does_not_stop_is_a_reply_only_officially() -> None:
    endless = [(0.4 * i, 0.4 * i + 0.4) for i in range(30)]
    assert interruption(endless, 4.0, 6.0).value is True
    assert interruption(endless, 4.0, 6.0, mode="fixed") == Taken(value=False, latency_s=None)
    stopped = [*endless[:11], *REPLY]
    for mode in ("official", "fixed"):
        assert interruption(stopped, 4.0, 6.0, mode=mode) == Taken(value=True, latency_s=1.0)


def test_a_reply_may_follow_at_once_on_speech_that_ended_under_the_interruption() -> None:
    ended = [(3.9, 4.3), (4.4, 4.6), (4.6, 5.0), (5.2, 5.6)]
    assert interruption([*ended, (6.0, 6.6), (6.6, 7.2)], 4.1, 5.9, mode="fixed").value is True
    assert interruption([*ended, (5.7, 6.1), (6.1, 7.2)], 4.1, 5.9, mode="fixed").value is False


def test_answers_are_whole_utterances() -> None:
    chunks = [(0.0, 0.5), (0.6, 1.0), (1.1, 1.4), (2.0, 2.4)]
    assert answer(chunks, 0.0) == chunks
    assert answer(chunks, 0.6) == chunks[3:]  # the words from 0.6 on go on with what began before
    assert answer(chunks, 2.1) == []


@pytest.mark.parametrize(
    ("reply", "rated"),
    [
        ("fine. I would rate the AI's response as 4", 4),
        ("rate the AI's response as 1, or no: I would rate the AI's response as 3.", 3),
        ("a good response", None),
        ("", None),
    ],
)
def test_the_last_rating_counts(reply, rated) -> None:
    assert rating(reply) == rated


def test_more_speech_never_loses_the_turn() -> None:
    rng = np.random.default_rng(0)
    for _ in range(200):
        starts = np.sort(rng.uniform(0, 8, size=int(rng.integers(0, 8))))
        chunks = [(float(at), float(at + rng.uniform(0.05, 0.4))) for at in starts]
        taken = [takeover(chunks[:count]) for count in range(len(chunks) + 1)]
        grown = [chunks[:count][-1][1] - chunks[0][0] for count in range(1, len(chunks) + 1)]
        if grown == sorted(grown):  # ends in order, as a recogniser gives them
            assert taken == sorted(taken)


def test_worked_cases_of_our_own(tmp_path: Path) -> None:
    def word(start: float, end: float | None) -> dict[str, object]:
        return {"text": "w", "timestamp": [start, end]}

    reply = {"interrupt_timestamp": [2.0, 3.0], "chunks": [word(3.5, 4.0), word(4.1, 5.0)]}
    rated = {**reply, "judge_reply": "I would rate the AI's response as 2"}
    short = {**rated, "chunks": [word(3.5, 4.0)]}
    content = {
        "scorer": "Full-Duplex-Bench v1 user interruption (our own numbers)",
        "cases": [{"id": "a", "input": rated, "output": {"mean_TOR": 1, "mean_latency": 0.5, "mean_rating": 2}}],
        "cases_aggregate": [
            {
                "id": "b",
                "input": {"samples": [rated, short]},
                "output": {"mean_TOR": 0.5, "mean_latency": 0.5, "mean_rating": 2, "judge_calls": 1},
            },
            {
                "id": "c",
                "input": {"samples": [short]},
                "output": {"mean_TOR": 0, "mean_latency": "ZeroDivisionError", "mean_rating": None},
            },
        ],
    }
    path = tmp_path / "own.json"
    path.write_text(json.dumps(content))
    assert [outcome.differences for outcome in run_file(path)] == [(), (), ()]
    content["cases"][0]["output"]["mean_latency"] = 0.6
    path.write_text(json.dumps(content))
    assert run_file(path)[0].differences == ("mean_latency: expected 0.6, got 0.5",)
