"""Tool calls of a live output and of a recorded result."""

from collections.abc import Sequence
from typing import Any

import pytest

from microturn.bench.judges.judge import Question, Verdict
from microturn.bench.loaders.fdb_v3 import outcome
from microturn.bench.scorers.fdb_v3 import (
    first_call,
    interrupts,
    of,
    passes,
    response_quality,
    right_arguments,
    selection,
    turn_taken,
    waiting,
)
from microturn.bench.tools import Call, note_of
from microturn.protocol.timeline import Timeline
from tests.bench.worlds import Said, output, scenario

CALLS = [{"function": "track_order", "args": {"order_id": "417"}}]
META: dict[str, Any] = {
    "expected_tool_calls": CALLS,
    "difficulty": "easy",
    "disfluency_features": ["PAUSE", "FILLER"],
    "state_rollback_test": False,
    "turn_end_ms": 2000.0,
    "reply": "it is on its way",
    "request": "where is my order",
}
WORLD = scenario("w", meta=META)


def did(said: Said = (), *calls: tuple[float, str, dict[str, Any]]) -> Timeline:
    spoken = output(said)
    notes = [note_of(Call(at_ms=at_ms, function=name, args=args)) for at_ms, name, args in calls]
    return Timeline(duration_ms=spoken.duration_ms, events=(*spoken.events, *notes), audio=spoken.audio)


RIGHT = (2400.0, "track_order", {"order_id": "417"})
ANSWER = [(2600.0, 3000.0, "okay")]


def test_a_right_call_passes_even_in_silence() -> None:
    assert passes()(WORLD, did(ANSWER, RIGHT)).value == passes()(WORLD, did([], RIGHT)).value == 1.0
    assert selection()(WORLD, did([], RIGHT)).value is None  # but the means are over turns that were taken
    assert selection(taken=False)(WORLD, did([], RIGHT)).value == 1.0


def test_wrong_calls_say_why() -> None:
    wrong = passes()(WORLD, did(ANSWER, (2400.0, "track_order", {"order_id": "418"})))
    assert wrong.value == 0.0 and "wrong arguments" in wrong.explanation
    assert "wrong tools" in passes()(WORLD, did(ANSWER)).explanation
    many = did(ANSWER, RIGHT, RIGHT)
    assert passes()(WORLD, many).value == 0.0
    assert selection()(WORLD, many).value == 0.667 and right_arguments()(WORLD, many).value == 1.0


def test_modes() -> None:
    number = did(ANSWER, (2400.0, "track_order", {"order_id": 417}))
    assert passes()(WORLD, number).value == 0.0 and passes(mode="fixed")(WORLD, number).value == 1.0


def test_measures_of_some_requests_only() -> None:
    right = did(ANSWER, RIGHT)
    assert passes(of("difficulty", "easy"))(WORLD, right).value == 1.0
    assert passes(of("difficulty", "hard"))(WORLD, right).value is None
    assert passes(of("disfluency_features", "FILLER"))(WORLD, right).value == 1.0
    assert passes(of("disfluency_features", "FALSE_START"))(WORLD, right).value is None


def test_latency_and_interruption() -> None:
    assert waiting(WORLD, did(ANSWER)).value == pytest.approx(0.6)
    assert interrupts(WORLD, did(ANSWER)).value == 0.0
    early = did([(1500.0, 1700.0, "um")])
    assert interrupts(WORLD, early).value == 1.0 and waiting(WORLD, early).value is None
    assert interrupts(WORLD, did()).value is None and turn_taken(WORLD, did()).value == 0.0
    assert first_call(WORLD, did([], RIGHT)).value == pytest.approx(0.4) and first_call(WORLD, did()).value is None


class Same:
    name, proxy = "same", True

    def ask(self, questions: Sequence[Question]) -> list[Verdict]:
        return [Verdict(value=float(q.reply == q.expected), reason="compared") for q in questions]


def test_response_quality_is_over_turns_that_were_taken() -> None:
    words = [(2600.0 + 300 * i, 2900.0 + 300 * i, word) for i, word in enumerate(META["reply"].split())]
    assert response_quality(WORLD, did(words), Same()).value == 1.0
    assert response_quality(WORLD, did(ANSWER), Same()).value == 0.0
    assert response_quality(WORLD, did(), Same()).value is None


def test_a_recorded_result_is_scored_by_its_own_times() -> None:
    result = {
        "actual_tool_calls": CALLS,
        "transcript": "",
        "asr_chunks": [{"text": "x"}],
        "user_speech_end_rel": 10.0,
        "audio_agent_speech_start": 11.25,
    }
    recorded = outcome(WORLD, result)
    assert passes()(WORLD, recorded).value == turn_taken(WORLD, recorded).value == 1.0
    assert waiting(WORLD, recorded).value == 1.25
    assert response_quality(WORLD, recorded, Same()).value == 0.0  # a transcript that is empty, whatever was recognised
    with pytest.raises(ValueError, match="actual_tool_calls"):
        outcome(WORLD, {})
