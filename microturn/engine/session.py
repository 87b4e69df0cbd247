"""One conversation, sans-I/O: events in, tick inputs out; tick results in, events out. No clock, socket, sleep or torch.

Media time is ticks packed: tick `k` takes the next 200 ms of audio, however it was chunked. Its output sounds while
tick `k + 1` is being captured, so what the model says at tick `k` has the time `(k + 1) * tick_ms`.
"""

from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass, replace
from enum import Enum, auto
from itertools import islice
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from microturn.engine.channels import Passage, Vocabulary, read
from microturn.engine.history import as_heard
from microturn.engine.inbox import AudioInbox
from microturn.features.audio import IN_HZ, OUT_HZ, DmelStream
from microturn.features.layout import SETTLE_MS, TickInput, TickOutput
from microturn.features.text import Tag
from microturn.features.texts import TEXT_PER_TICK, TEXT_TAGS, TextQueue
from microturn.features.video import to_frame
from microturn.protocol.clock import DAY_S, TICK_MS, Grid
from microturn.protocol.events import (
    Audio,
    Channel,
    Clear,
    Closed,
    CloseReason,
    Do,
    Event,
    Failed,
    Frame,
    Missing,
    Opened,
    Played,
    Text,
    Tick,
    Word,
    Work,
)
from microturn.protocol.media import on_grid
from microturn.protocol.timeline import Timeline

HEARD_WORD_MS = 300  # how long a heard word is taken to have lasted, at most: the model writes only its end
Input = Audio | Frame | Text | Missing | Played


class State(Enum):
    NEW = auto()
    OPEN = auto()
    DRAINING = auto()  # the input has ended; ticks go on over silence
    CLOSED = auto()


class Move(Enum):
    OPEN = auto()
    DRAIN = auto()
    CLOSE = auto()


TRANSITIONS = {
    (State.NEW, Move.OPEN): State.OPEN,
    (State.NEW, Move.CLOSE): State.CLOSED,
    (State.OPEN, Move.DRAIN): State.DRAINING,
    (State.OPEN, Move.CLOSE): State.CLOSED,
    (State.DRAINING, Move.CLOSE): State.CLOSED,
}


class Stepped(Protocol):
    """What the model returns for one row of a tick (`model.interaction.TickResult`)."""

    @property
    def output(self) -> TickOutput: ...

    @property
    def samples(self) -> NDArray[np.float32] | None: ...

    @property
    def positions(self) -> int: ...


@dataclass(frozen=True, kw_only=True)
class SessionConfig:
    """What makes two sessions with the same input the same. Queues: text waits its turn and is refused when full;
    history forgets its oldest events."""

    session_id: str = "session"
    seed: int = 0
    second_of_day: float = 0.0
    model: str = ""
    tick_ms: int = TICK_MS
    text_per_tick: int = TEXT_PER_TICK
    text_capacity: int = 4_096
    history_capacity: int = 200_000

    def __post_init__(self) -> None:
        Grid(tick_ms=self.tick_ms)
        if not 0 <= self.second_of_day < DAY_S:
            raise ValueError(f"second_of_day must be in [0, {DAY_S}), got {self.second_of_day}")


