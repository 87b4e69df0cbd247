"""Voices spliced from recordings (`takes`): hundreds of times real time, with exact word and phone times.

A text is covered, from its start, by the longest runs of words that the speaker once said in one breath; pieces are
cut in the quietest place between words, brought to one tempo and level, and joined by a crossfade. A warp then moves
pitch and formants together, so that each recorded speaker gives three.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

import numpy as np
import soxr
from numpy.typing import NDArray

from microturn.data.voices.stretch import stretched
from microturn.data.voices.takes import LEVEL, Recording, Take, load_recording
from microturn.data.voices.voice import Sound, Speech, plain_words

WARPS = (1.0, 0.89, 1.12)
_FADE_MS = 10.0
_REACH_MS, _BREATH_MS = 10.0, 25.0  # a cut may lie this far inside a word, and this far outside
_QUIET_MS = 4.0  # the window in which the level of a place is measured
_TEMPO = (0.75, 1.3)  # the most a piece is sped down or up
_GAIN_DB = 4.0
_PEAK = 0.98

Samples = NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class _Run:
    """Words [first, stop) of a take."""

    take: Take
    first: int
    stop: int


@dataclass(frozen=True, slots=True)
class _Piece:
    """Samples of a run; the cuts lie half a crossfade inside both ends. Times in ms from the first cut."""

    samples: Samples
    words: tuple[Sound, ...]
    phones: tuple[Sound, ...]


@dataclass(frozen=True, slots=True)
class _Shelf:
    """A recording and where each word was said: (take, index of the word in it)."""

    recording: Recording
    places: dict[str, list[tuple[Take, int]]]


@lru_cache(maxsize=64)
def _shelf(path: Path) -> _Shelf:
    recording = load_recording(path)
    places: dict[str, list[tuple[Take, int]]] = {}
    for take in recording.takes:
        for index, word in enumerate(take.words):
            places.setdefault(word.text, []).append((take, index))
    return _Shelf(recording, places)


@dataclass(frozen=True, kw_only=True)
class Spliced:
    """A recorded speaker; `warp` over 1 is a shorter vocal tract, a higher pitch and a faster tongue."""

    path: Path
    warp: float = 1.0

    @property
    def name(self) -> str:
        return f"{self.path.parent.name}/{self.path.stem}*{self.warp:.2f}"

    def say(self, text: str, *, seed: int = 0, speed: float = 1.0) -> Speech:
        """Speech at the rate of the recording. The seed picks takes, tempo (5%) and levels.

        Raises ValueError for a word that the speaker never said.
        """
        rng = np.random.default_rng(seed)
        shelf = _shelf(self.path)
        names = plain_words(text)
        if not names:
            raise ValueError(f"There is no word to say in {text!r}.")
        for name in names:
            if name not in shelf.places:
                raise ValueError(
                    f"{self.path} lacks the word {name!r}: `python -m microturn.data.voices.bank` adds it."
                )
        tempo = speed * float(rng.uniform(0.95, 1.05))
        runs = _cover(names, shelf, rng)
        pieces = [_piece(run, shelf.recording, tempo, rng) for run in runs]
        return _warped(_joined(pieces, shelf.recording.rate_hz), self.warp)


def _cover(names: list[str], shelf: _Shelf, rng: np.random.Generator) -> list[_Run]:
    """The fewest runs that say `names`; of several takes, one that begins or ends as the text does, then any."""
    runs: list[_Run] = []
    at = 0
    while at < len(names):
        options: list[tuple[int, int, _Run]] = []
        for take, first in shelf.places[names[at]]:
            count = _common(names[at:], take.words[first:])
            begins = (first == 0) == (at == 0)
            ends = (first + count == len(take.words)) == (at + count == len(names))
            options.append((count, begins + 2 * ends, _Run(take, first, first + count)))
        best = max(option[:2] for option in options)
        fitting = [run for count, fit, run in options if (count, fit) == best]
        runs.append(fitting[int(rng.integers(len(fitting)))])
        at += best[0]
    return runs


def _common(names: list[str], words: tuple[Sound, ...]) -> int:
    """How many words agree from the start."""
    count = 0
    for name, word in zip(names, words, strict=False):
        if name != word.text:
            break
        count += 1
    return count


def _piece(run: _Run, recording: Recording, tempo: float, rng: np.random.Generator) -> _Piece:
    """The run as it sounds at a tempo."""
    take, rate_khz = run.take, recording.rate_hz / 1000
    start_ms, stop_ms = _cuts_ms(run, recording)
    half = _half(recording.rate_hz)
    factor = 1 / float(np.clip(tempo / take.speed, *_TEMPO))
    start, stop = round(start_ms * rate_khz), round(stop_ms * rate_khz)
    samples = stretched(_slice(recording, take, start - 2 * half, stop + 2 * half), factor)
    first, last = round(2 * half * factor), round((2 * half + stop - start) * factor)
    until_ms = (last - first) / rate_khz

    def placed(sounds: Iterable[Sound]) -> tuple[Sound, ...]:
        moved = [(s.text, (s.at_ms - start_ms) * factor, (s.until_ms - start_ms) * factor) for s in sounds]
        return tuple(Sound(text, max(at, 0.0), min(until, until_ms)) for text, at, until in moved)

    words = take.words[run.first : run.stop]
    phones = (p for p in take.phones if words[0].at_ms - 1 < p.at_ms < words[-1].until_ms - 1)
    return _Piece(samples[first - half : last + half] * _gain(samples, rng), placed(words), placed(phones))


def _cuts_ms(run: _Run, recording: Recording) -> tuple[float, float]:
    """Where the run is cut out of its take: in the quietest place near its first and last word."""
    words = run.take.words
    start_ms, stop_ms = words[run.first].at_ms, words[run.stop - 1].until_ms
    before = words[run.first - 1].until_ms - _REACH_MS if run.first else 0.0
    after = words[run.stop].at_ms + _REACH_MS if run.stop < len(words) else np.inf
    early = (max(before, start_ms - _BREATH_MS), start_ms + _REACH_MS)
    late = (stop_ms - _REACH_MS, min(after, stop_ms + _BREATH_MS))
    return _quietest_ms(recording, run.take, *early), _quietest_ms(recording, run.take, *late)


def _quietest_ms(recording: Recording, take: Take, low_ms: float, high_ms: float) -> float:
    """The quietest place between two times of a take."""
    rate_khz = recording.rate_hz / 1000
    window = round(_QUIET_MS * rate_khz)
    first, stop = round(low_ms * rate_khz), max(round(high_ms * rate_khz), round(low_ms * rate_khz) + 1)
    power = np.cumsum(np.square(_slice(recording, take, first - window // 2, stop + window - window // 2)))
    return (first + int(np.argmin(power[window:] - power[:-window]))) / rate_khz


def _slice(recording: Recording, take: Take, first: int, stop: int) -> Samples:
    """Samples [first, stop) of a take, float32, with zeros outside it."""
    length = take.stop - take.first
    inside = recording.samples[take.first + max(first, 0) : take.first + min(stop, length)]
    samples = np.divide(inside, 32768, dtype=np.float32)
    return np.pad(samples, (max(-first, 0), max(stop - length, 0)))


def _gain(samples: Samples, rng: np.random.Generator) -> np.float32:
    """Half way to the level of the takes, and a little more or less."""
    level = max(float(np.sqrt(np.square(samples).mean())), 1e-4)
    gain_db = float(np.clip(10 * np.log10(LEVEL / level), -_GAIN_DB, _GAIN_DB) + rng.uniform(-1, 1))
    return np.float32(10 ** (gain_db / 20))


def _half(rate_hz: int) -> int:
    """Half a crossfade, in samples."""
    return round(_FADE_MS / 2000 * rate_hz)


def _joined(pieces: list[_Piece], rate_hz: int) -> Speech:
    """The pieces one after the other: each cut lies on the next one's."""
    half = _half(rate_hz)
    fade = np.linspace(0, 1, 2 * half, dtype=np.float32)
    starts = np.cumsum([0, *(len(piece.samples) - 2 * half for piece in pieces)]).tolist()
    samples = np.zeros(starts[-1] + 2 * half, np.float32)
    words: list[Sound] = []
    phones: list[Sound] = []
    for piece, start in zip(pieces, starts, strict=False):
        faded = piece.samples.copy()
        faded[: 2 * half] *= fade
        faded[-2 * half :] *= fade[::-1]
        samples[start : start + len(faded)] += faded
        at_ms = (start + half) * 1000 / rate_hz
        words += (Sound(s.text, s.at_ms + at_ms, s.until_ms + at_ms) for s in piece.words)
        phones += (Sound(s.text, s.at_ms + at_ms, s.until_ms + at_ms) for s in piece.phones)
    samples *= np.float32(_PEAK / max(_PEAK, float(np.abs(samples).max())))
    return Speech(samples, rate_hz, tuple(words), tuple(phones))


def _warped(speech: Speech, warp: float) -> Speech:
    """Pitch and formants times `warp`, time divided by it."""
    if warp == 1.0:
        return speech
    rate_hz = speech.rate_hz
    samples = np.asarray(soxr.resample(speech.samples, rate_hz * warp, rate_hz, quality="MQ"), np.float32)
    parts = [tuple(Sound(s.text, s.at_ms / warp, s.until_ms / warp) for s in p) for p in (speech.words, speech.phones)]
    return Speech(np.clip(samples, -1, 1), rate_hz, parts[0], parts[1])


def speakers(folder: Path, warps: tuple[float, ...] = WARPS) -> list[Spliced]:
    """Every recorded speaker of a folder with each warp, in the order of their names. Raises ValueError for none."""
    paths = sorted(folder.glob("*.json"))
    if not paths:
        raise ValueError(
            f"There is no recorded speaker in {folder}; `python -m microturn.data.voices.bank` makes them."
        )
    return [Spliced(path=path, warp=warp) for path in paths for warp in warps]
