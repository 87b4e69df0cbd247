"""The wire vocabulary without a socket: what a client sends becomes engine events, and back; bad input gets a sentence."""

import base64
import io
import json
from typing import Any

import numpy as np
import pytest
from openai.types.live import ServerEvent
from PIL import Image
from pydantic import TypeAdapter

from microturn.protocol.events import Audio, Channel, Clear, Closed, CloseReason, Do, Opened, Text, Tick, Word
from microturn.server.actions import Close, Picture, Reply, Start
from microturn.server.live import FRAMES_PER_TICK, LiveCodec
from microturn.server.pcm import encode_pcm

OPENED = Opened(at_ms=0, session_id="s1", tick_ms=200, second_of_day=0.0, seed=0, model="nano")
STRICT: TypeAdapter[Any] = TypeAdapter(ServerEvent)


def opened(*, extended: bool = False, **session: Any) -> LiveCodec:
    codec = LiveCodec(model="nano", extended=extended, now_s=0)
    actions = codec.receive(json.dumps({"type": "session.start", "session": {"model": "nano", **session}}))
    assert isinstance(actions[0], Start)
    codec.started(OPENED, token="t", resume_s=30)
    return codec


def append(samples: np.ndarray) -> str:
    return json.dumps({"type": "session.input_audio.append", "audio": encode_pcm(samples.astype(np.float32))})


def error_of(codec: LiveCodec, message: str | bytes) -> dict[str, Any]:
    (reply,) = codec.receive(message)
    assert isinstance(reply, Reply)
    event = json.loads(reply.text)
    STRICT.validate_python(event)
    assert event["type"] == "error"
    return event["error"]


