"""The OpenAI Live vocabulary, sans-I/O: JSON text in, actions out; the engine's events in, JSON text out.

The pydantic types of the `openai` package are the schema. `LiveCodec.receive` never raises for what a client sends:
whatever it cannot obey becomes an `error` event with a sentence, and the session goes on.
Session time (`start_ms`, `at_ms`) is the engine's media time: milliseconds of user audio.
"""

import base64
from collections.abc import Iterator
from dataclasses import replace
from enum import Enum
from typing import Any, cast

import numpy as np
from openai.types import live
from pydantic import BaseModel

from microturn.background.cards import QUESTIONS
from microturn.background.mailbox import ANSWERED, Dropped, Mailbox
from microturn.protocol.clock import TICK_MS
from microturn.protocol.events import (
    Answer,
    Audio,
    Cancel,
    Card,
    Channel,
    Clear,
    Closed,
    CloseReason,
    Delegation,
    Do,
    Event,
    Failed,
    Opened,
    Played,
    Progress,
    Result,
    Text,
    Tick,
    Word,
    Work,
)
from microturn.protocol.media import MODEL_HZ, USER_HZ
from microturn.server import extensions as own
from microturn.server.actions import Action, Close, Picture, Reply, Resume, Start, Tell, Todo
from microturn.server.pcm import Resampler, decode_pcm, encode_pcm, rms
from microturn.server.vocabulary import BadRequest, ignored, json_object, parse, short

USAGE_EVERY_MS = 10_000
SESSION_S = 2 * 3600
FRAMES_PER_TICK = 2  # the model sees one; overflow policy: the newest are dropped
MOST_AHEAD_MS = 2_000  # of user audio before the engine's time; overflow policy: what comes then is dropped
MOST_BEHIND_MS = 30_000  # so much may come in one burst after a pause: what the engine's inbox holds
APPENDED: dict[Channel, type[BaseModel]] = {
    Channel.THINKING: live.ThinkingAppendedEvent,
    Channel.COMMENTARY: live.CommentaryAppendedEvent,
    Channel.INSTRUCTIONS: live.InstructionsAppendedEvent,
}
CLOSE_REASONS = {
    CloseReason.CLIENT: "close_requested",
    CloseReason.TIMEOUT: "expired",
    CloseReason.SHUTDOWN: "remote_hangup",
    CloseReason.ERROR: "connection_lost",
}


class Phase(Enum):
    NEW = "new"
    STARTING = "starting"
    OPEN = "open"
    CLOSED = "closed"


