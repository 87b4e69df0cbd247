"""The model's own voice: whole ticks per word, the sound on the tick, nothing lost."""

import numpy as np
import pytest

from microturn.data.voices.hibari import UNITS_PER_TICK, OwnVoice, _resized

TICK_SAMPLES = 4800


@pytest.mark.parametrize("text", ["stop", "the answer is yes", "apple, banana and window.", "it is 17 o'clock"])
def test_words_tile_the_ticks_and_the_samples_fill_them(text: str) -> None:
    speech = OwnVoice().say(text)
    assert [word for word, _, _ in speech.words] == text.replace(",", "").replace(".", "").split()
    next_tick = 0
    for _, first_tick, n_ticks in speech.words:
        assert first_tick == next_tick
        assert n_ticks >= 1
        next_tick += n_ticks
    assert speech.samples.shape == (next_tick * TICK_SAMPLES,)
    assert speech.f0_hz.shape == (next_tick * 16,)
    assert speech.n_ticks == next_tick


@pytest.mark.parametrize("text", ["one six", "now seven", "you see", "blue cell"])
def test_the_hiss_of_a_word_begins_near_its_tick(text: str) -> None:
    """Energy over 6 kHz first reaches 30% of its peak within 50 ms (4 frames) of the word's tick."""
    speech = OwnVoice().say(text)
    frames = speech.samples.reshape(-1, 300)
    hiss = np.square(np.abs(np.fft.rfft(frames, axis=1))[:, 75:]).sum(axis=1)
    tick = speech.words[1][1] * 16
    near = hiss[tick - 12 : tick + 12]
    assert abs(int(np.argmax(near > 0.3 * near.max())) - 12) <= 4


def test_the_same_text_gives_the_same_samples() -> None:
    assert np.array_equal(OwnVoice().say("hello there").samples, OwnVoice().say("hello there").samples)


@pytest.mark.parametrize("total", [4, 8, 16, 40])
def test_resized_durations_keep_the_total_and_every_phone(total: int) -> None:
    resized = _resized(np.array([2, 3, 9, 4]), list("tˈAn"), total)
    assert resized.sum() == total
    assert (resized >= 1).all()
    assert total <= UNITS_PER_TICK or resized.argmax() == 2
