"""What a shard keeps of a session beyond its ticks: what it is, its events, and, of some, its sound.

`item_of` makes a session's line in `about["items"]`; `entry_of` the whole entry that `shards.write_shard` takes. Sound is
Opus at about 24 kb/s a side, for listening only; the same samples give the same bytes.

Letters: S samples.
"""

import io
import json
import zlib
from typing import Any

import av
import numpy as np
from av.audio.frame import AudioFrame
from av.audio.resampler import AudioResampler
from av.error import FFmpegError
from numpy.typing import NDArray

from microturn.data.shards import Entry
from microturn.features.layout import Ticks
from microturn.protocol import wire
from microturn.protocol.events import Channel, Event, Span
from microturn.protocol.timeline import Timeline, Track

BITS_S = 24_000
FULL_SCALE = 0.985  # samples from here on count as clipped: a made microphone limits at 0.99
IN_TICKS = ("phone", "view")  # spans that the ticks hold, as labels
EVENTS, USER_SOUND, MODEL_SOUND = "events", "user_sound", "model_sound"  # names of arrays in a shard, after "0/"
SOUNDS = {Channel.USER: USER_SOUND, Channel.MODEL: MODEL_SOUND}
Bytes = NDArray[np.uint8]


def entry_of(timeline: Timeline, ticks: Ticks, *, sound: bool = False) -> Entry:
    """A session as a shard takes it: its ticks, its line, its events and, if `sound`, both tracks."""
    extras = {EVENTS: pack_events(timeline.events)}
    if sound:
        tracks = ((name, timeline.audio.get(channel)) for channel, name in SOUNDS.items())
        extras |= {name: pack_sound(track) for name, track in tracks if track and len(track.samples)}
    return Entry(ticks=ticks, item=item_of(timeline), extras=extras)


def item_of(timeline: Timeline) -> dict[str, Any]:
    """What the session is, as JSON: who speaks, what is asked for, where it comes from, how loud it is."""
    meta = timeline.meta
    return {
        "seed": timeline.seed,
        **({"id": meta["id"]} if "id" in meta else {}),
        "voice": meta.get("voice", ""),
        "others": list(meta.get("others", ())),
        "texts": [span.text for span in timeline.spans("told")],
        "picked": [span.text for span in timeline.spans("picked")],
        "acts": list(meta.get("acts", ())),
        "split": meta.get("split", ""),
        "provenance": list(meta.get("provenance", ())),
        "seconds": timeline.duration_ms / 1000,
        "levels": {channel.value: levels(track.samples) for channel, track in timeline.audio.items()},
    }


def levels(samples: NDArray[np.float32]) -> dict[str, float]:
    """Of samples [S]: the level of what is not silence in dB full scale (-120 for silence only), the peak, the share clipped."""
    loud_S = np.abs(samples)
    active = samples[loud_S > 1e-4]
    power = float(np.mean(np.square(active, dtype=np.float64))) if active.size else 0.0
    return {
        "dbfs": round(10 * float(np.log10(max(power, 1e-12))), 1),
        "peak": round(float(loud_S.max(initial=0.0)), 4),
        "clipped": round(float(np.mean(loud_S >= FULL_SCALE)) if loud_S.size else 0.0, 6),
    }


def pack_events(events: tuple[Event, ...]) -> Bytes:
    """The events as compressed JSON, without the spans that the ticks hold as labels."""
    lines = [wire.encode(e) for e in events if not (isinstance(e, Span) and e.kind in IN_TICKS)]
    return np.frombuffer(zlib.compress(json.dumps(lines, separators=(",", ":")).encode(), 6), np.uint8)


def unpack_events(packed: Bytes) -> tuple[Event, ...]:
    """What `pack_events` packed. Raises ValueError when it is damaged."""
    try:
        return tuple(wire.decode(line) for line in json.loads(zlib.decompress(packed.tobytes())))
    except (zlib.error, UnicodeDecodeError, TypeError) as error:
        raise ValueError(f"the events of a session are damaged ({error}): make the shard again") from error


def pack_sound(track: Track) -> Bytes:
    """A track as an Ogg Opus file; its rate has to be one of Opus (8, 12, 16, 24 or 48 kHz)."""
    sink = io.BytesIO()
    with av.open(sink, "w", format="ogg", options={"fflags": "+bitexact"}) as container:
        stream: Any = container.add_stream(
            "libopus", rate=track.rate_hz, layout="mono", options={"compression_level": "5"}
        )
        stream.bit_rate = BITS_S
        frame = AudioFrame.from_ndarray(wire.pcm16(track.samples)[None], format="s16", layout="mono")
        frame.sample_rate, frame.pts = track.rate_hz, 0
        container.mux(stream.encode(frame))
        container.mux(stream.encode(None))
    return np.frombuffer(sink.getvalue(), np.uint8)


def unpack_sound(packed: Bytes, rate_hz: int) -> NDArray[np.float32]:
    """The samples [S] of a packed track at `rate_hz`. Raises ValueError when it is damaged."""
    resampler = AudioResampler(format="flt", layout="mono", rate=rate_hz)
    parts: list[NDArray[np.float32]] = []
    try:
        with av.open(io.BytesIO(packed.tobytes()), "r") as container:
            for frame in container.decode(audio=0):
                parts += [piece.to_ndarray()[0] for piece in resampler.resample(frame)]
    except (FFmpegError, IndexError) as error:
        raise ValueError(f"the sound of a session is damaged ({error}): make the shard again") from error
    parts += [piece.to_ndarray()[0] for piece in resampler.resample(None)]
    return np.concatenate(parts) if parts else np.zeros(0, np.float32)
