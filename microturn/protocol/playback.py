"""When a listener would have heard it: what came over a network, played as a client plays it.

A chunk sounds when it arrives, or when the one before it has ended; a `Clear` drops what is queued and unheard. The
system's own times only say which words belong to which sound.

Letters: S samples.
"""

from dataclasses import dataclass, replace
from typing import Protocol

import numpy as np
import soxr  # pyright: ignore[reportMissingTypeStubs]
from numpy.typing import NDArray

from microturn.protocol.events import (
    Answer,
    Audio,
    Cancel,
    Card,
    Channel,
    Clear,
    Delegation,
    Do,
    Event,
    Progress,
    Result,
    Word,
)
from microturn.protocol.media import MODEL_HZ
from microturn.protocol.timeline import Timeline, Track


class Listener(Protocol):
    """A user who listens: told what was heard in the tick before (24 kHz [S]), gives the next (16 kHz [S]); None at the end."""

    def next(self, heard_S: NDArray[np.float32], /) -> NDArray[np.float32] | None: ...


@dataclass(frozen=True, kw_only=True)
class Sounded:
    """A chunk and when it began to sound, in ms since the first user sample was sent."""

    chunk: Audio
    heard_ms: float

    @property
    def length_ms(self) -> float:
        return len(self.chunk.samples) * 1000.0 / self.chunk.rate_hz

    @property
    def until_ms(self) -> float:
        return self.heard_ms + self.length_ms


class Player:
    """The loudspeaker of one conversation: `take` what comes as it comes, then ask for the `timeline`.

    `at_ms` of the system's events is the system's time; where it gives none, `speak` counts its samples.
    """

    def __init__(self) -> None:
        self.chunks: list[Sounded] = []
        self.end_ms = 0.0  # the system's time at the end of the last chunk that came
        self._kept: list[Event] = []
        self._words: list[Word] = []

    def speak(self, samples: NDArray[np.float32], rate_hz: int, arrived_ms: float) -> Audio:
        """The model's next samples [S] from a system that gives no times; returns the chunk in the system's time."""
        chunk = Audio(at_ms=self.end_ms, channel=Channel.MODEL, samples=samples, rate_hz=rate_hz)
        self.take(chunk, arrived_ms)
        return chunk

    def take(self, event: Event, arrived_ms: float) -> None:
        """An event that arrived `arrived_ms` after the first user sample was sent."""
        match event:
            case Audio(channel=Channel.MODEL):
                free_ms = self.chunks[-1].until_ms if self.chunks else 0.0
                self.chunks.append(Sounded(chunk=event, heard_ms=max(arrived_ms, free_ms, 0.0)))
                self.end_ms = event.at_ms + len(event.samples) * 1000.0 / event.rate_hz
            case Clear():
                self.chunks = _cleared(self.chunks, arrived_ms)
                self.place(replace(event, at_ms=arrived_ms))
            case Word(channel=Channel.SAY):
                self._words.append(event)
            case Word() | Do() | Delegation() | Progress() | Result() | Cancel() | Card() | Answer():
                self.place(event)
            case _:
                pass

    def lengthen(self, ring_ms: float) -> None:
        """Let each word last until the next begins or the voice stops, whose last `ring_ms` only ring on.

        For systems that send a word as it begins, with a guess of its end.
        """
        for index, word in enumerate(self._words):
            following = [other.at_ms for other in self._words[index + 1 :] if other.at_ms > word.at_ms]
            stops_ms = max(word.at_ms, self._stops_ms(word.at_ms) - ring_ms)
            self._words[index] = replace(word, until_ms=min([stops_ms, *following[:1]]))

    def _stops_ms(self, at_ms: float) -> float:
        """The system's time at which the stretch of sound that holds `at_ms` ends."""
        for played in self.chunks:
            if played.chunk.at_ms <= at_ms + 1e-6:
                at_ms = max(at_ms, played.chunk.at_ms + played.length_ms)
        return at_ms

    def place(self, event: Event) -> None:
        """An event whose time is already that of the user's clock, where it was heard or done."""
        self._kept.append(event)

    def busy(self, now_ms: float) -> bool:
        """Whether anything is still to sound."""
        return bool(self.chunks) and self.chunks[-1].until_ms > now_ms

    def sounded_ms(self, from_ms: float, now_ms: float) -> float:
        """How much of what has system time `from_ms` and later has sounded until `now_ms`."""
        since = [played for played in self.chunks if played.chunk.at_ms >= from_ms]
        return sum(min(max(now_ms - played.heard_ms, 0.0), played.length_ms) for played in since)

    def sound(self, from_ms: float, until_ms: float, rate_hz: int = MODEL_HZ) -> NDArray[np.float32]:
        """What can be heard between two times of the user's clock, of what has come: [S] at `rate_hz`, silence in gaps."""
        size = round((until_ms - from_ms) * rate_hz / 1000.0)
        heard = [played for played in self.chunks if played.heard_ms < until_ms and played.until_ms > from_ms]
        if not heard:
            return np.zeros(size, np.float32)
        moved = [replace(played, heard_ms=played.heard_ms - from_ms) for played in heard]
        track = _track(moved, until_ms - from_ms)
        return np.asarray(soxr.resample(track.samples, track.rate_hz, rate_hz), np.float32)[:size]

    def timeline(self, stimulus: Timeline) -> Timeline:
        """The output of the conversation, as long as its stimulus; words whose sound was never heard are not in it."""
        events = [*self._kept, *(moved for word in self._words if (moved := _heard(word, self.chunks)))]
        audio = {Channel.MODEL: _track(self.chunks, stimulus.duration_ms)}
        events.sort(key=lambda event: event.at_ms)
        return replace(stimulus, audio=audio, events=tuple(events), frames=(), meta={})


def _cleared(chunks: list[Sounded], at_ms: float) -> list[Sounded]:
    """What was heard before `at_ms`."""
    heard: list[Sounded] = []
    for played in chunks:
        keep = round(min(max(at_ms - played.heard_ms, 0.0), played.length_ms) * played.chunk.rate_hz / 1000)
        if keep:
            heard.append(replace(played, chunk=replace(played.chunk, samples=played.chunk.samples[:keep])))
    return heard


def _heard(word: Word, chunks: list[Sounded]) -> Word | None:
    """The word where its sound was heard; None if its sound never came or was dropped."""
    for played in chunks:
        if played.chunk.at_ms <= word.at_ms < played.chunk.at_ms + played.length_ms:
            shift_ms = played.heard_ms - played.chunk.at_ms
            return replace(word, at_ms=word.at_ms + shift_ms, until_ms=word.until_ms + shift_ms)
    return None


def _track(chunks: list[Sounded], duration_ms: float) -> Track:
    """The chunks on one track from time zero to `duration_ms`; what lies before and after is cut off."""
    rate_hz = chunks[0].chunk.rate_hz if chunks else MODEL_HZ
    samples = np.zeros(round(duration_ms * rate_hz / 1000), np.float32)
    for played in chunks:
        first = round(played.heard_ms * rate_hz / 1000)
        voice = played.chunk.samples[max(0, -first) :]
        room = samples[max(0, first) : max(0, first) + len(voice)]
        room[:] = voice[: len(room)]
    return Track(samples=samples, rate_hz=rate_hz)
