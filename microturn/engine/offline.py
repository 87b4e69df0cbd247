"""Sessions faster than real time, in this process: the same Session and the same step as a live one, no deadlines.

`run(model, samples)` is one recording, `run_many` many of them in batches (each row gives what it gives alone), and
`replay` a recording made live. All return the Timeline that a live Recorder would have made.
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field, replace
from typing import Protocol, TypeVar

import numpy as np
import soxr  # pyright: ignore[reportMissingTypeStubs]
from numpy.typing import NDArray

from microturn.engine.recorder import Recorder
from microturn.engine.session import Input, Session, SessionConfig
from microturn.engine.worker import Model, Rows
from microturn.features.audio import IN_HZ
from microturn.features.layout import TickInput
from microturn.protocol.events import Audio, Channel, Closed, Event, Frame, Missing, Opened, Played, Text
from microturn.protocol.media import MODEL_HZ
from microturn.protocol.timeline import Timeline

Feed = Callable[[int], Iterable[Input]]
E = TypeVar("E", bound=Input)
ECHO_MS = 80


class Aside(Protocol):
    """Who takes part in a session beside its user, such as a background: one for each session, on its media time."""

    def arriving(self, until_ms: float) -> Iterable[Text]:
        """What comes to the model in the tick that ends at `until_ms`."""
        ...

    def answered(self, given: Sequence[Input], made: Sequence[Event]) -> None:
        """A tick is over: what the session was given for it, and what it put out."""
        ...


@dataclass(frozen=True, kw_only=True)
class Take:
    """The input of one offline session: float32 [S] at 16 kHz, and events on the same clock; `tail_s` of silence follows.

    With `echo_db` (below 0) the microphone also hears the loudspeaker, `ECHO_MS` late and so much softer. `aside` sees
    what the session does tick by tick, and sends it texts.
    """

    samples: NDArray[np.float32]
    events: Sequence[Frame | Text | Played] = ()
    config: SessionConfig = field(default_factory=SessionConfig)
    tail_s: float = 2.0
    echo_db: float | None = None
    aside: Aside | None = None


def run(
    model: Model,
    samples: NDArray[np.float32],
    *,
    events: Sequence[Frame | Text | Played] = (),
    seed: int = 0,
    second_of_day: float = 0.0,
    tail_s: float = 2.0,
) -> Timeline:
    """One session over `samples` (float32 [S], 16 kHz)."""
    config = SessionConfig(seed=seed, second_of_day=second_of_day)
    return run_many(model, [Take(samples=samples, events=events, config=config, tail_s=tail_s)], batch=1)[0]


def run_many(model: Model, takes: Sequence[Take], *, batch: int = 8) -> list[Timeline]:
    """Many sessions, `batch` at a time, longest first; results are in the order of `takes`."""
    return _play_all(model, [_take_play(take) for take in takes], batch)


def replay(model: Model, timeline: Timeline) -> Timeline:
    """A recorded session again, from its inputs and seed: the same words, notes and voice to the bit.

    Raises ValueError when the timeline has no user audio.
    """
    return _play_all(model, [_recorded_play(timeline)], 1)[0]


@dataclass(frozen=True, kw_only=True)
class _Play:
    """A session to be played: what arrives for each tick, how many ticks, and how it was closed, if it was."""

    config: SessionConfig
    feed: Feed
    ticks: int
    closed: Closed | None = None
    echo_db: float | None = None
    aside: Aside | None = None

    def given(self, tick: int) -> list[Input]:
        """What arrives for a tick, what comes from beside first: the tick's audio is its end."""
        texts = self.aside.arriving(float((tick + 1) * self.config.tick_ms)) if self.aside else ()
        return [*texts, *self.feed(tick)]


class Echo:
    """What the microphone hears of the model: its voice of tick k sounds in tick k + 1, `ECHO_MS` late."""

    def __init__(self, db: float, tick_ms: int) -> None:
        self._gain = np.float32(10 ** (db / 20))
        self._size = tick_ms * IN_HZ // 1000
        late = ECHO_MS * IN_HZ // 1000
        self._ahead = np.zeros(late + self._size, np.float32)  # from the tick to come on

    def over(self, event: Input) -> Input:
        """The tick's audio with the echo in it; other events as they are."""
        if not isinstance(event, Audio):
            return event
        return replace(event, samples=event.samples + self._ahead[: len(event.samples)])

    def said(self, samples: NDArray[np.float32] | None) -> None:
        """The model's voice of this tick (24 kHz [S], None when silent); the next tick is to come."""
        self._ahead[: -self._size] = self._ahead[self._size :]
        self._ahead[-self._size :] = (
            0 if samples is None else self._gain * soxr.resample(samples, MODEL_HZ, IN_HZ, quality="LQ")
        )


