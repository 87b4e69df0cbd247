"""When the model's voice is put out and when it is heard: one tick later.

In a Timeline, what the model puts out in answer to tick k lies at k, and is heard from k + 1 on (`features.sequence`).
In a recording of a conversation both sides lie where they were heard. Importers go the one way, exporters the other.

Letters: S samples.
"""

from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from microturn.protocol.events import Channel, Event, Span, Word
from microturn.protocol.timeline import Timeline, Track

QUIET = 1e-3  # -60 dB full scale: below it a stretch may be cut off


def put_out(timeline: Timeline, lasts_ms: float | None = None) -> tuple[Timeline, float]:
    """A recording as a Timeline: the model's voice one tick earlier. Also how much later all else lies, in ms: one tick
    where the model speaks or sounds within the first one, else 0. What comes after `lasts_ms` goes; where that is not
    known, a silent last tick, to which no answer was recorded."""
    tick_ms, voice = float(timeline.tick_ms), timeline.audio.get(Channel.MODEL)
    if voice is None:
        return timeline, 0.0
    lead = round(tick_ms * voice.rate_hz / 1000)
    early = any(is_models(event) and event.at_ms < tick_ms for event in timeline.events)
    if early or np.abs(voice.samples[:lead]).max(initial=0) >= QUIET:
        return _moved(timeline, user_ms=tick_ms), tick_ms
    last_ms = timeline.duration_ms - tick_ms
    user = timeline.audio.get(Channel.USER)
    tail = user.samples[round(last_ms * user.rate_hz / 1000) :] if user else np.zeros(0, np.float32)
    moved = _moved(timeline, model_ms=-tick_ms)
    silent = np.abs(tail).max(initial=0) < QUIET
    if lasts_ms is None and silent and all(getattr(e, "until_ms", e.at_ms) <= last_ms for e in moved.events):
        lasts_ms = last_ms
    return (moved if lasts_ms is None else _lasting(moved, min(lasts_ms, moved.duration_ms))), 0.0


def heard(timeline: Timeline) -> Timeline:
    """A Timeline as a recording: the model's voice one tick later, and one tick longer."""
    return _moved(timeline, model_ms=float(timeline.tick_ms))


def is_models(event: Event) -> bool:
    """Whether an event belongs to the model's voice."""
    return isinstance(event, Word) and event.channel == Channel.SAY or isinstance(event, Span) and event.who == "model"


def moved_event(event: Event, by_ms: float) -> Event:
    """The event at another time."""
    if hasattr(event, "until_ms"):
        return replace(event, at_ms=event.at_ms + by_ms, until_ms=event.until_ms + by_ms)  # pyright: ignore
    return replace(event, at_ms=event.at_ms + by_ms)


def _moved(timeline: Timeline, *, model_ms: float = 0.0, user_ms: float = 0.0) -> Timeline:
    """The model's side moved by `model_ms`, all else by `user_ms`; longer by what moves later."""
    by_ms = {channel: model_ms if channel == Channel.MODEL else user_ms for channel in timeline.audio}
    return replace(
        timeline,
        duration_ms=timeline.duration_ms + max(0.0, model_ms, user_ms),
        events=tuple(moved_event(e, model_ms if is_models(e) else user_ms) for e in timeline.events),
        audio={
            channel: replace(track, samples=_shifted(track.samples, round(by_ms[channel] * track.rate_hz / 1000)))
            for channel, track in timeline.audio.items()
        },
        frames=tuple(replace(frame, at_ms=frame.at_ms + user_ms) for frame in timeline.frames),
    )


def _lasting(timeline: Timeline, duration_ms: float) -> Timeline:
    audio: dict[Channel, Track] = {}
    for channel, track in timeline.audio.items():
        audio[channel] = replace(track, samples=track.samples[: round(duration_ms * track.rate_hz / 1000)])
    return replace(timeline, duration_ms=duration_ms, audio=audio)


def _shifted(samples_S: NDArray[np.float32], by: int) -> NDArray[np.float32]:
    """Later by so many samples, with silence before; earlier when negative, the first ones lost."""
    return np.concatenate([np.zeros(by, np.float32), samples_S]) if by > 0 else samples_S[-by:]
