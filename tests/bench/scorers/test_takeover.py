"""The official rule on words that can be heard, and ours on sound."""

import pytest

from microturn.bench.scorers.takeover import (
    score_latency,
    score_official_latency,
    score_pause_sound,
    score_pause_takeover,
    score_turn_takeover,
)
from tests.bench.worlds import output, scenario

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
