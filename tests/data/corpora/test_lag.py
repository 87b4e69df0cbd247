"""The model's voice is heard one tick after it is put out: there and back changes nothing."""

from dataclasses import replace

import numpy as np
import pytest

from microturn.data.corpora.lag import heard, put_out
from microturn.protocol.events import Channel
from tests.data.corpora.talks import MODEL, USER, talk, timed


def test_there_and_back_changes_nothing() -> None:
    made = talk()
    again, late_ms = put_out(heard(made))
    assert late_ms == 0.0 and again.duration_ms == made.duration_ms and again.events == made.events
    for channel, track in made.audio.items():
        np.testing.assert_array_equal(again.audio[channel].samples, track.samples)


def test_a_known_length_is_kept_and_a_silent_last_tick_goes() -> None:
    """The microphone's noise goes on to the end; so does nothing here but the length that is known."""
    made = talk()
    noisy = replace(made.audio[Channel.USER], samples=made.audio[Channel.USER].samples + np.float32(0.01))
    noisy = replace(made, audio={**made.audio, Channel.USER: noisy})
    assert put_out(noisy)[0].duration_ms == 5000.0 and put_out(made)[0].duration_ms == 4800.0
    short, _ = put_out(heard(noisy), 5000.0)
    assert short.duration_ms == 5000.0 and len(short.audio[Channel.USER].samples) == 80_000


def test_a_recorded_answer_was_put_out_a_tick_before() -> None:
    recorded, _ = put_out(talk())
    assert timed(recorded, Channel.SAY) == [(text, at - 200, until - 200) for text, at, until in MODEL]
    assert timed(recorded, Channel.HEARD) == USER


@pytest.mark.parametrize("marked", [True, False])
def test_a_voice_that_begins_at_once_keeps_its_beginning(marked: bool) -> None:
    """Whether a word says so or the sound alone: then all else moves, by a tick."""
    first = ("hello", 100.0, 700.0)
    made = talk(model=[first])
    if not marked:
        made = talk(model=[first, ("x", 900, 1000)])
        made = type(made)(
            **{**vars(made), "events": tuple(e for e in made.events if getattr(e, "text", "") != "hello")}
        )
    moved, late_ms = put_out(made)
    assert late_ms == 200.0 and moved.duration_ms == made.duration_ms + 200
    np.testing.assert_array_equal(moved.audio[Channel.MODEL].samples, made.audio[Channel.MODEL].samples)
    assert timed(moved, Channel.HEARD) == [(text, at + 200, until + 200) for text, at, until in USER]
    np.testing.assert_array_equal(moved.audio[Channel.USER].samples[3200:], made.audio[Channel.USER].samples)


def test_without_a_voice_nothing_moves() -> None:
    made = talk(model=[])
    alone = type(made)(**{**vars(made), "audio": {Channel.USER: made.audio[Channel.USER]}})
    assert put_out(alone) == (alone, 0.0)
