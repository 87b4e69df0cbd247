"""History is what was heard: a session's events with the model's unheard speech taken out.

A client reports what it has played (`Played`). Speech that a `Clear` dropped before it was played, or that was still
queued when the session closed, did not happen. A session whose client never reports is taken to have played everything.

Letters: S samples.
"""

from collections.abc import Iterable, Sequence
from dataclasses import replace

from microturn.protocol.events import Channel, Clear, Closed, Event, Missing, Opened, Played, Text, Word
from microturn.protocol.timeline import Timeline

Interval = tuple[float, float]


def unheard_ms(events: Iterable[Event]) -> list[Interval]:
    """The stretches of media time in which the model's speech was not played, as (from, until)."""
    events = list(events)
    played = sorted(e.until_ms for e in events if isinstance(e, Played))
    if not played:
        return []
    gaps: list[Interval] = []
    for event in events:
        if isinstance(event, Clear):
            gaps.append((max((p for p in played if p <= event.at_ms), default=0.0), event.at_ms))
        elif isinstance(event, Closed):
            gaps.append((played[-1], float("inf")))
    return [gap for gap in gaps if gap[0] < gap[1]]


def unheard_samples(events: Iterable[Event], rate_hz: int, size: int) -> list[slice]:
    """The same stretches as samples of a voice that has `size` of them."""
    return [
        slice(round(start_ms * rate_hz / 1000), round(min(until_ms, size * 1000 / rate_hz) * rate_hz / 1000))
        for start_ms, until_ms in unheard_ms(events)
    ]


def heard(timeline: Timeline) -> Timeline:
    """A record as it was heard: of a whole recording this changes nothing."""
    events, audio = as_heard(timeline.events), dict(timeline.audio)
    if track := audio.get(Channel.MODEL):
        samples_S = track.samples.copy()
        for silent in unheard_samples(events, track.rate_hz, len(samples_S)):
            samples_S[silent] = 0.0
        audio[Channel.MODEL] = replace(track, samples=samples_S)
    return replace(timeline, events=tuple(events), audio=audio)


def as_heard(events: Sequence[Event]) -> list[Event]:
    """In order of time: each `say` word ends where it was cut off, and words that never sounded are gone."""
    gaps = unheard_ms(events)
    kept = [_cut(e, gaps) if isinstance(e, Word) and e.channel is Channel.SAY else e for e in events]
    return sorted((e for e in kept if e is not None), key=_in_time)


def _in_time(event: Event) -> tuple[float, bool]:
    """What came in goes before what it led to."""
    return event.at_ms, not isinstance(event, Opened | Text | Played | Missing)


def _cut(word: Word, gaps: Sequence[Interval]) -> Word | None:
    if word.until_ms <= word.at_ms:
        return None
    for start_ms, until_ms in gaps:
        if start_ms <= word.at_ms < until_ms:
            return None
        if word.at_ms < start_ms < word.until_ms:
            return replace(word, until_ms=start_ms)
    return word
