"""The vocabulary this server obeys: one WebSocket message to one typed event, or a `BadRequest` with a sentence.

The schema is the pydantic types of the `openai` package, plus `extensions`. Like OpenAI's own server it is strict: a
field nobody knows is an error that names it.
"""

import json
from collections.abc import Iterator
from typing import Any, cast

from openai.types import live
from pydantic import BaseModel, ValidationError

from microturn.server import extensions as own
from microturn.server.pcm import WIRE_RATES_HZ

MAX_MESSAGE_BYTES = 1 << 20
MAX_TEXT_CHARACTERS = 2_000

OBEYED: dict[str, type[BaseModel]] = {
    "session.start": live.SessionStartEvent,
    "session.update": live.SessionUpdateEvent,
    "session.close": live.SessionCloseEvent,
    "session.input_audio.append": live.InputAudioAppendEvent,
    "session.input_audio.mute": live.InputAudioMuteEvent,
    "session.input_audio.unmute": live.InputAudioUnmuteEvent,
    "session.thinking.append": live.ThinkingAppendEvent,
    "session.commentary.append": live.CommentaryAppendEvent,
    "session.instructions.append": live.InstructionsAppendEvent,
    "microturn.frame.append": own.FrameAppend,
    "microturn.text.append": own.TextAppend,
    "microturn.played": own.PlayedAck,
    "microturn.delegation.progress": own.DelegationProgress,
    "microturn.delegation.cancel": own.DelegationCancel,
    "microturn.answer": own.CardAnswer,
    "microturn.resume": own.ResumeRequest,
}
NOT_YET = (
    "session.output_audio.fixture.play",
    "decision.create",
    "decision.item.create",
    "decision.item.delete",
    "response.create",
    "response.item.create",
    "transport.dtmf.send",
)


class BadRequest(ValueError):
    """What the client sent cannot be obeyed: a machine-readable code, a sentence, the parameter at fault."""

    def __init__(self, code: str, message: str, param: str | None = None) -> None:
        super().__init__(message)
        self.code, self.param = code, param


def json_object(message: str | bytes) -> dict[str, Any]:
    if len(message) > MAX_MESSAGE_BYTES:
        raise BadRequest(
            "message_too_large",
            f"one message may have {MAX_MESSAGE_BYTES >> 20} MB, got {len(message) / 2**20:.1f} MB; "
            "send audio in chunks of 20 to 200 ms and frames as small JPEGs",
        )
    if isinstance(message, bytes):
        raise BadRequest(
            "invalid_message", "send JSON as text messages; audio goes as base64 in session.input_audio.append"
        )
    try:
        body = json.loads(message)
    except (ValueError, RecursionError) as error:
        raise BadRequest("invalid_json", f"the message is not JSON: {error}") from None
    if not _is_unicode(message, body):
        raise BadRequest("invalid_json", "a string holds half a surrogate pair, such as \\ud800; send whole characters")
    if not isinstance(body, dict):
        raise BadRequest("invalid_json", f"an event is a JSON object with a 'type', got {type(body).__name__}")
    return cast(dict[str, Any], body)


def _is_unicode(message: str, body: object) -> bool:
    """Whether every string can be written as UTF-8; only an escape can smuggle in one that cannot."""
    try:
        (json.dumps(body, ensure_ascii=False) if "\\u" in message else message).encode()
    except UnicodeEncodeError:
        return False
    return True


def parse(body: dict[str, Any]) -> BaseModel:
    name = body.get("type")
    if not isinstance(name, str):
        raise BadRequest("missing_type", "the event has no 'type'; send for example session.start", "type")
    if name not in OBEYED:
        known = name in NOT_YET
        said = "is not supported by this server" if known else "is not an event of OpenAI Live or microturn"
        raise BadRequest("unsupported_event" if known else "unknown_event", f"{name:.80} {said}", "type")
    try:
        event = OBEYED[name].model_validate(body)
    except ValidationError as error:
        raise _rejected(body, error) from None
    if unknown := next(_unknown_fields(event, ""), None):
        raise BadRequest("unknown_parameter", f"{name} has no parameter {unknown!r}; remove it", unknown)
    return event


def _rejected(body: dict[str, Any], error: ValidationError) -> BadRequest:
    first = error.errors(include_url=False, include_input=True)[0]
    param = ".".join(str(part) for part in first["loc"])
    if "format" in param and "rate" in param:
        rates = " or ".join(str(rate) for rate in WIRE_RATES_HZ)
        return BadRequest(
            "invalid_value",
            f"audio/pcm has a rate of {rates} Hz, got {first['input']!r:.40}; resample the audio and start again",
            "session.audio.format.rate",
        )
    return BadRequest("invalid_value", f"{body['type']}: {param}: {first['msg']}, got {first['input']!r:.80}", param)


def _unknown_fields(event: BaseModel, where: str) -> Iterator[str]:
    yield from (f"{where}{name}" for name in event.model_extra or {})
    for name in type(event).model_fields:
        value = getattr(event, name)
        if isinstance(value, BaseModel):
            yield from _unknown_fields(value, f"{where}{name}.")


def ignored(
    config: live.SessionConfig, model: str, *, background: bool = False
) -> Iterator[tuple[str, str, str | None]]:
    """(code, sentence, parameter) for every setting that this server cannot obey."""
    if config.model != model:
        yield "model_substituted", f"this server serves {model}, not {config.model}", "session.model"
    if config.audio and config.audio.output and config.audio.output.voice:
        yield "voice_ignored", f"{model} has one voice of its own", "session.audio.output.voice"
    asked = config.delegation.type if config.delegation else None
    if asked == "responses" and background:
        yield (
            "delegation_substituted",
            "the server's own background does the work, as it is set up",
            "session.delegation",
        )
    elif asked is not None and asked != "client":
        yield "unsupported_parameter", "only client delegation is supported; the session goes on", "session.delegation"
    for name in ("triggers", "input", "store", "client"):
        if getattr(config, name):
            yield "unsupported_parameter", f"{name} is not supported; the session goes on without it", f"session.{name}"


def short(text: str, param: str) -> str:
    if not text.strip():
        raise BadRequest("invalid_value", f"{param} is empty; send some text", param)
    if len(text) > MAX_TEXT_CHARACTERS:
        raise BadRequest(
            "invalid_value", f"{param} may have {MAX_TEXT_CHARACTERS} characters, got {len(text)}; send less", param
        )
    return text.strip()
