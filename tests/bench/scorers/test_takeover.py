"""The official rule on worked numbers (made up, scored by the official scripts), and ours on sound."""

import pytest

from microturn.bench.scorers.takeover import (
    score_latency,
    score_official_latency,
    score_pause_sound,
    score_pause_takeover,
    score_turn_takeover,
    takeover,
    turn_latency,
)
from tests.bench.worlds import output, scenario

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


@pytest.mark.parametrize(("chunks", "taken"), WORKED_PAUSES)
def test_takeover_is_the_official_rule(chunks, taken) -> None:
    assert takeover(chunks) is taken


@pytest.mark.parametrize(("turn_end_s", "chunks", "latency_s"), WORKED_TURNS)
def test_latency_is_the_official_rule(turn_end_s, chunks, latency_s) -> None:
    got = turn_latency(chunks, turn_end_s)
    assert got == (latency_s if latency_s is None else pytest.approx(latency_s))


TURN = scenario("a", meta={"pauses_ms": [[2000.0, 3000.0]], "turn_end_ms": 4000.0})
SMOOTH = scenario("b", meta={"pauses_ms": [], "turn_end_ms": 4000.0})
ANSWER = [(4500.0, 5000.0, "one"), (5000.0, 5600.0, "two")]


def test_an_answer_after_the_turn_is_no_takeover_in_the_pause() -> None:
    good = output(ANSWER)
    assert score_pause_takeover(TURN, good).value == 0
    assert score_pause_sound(TURN, good).value == 0
    assert score_latency(TURN, good).value == pytest.approx(0.5)


def test_turns_without_a_pause_have_the_official_measures() -> None:
    good = output(ANSWER)
    assert score_turn_takeover(SMOOTH, good).value == 1
    assert score_official_latency(SMOOTH, good).value == pytest.approx(0.5)
    assert score_turn_takeover(TURN, good).value is None
    assert score_official_latency(TURN, good).value is None


def test_a_slightly_early_answer_has_no_latency_and_endless_talk_is_no_answer() -> None:
    assert score_latency(SMOOTH, output([(3600.0, 5000.0, "one")])).value == 0
    assert score_latency(SMOOTH, output([(500.0, 9000.0, "one")])).value is None


def test_speech_that_begins_in_the_pause_is_a_takeover_and_no_answer() -> None:
    rude = output([(2400.0, 3000.0, "well"), (3000.0, 3600.0, "now"), *ANSWER])
    assert score_pause_takeover(TURN, rude).value == 1
    assert score_pause_sound(TURN, rude).value == 1
    assert score_latency(TURN, rude).value == pytest.approx(0.5)


def test_words_without_sound_are_not_said() -> None:
    silent = output(ANSWER, sound=False)
    assert score_turn_takeover(SMOOTH, silent).value == 0
    assert score_official_latency(SMOOTH, silent).value is None
    assert score_latency(TURN, silent).value is None


def test_a_turn_without_a_pause_is_unscored_for_pauses() -> None:
    assert score_pause_takeover(SMOOTH, output()).value is None
    assert score_pause_sound(SMOOTH, output()).value is None
