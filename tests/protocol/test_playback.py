"""A chunk sounds when it arrives or when its turn comes; words go with their sound; what is cleared was not said."""

import pytest

from microturn.bench.audible import Sounding, said, soundings
from microturn.bench.controls import tone
from microturn.protocol.events import Audio, Channel, Clear, Event, Word
from microturn.protocol.playback import played_back
from microturn.protocol.timeline import Timeline

STIMULUS = Timeline(duration_ms=4000.0)


def chunk(at_ms: float) -> Audio:
    return Audio(at_ms=at_ms, channel=Channel.MODEL, samples=tone(200), rate_hz=24_000)


def word(at_ms: float, text: str) -> Word:
    return Word(at_ms=at_ms, until_ms=at_ms + 200, channel=Channel.SAY, text=text)


def test_what_comes_late_is_heard_late() -> None:
    received: list[tuple[Event, float]] = [(word(1000, "yes"), 1250), (chunk(1000), 1250), (chunk(1200), 1300)]
    output = played_back(received, STIMULUS)
    assert soundings(output) == [Sounding(1250, 1650)]
    assert [(w.text, w.at_ms) for w in said(output)] == [("yes", 1250)]
    assert output.duration_ms == STIMULUS.duration_ms


def test_a_clear_drops_what_was_queued() -> None:
    received: list[tuple[Event, float]] = [
        (chunk(1000), 1000),
        (chunk(1200), 1000),
        (chunk(1400), 1000),
        (word(1400, "three"), 1000),
        (Clear(at_ms=1200), 1300),
    ]
    output = played_back(received, STIMULUS)
    assert soundings(output)[0].until_ms == pytest.approx(1300)
    assert said(output) == []


def test_silence_is_a_silent_track() -> None:
    output = played_back([], STIMULUS)
    assert soundings(output) == []
    assert output.audio[Channel.MODEL].duration_ms == STIMULUS.duration_ms