class LiveCodec:
    """The wire state of one Live session. `extended` clients also get `microturn.*` events.

    `background` names who does delegated work on the server; the client does it where there is none, or where it asks to.
    """

    def __init__(
        self, *, model: str, extended: bool, now_s: int, session_s: float = SESSION_S, background: str = ""
    ) -> None:
        self.model, self.extended, self.expires_at = model, extended, now_s + int(session_s)
        self.phase = Phase.NEW
        self.config: live.SessionConfig | None = None
        self.mailbox, self.background = Mailbox(), background
        self.start_id: str | None = None
        self.close_id: str | None = None
        self.session_id = ""
        self.muted = False
        self.sent = 0  # server events so far: the next event's number
        self.user_samples = 0
        self.paced_ms = 0.0  # user audio taken and, in pauses, forgone: what the pace is judged by
        self.too_fast = False
        self.frames_left = FRAMES_PER_TICK
        self.at_ms = 0.0  # media time: the end of the engine's last tick
        self.tick_ms = TICK_MS
        self.misses = 0
        self.user_rms = self.model_rms = 0.0
        self.spoken: dict[Channel, bool] = {}
        self.usage_ms = 0.0
        self.unmuted = np.zeros(0, np.float32)  # the user's latest samples as they came, 16 kHz [S]
        self.into = self.out_of = Resampler(MODEL_HZ, MODEL_HZ)

    @property
    def user_ms(self) -> float:
        """How much user audio has come."""
        return self.user_samples * 1000.0 / USER_HZ

    def receive(self, message: str | bytes) -> list[Action]:
        """What one WebSocket message asks for, in order."""
        event_id: str | None = None
        try:
            body = json_object(message)
            given_id = body.get("event_id")
            event_id = given_id if isinstance(given_id, str) else None
            return list(self._obey(parse(body)))
        except BadRequest as error:
            return [Reply(self.error(error.code, str(error), param=error.param, client_event_id=event_id))]

    def started(self, opened: Opened, *, token: str, resume_s: float) -> list[str]:
        """The messages that tell the client its session is open."""
        assert self.phase is Phase.STARTING and self.config is not None, f"started in phase {self.phase}"
        self.phase, self.session_id, self.tick_ms = Phase.OPEN, opened.session_id, opened.tick_ms
        messages = [self._live(live.SessionStartedEvent, session=self._resource(), client_event_id=self.start_id)]
        if self.extended:
            info = own.SessionInfo(
                token=token,
                resume_s=resume_s,
                tick_ms=opened.tick_ms,
                second_of_day=opened.second_of_day,
                seed=opened.seed,
                model=self.model,
            )
            messages.append(self._own(info))
        notices = ignored(self.config, self.model, background=bool(self.background))
        return messages + [self._notice(*notice) for notice in notices]

    def refused(self, message: str) -> str:
        """The engine did not open a session; the client may try again on this connection."""
        self.phase = Phase.NEW
        return self.error("session_limit", message, client_event_id=self.start_id)

    def resumed(self) -> str:
        return self._own(own.Resumed(at_ms=self.at_ms))

    def emit(self, event: Event) -> list[str]:
        """The messages that tell the client of an event of the engine."""
        match event:
            case Audio(channel=Channel.MODEL):
                return [self._audio(event)]
            case Word(channel=Channel.HEARD):
                return [self._word(event, live.InputTranscriptDeltaEvent)]
            case Word(channel=Channel.SAY):
                return [self._word(event, live.OutputTranscriptDeltaEvent)]
            case Tick():
                return self._tick(event)
            case Do() if self.extended:
                return [self._own(own.DoNote(at_ms=event.at_ms, text=event.text))]
            case Clear() if self.extended:
                return [self._own(own.ClearQueue(at_ms=event.at_ms))]
            case Failed():
                return [self.error(event.code, event.message)]
            case Closed():
                return [self._closed(event.reason)]
            case _:
                return []

    @property
    def target(self) -> str:
        """Who does delegated work, in the wire's words: `client`, or `responses` for the server itself."""
        asked = self.config.delegation if self.config else None
        return "responses" if self.background and (asked is None or asked.type != "client") else "client"

    def work(self, event: Event) -> list[Todo]:
        """What an event of the engine means for the background: messages to the client, texts for the model, and, where
        the server does the work, what there is to do and to stop, and what the user answered aloud."""
        actions: list[Todo] = []
        for outcome in self.mailbox.observe(event):
            if not isinstance(outcome, Text):
                actions += map(Reply, self._work(outcome))
                actions.append(Tell(outcome))
            if isinstance(outcome, Text) or self.target == "responses":
                actions.append(outcome)
        return actions

    def report(self, event: Progress | Result | Card | Answer) -> list[Reply | Text]:
        """What the server's background found or shows, how far it is, or that it waits for an answer no more: for the
        model, and for clients that want to see it."""
        event = replace(event, at_ms=self.at_ms)
        if isinstance(event, Answer):
            told = self.mailbox.answer(event)
            return [told, *map(Reply, self._work(event))] if told else []
        outcome = self.mailbox.deliver(event)
        if isinstance(outcome, Dropped):
            return []
        return [outcome, *map(Reply, self._reported(event))]

    def shown(self, card: Card, html: str) -> list[str]:
        """The message with a card that has been drawn, unless its delegation was called off meanwhile."""
        if not self.extended or self.mailbox.why_over(card.delegation) not in (None, ANSWERED):
            return []
        return [self._card(replace(card, at_ms=self.at_ms, content={}), html)]

    def _card(self, card: Card, html: str = "") -> str:
        shown = own.CardShown(
            id=card.id,
            delegation_id=card.delegation,
            at_ms=card.at_ms,
            kind=card.kind,
            title=card.title,
            content=dict(card.content),
            html=html,
        )
        return self._own(shown)

    def told(self, event: Work) -> list[str]:
        """The messages that tell this client what became of the work, when it was done over another connection."""
        return list(self._reported(event) if isinstance(event, Progress | Result | Card) else self._work(event))

    def _reported(self, event: Progress | Result | Card) -> Iterator[str]:
        if not self.extended:
            return
        if isinstance(event, Card):
            if event.kind in QUESTIONS:
                yield self._card(event)
            return
        if isinstance(event, Progress):
            yield self._own(
                own.DelegationState(id=event.delegation, at_ms=event.at_ms, text=event.text, done=event.done)
            )
            return
        yield self._own(
            own.DelegationResult(
                id=event.delegation,
                at_ms=event.at_ms,
                channel=event.channel.value,
                text=event.text,
                failed=event.failed,
            )
        )
        if event.delegation not in self.mailbox.open:
            yield self._own(own.DelegationOver(id=event.delegation, at_ms=event.at_ms, reason=ANSWERED))

    def _work(self, event: Delegation | Cancel | Answer) -> Iterator[str]:
        if isinstance(event, Delegation):
            body = {"id": event.id, "target": self.target, "type": "delegation"}
            yield self._live(live.DelegationCreatedEvent, delegation=body, offset_ms=round(event.at_ms))
            if self.extended:
                yield self._own(
                    own.DelegationTask(
                        id=event.id, at_ms=event.at_ms, task=event.task, why=event.why, deadline_ms=event.deadline_ms
                    )
                )
        elif self.extended and isinstance(event, Answer):
            yield self._own(own.CardAnswered(id=event.card, at_ms=event.at_ms, values=dict(event.values)))
        elif self.extended and isinstance(event, Cancel):
            yield self._own(own.DelegationOver(id=event.delegation, at_ms=event.at_ms, reason=event.reason))

    def error(self, code: str, message: str, *, param: str | None = None, client_event_id: str | None = None) -> str:
        kind = "server_error" if code in ("engine_failed", "session_limit") else "invalid_request_error"
        error = {"code": code, "message": message, "type": kind, "param": param, "client_event_id": client_event_id}
        return self._live(live.ErrorEvent, error=error, client_event_id=client_event_id)

    def _obey(self, event: BaseModel) -> Iterator[Action]:
        if isinstance(event, live.SessionStartEvent | own.ResumeRequest):
            if self.phase is not Phase.NEW:
                raise BadRequest("session_already_started", "this session has started; open another connection")
        elif self.phase is not Phase.OPEN:
            raise BadRequest("session_not_started", "send session.start first and wait for session.started")
        match event:
            case live.SessionStartEvent():
                yield from self._start(event)
            case own.ResumeRequest():
                yield Resume(event.token, event.received)
            case live.InputAudioAppendEvent():
                yield from self._user_audio(event.audio)
            case live.InputAudioMuteEvent():
                self.muted = True
                yield Reply(self._live(live.InputAudioMutedEvent, client_event_id=event.event_id))
            case live.InputAudioUnmuteEvent():
                self.muted = False
                yield Reply(self._live(live.InputAudioUnmutedEvent, client_event_id=event.event_id))
            case live.ThinkingAppendEvent():
                yield from self._append(Channel.THINKING, event)
            case live.CommentaryAppendEvent():
                yield from self._append(Channel.COMMENTARY, event)
            case live.InstructionsAppendEvent():
                yield from self._append(Channel.INSTRUCTIONS, event)
            case live.SessionUpdateEvent():
                yield Reply(self._update(event))
            case live.SessionCloseEvent():
                self.close_id = event.event_id
                yield Close()
            case own.FrameAppend():
                yield from self._frame(event)
            case own.TextAppend():
                yield Text(at_ms=self.at_ms, channel=Channel.USER, text=short(event.text, "text"))
            case own.DelegationProgress():
                text = short(event.text, "text")
                report = Progress(at_ms=self.at_ms, delegation=event.delegation_id, text=text, done=event.done)
                yield self._delivered(report)
                yield Tell(report)
            case own.DelegationCancel():
                if (over := self.mailbox.give_up(event.delegation_id, self.at_ms, event.reason)) is None:
                    raise BadRequest(
                        "unknown_delegation", f"no delegation {event.delegation_id!r} is open", "delegation_id"
                    )
                yield from map(Reply, self._work(over))
                yield over
            case own.CardAnswer():
                answer = Answer(at_ms=self.at_ms, card=event.card_id, values=event.values)
                if (told := self.mailbox.answer(answer)) is None:
                    raise BadRequest("unknown_card", f"no card {event.card_id!r} waits for an answer", "card_id")
                yield from (told, answer)
                yield from map(Reply, self._work(answer))
            case own.PlayedAck():
                yield Played(at_ms=self.at_ms, until_ms=event.until_ms)
            case _:
                raise AssertionError(f"{type(event).__name__} is parsed but not obeyed")

    def _start(self, event: live.SessionStartEvent) -> Iterator[Action]:
        audio = event.session.audio
        rate_hz = MODEL_HZ
        if audio and audio.format:
            if audio.format.type != "audio/pcm":
                raise BadRequest(
                    "unsupported_parameter",
                    f"{audio.format.type} is not supported; use audio/pcm at 16000 or 24000 Hz",
                    "session.audio.format.type",
                )
            rate_hz = audio.format.rate
        self.into, self.out_of = Resampler(rate_hz, USER_HZ), Resampler(MODEL_HZ, rate_hz)
        self.phase, self.config, self.start_id = Phase.STARTING, event.session, event.event_id
        yield Start()
        if event.session.instructions and event.session.instructions.strip():
            yield Text(at_ms=0.0, channel=Channel.INSTRUCTIONS, text=event.session.instructions.strip())

    def _user_audio(self, data: str) -> Iterator[Audio]:
        try:
            samples = decode_pcm(data)
        except ValueError as error:
            raise BadRequest("invalid_audio", str(error), "audio") from None
        if not self._in_pace(len(samples) * 1000.0 / self.into_rate_hz):
            return
        self.unmuted = samples = self.into(samples)
        if self.muted:
            samples = np.zeros_like(samples)
        event = Audio(at_ms=self.user_ms, channel=Channel.USER, samples=samples, rate_hz=USER_HZ)
        self.user_samples += len(samples)
        self.user_rms = rms(samples)
        yield event

    def _in_pace(self, chunk_ms: float) -> bool:
        """Whether to take this chunk. Raises at the first of a run that comes too fast: one error, not thousands."""
        paced_ms = max(self.paced_ms, self.at_ms - MOST_BEHIND_MS) + chunk_ms
        was_too_fast, self.too_fast = self.too_fast, max(paced_ms - self.at_ms, chunk_ms) > MOST_AHEAD_MS
        if self.too_fast and not was_too_fast:
            raise BadRequest(
                "audio_too_fast",
                f"audio may be {MOST_AHEAD_MS / 1000:.0f} s ahead of real time, what goes beyond is dropped; "
                "send it as it is recorded, in chunks of 20 to 200 ms",
                "audio",
            )
        if not self.too_fast:
            self.paced_ms = paced_ms
        return not self.too_fast

    def _append(
        self,
        channel: Channel,
        event: live.ThinkingAppendEvent | live.CommentaryAppendEvent | live.InstructionsAppendEvent,
    ) -> Iterator[Action]:
        text = short(event.content, "content")
        if event.delegation_id is None:
            yield Text(at_ms=self.at_ms, channel=channel, text=text)
        else:
            result = Result(at_ms=self.at_ms, delegation=event.delegation_id, channel=channel, text=text)
            yield self._delivered(result)
            yield from map(Reply, self._reported(result))
            yield Tell(result)
        at_ms = round(self.at_ms)
        yield Reply(self._live(APPENDED[channel], start_ms=at_ms, end_ms=at_ms, client_event_id=event.event_id))

    def _delivered(self, event: Result | Progress) -> Text:
        outcome = self.mailbox.deliver(event)
        if not isinstance(outcome, Dropped):
            return outcome
        if outcome.reason == "unknown":
            raise BadRequest("unknown_delegation", f"there is no delegation {event.delegation!r}", "delegation_id")
        raise BadRequest(
            "stale_delegation",
            f"{event.delegation} is over ({outcome.reason}), so the model was not told: stop working on it",
            "delegation_id",
        )

    def _update(self, event: live.SessionUpdateEvent) -> str:
        delegation = event.session.delegation
        if event.session.triggers or (delegation is not None and delegation.type != self.target):
            raise BadRequest(
                "unsupported_parameter",
                f"this session delegates to {self.target}, which cannot be changed; triggers are not supported",
                "session",
            )
        return self._live(live.SessionUpdatedEvent, session=self._resource(), client_event_id=event.event_id)

    def _frame(self, event: own.FrameAppend) -> Iterator[Picture]:
        if not self.frames_left:
            return
        try:
            data = base64.b64decode(event.image, validate=True)
        except ValueError:
            raise BadRequest("invalid_frame", "image must be the base64 of a whole JPEG", "image") from None
        self.frames_left -= 1
        yield Picture(self.at_ms, Channel(event.source), data, event.event_id)

    def _audio(self, event: Audio) -> str:
        self.model_rms = rms(event.samples)
        until_ms = event.at_ms + len(event.samples) * 1000.0 / event.rate_hz
        times = {"start_ms": round(event.at_ms), "end_ms": round(until_ms)} if self.extended else {}
        # Not numbered by `event_id`: OpenAI's own audio events carry none.
        return self._json(live.OutputAudioDeltaEvent, delta=encode_pcm(self.out_of(event.samples)), **times)

    def _word(self, event: Word, kind: type[BaseModel]) -> str:
        text = event.text if not self.spoken.get(event.channel) else f" {event.text}"
        self.spoken[event.channel] = True
        return self._live(kind, delta=text, start_ms=round(event.at_ms), end_ms=round(event.until_ms))

    def _tick(self, event: Tick) -> list[str]:
        self.misses += event.late_ms > 0
        self.frames_left = FRAMES_PER_TICK
        self.at_ms = event.at_ms + self.tick_ms
        messages: list[str] = []
        if self.extended:
            report = own.TickReport(
                tick=event.tick,
                at_ms=event.at_ms,
                compute_ms=round(event.compute_ms, 2),
                late_ms=round(event.late_ms, 2),
                positions=event.positions,
                misses=self.misses,
                user_rms=round(self.user_rms, 5),
                model_rms=round(self.model_rms, 5),
            )
            messages.append(self._own(report))
        self.model_rms = 0.0
        if self.user_ms - self.usage_ms >= USAGE_EVERY_MS:
            self.usage_ms = self.user_ms
            messages.append(self._live(live.SessionUsageUpdatedEvent, usage={"seconds": self.user_ms / 1000.0}))
        return messages

    def _closed(self, reason: CloseReason) -> str:
        self.phase = Phase.CLOSED
        return self._live(
            live.SessionClosedEvent,
            reason=CLOSE_REASONS[reason],
            session=self._resource(),
            usage={"seconds": self.user_ms / 1000.0},
            client_event_id=self.close_id,
        )

    def _resource(self) -> dict[str, Any]:
        assert self.config is not None
        return {
            "id": self.session_id,
            "expires_at": self.expires_at,
            "model": self.model,
            "status": "active",
            "audio": {"format": {"type": "audio/pcm", "rate": self.into_rate_hz}},
            "delegation": {"type": "client"}
            if self.target == "client"
            else {"type": "responses", "responses": {"model": self.background}},
            "instructions": self.config.instructions,
            "store": False,
        }

    @property
    def into_rate_hz(self) -> int:
        audio = self.config.audio if self.config else None
        return audio.format.rate if audio and audio.format else MODEL_HZ

    def _notice(self, code: str, message: str, param: str | None) -> str:
        if code == "unsupported_parameter":
            return self.error(code, message, param=param, client_event_id=self.start_id)
        return self._live(live.InfoEvent, code=code, message=message)

    def _live(self, kind: type[BaseModel], **values: Any) -> str:
        return self._json(kind, event_id=f"event_{self.sent}", **values)

    def _json(self, kind: type[BaseModel], **values: Any) -> str:
        self.sent += 1
        tag = kind.model_fields["type"].annotation
        event = kind.model_validate({"type": cast(Any, tag).__args__[0], **values})
        return event.model_dump_json(exclude_none=True)

    def _own(self, event: BaseModel) -> str:
        self.sent += 1
        return event.model_dump_json()
