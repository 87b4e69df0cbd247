"""Long recordings as windows: cut at silences, before the user's turns where there is a choice, never through a word.

Letters: P places where a recording may be cut, 10 ms apart; S samples.
"""

from collections.abc import Iterable, Iterator
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from microturn.data.corpora.lag import moved_event
from microturn.protocol.clock import DAY_S
from microturn.protocol.events import Channel, Closed, Event, Frame, Opened, Word
from microturn.protocol.timeline import Timeline, Track

STEP_MS = 10
AROUND = 20  # places on either side that must be quiet too
LEVELS_DB = 3.0  # levels closer than this are alike: the later place is taken
Stretch = tuple[float, float]


def windows(timeline: Timeline, frames: Iterable[Frame], most_ms: float) -> Iterator[Timeline | Stretch]:
    """Parts of at most `most_ms` in order of time, or the stretch (from, to) in which there is no place to cut.

    `frames` come in order of time beside the Timeline's own, and are taken as the windows ask for them.
    """
    coming = iter(frames)
    if timeline.duration_ms <= most_ms:
        yield replace(timeline, frames=(*timeline.frames, *coming))
        return
    held: list[Frame] = []
    for start_ms, end_ms in plan(timeline, most_ms):
        for frame in coming:
            held.append(frame)
            if frame.at_ms >= end_ms:
                break
        here = tuple(frame for frame in held if start_ms <= frame.at_ms < end_ms)
        held = [frame for frame in held if frame.at_ms >= end_ms]
        if end_ms - start_ms > most_ms:
            yield start_ms, end_ms
        else:
            yield part(timeline, start_ms, end_ms, here)


def plan(timeline: Timeline, most_ms: float) -> list[Stretch]:
    """Where to cut: stretches that cover the whole; one longer than `most_ms` has no place inside to cut it at."""
    free_P, merit_P = _free(timeline), _merit(timeline)
    end, most = len(free_P) - 1, int(most_ms // STEP_MS)
    start, stretches = 0, list[Stretch]()
    while end - start > most:
        half = start + most // 2
        stop = _best(free_P, merit_P, half + 1, start + most + 1)
        stop = stop or _best(free_P, merit_P, start + 1, half + 1)
        if stop is None:
            later_P = np.flatnonzero(free_P[start + most + 1 :])
            stop = start + most + 1 + int(later_P[0]) if len(later_P) else end
        stretches.append((float(start * STEP_MS), float(stop * STEP_MS)))
        start = stop
    if timeline.duration_ms > start * STEP_MS:
        stretches.append((float(start * STEP_MS), timeline.duration_ms))
    return stretches


def part(timeline: Timeline, start_ms: float, end_ms: float, frames: tuple[Frame, ...] = ()) -> Timeline:
    """What lies within [start_ms, end_ms), its clock beginning at 0; what reaches over an end is cut off there."""
    events = [_clipped(event, start_ms, end_ms) for event in timeline.events]
    inside = [frame for frame in timeline.frames if start_ms <= frame.at_ms < end_ms]
    return replace(
        timeline,
        duration_ms=end_ms - start_ms,
        second_of_day=(timeline.second_of_day + start_ms / 1000) % DAY_S,
        events=tuple(event for event in events if event is not None),
        audio={
            channel: Track(samples=_samples(track, start_ms, end_ms), rate_hz=track.rate_hz)
            for channel, track in timeline.audio.items()
        },
        frames=tuple(replace(frame, at_ms=frame.at_ms - start_ms) for frame in (*inside, *frames)),
    )


def _samples(track: Track, start_ms: float, end_ms: float) -> NDArray[np.float32]:
    return track.samples[round(start_ms * track.rate_hz / 1000) : round(end_ms * track.rate_hz / 1000)]


def _clipped(event: Event, start_ms: float, end_ms: float) -> Event | None:
    until_ms = getattr(event, "until_ms", event.at_ms)
    outside = event.at_ms >= end_ms or until_ms < start_ms or (until_ms == start_ms and event.at_ms < start_ms)
    if outside or isinstance(event, Opened | Closed):
        return None
    moved = moved_event(event, -start_ms)
    if not hasattr(event, "until_ms"):
        return moved
    at_ms, until_ms = max(0.0, moved.at_ms), min(until_ms - start_ms, end_ms - start_ms)
    return replace(moved, at_ms=at_ms, until_ms=until_ms)  # pyright: ignore


def _free(timeline: Timeline) -> NDArray[np.bool_]:
    """Where no word is being spoken, by either side."""
    free_P = np.ones(int(timeline.duration_ms // STEP_MS) + 1, bool)
    for word in _words(timeline):
        free_P[int(word.at_ms // STEP_MS) + 1 : int(-(-word.until_ms // STEP_MS))] = False
    return free_P


def _merit(timeline: Timeline) -> NDArray[np.float64]:
    """How good a place is, higher is better: its quiet in steps of `LEVELS_DB`, above all before a word of the user's."""
    count = int(timeline.duration_ms // STEP_MS) + 1
    power_P = np.full(count, 1e-9)
    for track in timeline.audio.values():
        hop = track.rate_hz * STEP_MS // 1000
        S = min(len(track.samples) // hop, count)
        power_P[:S] += np.mean(np.square(track.samples[: S * hop].reshape(S, hop)), axis=1)
    around_P = np.concatenate([np.zeros(1), np.cumsum(np.pad(power_P, AROUND, mode="edge"))])
    smooth_P = (around_P[2 * AROUND :] - around_P[: -2 * AROUND])[:count] / (2 * AROUND)
    quiet_P = -np.round(10 * np.log10(np.maximum(smooth_P, 1e-9)) / LEVELS_DB)
    return quiet_P + 100.0 * _before_the_user(timeline, count)


def _before_the_user(timeline: Timeline, count: int) -> NDArray[np.bool_]:
    """Whether the next word is the user's, or there is none: a question must not be cut from its answer."""
    before_P = np.ones(count, bool)
    last = 0
    for word in _words(timeline):
        at = min(count, int(word.at_ms // STEP_MS) + 1)
        before_P[last:at] = word.channel == Channel.HEARD
        last = max(last, at)
    return before_P


def _best(free_P: NDArray[np.bool_], merit_P: NDArray[np.float64], first: int, stop: int) -> int | None:
    """The free place of most merit in [first, stop), the latest of equals."""
    places_P = first + np.flatnonzero(free_P[first:stop])
    if not len(places_P):
        return None
    merits_P = merit_P[places_P]
    return int(places_P[np.flatnonzero(merits_P == merits_P.max())[-1]])


def _words(timeline: Timeline) -> list[Word]:
    return sorted((e for e in timeline.events if isinstance(e, Word)), key=lambda word: word.at_ms)
