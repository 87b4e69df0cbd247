"""A synthesiser that needs no model: every word of the lexicon is a tone of its own, between silences."""

import numpy as np

from microturn.data.lexicon import WORDS
from microturn.data.voices.voice import Sound, Speech, plain_words

RATE_HZ = 24000
LEAD_MS, WORD_MS, GAP_MS = 80.0, 240.0, 40.0


def tone_hz(word: str) -> float:
    return 300.0 + 4 * WORDS.index(word)


def say(text: str, speed: float = 1.0) -> Speech:
    """Words of 240 ms (at speed 1), 40 ms apart; the single phone of each is "aa"."""
    words: list[Sound] = []
    at_ms, word_ms = LEAD_MS, WORD_MS / speed
    for name in plain_words(text):
        words.append(Sound(name, at_ms, at_ms + word_ms))
        at_ms += word_ms + GAP_MS
    time_s = np.arange(round((at_ms - GAP_MS + LEAD_MS) * RATE_HZ / 1000)) / RATE_HZ
    samples = np.zeros(len(time_s), np.float32)
    for word in words:
        inside = (time_s * 1000 >= word.at_ms) & (time_s * 1000 < word.until_ms)
        samples[inside] = 0.3 * np.sin(2 * np.pi * tone_hz(word.text) * time_s[inside])
    return Speech(samples, RATE_HZ, tuple(words), tuple(Sound("aa", w.at_ms, w.until_ms) for w in words))


def heard_hz(speech: Speech, at_ms: float, until_ms: float) -> float:
    """The strongest frequency between two times."""
    first, stop = (round(ms * speech.rate_hz / 1000) for ms in (at_ms, until_ms))
    part = speech.samples[first:stop] * np.hanning(stop - first)
    return float(np.argmax(np.abs(np.fft.rfft(part, 1 << 15))) * speech.rate_hz / (1 << 15))
