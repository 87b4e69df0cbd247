"""Records one session on its media clock: exactly what the model was given and what it gave back.

The user's track is the audio of the ticks as packed (late audio dropped, missing audio silent and marked), on the int16
grid, so a saved recording replays to the bit; frames are the 80x80 pictures that entered a tick. A tick is on record once
it has been answered. Offline, `timeline` joins it all in memory; live, `engine.recording` takes it to disk bit by bit.
`microturn.engine.offline.replay` plays a recording again.

Letters: S samples.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from microturn.engine.history import heard
from microturn.engine.session import Session
from microturn.features.audio import IN_HZ, OUT_HZ
from microturn.features.layout import TickInput
from microturn.protocol.events import Audio, Channel, Event, Frame
from microturn.protocol.timeline import Timeline, Track
from microturn.protocol.wire import INT16_SCALE, pcm16

Pcm = NDArray[np.int16]


@dataclass(frozen=True, kw_only=True)
class Stretch:
    """What some ticks add to a record: int16 audio [S] of both sides, the model's with the sample at which it goes on."""

    user: Sequence[Pcm]
    voice: Sequence[tuple[int, Pcm]]
    frames: Sequence[Frame]
    events: Sequence[Event]


class Recorder:
    """Follows a session tick by tick."""

    def __init__(self, session: Session) -> None:
        self._session = session
        self._user: list[Pcm] = []
        self._voice: list[tuple[int, Pcm]] = []
        self._frames: list[Frame] = []
        self._spoken = 0  # samples of the voice so far
        self._noted = 0  # events taken so far

    @property
    def waiting(self) -> int:
        """Ticks on record that nobody has taken."""
        return len(self._user)

    def answered(self, tick_input: TickInput, events: Sequence[Event]) -> None:
        """The session has packed `tick_input` and then, for its answer, put out `events`."""
        self._user.append(pcm16(self._session.tick_samples))
        if tick_input.frame is not None:
            at_ms = float(tick_input.tick * self._session.config.tick_ms)
            self._frames.append(Frame(at_ms=at_ms, channel=Channel.CAMERA, rgb=tick_input.frame))
        for event in events:
            if isinstance(event, Audio):
                start = max(self._spoken, round(event.at_ms * OUT_HZ / 1000))
                self._voice.append((start, pcm16(event.samples)))
                self._spoken = start + len(event.samples)

    def take(self) -> Stretch:
        """What has come since the last `take`: the recorder lets go of it."""
        events, self._noted = self._session.history(self._noted)
        stretch = Stretch(user=self._user, voice=self._voice, frames=self._frames, events=events)
        self._user, self._voice, self._frames = [], [], []
        return stretch

    def timeline(self) -> Timeline:
        """The record so far, the model's voice only as far as it was heard, for a recorder that nothing was taken from."""
        record = self._session.timeline()
        voice = np.zeros(self._spoken, np.int16)
        for start, pcm in self._voice:
            voice[start : start + len(pcm)] = pcm
        tracks = {
            Channel.USER: _track(np.concatenate([np.zeros(0, np.int16), *self._user]), IN_HZ),
            Channel.MODEL: _track(voice, OUT_HZ),
        }
        duration_ms = max(record.duration_ms, self._spoken * 1000.0 / OUT_HZ)
        return heard(replace(record, audio=tracks, frames=tuple(self._frames), duration_ms=duration_ms))


def write(timeline: Timeline, folder: Path) -> Path:
    """Save so that it replays to the bit."""
    return timeline.save(folder, image="png")


def _track(pcm: Pcm, rate_hz: int) -> Track:
    return Track(samples=(pcm / INT16_SCALE).astype(np.float32), rate_hz=rate_hz)
