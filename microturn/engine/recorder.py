"""Records one session on its media clock: exactly what the model was given and what it gave back.

The user's track is the audio of the ticks as packed (late audio dropped, missing audio silent and marked), on the int16
grid, so a saved recording replays to the bit; frames are the 80x80 pictures that entered a tick, saved as PNG.
`microturn.engine.offline.replay` plays a recording again.
"""

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from microturn.engine.history import unheard_ms
from microturn.engine.session import Session
from microturn.features.audio import IN_HZ, OUT_HZ
from microturn.features.layout import TickInput
from microturn.protocol.events import Audio, Channel, Event, Frame
from microturn.protocol.timeline import Timeline, Track
from microturn.protocol.wire import INT16_SCALE, pcm16

SAVE_EVERY_MS = 10_000.0
SAVE_SHARE = 0.05  # of the time, at most, goes into saving: a recording of hours is saved less often


class Recorder:
    """Follows a session tick by tick: `packed` after `tick_input`, `emitted` with the events it put out."""

    def __init__(self, session: Session, folder: str | Path | None = None) -> None:
        self.folder = Path(folder) if folder is not None else None
        self._session = session
        self._user: list[NDArray[np.int16]] = []
        self._model: list[NDArray[np.int16]] = []
        self._frames: list[Frame] = []
        self._spoken_ms = 0.0
        self._saved_ms, self._save_every_ms = 0.0, SAVE_EVERY_MS

    def packed(self, tick_input: TickInput) -> None:
        self._user.append(pcm16(self._session.tick_samples))
        if tick_input.frame is not None:
            at_ms = float(tick_input.tick * self._session.config.tick_ms)
            self._frames.append(Frame(at_ms=at_ms, channel=Channel.CAMERA, rgb=tick_input.frame))

    def emitted(self, events: list[Event]) -> None:
        for event in events:
            if isinstance(event, Audio):
                self._silence_until(event.at_ms)
                self._model.append(pcm16(event.samples))
                self._spoken_ms += len(event.samples) * 1000.0 / OUT_HZ

    def timeline(self) -> Timeline:
        """The record so far, the model's voice only as far as it was heard."""
        return self._assembly()()

    def save_due(self) -> bool:
        """Ten seconds, or longer where saving takes long, have passed since the last save."""
        return self.folder is not None and self._session.media_ms - self._saved_ms >= self._save_every_ms

    def saved_in(self, took_ms: float) -> None:
        """Saving took that long: pace the next one."""
        self._save_every_ms = max(SAVE_EVERY_MS, took_ms / SAVE_SHARE)

    def saving(self) -> Callable[[], Path]:
        """A snapshot taken now, as the function that writes it: call it on any thread. Raises ValueError without a folder."""
        if self.folder is None:
            raise ValueError("this recorder was made without a folder: give one to save")
        self._saved_ms = self._session.media_ms
        folder, assemble = self.folder, self._assembly()
        return lambda: write(assemble(), folder)

    def _assembly(self) -> Callable[[], Timeline]:
        """The record so far, with the slow part (joining the audio) still to be done."""
        record, spoken_ms = self._session.timeline(), self._spoken_ms
        user, model, frames = list(self._user), list(self._model), tuple(self._frames)

        def assemble() -> Timeline:
            voice = _joined(model)
            for start_ms, until_ms in unheard_ms(record.events):
                voice[round(start_ms * OUT_HZ / 1000) : round(min(until_ms, spoken_ms) * OUT_HZ / 1000)] = 0.0
            tracks = {
                Channel.USER: Track(samples=_joined(user), rate_hz=IN_HZ),
                Channel.MODEL: Track(samples=voice, rate_hz=OUT_HZ),
            }
            return replace(record, audio=tracks, frames=frames, duration_ms=max(record.duration_ms, spoken_ms))

        return assemble

    def _silence_until(self, at_ms: float) -> None:
        gap = round((at_ms - self._spoken_ms) * OUT_HZ / 1000)
        if gap > 0:
            self._model.append(np.zeros(gap, np.int16))
            self._spoken_ms = at_ms


def write(timeline: Timeline, folder: Path) -> Path:
    """Save so that it replays to the bit."""
    return timeline.save(folder, image="png")


def _joined(pieces: list[NDArray[np.int16]]) -> NDArray[np.float32]:
    if not pieces:
        return np.zeros(0, np.float32)
    return (np.concatenate(pieces) / INT16_SCALE).astype(np.float32)
