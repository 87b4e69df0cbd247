"""What can be heard: levels, joins, clicks, and words that need sound."""

import numpy as np

from microturn.bench.audible import Sounding, said, soundings, utterances
from microturn.protocol.events import Channel
from microturn.protocol.media import MODEL_HZ
from microturn.protocol.timeline import Timeline, Track
from tests.bench.worlds import output


def test_soundings_join_short_gaps_and_keep_long_ones() -> None:
    heard = soundings(output([(1000, 1300, "a"), (1400, 1700, "b"), (3000, 3300, "c")]))
    assert heard == [Sounding(1000, 1700), Sounding(3000, 3300)]


def test_noise_below_the_level_and_clicks_are_silence() -> None:
    samples = np.full(MODEL_HZ, 1e-3, np.float32)
    samples[5000:5100] = 0.5
    assert soundings(Timeline(duration_ms=1000, audio={Channel.MODEL: Track(samples=samples, rate_hz=MODEL_HZ)})) == []
    assert soundings(Timeline(duration_ms=1000)) == []


def test_only_words_with_sound_are_said() -> None:
    voiced, mute = output([(1000, 1300, "Yes")]), output([(1000, 1300, "yes")], sound=False)
    assert [word.text for word in said(voiced)] == ["yes"]
    assert said(mute) == []


def test_a_word_without_an_end_ends_with_its_sound() -> None:
    cut = output([(1000, 1300, "yes")])
    open_ended = Timeline(
        duration_ms=cut.duration_ms, audio=cut.audio, events=output([(1000, 1000, "yes")], sound=False).events
    )
    assert [word.until_ms for word in said(open_ended)] == [1300]


def test_a_long_gap_begins_a_new_utterance() -> None:
    words = said(output([(1000, 1300, "a"), (1400, 1700, "b"), (3000, 3300, "c")]))
    assert [[word.text for word in group] for group in utterances(words)] == [["a", "b"], ["c"]]
