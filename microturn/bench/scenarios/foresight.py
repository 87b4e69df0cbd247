"""An oracle's script: the model's words moved to the very times at which they are due, as only foresight can say them.

Scenes are scripted for a model that has to see first and speaks a tick later; where a suite measures the lag itself, a
perfect score takes a speaker without one.
"""

from collections.abc import Callable, Sequence
from dataclasses import replace

import numpy as np

from microturn.bench.task import Scenario
from microturn.protocol.events import Channel, Event, Word
from microturn.protocol.timeline import Timeline, Track

Make = Callable[[int, int], Sequence[Scenario]]
Onsets = Callable[[Timeline], Sequence[float]]


def foreseen(make: Make, onsets: Onsets) -> Make:
    """The scenarios of `make` with the n-th thing that the model is to say moved to the n-th of `onsets`, in ms."""

    def moved(n: int, seed_base: int) -> Sequence[Scenario]:
        return [replace(s, timeline=on_time(s.timeline, onsets(s.timeline))) for s in make(n, seed_base)]

    return moved


def on_time(timeline: Timeline, onsets_ms: Sequence[float]) -> Timeline:
    """The timeline with the words and the voice of each expectation, in order, beginning at its onset.

    Raises ValueError where the model's words are not those of the expectations.
    """
    words, track = timeline.words(Channel.SAY), timeline.audio[Channel.MODEL]
    sizes = [len(expect.text.split()) for expect in timeline.spans("expect")]
    if sum(sizes) != len(words) or len(sizes) != len(onsets_ms):
        raise ValueError(f"{len(words)} words are said where {sizes} are expected at {len(onsets_ms)} times")
    samples, moved, place = np.zeros_like(track.samples), list[Event](), 0
    for size, onset_ms in zip(sizes, onsets_ms, strict=True):
        group = words[place : place + size]
        place += size
        shift_ms = onset_ms - group[0].at_ms
        moved += [replace(w, at_ms=w.at_ms + shift_ms, until_ms=w.until_ms + shift_ms) for w in group]
        _paste(samples, track, group[0].at_ms, group[-1].until_ms, shift_ms)
    others = [e for e in timeline.events if not (isinstance(e, Word) and e.channel is Channel.SAY)]
    events = tuple(sorted([*others, *moved], key=lambda event: event.at_ms))
    audio = {**timeline.audio, Channel.MODEL: Track(samples=samples, rate_hz=track.rate_hz)}
    return replace(timeline, events=events, audio=audio)


def _paste(samples: np.ndarray[tuple[int], np.dtype[np.float32]], track: Track, *times_ms: float) -> None:
    """Add the track's stretch between two times, shifted by the third, to `samples`; what is past the end is lost."""
    start, stop, shift = (round(ms * track.rate_hz / 1000) for ms in times_ms)
    piece = track.samples[start:stop][: max(0, len(samples) - (start + shift))]
    samples[start + shift : start + shift + len(piece)] += piece
