"""The examiner of Full-Duplex-Bench v2 (arXiv 2510.07838) as a state machine: it knows its lines and listens when to say them.

The lines are the stages T1, T2, ... of a task and a closing one. After each it waits for an answer: it goes on when the system
has been silent for a while after it, when none has begun in time, when it has lasted too long, or, where a line cuts in,
a moment after it began. The official examiner is a language model over a telephone line that puts the stages into words of its own;
ours says them as they are written, which makes a conversation repeatable.

The lines are stretches of the scenario's own user track (spans of the kind "line"), its silences the noise that the track
begins with: nothing has to be spoken again to have the same conversation again.

Shapes: S samples.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from enum import Enum, auto
from typing import Any, Final

import numpy as np

from microturn.bench.audible import AUDIBLE_DBFS, FRAME_MS, LEAST_MS
from microturn.bench.partner import MODEL_TICK, USER_TICK, Samples
from microturn.protocol.clock import TICK_MS
from microturn.protocol.events import Channel, Span
from microturn.protocol.media import USER_HZ
from microturn.protocol.timeline import Timeline

LINE = "line"  # the kind of span that says what the examiner said when, and why then
LEAD_MS = 600.0  # noise alone, at the beginning
BEFORE_MS, AFTER_MS = 100.0, 300.0  # what belongs to a line's sound around its words
END_MS = 2000.0  # the system may still say something after the closing line
FRAME: Final = round(MODEL_TICK * FRAME_MS / TICK_MS)


@dataclass(frozen=True, kw_only=True)
class Pace:
    """How patient an examiner is: silence after an answer, time for one to begin, time for one to last."""

    gap_ms: float
    patience_ms: float
    longest_ms: float = 10_000.0


PACES: Mapping[str, Pace] = {
    "fast": Pace(gap_ms=600.0, patience_ms=3000.0),
    "slow": Pace(gap_ms=1600.0, patience_ms=5000.0),
}


@dataclass(frozen=True, kw_only=True)
class Line:
    """One thing to say: 16 kHz [S], whose words begin and end at these milliseconds; `data` says what is right.

    `data["cuts_in_ms"]`: it is said so long after the answer to the line before began.
    """

    text: str
    samples_S: Samples
    begins_ms: float
    ends_ms: float
    data: Mapping[str, Any] = field(default_factory=dict[str, Any])


class State(Enum):
    WAITING = auto()  # before the first line
    SPEAKING = auto()
    LISTENING = auto()
    CLOSING = auto()  # the last line has been said


class Examiner:
    """See the module. `limit_ms`: when so much has passed, the next thing that is said is the closing line."""

    name = "examiner"

    def __init__(self, lines: Sequence[Line], noise_S: Samples, *, pace: Pace, limit_ms: float = 60_000.0) -> None:
        if not lines or not len(noise_S):
            raise ValueError("an examiner needs lines to say, and some samples of the noise between them")
        self._lines, self._pace, self._limit_ms = lines, pace, limit_ms
        self._noise_S = np.concatenate([noise_S, noise_S[::-1]])  # back and forth: no step in it
        self._state, self._now_ms, self._said = State.WAITING, 0.0, 0
        self._left_S: Samples = np.zeros(0, np.float32)  # what is still to be said of a line
        self._idle = 0  # samples of noise so far
        self._since_ms = 0.0  # the last line's end
        self._onset_ms: float | None = None  # the system's answer to it
        self._last_ms = 0.0  # when the system was last heard
        self._marks: list[Span] = []

    def marks(self) -> Sequence[Span]:
        return tuple(self._marks)

    def next(self, heard_S: Samples) -> Samples | None:
        """See `partner.Partner`."""
        self._listen(heard_S)
        why = self._why_now()
        if self._state is State.CLOSING and self._now_ms - self._since_ms >= END_MS:
            return None
        if why:
            self._begin(why)
        samples_S = self._noise(USER_TICK)
        part_S, self._left_S = self._left_S[:USER_TICK], self._left_S[USER_TICK:]
        samples_S[: len(part_S)] = part_S
        self._now_ms += TICK_MS
        if self._state is State.SPEAKING and not len(self._left_S):
            self._state = State.LISTENING if self._said < len(self._lines) else State.CLOSING
        return samples_S

    def _noise(self, size: int) -> Samples:
        places = (self._idle + np.arange(size)) % len(self._noise_S)
        self._idle += size
        return self._noise_S[places]

    def _listen(self, heard_S: Samples) -> None:
        """Notes what was heard in the tick before `_now_ms`; clicks are not heard."""
        frames = len(heard_S) // FRAME
        rms = np.sqrt(np.mean(heard_S[: frames * FRAME].reshape(frames, FRAME) ** 2, axis=1)) if frames else np.zeros(0)
        loud = np.flatnonzero(rms > 10 ** (AUDIBLE_DBFS / 20))
        if len(loud) * FRAME_MS < LEAST_MS:
            return
        start_ms = self._now_ms - TICK_MS
        self._last_ms = start_ms + (loud[-1] + 1) * FRAME_MS
        if self._onset_ms is None and self._last_ms > self._since_ms:
            self._onset_ms = max(start_ms + loud[0] * FRAME_MS, self._since_ms)

    def _why_now(self) -> str | None:
        """Why the next line is due; None while it is not."""
        if self._state is State.WAITING:
            return "begins" if self._now_ms >= LEAD_MS else None
        if self._state is not State.LISTENING:
            return None
        if self._onset_ms is None:
            return "no answer" if self._now_ms - self._since_ms >= self._pace.patience_ms else None
        lasted_ms = self._now_ms - self._onset_ms
        if lasted_ms >= self._lines[self._said].data.get("cuts_in_ms", np.inf):
            return "cuts in"
        if self._now_ms - self._last_ms >= self._pace.gap_ms:
            return "answered"
        return "too long" if lasted_ms >= self._pace.longest_ms else None

    def _begin(self, why: str) -> None:
        if self._now_ms >= self._limit_ms:
            self._said, why = len(self._lines) - 1, "time is up"
        line = self._lines[self._said]
        at_ms, self._since_ms = self._now_ms + line.begins_ms, self._now_ms + line.ends_ms
        data = {**line.data, "why": why}
        self._marks.append(Span(at_ms=at_ms, until_ms=self._since_ms, kind=LINE, text=line.text, data=data))
        self._left_S, self._onset_ms, self._state = line.samples_S, None, State.SPEAKING
        self._said += 1


def lines_of(timeline: Timeline) -> list[Line]:
    """The lines that lie in a user's track where its spans say; ValueError where there is none."""
    track = timeline.audio.get(Channel.USER)
    spans = timeline.spans(LINE)
    if track is None or track.rate_hz != USER_HZ or not spans:
        raise ValueError(
            f'an examiner reads its lines from a user track at {USER_HZ} Hz with spans of the kind "{LINE}"'
        )
    lines: list[Line] = []
    for span in spans:
        start = max(0, round((span.at_ms - BEFORE_MS) * USER_HZ / 1000))
        stop = round((span.until_ms + AFTER_MS) * USER_HZ / 1000)
        start_ms = start * 1000.0 / USER_HZ
        data = {name: value for name, value in span.data.items() if name != "why"}
        lines.append(
            Line(
                text=span.text,
                samples_S=track.samples[start:stop],
                begins_ms=span.at_ms - start_ms,
                ends_ms=span.until_ms - start_ms,
                data=data,
            )
        )
    return lines


def examiner_of(timeline: Timeline, about: Mapping[str, Any]) -> Examiner:
    """The examiner of a scenario; `about` is what its meta says of it: {"pace": "fast" or "slow", "limit_ms": ...}."""
    if about.get("pace") not in PACES:
        raise ValueError(f"an examiner's pace is one of {', '.join(PACES)}, got {about.get('pace')!r}")
    lines = lines_of(timeline)
    noise_S = timeline.audio[Channel.USER].samples[: round(LEAD_MS * USER_HZ / 1000)]
    return Examiner(lines, noise_S, pace=PACES[about["pace"]], limit_ms=float(about.get("limit_ms", 60_000.0)))
