"""Sessions for the audit's tests: played with beeps for voices, and then broken on purpose."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from microturn.data.audit.findings import Finding
from microturn.data.audit.session import Session
from microturn.data.factory import tokenizer
from microturn.data.keepsakes import item_of
from microturn.data.scene import CLEAN, make_scene
from microturn.data.voices.phones import PHONE_ID
from microturn.features.sequence import ticks_of
from microturn.protocol.events import Channel, Event, Span, Word
from microturn.protocol.timeline import Timeline
from tests.data.test_acts import CAST


def scene(seed: int = 1, *acts: str, **options: Any) -> Timeline:
    return make_scene(seed, seconds=12, acts=acts or ("repeat",), setting=CLEAN, cast_of=CAST, **options)


def session(timeline: Timeline) -> Session:
    ticks = ticks_of(timeline, tokenizer(), PHONE_ID)
    return Session(ticks=ticks, events=timeline.events, item=item_of(timeline))


def with_events(events: Sequence[Event], seed: int = 1) -> Session:
    """A sound session that has these events instead of its own."""
    return replace(session(scene(seed)), events=tuple(events))


def reasons(findings: Sequence[Finding]) -> list[str]:
    return [finding.reason for finding in findings]


def said(text: str, at_ms: float, until_ms: float) -> Word:
    return Word(at_ms=at_ms, until_ms=until_ms, channel=Channel.SAY, text=text)


def heard(text: str, at_ms: float, until_ms: float) -> Word:
    return Word(at_ms=at_ms, until_ms=until_ms, channel=Channel.HEARD, text=text)


def span(kind: str, at_ms: float, until_ms: float, text: str = "", **data: float) -> Span:
    return Span(at_ms=at_ms, until_ms=until_ms, kind=kind, text=text, who="model", data=data)
