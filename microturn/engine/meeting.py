"""Conversations with users who listen, faster than real time: the same Session and step as `offline`, a user for each row.

`meet_many(model, meetings)` returns the Timelines that a live Recorder would have made. What the model puts out in answer to
tick k sounds during tick k + 1, so the user of tick k + 2 is the first that can have heard it.

Letters: S samples.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from microturn.engine.offline import Echo
from microturn.engine.recorder import Recorder
from microturn.engine.session import Session, SessionConfig
from microturn.engine.worker import Model, Rows
from microturn.features.audio import IN_HZ
from microturn.features.layout import TickInput
from microturn.protocol.events import Audio, Channel
from microturn.protocol.playback import Listener
from microturn.protocol.timeline import Timeline

MOST_TICKS = 3_000  # ten minutes: a user who never ends is a fault
NOTHING = np.zeros(0, np.float32)


@dataclass(frozen=True, kw_only=True)
class Meeting:
    """One conversation to be had. With `echo_db` the microphone also hears the loudspeaker (see `offline.Take`)."""

    user: Listener
    config: SessionConfig = field(default_factory=SessionConfig)
    echo_db: float | None = None


class _Seat:
    """One row: its session, and the two ticks of the model's voice that are on their way to the user's ear."""

    def __init__(self, model: Model, meeting: Meeting) -> None:
        self.user = meeting.user
        self.session = Session(meeting.config, model.tokenizer)
        self.recorder = Recorder(self.session)
        self.session.open()
        self.echo = None if meeting.echo_db is None else Echo(meeting.echo_db, meeting.config.tick_ms)
        self.sounding = self.made = NOTHING

    def pack(self) -> TickInput | None:
        """The next tick's input; None when the user has left."""
        said_S = self.user.next(self.sounding)
        if said_S is None:
            return None
        self.sounding = self.made
        audio = Audio(at_ms=0.0, channel=Channel.USER, samples=said_S, rate_hz=IN_HZ)
        self.session.receive(self.echo.over(audio) if self.echo else audio)
        return self.session.tick_input()

    def said(self, samples_S: NDArray[np.float32] | None) -> None:
        """The model's voice in answer to this tick, None when silent."""
        self.made = NOTHING if samples_S is None else samples_S
        if self.echo:
            self.echo.said(samples_S)


def meet_many(model: Model, meetings: Sequence[Meeting], *, batch: int = 16) -> list[Timeline]:
    """Many conversations, `batch` side by side; results are in the order of `meetings`."""
    if batch < 1:
        raise ValueError(f"batch must be at least 1, got {batch}")
    done: list[Timeline] = []
    for first in range(0, len(meetings), batch):
        done += _meet(model, meetings[first : first + batch])
    return done


def _meet(model: Model, meetings: Sequence[Meeting]) -> list[Timeline]:
    rows = Rows(model, len(meetings))
    seats = [_Seat(model, meeting) for meeting in meetings]
    for row, meeting in enumerate(meetings):
        rows.begin(row, meeting.config.seed)
    present = set(range(len(seats)))
    for _ in range(MOST_TICKS):
        packed = {row: seats[row].pack() for row in sorted(present)}
        inputs = {row: tick_input for row, tick_input in packed.items() if tick_input is not None}
        present = set(inputs)
        if not present:
            return [seat.recorder.timeline() for seat in seats]
        for row, result in rows.step(inputs).items():
            seats[row].recorder.answered(inputs[row], seats[row].session.tick_output(result))
            seats[row].said(result.samples)
    raise ValueError(f"a conversation has lasted for {MOST_TICKS} ticks: its user has to end it")
