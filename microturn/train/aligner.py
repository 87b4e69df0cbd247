"""When each word of a known text sounds in a recording: Viterbi over the chances that a small net gives the phones.

    aligned = Aligner.load().align(samples, rate_hz, "hello there")
    aligned.words, aligned.confidence, aligned.reason       # reason "" is accepted

Pronunciations are those of hibari's phonemizer (extra `data`), in the sentence and of the word alone; sounds that
speakers and dialects exchange count as each other in part. A frame is 10 ms.

Letters: S samples, F frames, M mel bins, P phone classes.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from itertools import groupby
from pathlib import Path

import numpy as np
import torch
from numpy.typing import NDArray

from microturn.data.voices.phonemes import phone_times, phonemize
from microturn.data.voices.phones import PHONE_ID, PHONES, SIL
from microturn.data.voices.voice import Sound
from microturn.features.audio import resample
from microturn.model.phone_net import FRAME_MS, RATE_HZ, PhoneNet, load_phone_net, phone_mel
from microturn.protocol.released import released_file
from microturn.train.viterbi import SILENCE, best_path, chain

LONGEST_S = 120.0
SILENT = 1e-3  # a peak of -60 dB full scale
LEAST_FIT = 0.3  # of the whole; `align_error` measures what these let through
LEAST_WORD = 0.04  # of a word of TELLING phones or more: shorter ones are often swallowed
TELLING = 3
MOST_UNTOLD_MS = 400.0
MOST_UNSURE = 2.6  # entropy of a frame's phones, in nepers: speech has 0.5 to 2.2, steady noises 2.7 to 3.3
Variants = Mapping[str, Sequence[Sequence[str]]]

# Sounds that speakers exchange: each counts for a share of the other.
SHARE = 0.3
ALIKE = (
    *("t dx", "d dx", "t d", "d dh", "th t", "z s", "zh jh", "sh ch", "n ng", "v f", "w v", "y iy", "l ow", "r er"),
    *("ax ih", "ax ah", "ax eh", "ax uh", "ax er", "ax ae", "ax iy", "ah aa", "aa ao", "ao ow", "ih iy", "ih eh"),
    *("eh ae", "eh ey", "uh uw", "uh ow", "er ao", "ay aa", "aw aa", "ax aa", "ax ow", "aa ae"),
)


@dataclass(frozen=True, slots=True)
class Aligned:
    """Words in the order of the text and phones without gaps, in ms from the first sample, and how well they fit.

    `confidence` has a number in [0, 1] for each word, `fit` is that of the whole; `reason` says why the recording
    should not be used, and is empty when it may.
    """

    words: tuple[Sound, ...]
    phones: tuple[Sound, ...]
    confidence: tuple[float, ...]
    fit: float
    reason: str = ""


@dataclass(frozen=True)
class Aligner:
    """A net that hears phones, and what a recording must reach to be accepted."""

    net: PhoneNet
    least_fit: float = LEAST_FIT
    least_word: float = LEAST_WORD

    @classmethod
    def load(cls, path: Path | None = None) -> "Aligner":
        """The released aligner, or that of a file. Raises ValueError or FileNotFoundError when there is none."""
        return cls(load_phone_net(path or released_file("aligner.safetensors")))

    def chances(self, samples_S: NDArray[np.float32], rate_hz: int) -> NDArray[np.float32]:
        """Logarithms of the chance of each phone class in each 10 ms: float32 [F, P]."""
        mel_FM = phone_mel(resample(samples_S, rate_hz, RATE_HZ))
        with torch.inference_mode():
            return self.net(torch.from_numpy(mel_FM)[None])[0].log_softmax(dim=1).numpy()

    def align(
        self, samples_S: NDArray[np.float32], rate_hz: int, text: str, variants: Variants | None = None
    ) -> Aligned:
        """Times of the words and phones of `text` in mono speech; `variants` adds pronunciations of words.

        What cannot be aligned comes back without words and with a reason.
        """
        try:
            words = pronunciations(text, variants or {})
        except ValueError as error:
            return _refused(str(error))
        seconds = len(samples_S) / rate_hz
        if not 0.05 <= seconds <= LONGEST_S:
            return _refused(f"the recording lasts {seconds:.2f} s; the aligner takes 0.05 to {LONGEST_S:.0f} s")
        if float(np.abs(samples_S).max()) < SILENT:
            return _refused("the recording is silent")
        raw_FP = self.chances(samples_S, rate_hz)
        shared_FP = shared(raw_FP)
        made = chain([[[PHONE_ID[p] for p in phones] for phones in options] for _, options in words], PHONE_ID[SIL])
        path_F = best_path(shared_FP, made)
        if path_F is None:
            return _refused(f"{seconds:.1f} s are too short for {len(words)} words")
        phone_F, word_F, place_F = (np.asarray(x)[path_F] for x in (made.phone, made.word, made.place))
        loss_F = np.maximum(raw_FP.max(axis=1) - shared_FP[np.arange(len(path_F)), phone_F], 0)
        sounds = _runs(place_F, [PHONES[i] for i in phone_F])
        spans = [np.flatnonzero(word_F == index) for index in range(len(words))]
        timed = tuple(
            Sound(word, span[0] * FRAME_MS, (span[-1] + 1) * FRAME_MS)
            for (word, _), span in zip(words, spans, strict=True)
        )
        confidence = tuple(float(np.exp(-loss_F[span].mean())) for span in spans)
        if _entropy(raw_FP[word_F != SILENCE]) > MOST_UNSURE:
            return _refused("there is no clear speech in it")
        untold_F = (word_F == SILENCE) & (loss_F > 2)
        fit = float(np.exp(-loss_F[(word_F != SILENCE) | untold_F].mean()))
        untold_ms = float(untold_F.sum()) * FRAME_MS
        telling = [c for c, (_, options) in zip(confidence, words, strict=True) if min(map(len, options)) >= TELLING]
        worst = min(telling, default=1.0)
        reason = self._reason(fit, worst, words[confidence.index(worst)][0] if telling else "", untold_ms)
        return Aligned(timed, sounds, confidence, fit, reason)

    def _reason(self, fit: float, worst: float, worst_word: str, untold_ms: float) -> str:
        if fit < self.least_fit:
            return f"the text does not match the sound (fit {fit:.2f}, at least {self.least_fit:.2f})"
        if worst < self.least_word:
            return f"the word {worst_word!r} is not heard (confidence {worst:.2f})"
        if untold_ms > MOST_UNTOLD_MS:
            return f"{untold_ms:.0f} ms of sound are not in the text"
        return ""


def _refused(reason: str) -> Aligned:
    return Aligned((), (), (), 0.0, reason)


def _runs(place_F: NDArray[np.int64], names: list[str]) -> tuple[Sound, ...]:
    """Frames of one place together."""
    sounds: list[Sound] = []
    for _, group in groupby(range(len(names)), key=lambda frame: place_F[frame]):
        frames = list(group)
        sounds.append(Sound(names[frames[0]], frames[0] * FRAME_MS, (frames[-1] + 1) * FRAME_MS))
    return tuple(sounds)


def shared(chances_FP: NDArray[np.float32]) -> NDArray[np.float32]:
    """Each phone's chance with a share of those it is exchanged with."""
    return np.log(np.exp(chances_FP) @ _shares() + np.float32(1e-6))


