"""A sideband: another connection to a running session, which sees what the session does and may do its work.

As OpenAI Live has it (`/v1/live/sessions/ID/attach`): it gets what the primary connection gets and, at 24 kHz, the user's
audio; it may append text for the model, mute, update and close the session, and answer delegations, those too that were open
when it came. Audio, pictures and typed text come from the primary connection alone. Sans-I/O, as the codec is.
"""

from openai.types.live.connect_server_event import SessionInputAudioAppend

from microturn.protocol.events import Event, Opened
from microturn.protocol.media import MODEL_HZ, USER_HZ
from microturn.server.actions import Action, Reply, Tell
from microturn.server.live import LiveCodec, Phase
from microturn.server.outbox import Outbox
from microturn.server.pcm import Resampler, Samples, encode_pcm
from microturn.server.vocabulary import BadRequest, json_object

MOST = 4  # sidebands of a session; more are refused
ELSEWHERE = "the session has started, and its audio and pictures come from the connection that started it"
OF_THE_PRIMARY = {"session.input_audio.append", "microturn.frame.append", "microturn.text.append", "microturn.played"}


class Sideband:
    """One attached connection: its own wire state and messages, the session's mailbox. `begin` comes first."""

    def __init__(self, primary: LiveCodec, *, extended: bool) -> None:
        self.primary, self.outbox = primary, Outbox()
        self.codec = codec = LiveCodec(model=primary.model, extended=extended, now_s=0, background=primary.background)
        codec.mailbox, codec.config, codec.expires_at = primary.mailbox, primary.config, primary.expires_at
        codec.at_ms = primary.at_ms
        self._upwards = Resampler(USER_HZ, MODEL_HZ)

    def begin(self) -> None:
        """Say that the session is there, and what it waits for."""
        codec, tick_ms = self.codec, self.primary.tick_ms
        codec.phase = Phase.STARTING
        opened = Opened(
            at_ms=0.0, session_id=self.primary.session_id, tick_ms=tick_ms, second_of_day=0.0, seed=0, model=codec.model
        )
        # What follows there is about settings of the primary connection.
        for message in codec.started(opened, token="", resume_s=0.0)[: 1 + codec.extended]:
            self.outbox.put(message)
        for delegation in codec.mailbox.open.values():
            self.tell(Tell(delegation))

    def receive(self, message: str | bytes) -> list[Action]:
        """What a message of this connection asks for; audio and the like are refused with a sentence."""
        if self._kind(message) in OF_THE_PRIMARY:
            return [Reply(self.codec.error("unsupported_event", ELSEWHERE, param="type"))]
        self.codec.muted = self.primary.muted
        actions = self.codec.receive(message)
        self.primary.muted = self.codec.muted
        return actions

    def emit(self, event: Event) -> None:
        """An event of the engine."""
        for message in self.codec.emit(event):
            self.outbox.put(message)

    def tell(self, told: Tell) -> None:
        """What became of the work."""
        for message in self.codec.told(told.event):
            self.outbox.put(message)

    def hear(self, samples: Samples) -> None:
        """What the user said, 16 kHz [S], before any muting."""
        self.codec.user_samples += len(samples)
        self.codec.sent += 1
        audio = encode_pcm(self._upwards(samples))
        self.outbox.put(SessionInputAudioAppend(type="session.input_audio.append", audio=audio).model_dump_json())

    def _kind(self, message: str | bytes) -> object:
        try:
            return json_object(message).get("type")
        except BadRequest:
            return None
