"""A chunk sounds when it arrives or when its turn comes; words go with their sound; what is cleared was not said."""

import numpy as np
import pytest

from microturn.bench.audible import Sounding, said, soundings
from microturn.bench.controls import tone
from microturn.protocol.events import Audio, Channel, Clear, Event, Word
from microturn.protocol.playback import Player
from microturn.protocol.timeline import Timeline

STIMULUS = Timeline(duration_ms=4000.0)


def chunk(at_ms: float) -> Audio:
    return Audio(at_ms=at_ms, channel=Channel.MODEL, samples=tone(200), rate_hz=24_000)


def word(at_ms: float, text: str) -> Word:
    return Word(at_ms=at_ms, until_ms=at_ms + 200, channel=Channel.SAY, text=text)


def played_back(received: list[tuple[Event, float]], stimulus: Timeline) -> Timeline:
    """The output of one conversation, from its events with their times of arrival."""
    player = Player()
    for event, arrived_ms in received:
        player.take(event, arrived_ms)
    return player.timeline(stimulus)


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


def test_what_has_sounded_so_far() -> None:
    player = Player()
    assert not player.busy(0) and player.sounded_ms(0, 1000) == 0
    for arrived_ms in (1000.0, 1050.0, 1900.0):
        player.speak(tone(200), 24_000, arrived_ms)
    assert [played.heard_ms for played in player.chunks] == [1000, 1200, 1900]
    assert [played.chunk.at_ms for played in player.chunks] == [0, 200, 400] and player.end_ms == 600
    assert player.busy(2000) and not player.busy(2100)
    assert (
        player.sounded_ms(0, 1100) == 100 and player.sounded_ms(200, 1500) == 200 and player.sounded_ms(0, 3000) == 600
    )


def test_a_window_of_what_is_heard() -> None:
    player = Player()
    player.take(Audio(at_ms=0, channel=Channel.MODEL, samples=tone(200, rate_hz=16_000), rate_hz=16_000), 900)
    whole = player.timeline(STIMULUS).audio[Channel.MODEL].samples
    window = player.sound(1000, 1200)
    assert len(window) == 4800 and np.abs(window[:2300]).max() > 0.09 and np.abs(window[2500:]).max() < 0.01
    np.testing.assert_array_equal(player.sound(1000, 1200, 16_000), whole[16_000:19_200])
    assert not player.sound(0, 400).any() and len(player.sound(0, 400)) == 9600


def test_what_lies_on_the_users_clock_stays() -> None:
    player = Player()
    player.place(word(700, "yes"))
    assert player.timeline(STIMULUS).words(Channel.SAY) == [word(700, "yes")]


def test_words_that_came_with_a_guess_last_as_long_as_the_voice() -> None:
    player = Player()
    for start_ms in (0.0, 200.0, 400.0, 1000.0):  # the last of each stretch only rings on
        samples = np.full(4800, 0.1, np.float32)
        player.take(Audio(at_ms=start_ms, channel=Channel.MODEL, samples=samples, rate_hz=24_000), start_ms + 50)
    for start_ms in (0.0, 200.0, 1000.0):
        word = Word(at_ms=start_ms, until_ms=start_ms + 50, channel=Channel.SAY, text="one")
        player.take(word, start_ms + 50)
    player.lengthen(200.0)
    heard = player.timeline(Timeline(duration_ms=2000.0)).words(Channel.SAY)
    assert [(word.at_ms, word.until_ms) for word in heard] == [(50, 250), (250, 450), (1050, 1050)]
