"""What a user would have heard of the model: sound first, words only where there is sound.

A `say` word without audio at its time was not said: text alone earns nothing. Levels are RMS over 10 ms; the model's
track lies on the media clock where it would be heard, so these are times at the listener's ear.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

import numpy as np

from microturn.protocol.events import Channel, Word
from microturn.protocol.timeline import Timeline, Track

FRAME_MS = 10.0
AUDIBLE_DBFS = -45.0  # a voice at a normal level is at -30 to -15, a quantised silence below -70
JOIN_MS = 200.0  # shorter gaps are inside a word (closures, stretched ticks), not silence
LEAST_MS = 40.0  # shorter sounds are clicks
WORD_MS = 400.0  # a word that gives no end is looked for this long


@dataclass(frozen=True, order=True)
class Sounding:
    """A stretch in which the model can be heard: [at_ms, until_ms)."""

    at_ms: float
    until_ms: float


def soundings(timeline: Timeline, *, join_ms: float = JOIN_MS) -> list[Sounding]:
    """The stretches in which the model's voice is audible, gaps under `join_ms` closed, clicks dropped."""
    track = timeline.audio.get(Channel.MODEL)
    if track is None or len(track.samples) == 0:
        return []
    edges = np.flatnonzero(np.diff(np.concatenate([[0], _loud(track).astype(np.int8), [0]])))
    found: list[Sounding] = []
    for start, stop in edges.reshape(-1, 2) * FRAME_MS:
        if found and start - found[-1].until_ms < join_ms:
            found[-1] = Sounding(found[-1].at_ms, float(stop))
        else:
            found.append(Sounding(float(start), float(stop)))
    return [s for s in found if s.until_ms - s.at_ms >= LEAST_MS]


def _loud(track: Track) -> np.ndarray[tuple[int], np.dtype[np.bool_]]:
    size = round(track.rate_hz * FRAME_MS / 1000.0)
    frames = -(-len(track.samples) // size)
    padded = np.zeros(frames * size)
    padded[: len(track.samples)] = track.samples
    rms = np.sqrt(np.mean(padded.reshape(frames, size) ** 2, axis=1))
    return rms > 10 ** (AUDIBLE_DBFS / 20)


def said(timeline: Timeline) -> list[Word]:
    """The model's `say` words that can be heard, lower case, in order, each with an end (see module)."""
    sounds = soundings(timeline)
    words = timeline.words(Channel.SAY)
    heard: list[Word] = []
    for index, word in enumerate(words):
        until_ms = word.until_ms if word.until_ms > word.at_ms else word.at_ms + WORD_MS
        if overlap_ms(sounds, word.at_ms, until_ms) < LEAST_MS:
            continue
        if word.until_ms <= word.at_ms:
            last_ms = max(min(s.until_ms, until_ms) for s in sounds if s.at_ms < until_ms)
            later = [after.at_ms for after in words[index + 1 :] if after.at_ms > word.at_ms]
            until_ms = min([last_ms, *later[:1]])
        heard.append(replace(word, text=word.text.lower(), until_ms=until_ms))
    return heard


def overlap_ms(sounds: Iterable[Sounding], at_ms: float, until_ms: float) -> float:
    """How long the model is audible within [at_ms, until_ms)."""
    return sum(max(0.0, min(s.until_ms, until_ms) - max(s.at_ms, at_ms)) for s in sounds)


def utterances(words: Sequence[Word], *, gap_ms: float = 600.0) -> list[list[Word]]:
    """Words grouped into utterances: a gap of `gap_ms` or more begins a new one."""
    groups: list[list[Word]] = []
    for word in words:
        if groups and word.at_ms - groups[-1][-1].until_ms < gap_ms:
            groups[-1].append(word)
        else:
            groups.append([word])
    return groups