def _entropy(chances_FP: NDArray[np.float32]) -> float:
    """Of the phones of a frame, the mean over frames, in nepers."""
    return float(-(np.exp(chances_FP) * chances_FP).sum(axis=1).mean())


@cache
def _shares() -> NDArray[np.float32]:
    shares = np.eye(len(PHONES), dtype=np.float32)
    for pair in ALIKE:
        one, other = (PHONE_ID[phone] for phone in pair.split())
        shares[one, other] = shares[other, one] = SHARE
    return shares


def pronunciations(text: str, variants: Variants) -> list[tuple[str, list[tuple[str, ...]]]]:
    """Each word of a text with its pronunciations as phone classes. Raises ValueError when a word has none."""
    phonemes, names = phonemize(text)
    groups: list[tuple[str, str]] = []
    for name, group in zip(names, phonemes.split(" "), strict=True):
        if name:
            groups.append((name, group))
        else:
            groups[-1] = (groups[-1][0], f"{groups[-1][1]} {group}")
    found: list[tuple[str, list[tuple[str, ...]]]] = []
    for word, group in groups:
        options = [_phones(group), _phones(phonemize(word)[0]), *(tuple(v) for v in variants.get(word, ()))]
        kept = [option for option in dict.fromkeys(options) if option]
        if not kept:
            raise ValueError(f"there is no pronunciation of {word!r}: spell it out")
        found.append((word, kept))
    return found


def _phones(phonemes: str) -> tuple[str, ...]:
    """Phone classes of a word's phonemes, without pauses."""
    sounds = phone_times(phonemes, np.ones(len(phonemes) + 2, np.int64), 0.0)
    return tuple(sound.text for sound in sounds if sound.text != SIL)
