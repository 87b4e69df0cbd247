"""The cases say what they promise, and an outcome counts from the right moment."""

from dataclasses import replace

import numpy as np
import pytest

from microturn.bench import meanwhile
from microturn.bench.controls import tone
from microturn.bench.meanwhile import ALONE, OPEN, SILENT, SPEAKING, Case, cases, outcome
from microturn.protocol.events import Channel, Do, Text, Word
from microturn.protocol.media import MODEL_HZ
from microturn.protocol.timeline import Timeline, Track


@pytest.fixture(scope="module")
def made() -> list[Case]:
    pytest.importorskip("hibari")
    return cases(1)


def loud(case: Case, at_ms: float, until_ms: float) -> bool:
    part = case.samples_S[round(at_ms * 16) : round(until_ms * 16)]
    return bool(len(part)) and bool(np.abs(part).max() > 0.01)


def test_the_cases_are_what_their_names_say(made: list[Case]) -> None:
    kinds = [case.kind for case in made]
    assert {kind: kinds.count(kind) for kind in set(kinds)} == {
        SILENT: len(meanwhile.ERRANDS),
        SPEAKING: len(meanwhile.ERRANDS),
        OPEN: len(meanwhile.QUESTIONS),
        ALONE: len(meanwhile.QUESTIONS),
    }
    for case in made:
        assert not loud(case, case.due_ms + 20, 1e9), "the user is silent from then on"
        if case.kind == SILENT:
            assert case.due_ms == case.texts[0].at_ms and not loud(case, case.due_ms - 3000, case.due_ms)
        elif case.kind == SPEAKING:
            assert case.texts[0].at_ms < case.due_ms - 300 and loud(case, case.texts[0].at_ms, case.due_ms)
        else:
            assert loud(case, case.from_ms, case.due_ms) and loud(case, 0, case.from_ms) == (case.kind == OPEN)


def test_a_question_is_the_same_with_work_and_without(made: list[Case]) -> None:
    for one, other in zip(
        [case for case in made if case.kind == OPEN], [case for case in made if case.kind == ALONE], strict=True
    ):
        assert (one.due_ms, one.from_ms) == (other.due_ms, other.from_ms)
        first = round(one.from_ms * 16)
        assert np.array_equal(one.samples_S[first:], other.samples_S[first:])


CASE = Case(
    kind=SPEAKING,
    samples_S=np.zeros(16_000 * 8, np.float32),
    texts=(Text(at_ms=3000.0, channel=Channel.COMMENTARY, text="it is fifty six"),),
    due_ms=4000.0,
    from_ms=3000.0,
    result="it is fifty six",
)


def spoke(*at_ms: float, words: str = "it is fifty six") -> Timeline:
    """An output that speaks for 400 ms at each time, the words in the last."""
    voice = np.zeros(MODEL_HZ * 8, np.float32)
    for start_ms in at_ms:
        first = round(start_ms * MODEL_HZ / 1000)
        voice[first : first + round(0.4 * MODEL_HZ)] = tone(400.0, hz=220, rate_hz=MODEL_HZ)
    events = [Word(at_ms=at_ms[-1], until_ms=at_ms[-1] + 300, channel=Channel.SAY, text=word) for word in words.split()]
    return Timeline(
        duration_ms=8000.0, events=tuple(events), audio={Channel.MODEL: Track(samples=voice, rate_hz=MODEL_HZ)}
    )


def test_the_latency_is_to_the_first_sound_after_the_result() -> None:
    found = outcome(CASE, spoke(1000.0, 4300.0))
    assert found.latency_ms == pytest.approx(300.0, abs=20) and found.right and not found.handed_over
    over = outcome(CASE, spoke(1000.0, 3500.0, words="something else"))
    assert over.latency_ms == pytest.approx(-500.0, abs=20) and not over.right
    assert outcome(CASE, spoke(1000.0)).latency_ms is None
    noted = replace(spoke(1000.0), events=(Do(at_ms=900.0, text="delegate a sum"),))
    assert outcome(CASE, noted).handed_over
