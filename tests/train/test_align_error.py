"""The measure of the aligner: errors with their sign, and what is taken that should not be."""

import numpy as np

from microturn.data.voices.voice import Sound, Speech
from microturn.train.align_error import Tally, changed
from microturn.train.aligner import Aligned


def test_errors_are_those_of_words_the_reasons_those_of_recordings() -> None:
    speech = Speech(np.zeros(16, np.float32), 16000, (Sound("a", 100, 200), Sound("b", 200, 300)), ())
    tally = Tally()
    tally.add(speech, Aligned((Sound("a", 110, 220), Sound("b", 190, 300)), (), (1, 1), 1.0))
    tally.add(speech, Aligned((), (), (), 0.0, "no"))
    assert tally.starts_ms == [10, -10] and tally.ends_ms == [20, 0]
    assert tally.refused == [False, True]
    assert "starts median 10 p90 10 bias +0 ms" in tally.line() and "refused 50%" in tally.line()


def test_one_word_of_four_is_exchanged() -> None:
    text = "one two three four five six seven eight"
    other = changed(text, np.random.default_rng(0))
    assert sum(a != b for a, b in zip(text.split(), other.split(), strict=True)) == 2