class Session:
    """See the module. Order of calls: `open`, then `receive` at will and `tick_input`, `tick_output` in turn, `close`."""

    def __init__(self, config: SessionConfig, vocabulary: Vocabulary) -> None:
        self.config = config
        self.state = State.NEW
        self.tick = 0  # the next tick to pack
        self.tick_samples: NDArray[np.float32] = np.zeros(0, np.float32)  # the audio of the tick packed last
        self._vocabulary = vocabulary
        self._inbox = AudioInbox(config.tick_ms * IN_HZ // 1000)
        self._dmel = DmelStream()
        self._frame: NDArray[np.uint8] | None = None
        self._text = TextQueue(config.text_per_tick)
        self._awaiting_output = False
        self._outbox: list[Event] = []
        self._history: deque[Event] = deque(maxlen=config.history_capacity)
        self._remembered = 0  # events ever put into the history
        self._saying: Word | None = None
        self._heard_until_ms = 0.0

    # ---- life

    def open(self) -> list[Event]:
        self._move(Move.OPEN)
        c = self.config
        opened = Opened(
            at_ms=0.0,
            session_id=c.session_id,
            tick_ms=c.tick_ms,
            second_of_day=c.second_of_day,
            seed=c.seed,
            model=c.model,
        )
        return self._log([opened])

    def drain(self) -> None:
        """The input has ended: what is buffered is still heard, then silence."""
        self._move(Move.DRAIN)

    def close(self, reason: CloseReason = CloseReason.CLIENT) -> list[Event]:
        self._move(Move.CLOSE)
        self._stop_saying(self.media_ms)
        return self._log([*self._flush(), Closed(at_ms=self.media_ms, reason=reason)])

    def record(self, event: Work) -> None:
        """Put into the record what was done for the session outside of it; the model is told by `receive`."""
        if self.state is not State.CLOSED:
            self._remember([replace(event, at_ms=min(event.at_ms, self.media_ms + self.config.tick_ms))])

    @property
    def in_step(self) -> bool:
        """A tick has been packed and not yet answered."""
        return self._awaiting_output

    @property
    def media_ms(self) -> float:
        """The start of the next tick: everything before it has been packed."""
        return float(self.tick * self.config.tick_ms)

    @property
    def buffered_ms(self) -> float:
        return self._inbox.level * 1000.0 / IN_HZ

    @property
    def late_ms(self) -> float:
        """How much audio so far came after its tick had run, and was dropped."""
        return self._inbox.late * 1000.0 / IN_HZ

    @property
    def quiet(self) -> bool:
        """The sender has not begun or has paused: see `AudioInbox.quiet`."""
        return self._inbox.quiet

    # ---- in

    def receive(self, event: Input) -> None:
        """Take one event in. Raises ValueError, with what to do, for input that cannot be used; it changes nothing."""
        if self.state is not State.OPEN:
            raise ValueError(
                f"expected an OPEN session to receive {type(event).__name__}, got one that is {self.state.name}"
            )
        match event:
            case Audio():
                self._overflowed(self._inbox.push(on_grid(_checked_audio(event))))
            case Missing():
                self._receive_missing(event)
            case Frame():
                self._frame = to_frame(event.rgb, fit="pad" if event.channel is Channel.SCREEN else "crop").copy()
            case Text():
                self._receive_text(event)
            case Played():
                made_ms = self.media_ms + self.config.tick_ms  # the last tick's voice sounds during the next one
                until_ms = min(max(0.0, event.until_ms), made_ms)
                self._log([replace(event, at_ms=self._now_ms(), until_ms=until_ms)])

    def fail(self, code: str, message: str) -> None:
        """Put a failure on record; it goes out with the next events."""
        self._outbox.append(Failed(at_ms=self.media_ms, code=code, message=message))

    def ready(self) -> bool:
        """A full tick of audio is there, or no more will come."""
        return self.state is State.DRAINING or self.buffered_ms >= self.config.tick_ms

    def tick_input(self, *, force: bool = False) -> TickInput:
        """Pack the next tick. `force` says that its deadline has passed: what has not arrived is missing."""
        self._expect(awaiting_output=False, call="tick_input")
        if not (force or self.ready()):
            raise ValueError(f"tick {self.tick} has {self.buffered_ms:.0f} ms of audio: wait for more, or force it")
        taken = self._inbox.take(end_of_input=self.state is State.DRAINING)
        self.tick_samples = taken.samples_S
        start_ms = self.media_ms
        for first, until in taken.missing:
            at_ms, until_ms = start_ms + first * 1000.0 / IN_HZ, start_ms + until * 1000.0 / IN_HZ
            self._log([Missing(at_ms=at_ms, until_ms=until_ms, channel=Channel.USER)])
        packed = TickInput(
            tick=self.tick,
            dmel_FM=self._dmel.push(taken.samples_S),
            second_of_day=(self.config.second_of_day + start_ms / 1000.0) % DAY_S,
            audio_missing=2 * sum(until - first for first, until in taken.missing) >= len(taken.samples_S),
            frame=self._frame,
            text=self._text.take(),
        )
        self._frame = None
        self._awaiting_output = True
        self.tick += 1
        return packed

    # ---- out

    def tick_output(self, result: Stepped, *, compute_ms: float = 0.0, late_ms: float = 0.0) -> list[Event]:
        """The events of the tick packed last. A `say` word goes out as it starts, with an end that is a guess (one
        tick); the end is known, and right in `timeline`, once the next word starts or the speech stops."""
        self._expect(awaiting_output=True, call="tick_output")
        self._awaiting_output = False
        passages, problems = read(result.output.tokens, self._vocabulary)
        for problem in problems:
            self.fail("malformed_output", f"tick {self.tick - 1}: {problem}; the rest of the tick was used")
        events = self._flush()
        for passage in passages:
            events += self._write(passage)
        if result.output.mel_FM is None:
            self._stop_saying(self.media_ms)
        if result.samples is not None:  # the vocoder rings on for a moment after the last mel
            samples = on_grid(result.samples)
            events.append(Audio(at_ms=self.media_ms, channel=Channel.MODEL, samples=samples, rate_hz=OUT_HZ))
        account = Tick(
            at_ms=self.media_ms - self.config.tick_ms,
            tick=self.tick - 1,
            compute_ms=compute_ms,
            late_ms=late_ms,
            positions=result.positions,
        )
        return self._log([*events, account])

    def history(self, since: int) -> tuple[list[Event], int]:
        """The events on record from number `since` on, a spoken word once its end is known, and the number of the next."""
        fresh = min(self._remembered - since, len(self._history))
        return list(islice(self._history, len(self._history) - fresh, None)), self._remembered

    def timeline(self) -> Timeline:
        """The record without media: every event so far, the model's speech as far as it was heard."""
        events = list(self._history)
        if self._saying:
            events.append(replace(self._saying, until_ms=self.media_ms + self.config.tick_ms))
        return Timeline(
            duration_ms=self.media_ms,
            tick_ms=self.config.tick_ms,
            second_of_day=self.config.second_of_day,
            seed=self.config.seed,
            events=tuple(as_heard(events)),
            meta={"session_id": self.config.session_id, "model": self.config.model},
        )

    # ---- inside

    def _move(self, move: Move) -> None:
        if (self.state, move) not in TRANSITIONS:
            allowed = " or ".join(state.name for state, m in TRANSITIONS if m is move)
            raise ValueError(f"expected a session that is {allowed} for {move.name}, got one that is {self.state.name}")
        self.state = TRANSITIONS[self.state, move]

    def _expect(self, *, awaiting_output: bool, call: str) -> None:
        if self.state not in (State.OPEN, State.DRAINING):
            raise ValueError(f"expected an OPEN or DRAINING session for {call}, got one that is {self.state.name}")
        if self._awaiting_output is not awaiting_output:
            expected = "tick_output" if self._awaiting_output else "tick_input"
            raise ValueError(f"expected {expected}, got {call}: a tick is packed once and answered once")

    def _now_ms(self) -> float:
        """Where an event that arrives now lies in media time: in the tick that will carry it."""
        return self.media_ms + min(self.buffered_ms, self.config.tick_ms - 1.0)

    def _receive_missing(self, event: Missing) -> None:
        if event.channel is Channel.USER:
            self._overflowed(self._inbox.lose(round((event.until_ms - event.at_ms) * IN_HZ / 1000)))

    def _receive_text(self, event: Text) -> None:
        if event.channel not in TEXT_TAGS:
            raise ValueError(f"text comes on {', '.join(TEXT_TAGS)}; got channel {event.channel}")
        ids = self._vocabulary.encode(event.text)
        if len(self._text) + 1 + len(ids) > self.config.text_capacity:
            raise ValueError(
                f"{len(self._text)} tokens of text are waiting already: send less, or wait until they are read"
            )
        self._text.put(event.channel, ids)
        self._log([replace(event, at_ms=self._now_ms())])

    def _overflowed(self, dropped: int) -> None:
        if dropped:
            ms = dropped * 1000 // IN_HZ
            self.fail(
                "audio_overflow",
                f"audio came faster than it is played: the oldest {ms} ms were dropped; send it in real time",
            )

    def _flush(self) -> list[Event]:
        out, self._outbox = self._outbox, []
        return out

    def _log(self, events: Sequence[Event]) -> list[Event]:
        """Remember events (spoken words only when their end is known, media never) and hand them on."""
        self._remember([e for e in events if not isinstance(e, Audio) and not _is_speech(e)])
        return list(events)

    def _remember(self, events: Sequence[Event]) -> None:
        self._history.extend(events)
        self._remembered += len(events)

    def _write(self, passage: Passage) -> list[Event]:
        match passage.tag:
            case Tag.HEARD:
                return self._heard(passage.words)
            case Tag.SAY:
                return self._say(passage.words)
            case Tag.DO:
                return [Do(at_ms=self.media_ms, text=" ".join(passage.words))]
            case _:
                self._stop_saying(self.media_ms)
                return [Clear(at_ms=self.media_ms)]

    def _heard(self, words: Sequence[str]) -> list[Event]:
        """The words ended within one tick's length, `SETTLE_MS` ago: spread them evenly over it."""
        start_ms = self.media_ms - self.config.tick_ms - SETTLE_MS
        events: list[Event] = []
        for i, text in enumerate(words):
            until_ms = max(self._heard_until_ms, start_ms + self.config.tick_ms * (i + 0.5) / len(words))
            at_ms = max(self._heard_until_ms, until_ms - HEARD_WORD_MS)
            events.append(Word(at_ms=at_ms, until_ms=until_ms, channel=Channel.HEARD, text=text))
            self._heard_until_ms = until_ms
        return events

    def _say(self, words: Sequence[str]) -> list[Event]:
        """Usually one word, which starts on the tick; several share it."""
        share_ms = self.config.tick_ms / len(words)
        events: list[Event] = []
        for i, text in enumerate(words):
            at_ms = self.media_ms + i * share_ms
            self._stop_saying(at_ms)
            self._saying = Word(at_ms=at_ms, until_ms=at_ms + share_ms, channel=Channel.SAY, text=text)
            events.append(self._saying)
        return events

    def _stop_saying(self, until_ms: float) -> None:
        """A word ends here, or at the end of its own tick if it never sounded."""
        if self._saying:
            self._remember([replace(self._saying, until_ms=max(until_ms, self._saying.at_ms))])
            self._saying = None


def _is_speech(event: Event) -> bool:
    return isinstance(event, Word) and event.channel is Channel.SAY


def _checked_audio(event: Audio) -> NDArray[np.float32]:
    if event.rate_hz != IN_HZ:
        raise ValueError(
            f"audio must be {IN_HZ} Hz, got {event.rate_hz} Hz: resample it first (features.audio.resample)"
        )
    if event.samples.ndim != 1 or event.samples.dtype != np.float32:
        shape = list(event.samples.shape)
        raise ValueError(
            f"audio must be mono float32 [S], got {event.samples.dtype} {shape}: mix it down and convert it first"
        )
    if not np.isfinite(event.samples).all():
        raise ValueError("audio holds values that are not numbers: send samples in [-1, 1]")
    if event.channel is not Channel.USER:
        raise ValueError(f"a session hears channel {Channel.USER}, got {event.channel}")
    return event.samples
