"""A session as the checks see it: its arrays, what is known of it, its words and windows, how loud it is when.

Letters: T ticks, F frames within a tick (here all of a session: [T * 4]), M mel bins, S speaking ticks, K kinds in view.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cached_property, lru_cache
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from microturn.data.factory import tokenizer
from microturn.data.keepsakes import EVENTS, unpack_events
from microturn.data.shards import Shard
from microturn.features.layout import DMEL_FRAMES, Ticks
from microturn.features.text import Tag
from microturn.protocol.clock import TICK_MS
from microturn.protocol.events import Channel, Clear, Do, Event, Missing, Span, Text, Word

HOP_MS = TICK_MS / DMEL_FRAMES
TYPED_AS = {
    Tag.TYPED: Channel.USER,
    Tag.THINKING: Channel.THINKING,
    Tag.COMMENTARY: Channel.COMMENTARY,
    Tag.INSTRUCTIONS: Channel.INSTRUCTIONS,
}


@dataclass(frozen=True, kw_only=True)
class Session:
    """One session. `events` are those kept, or, where none were (`exact` is False), those that the ticks tell of."""

    ticks: Ticks
    events: tuple[Event, ...]
    exact: bool = True
    item: dict[str, Any] = field(default_factory=dict[str, Any])

    @property
    def duration_ms(self) -> float:
        return float(len(self.ticks) * TICK_MS)

    @property
    def timed(self) -> bool:
        """Whether the user's words lie where they sound, and were not shared out over a caption or a text."""
        return self.item.get("timed") not in ("cue", "spread")

    @cached_property
    def heard(self) -> list[Word]:
        """The user's spoken words, in order of time; not those that were typed."""
        return self._words(Channel.HEARD)

    @cached_property
    def said(self) -> list[Word]:
        """The model's words, in order of time."""
        return self._words(Channel.SAY)

    @cached_property
    def holes(self) -> list[tuple[float, float]]:
        """Where the user's sound did not arrive."""
        return [(e.at_ms, e.until_ms) for e in self.events if isinstance(e, Missing) and e.channel == Channel.USER]

    def spans(self, kind: str) -> list[Span]:
        spans = (e for e in self.events if isinstance(e, Span) and e.kind == kind)
        return sorted(spans, key=lambda span: span.at_ms)

    @cached_property
    def loudness_F(self) -> NDArray[np.float64]:
        """Mean dMel level of each frame of 50 ms; one level is 12 dB."""
        return self.ticks.dmel_TFM.reshape(-1, self.ticks.dmel_TFM.shape[-1]).mean(axis=1)

    def frames(self, word: Word) -> slice:
        """The frames in which a word sounds, at least one, and no more than there are."""
        first = min(max(round(word.at_ms / HOP_MS), 0), len(self.loudness_F) - 1)
        return slice(first, max(round(word.until_ms / HOP_MS), first + 1))

    def _words(self, channel: Channel) -> list[Word]:
        words = (e for e in self.events if isinstance(e, Word) and e.channel == channel and e.until_ms > e.at_ms)
        return sorted(words, key=lambda word: word.at_ms)


def session_of(shard: Shard, index: int, ticks: Ticks) -> Session:
    """Session `index` of a shard, whose arrays are `ticks` and sound. Raises ValueError when its events are damaged."""
    packed = shard.extra(index, EVENTS)
    events = unpack_events(packed) if packed is not None else tuple(told_by(ticks))
    return Session(ticks=ticks, events=events, exact=packed is not None, item=shard.item(index))


def shards_of(folders: list[Path]) -> list[Path]:
    """Every shard of the folders, or the files themselves. Raises ValueError or FileNotFoundError where there is none."""
    paths: list[Path] = []
    for folder in folders:
        if not folder.exists():
            raise FileNotFoundError(f"there is no {folder}: give a folder of shards, or a shard")
        found = [folder] if folder.is_file() else sorted(folder.glob("*.npz"))
        if not found:
            raise ValueError(f"{folder} holds no shard (*.npz): `microturn data make --out {folder}` makes some")
        paths += found
    return paths


def seconds_of(shard: Shard) -> float:
    """How long the sessions of a shard last together."""
    told = [shard.item(index).get("seconds") for index in range(len(shard))]
    ticks = (len(shard[index]) for index, seconds in enumerate(told) if seconds is None)
    return sum(seconds for seconds in told if seconds is not None) + sum(ticks) * TICK_MS / 1000


def told_by(ticks: Ticks) -> Iterator[Event]:
    """The events that ticks tell of, at the times of their ticks; the user's words by their labels, 50 ms exact."""
    yield from _labelled(ticks)
    for k in range(len(ticks)):
        at_ms = float(k * TICK_MS)
        for tag, ids in _parts(ticks.text[ticks.text_at[k] : ticks.text_at[k + 1]].tolist()):
            if tag in TYPED_AS:
                yield Text(at_ms=at_ms, channel=TYPED_AS[tag], text=tokenizer().decode(ids))
        for tag, ids in _parts(ticks.out[ticks.out_at[k] : ticks.out_at[k + 1]].tolist()):
            if tag == Tag.DO:
                yield Do(at_ms=at_ms, text=tokenizer().decode(ids))
            elif tag == Tag.CLEAR:
                yield Clear(at_ms=at_ms)
            elif tag == Tag.SAY:
                yield Word(at_ms=at_ms, until_ms=at_ms + TICK_MS, channel=Channel.SAY, text=tokenizer().decode(ids))


def _parts(ids: list[int]) -> list[tuple[Tag, list[int]]]:
    """Each tag with the tokens that follow it."""
    parts: list[tuple[Tag, list[int]]] = []
    for token in ids:
        if token < len(Tag):
            parts.append((Tag(token), []))
        elif parts:
            parts[-1][1].append(token)
    return parts


def _labelled(ticks: Ticks) -> Iterator[Word]:
    word_F = ticks.word_TF.reshape(-1)
    edges = np.flatnonzero(np.diff(word_F, prepend=0, append=0))
    for first, stop in zip(edges[:-1].tolist(), edges[1:].tolist(), strict=True):
        if word_F[first] > 0:
            text = _text(int(word_F[first]))
            yield Word(at_ms=first * HOP_MS, until_ms=stop * HOP_MS, channel=Channel.HEARD, text=text)


@lru_cache(maxsize=1 << 16)
def _text(token: int) -> str:
    return tokenizer().decode([token])