def _play_all(model: Model, plays: Sequence[_Play], batch: int) -> list[Timeline]:
    if batch < 1:
        raise ValueError(f"batch must be at least 1, got {batch}")
    order = sorted(range(len(plays)), key=lambda i: -plays[i].ticks)
    done: dict[int, Timeline] = {}
    for first in range(0, len(order), batch):
        group = order[first : first + batch]
        for i, timeline in zip(group, _play_group(model, [plays[i] for i in group]), strict=True):
            done[i] = timeline
    return [done[i] for i in range(len(plays))]


def _play_group(model: Model, plays: Sequence[_Play]) -> list[Timeline]:
    rows = Rows(model, len(plays))
    sessions = [Session(play.config, model.tokenizer) for play in plays]
    recorders = [Recorder(session) for session in sessions]
    for row, (play, session) in enumerate(zip(plays, sessions, strict=True)):
        rows.begin(row, play.config.seed)
        session.open()
    echoes = {
        row: Echo(play.echo_db, play.config.tick_ms) for row, play in enumerate(plays) if play.echo_db is not None
    }
    for tick in range(max(play.ticks for play in plays)):
        inputs: dict[int, TickInput] = {}
        given: dict[int, list[Input]] = {}
        for row, play in enumerate(plays):
            if tick < play.ticks:
                given[row] = play.given(tick)
                for event in given[row]:
                    sessions[row].receive(echoes[row].over(event) if row in echoes else event)
                inputs[row] = sessions[row].tick_input()
        for row, result in rows.step(inputs).items():
            made = sessions[row].tick_output(result)
            recorders[row].answered(inputs[row], made)
            if aside := plays[row].aside:
                aside.answered(given[row], made)
            if row in echoes:
                echoes[row].said(result.samples)
    for play, session in zip(plays, sessions, strict=True):
        if play.closed:
            for event in play.feed(play.ticks):  # what came after the last tick
                session.receive(event)
            session.close(play.closed.reason)
    return [recorder.timeline() for recorder in recorders]


def _take_play(take: Take) -> _Play:
    tick_ms = take.config.tick_ms
    size = tick_ms * IN_HZ // 1000
    ticks = -(-(len(take.samples) + round(take.tail_s * IN_HZ)) // size)
    padded = np.zeros(max(ticks, 1) * size, np.float32)
    padded[: len(take.samples)] = take.samples
    events = by_tick(take.events, tick_ms)

    def feed(tick: int) -> Iterable[Input]:
        yield from events(tick)
        yield _user_audio(padded, tick, size)

    return _Play(config=take.config, feed=feed, ticks=max(ticks, 1), echo_db=take.echo_db, aside=take.aside)


def _recorded_play(timeline: Timeline) -> _Play:
    track = timeline.audio.get(Channel.USER)
    if track is None or track.rate_hz != IN_HZ:
        raise ValueError(
            f"a replay needs the user's track at {IN_HZ} Hz, as the recorder writes it: record a session first"
        )
    size = timeline.tick_ms * IN_HZ // 1000
    inputs = [e for e in timeline.events if isinstance(e, Text | Played | Missing)]
    events = by_tick([*timeline.frames, *inputs], timeline.tick_ms)
    ticks = len(track.samples) // size
    samples = np.concatenate([track.samples, np.zeros(size, np.float32)])  # the last tick was not whole

    def feed(tick: int) -> Iterable[Input]:
        """The tick's audio, and each event when as much of it had arrived as when it was recorded."""
        at = tick * size
        for event in events(tick):
            until = max(at, round(event.at_ms * IN_HZ / 1000))
            yield _audio(samples[at:until])
            yield event
            at = max(until, round(event.until_ms * IN_HZ / 1000)) if isinstance(event, Missing) else until
        yield _audio(samples[at : (tick + 1) * size])

    opened = next((e for e in timeline.events if isinstance(e, Opened)), None)
    config = SessionConfig(seed=timeline.seed, second_of_day=timeline.second_of_day, tick_ms=timeline.tick_ms)
    if opened:
        config = replace(config, session_id=opened.session_id, model=opened.model)
    closed = next((e for e in timeline.events if isinstance(e, Closed)), None)
    return _Play(config=config, feed=feed, ticks=ticks, closed=closed)


def by_tick(events: Iterable[E], tick_ms: int) -> Callable[[int], Sequence[E]]:
    """The events that lie in each tick, in order of time."""
    found: dict[int, list[E]] = {}
    for event in sorted(events, key=lambda e: e.at_ms):
        found.setdefault(int(event.at_ms // tick_ms), []).append(event)
    return lambda tick: found.get(tick, [])


def _user_audio(samples: NDArray[np.float32], tick: int, size: int) -> Audio:
    return _audio(samples[tick * size : (tick + 1) * size])


def _audio(samples: NDArray[np.float32]) -> Audio:
    return Audio(at_ms=0.0, channel=Channel.USER, samples=samples, rate_hz=IN_HZ)
