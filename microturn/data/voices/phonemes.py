"""Text to phonemes, and the durations of phonemes to exact word and phone times: what hibari and Kokoro share.

Both speak the alphabet of misaki: one character is one token, words are split by spaces, and a pad token stands before
and after. One duration unit is 600 samples at 24 kHz (25 ms). The sound runs ahead of the durations by a lag that
belongs to the model: every time is corrected for it.
"""

from functools import lru_cache
from typing import Any

import numpy as np
from numpy.typing import NDArray

from microturn.data.voices.phones import SIL, VOWELS, misaki
from microturn.data.voices.voice import Sound, plain_words

RATE_HZ = 24000
UNIT_SAMPLES = 600
UNIT_MS = 25.0
PAUSES = frozenset(' .,;:!?—…()"“”')
_SHORT_PAUSE_MS = 75.0  # a space this short is no silence: the phone before it lasts on


@lru_cache(maxsize=1)
def hibari_tts() -> Any:
    """hibari's own object, with its phonemizer and vocabulary; one per process. Raises ValueError when not installed."""
    try:
        import hibari
    except ImportError as error:
        raise ValueError("hibari is missing: install it with `pip install 'microturn[data]'`.") from error
    return hibari.Hibari()


def onnx_session(model: bytes) -> Any:
    """An inference session on one thread of the CPU."""
    import onnxruntime

    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = options.inter_op_num_threads = 1
    options.log_severity_level = 3
    return onnxruntime.InferenceSession(model, options, providers=["CPUExecutionProvider"])


@lru_cache(maxsize=20000)
def phonemize(text: str) -> tuple[str, tuple[str, ...]]:
    """Phonemes of a text, and its words, one for each space-separated group of phonemes.

    A sentence is phonemized whole; where its groups do not match its words (digits, letters), word by word, and then
    the first group of a word carries its name and the others "". Raises ValueError for a text without words.
    """
    tts = hibari_tts()
    words = plain_words(text)
    if not words:
        raise ValueError(f"There is no word to say in {text!r}.")
    whole = _known(" ".join(tts.phonemize(" ".join(text.split()))))
    if len(whole.split(" ")) == len(words):
        return whole, tuple(words)
    groups: list[str] = []
    names: list[str] = []
    for word in words:
        spoken = _known(" ".join(tts.phonemize(word))).split()
        groups.extend(spoken)
        names.extend([word, *[""] * (len(spoken) - 1)] if spoken else [])
    return " ".join(groups), tuple(names)


def _known(phonemes: str) -> str:
    vocabulary = hibari_tts().vocab
    return " ".join("".join(symbol for symbol in phonemes if symbol in vocabulary).split())


def spans(phonemes: str, names: tuple[str, ...]) -> list[tuple[str, int, int]]:
    """(word, first token, last token + 1) with the pad at token 0, without the spaces between words."""
    found: list[tuple[str, int, int]] = []
    token = 1
    for name, group in zip(names, phonemes.split(" "), strict=True):
        if name:
            found.append((name, token, token + len(group)))
        elif found:
            found[-1] = (found[-1][0], found[-1][1], token + len(group))
        token += len(group) + 1
    return found


def _edges_ms(durations: NDArray[np.int64], lag_ms: float) -> NDArray[np.float64]:
    """Start of each token and the end of the last, corrected for the lag. Shape [tokens + 1]."""
    edges_ms = np.concatenate(([0], np.cumsum(durations))) * UNIT_MS
    return np.clip(edges_ms - lag_ms, 0, edges_ms[-1])


def word_times(phonemes: str, names: tuple[str, ...], durations: NDArray[np.int64], lag_ms: float) -> tuple[Sound, ...]:
    """When each word sounds; punctuation after it is no part of it."""
    edges_ms = _edges_ms(durations, lag_ms)
    words: list[Sound] = []
    for word, first, stop in spans(phonemes, names):
        while stop - 1 > first and phonemes[stop - 2] in PAUSES:
            stop -= 1
        words.append(Sound(word, float(edges_ms[first]), float(edges_ms[stop])))
    return tuple(words)


def phone_times(phonemes: str, durations: NDArray[np.int64], lag_ms: float) -> tuple[Sound, ...]:
    """Phone classes; a stress mark's time goes to the phone after it, a length mark's to the one before."""
    edges_ms = _edges_ms(durations, lag_ms)
    sounds = [Sound(SIL, 0.0, float(edges_ms[1]))]
    pending_ms: float | None = None
    for token, symbol in enumerate(phonemes, start=1):
        at_ms, until_ms = float(edges_ms[token]), float(edges_ms[token + 1])
        phone = misaki(symbol)
        if phone is None and symbol in "ˈˌ":
            pending_ms = at_ms
        elif (
            phone == SIL
            and until_ms - at_ms <= _SHORT_PAUSE_MS
            or phone is None
            or (phone == "r" and sounds[-1].text == "er")
        ):
            sounds[-1] = Sound(sounds[-1].text, sounds[-1].at_ms, until_ms)
        else:
            sounds.append(Sound(phone, at_ms if pending_ms is None else pending_ms, until_ms))
            pending_ms = None
    sounds.append(Sound(SIL, sounds[-1].until_ms, float(np.sum(durations)) * UNIT_MS))
    return _rhotic([sound for sound in sounds if sound.until_ms > sound.at_ms])


def _rhotic(sounds: list[Sound]) -> tuple[Sound, ...]:
    """`ax r` becomes `er` unless a vowel follows, as espeak-ng writes it."""
    merged: list[Sound] = []
    for index, sound in enumerate(sounds):
        follows = sounds[index + 1].text if index + 1 < len(sounds) else SIL
        if sound.text == "r" and merged and merged[-1].text == "ax" and follows not in VOWELS:
            merged[-1] = Sound("er", merged[-1].at_ms, sound.until_ms)
        else:
            merged.append(sound)
    return tuple(merged)


def quiet_from_ms(samples: NDArray[np.float32]) -> float:
    """End of the last 12.5 ms whose level is over 1% (-40 dB) of the loudest: the last phone contains silence.

    At 3% one last word in thirty was cut to less than 60 ms: some speakers fade that far (250 phrases of hibari).
    """
    level = np.sqrt(np.square(samples[: len(samples) // 300 * 300].reshape(-1, 300)).mean(axis=1))
    return float(np.flatnonzero(level > 0.01 * level.max())[-1] + 1) * 12.5


def ended(sounds: tuple[Sound, ...], quiet_ms: float) -> tuple[Sound, ...]:
    """The last sound ends when the speech is quiet, but lasts at least three units."""
    last = sounds[-1]
    until_ms = min(last.until_ms, max(quiet_ms, last.at_ms + 3 * UNIT_MS))
    return (*sounds[:-1], Sound(last.text, last.at_ms, until_ms))
