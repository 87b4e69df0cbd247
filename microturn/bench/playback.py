"""When a listener would have heard it: what came over a network, played as a client plays it.

A chunk sounds when it arrives, or when the one before it has ended; a `Clear` drops what is queued and unheard. The
system's own times only say which words belong to which sound.
"""

from collections.abc import Iterable
from dataclasses import dataclass, replace

import numpy as np

from microturn.protocol.events import Audio, Channel, Clear, Do, Event, Word
from microturn.protocol.media import MODEL_HZ
from microturn.protocol.timeline import Timeline, Track


@dataclass(frozen=True, kw_only=True)
class Played:
    """A chunk and when it began to sound, in ms since the first user sample was sent."""

    chunk: Audio
    heard_ms: float

    @property
    def length_ms(self) -> float:
        return len(self.chunk.samples) * 1000.0 / self.chunk.rate_hz


def played_back(received: Iterable[tuple[Event, float]], stimulus: Timeline) -> Timeline:
    """The output `Timeline` of one conversation, from its events with their times of arrival, for a driver."""
    chunks: list[Played] = []
    kept: list[Event] = []
    words: list[Word] = []
    for event, arrived_ms in received:
        match event:
            case Audio(channel=Channel.MODEL):
                free_ms = chunks[-1].heard_ms + chunks[-1].length_ms if chunks else 0.0
                chunks.append(Played(chunk=event, heard_ms=max(arrived_ms, free_ms, 0.0)))
            case Clear():
                chunks = _cleared(chunks, arrived_ms)
                kept.append(replace(event, at_ms=arrived_ms))
            case Word(channel=Channel.SAY):
                words.append(event)
            case Word() | Do():
                kept.append(event)
            case _:
                pass
    kept += [moved for word in words if (moved := _heard(word, chunks))]
    audio = {Channel.MODEL: _track(chunks, stimulus.duration_ms)}
    return replace(stimulus, audio=audio, events=tuple(sorted(kept, key=lambda e: e.at_ms)), frames=(), meta={})


def _cleared(chunks: list[Played], at_ms: float) -> list[Played]:
    """What was heard before `at_ms`."""
    heard: list[Played] = []
    for played in chunks:
        keep = round(min(max(at_ms - played.heard_ms, 0.0), played.length_ms) * played.chunk.rate_hz / 1000)
        if keep:
            heard.append(replace(played, chunk=replace(played.chunk, samples=played.chunk.samples[:keep])))
    return heard


def _heard(word: Word, chunks: list[Played]) -> Word | None:
    """The word where its sound was heard; None if its sound never came or was dropped."""
    for played in chunks:
        if played.chunk.at_ms <= word.at_ms < played.chunk.at_ms + played.length_ms:
            shift_ms = played.heard_ms - played.chunk.at_ms
            return replace(word, at_ms=word.at_ms + shift_ms, until_ms=word.until_ms + shift_ms)
    return None


def _track(chunks: list[Played], duration_ms: float) -> Track:
    rate_hz = chunks[0].chunk.rate_hz if chunks else MODEL_HZ
    samples = np.zeros(round(duration_ms * rate_hz / 1000), np.float32)
    for played in chunks:
        first = round(played.heard_ms * rate_hz / 1000)
        room = samples[first : first + len(played.chunk.samples)]
        room[:] = played.chunk.samples[: len(room)]
    return Track(samples=samples, rate_hz=rate_hz)