@pytest.mark.parametrize("rate", [16_000, 24_000])
def test_audio_arrives_at_16_khz_in_media_time(rate: int) -> None:
    codec = opened(audio={"format": {"type": "audio/pcm", "rate": rate}})
    events = [codec.receive(append(np.full(rate // 10, 0.25)))[0] for _ in range(3)]
    assert [(e.at_ms, e.rate_hz, len(e.samples)) for e in events if isinstance(e, Audio)] == [
        (0.0, 16_000, 1600),
        (100.0, 16_000, 1600),
        (200.0, 16_000, 1600),
    ]
    assert isinstance(events[2], Audio) and events[2].samples[100:].mean() == pytest.approx(0.25, abs=1e-3)


def test_muted_audio_is_silence_and_time_goes_on() -> None:
    codec = opened()
    (ack,) = codec.receive(json.dumps({"type": "session.input_audio.mute", "event_id": "m"}))
    assert isinstance(ack, Reply) and json.loads(ack.text)["client_event_id"] == "m"
    (audio,) = codec.receive(append(np.full(2400, 0.5)))
    assert isinstance(audio, Audio) and not audio.samples.any() and codec.user_ms == 100
    codec.receive(json.dumps({"type": "session.input_audio.unmute"}))
    (audio,) = codec.receive(append(np.full(2400, 0.5)))
    assert isinstance(audio, Audio) and audio.samples.any()


@pytest.mark.parametrize("channel", [Channel.THINKING, Channel.COMMENTARY, Channel.INSTRUCTIONS])
def test_appended_text_reaches_the_engine_and_is_acknowledged(channel: Channel) -> None:
    codec = opened()
    body = {"type": f"session.{channel}.append", "content": " it is red ", "delegation_id": None, "event_id": "c1"}
    text, reply = codec.receive(json.dumps(body))
    assert text == Text(at_ms=0, channel=channel, text="it is red")
    assert isinstance(reply, Reply)
    assert json.loads(reply.text)["type"] == f"session.{channel}.appended"
    assert json.loads(reply.text)["client_event_id"] == "c1"


def test_every_server_event_fits_the_strict_schema() -> None:
    codec = opened(extended=False, instructions="be kind")
    tone = np.zeros(4800, np.float32)
    messages = [
        message
        for event in (
            Word(at_ms=0, until_ms=100, channel=Channel.HEARD, text="red"),
            Word(at_ms=200, until_ms=400, channel=Channel.SAY, text="blue"),
            Word(at_ms=400, until_ms=600, channel=Channel.SAY, text="green"),
            Audio(at_ms=200, channel=Channel.MODEL, samples=tone, rate_hz=24_000),
            Tick(at_ms=0, tick=0, compute_ms=1, late_ms=0, positions=2),
            Do(at_ms=0, text="four"),
            Clear(at_ms=0),
            Closed(at_ms=0, reason=CloseReason.CLIENT),
        )
        for message in codec.emit(event)
    ]
    parsed = [STRICT.validate_json(message) for message in messages]
    assert [p.type for p in parsed] == [
        "session.input_transcript.delta",
        "session.output_transcript.delta",
        "session.output_transcript.delta",
        "session.output_audio.delta",
        "session.closed",
    ]
    assert parsed[1].delta + parsed[2].delta == "blue green"
    assert (parsed[1].start_ms, parsed[1].end_ms) == (200, 400)
    assert len(base64.b64decode(parsed[3].delta)) == 9600
    assert parsed[4].reason == "close_requested"


def test_extensions_only_for_those_who_asked() -> None:
    tick = Tick(at_ms=0, tick=0, compute_ms=1, late_ms=5, positions=2)
    assert opened(extended=False).emit(tick) == []
    codec = opened(extended=True)
    report = json.loads(codec.emit(tick)[0])
    assert (report["type"], report["misses"], report["compute_ms"]) == ("microturn.tick", 1, 1)
    assert json.loads(codec.emit(Clear(at_ms=7))[0]) == {"type": "microturn.clear", "at_ms": 7}


def picture(width: int, height: int) -> str:
    sink = io.BytesIO()
    Image.new("RGB", (width, height), (250, 0, 0)).save(sink, "PNG")
    image = base64.b64encode(sink.getvalue()).decode()
    return json.dumps({"type": "microturn.frame.append", "image": image, "source": "screen", "event_id": "f1"})


def tick(number: int) -> Tick:
    return Tick(at_ms=number * 200.0, tick=number, compute_ms=1, late_ms=0, positions=2)


def test_frames_are_unpacked_by_the_caller_and_small() -> None:
    (packed,) = opened().receive(picture(160, 120))
    assert isinstance(packed, Picture) and packed.event_id == "f1"
    frame = packed.frame()
    assert frame.channel is Channel.SCREEN and frame.rgb.shape == (120, 160, 3) and frame.rgb[60, 80, 0] > 240
    (packed,) = opened().receive(picture(4096, 4096))  # 49 kB on the wire, 50 MB unpacked
    assert isinstance(packed, Picture)
    with pytest.raises(ValueError, match="4096 x 4096 is too large, send at most 1024 x 1024"):
        packed.frame()


def test_frames_beyond_a_few_a_tick_are_dropped() -> None:
    codec = opened()
    assert sum(len(codec.receive(picture(8, 8))) for _ in range(20)) == FRAMES_PER_TICK
    codec.emit(tick(0))
    assert sum(len(codec.receive(picture(8, 8))) for _ in range(20)) == FRAMES_PER_TICK


def test_audio_ahead_of_real_time_is_dropped_with_one_error() -> None:
    codec, second = opened(), append(np.full(24_000, 0.1))
    assert [isinstance(codec.receive(second)[0], Audio) for _ in range(2)] == [True, True]
    assert error_of(codec, second)["code"] == "audio_too_fast"
    assert codec.receive(second) == [] and codec.user_ms == 2000
    for number in range(5):
        codec.emit(tick(number))
    assert isinstance(codec.receive(second)[0], Audio) and error_of(codec, second)["code"] == "audio_too_fast"


def test_a_pause_may_be_made_up_for_but_not_in_one_message() -> None:
    codec = opened()
    for number in range(50):  # ten seconds in which nothing came: a network that was stuck
        codec.emit(tick(number))
    assert error_of(codec, append(np.zeros(72_000)))["code"] == "audio_too_fast"
    taken = [codec.receive(append(np.zeros(24_000))) for _ in range(12)]
    assert all(isinstance(actions[0], Audio) for actions in taken)
    assert error_of(codec, append(np.zeros(24_000)))["code"] == "audio_too_fast"


def test_closing() -> None:
    codec = opened()
    assert codec.receive('{"type": "session.close", "event_id": "bye"}') == [Close()]
    assert json.loads(codec.emit(Closed(at_ms=0, reason=CloseReason.CLIENT))[0])["client_event_id"] == "bye"


BAD = [
    ("not json", "invalid_json", "not JSON"),
    ("[1, 2]", "invalid_json", "JSON object"),
    ("{}", "missing_type", "session.start"),
    (b"\x00\x01", "invalid_message", "base64"),
    ("x" * (10 << 20), "message_too_large", "10.0 MB"),
    ('{"type": "session.sing"}', "unknown_event", "session.sing"),
    ('{"type": "response.create"}', "unsupported_event", "not supported"),
    ('{"type": "session.input_audio.append"}', "invalid_value", "audio"),
    ('{"type": "session.input_audio.append", "audio": "$$"}', "invalid_audio", "base64"),
    ('{"type": "session.input_audio.append", "audio": "YWJj"}', "invalid_audio", "even number"),
    ('{"type": "session.input_audio.append", "audio": "YWI=", "rate": 8000}', "unknown_parameter", "'rate'"),
    ('{"type": "session.start", "session": {"model": "nano"}}', "session_already_started", "another connection"),
    ('{"type": "microturn.frame.append", "image": "%"}', "invalid_frame", "base64"),
    ('{"type": "session.thinking.append", "content": "x", "delegation_id": "d9"}', "unknown_delegation", "d9"),
    ('{"type": "microturn.text.append", "text": "  "}', "invalid_value", "empty"),
    ("[" * 100_000, "invalid_json", "not JSON"),
    ('{"type": "\\ud800"}', "invalid_json", "surrogate"),
    ('{"type": "session.close", "event_id": "\\udc00"}', "invalid_json", "surrogate"),
    ('{"type": "microturn.text.append", "text": "\\ud83d"}', "invalid_json", "surrogate"),
    ('{"type": "session.update", "session": {"\\ud800": 1}}', "invalid_json", "surrogate"),
]


@pytest.mark.parametrize(("message", "code", "says"), BAD)
def test_bad_input_gets_a_sentence_and_the_session_goes_on(message: str | bytes, code: str, says: str) -> None:
    codec = opened()
    error = error_of(codec, message)
    assert error["code"] == code and says in error["message"], error
    assert isinstance(codec.receive(append(np.zeros(240)))[0], Audio)


def test_errors_name_the_command_and_the_parameter() -> None:
    error = error_of(opened(), '{"type": "session.update", "event_id": "e7", "session": {"colour": "red"}}')
    assert (error["client_event_id"], error["param"]) == ("e7", "session.colour")


def test_a_wrong_rate_is_refused_and_the_next_start_works() -> None:
    codec = LiveCodec(model="nano", extended=False, now_s=0)
    start = {
        "type": "session.start",
        "session": {"model": "nano", "audio": {"format": {"type": "audio/pcm", "rate": 44100}}},
    }
    error = error_of(codec, json.dumps(start))
    assert "16000 or 24000" in error["message"] and "44100" in error["message"]
    assert error_of(codec, append(np.zeros(10)))["code"] == "session_not_started"
    start["session"]["audio"]["format"]["rate"] = 16000  # type: ignore[index]
    assert isinstance(codec.receive(json.dumps(start))[0], Start)


def test_settings_that_are_ignored_are_named() -> None:
    codec = LiveCodec(model="nano", extended=False, now_s=0)
    session = {"model": "gpt-live-1", "store": True, "audio": {"output": {"voice": "marin"}}}
    codec.receive(json.dumps({"type": "session.start", "session": session}))
    started, *notices = [json.loads(m) for m in codec.started(OPENED, token="t", resume_s=30)]
    assert started["session"]["model"] == "nano" and started["session"]["store"] is False
    assert [(n["type"], n.get("code") or n["error"]["param"]) for n in notices] == [
        ("info", "model_substituted"),
        ("info", "voice_ignored"),
        ("error", "session.store"),
    ]


def test_whole_characters_may_be_escaped() -> None:
    (text,) = opened().receive('{"type": "microturn.text.append", "text": "caf\\u00e9 \\ud83d\\ude00"}')
    assert isinstance(text, Text) and text.text == "café 😀"
