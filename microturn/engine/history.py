"""History is what was heard: a session's events with the model's unheard speech taken out.

A client reports what it has played (`Played`). Speech that a `Clear` dropped before it was played, or that was still
queued when the session closed, did not happen. A session whose client never reports is taken to have played everything.
"""

from collections.abc import Iterable, Sequence
from dataclasses import replace

from microturn.protocol.events import Channel, Clear, Closed, Event, Played, Word

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


def as_heard(events: Sequence[Event]) -> list[Event]:
    """The events in which each `say` word ends where it was cut off, and words that never sounded are gone."""
    gaps = unheard_ms(events)
    kept = [_cut(e, gaps) if isinstance(e, Word) and e.channel is Channel.SAY else e for e in events]
    return [e for e in kept if e is not None]


def _cut(word: Word, gaps: Sequence[Interval]) -> Word | None:
    if word.until_ms <= word.at_ms:
        return None
    for start_ms, until_ms in gaps:
        if start_ms <= word.at_ms < until_ms:
            return None
        if word.at_ms < start_ms < word.until_ms:
            return replace(word, until_ms=start_ms)
    return word
