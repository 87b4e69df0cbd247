"""Partners: users who listen. What a scenario cannot fix beforehand, because it depends on what the system says and when.

A partner is sans-I/O: tick by tick it is told what the system made audible in the tick before, and gives the user's samples of
this one, so that it reacts no sooner than a person could. It keeps no clock and draws nothing: the same sounds give the same
conversation. Whoever runs the system runs the partner with it (`partnered.Partnered`); how a conversation went is kept
in the output (the user's track and `marks`), from which it is scored again without the partner.

Shapes: S samples.
"""

from collections.abc import Sequence
from dataclasses import replace
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from microturn.protocol.clock import TICK_MS
from microturn.protocol.events import Channel, Event
from microturn.protocol.media import MODEL_HZ, USER_HZ
from microturn.protocol.timeline import Timeline, Track

Samples = NDArray[np.float32]
USER_TICK = USER_HZ * TICK_MS // 1000
MODEL_TICK = MODEL_HZ * TICK_MS // 1000
PARTNER = "partner"  # in a scenario's meta: who the user is; in an output's: who it was


class Partner(Protocol):
    """One user of one conversation."""

    @property
    def name(self) -> str: ...

    def next(self, heard_S: Samples, /) -> Samples | None:
        """The user's next tick, 16 kHz [3200]; None when the conversation is over.

        `heard_S` is what the system made audible in the tick before, 24 kHz, at most [4800]: nothing, before the first.
        """
        ...

    def marks(self) -> Sequence[Event]:
        """What the user did so far, as spans on the conversation's clock."""
        ...


def kept(output: Timeline, partner: Partner) -> Timeline:
    """The output with the partner's side of it on record."""
    events = sorted((*output.events, *partner.marks()), key=lambda event: event.at_ms)
    return replace(output, events=tuple(events), meta={**output.meta, PARTNER: partner.name})


def met(partner: Partner, output: Timeline) -> Timeline:
    """The conversation of a partner with a system that listens to nobody: its track and events are `output`'s.

    It lasts until the partner has finished, however long the track is; what the system does after that is cut off.
    """
    track = output.audio.get(Channel.MODEL, Track(samples=np.zeros(0, np.float32), rate_hz=MODEL_HZ))
    if track.rate_hz != MODEL_HZ:
        raise ValueError(
            f"a system's track has {MODEL_HZ} Hz to be heard by a partner, got {track.rate_hz}: resample it"
        )
    spoken: list[Samples] = []
    heard_S = np.zeros(0, np.float32)
    while (said_S := partner.next(heard_S)) is not None:
        start = len(spoken) * MODEL_TICK
        heard_S = track.samples[start : start + MODEL_TICK]
        spoken.append(said_S)
    user_S = np.concatenate([np.zeros(0, np.float32), *spoken])
    size = len(spoken) * MODEL_TICK
    model_S = np.zeros(size, np.float32)
    model_S[: len(track.samples)] = track.samples[:size]
    duration_ms = float(len(spoken) * TICK_MS)
    audio = {
        Channel.USER: Track(samples=user_S, rate_hz=USER_HZ),
        Channel.MODEL: Track(samples=model_S, rate_hz=MODEL_HZ),
    }
    events = tuple(event for event in output.events if event.at_ms < duration_ms)
    return kept(replace(output, duration_ms=duration_ms, audio=audio, events=events), partner)
