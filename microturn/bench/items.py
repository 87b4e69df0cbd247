"""One item as the report shows it: both waveforms, words, windows, marks, and both sides to listen to.

Letters: C channels, S samples.
"""

import base64
import io
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, cast

import av
import numpy as np
from av.audio.frame import AudioFrame
from numpy.typing import NDArray

from microturn.bench.task import FAILED, Result, Scenario
from microturn.protocol.events import Channel, Clear, Do, Event, Span, Text, Word
from microturn.protocol.timeline import Timeline, Track
from microturn.protocol.wire import pcm16

POINTS = 700  # of a waveform
RATE_HZ = 16_000
KBPS = 32
LONGEST_MS = 120_000.0  # of an item that is shown: longer ones are cut
WINDOWS = ("expect", "pause", "interrupt", "keep")


def item(scenario: Scenario, output: Timeline) -> dict[str, Any]:
    """An item as JSON: what it is, what happened on both sides, and its sound as a data URI."""
    truth = scenario.timeline
    until_ms = min(truth.duration_ms, LONGEST_MS)
    return {
        "id": scenario.id,
        "kind": scenario.kind,
        "failed": output.meta.get(FAILED),
        "ms": until_ms,
        "cut": truth.duration_ms > LONGEST_MS,
        "user": envelope(truth.audio.get(Channel.USER), until_ms),
        "model": envelope(output.audio.get(Channel.MODEL), until_ms),
        "frames": len(truth.frames),
        "words": {
            "user": _words(span for span in truth.spans("word") if span.who == "user"),
            "other": _words(span for span in truth.spans("word") if span.who not in ("user", "model")),
            "heard": _words(output.words(Channel.HEARD)),
            "say": _words(output.words(Channel.SAY)),
        },
        "typed": [[e.at_ms, e.text] for e in truth.events if isinstance(e, Text)],
        "notes": [[e.at_ms, e.text] for e in output.events if isinstance(e, Do)],
        "clears": [e.at_ms for e in output.events if isinstance(e, Clear)],
        "windows": list(_windows(truth.events)),
        "marks": list(marks(scenario.meta)),
        "sound": sound(truth, output, until_ms),
    }


def badness(results: Sequence[Result], scenario_id: str, *, failed: bool) -> float:
    """How badly an item went, for the order of the list: failed 2, shares 1 (all wrong) to 0, unscored -1."""
    if failed:
        return 2.0
    wrong: list[float] = []
    for result in results:
        value = result.scores[scenario_id].value
        if value is not None and result.measure.unit == "%":
            wrong.append(1 - value if result.measure.better == "high" else value)
    return float(np.mean(wrong)) if wrong else -1.0


def envelope(track: Track | None, until_ms: float) -> str:
    """Peaks of up to POINTS stretches as octets in base64, on a scale that shows quiet voices (a square root)."""
    if track is None or not len(track.samples):
        return ""
    samples = np.abs(track.samples[: round(until_ms * track.rate_hz / 1000)])
    covered = round(POINTS * min(1.0, len(samples) / (until_ms * track.rate_hz / 1000)))
    edges = np.linspace(0, len(samples), max(covered, 1), endpoint=False, dtype=np.int64)
    peaks = np.maximum.reduceat(samples, edges)
    return base64.b64encode(np.round(255 * np.sqrt(np.clip(peaks, 0, 1))).astype(np.uint8).tobytes()).decode()


def sound(truth: Timeline, output: Timeline, until_ms: float) -> str:
    """Both sides as MP3, user left and model right, as a data URI."""
    size = round(until_ms * RATE_HZ / 1000)
    both_CS = np.zeros((2, size), np.float32)
    for row, (timeline, channel) in enumerate(((truth, Channel.USER), (output, Channel.MODEL))):
        if channel in timeline.audio:
            one = Timeline(duration_ms=timeline.duration_ms, audio={channel: timeline.audio[channel]})
            side = one.stereo(RATE_HZ)[row][:size]
            both_CS[row, : len(side)] = side
    return "data:audio/mpeg;base64," + base64.b64encode(mp3(both_CS, RATE_HZ)).decode()


def mp3(samples_CS: NDArray[np.float32], rate_hz: int) -> bytes:
    """Stereo samples [2, S] as an MP3 file."""
    sink = io.BytesIO()
    with av.open(sink, "w", format="mp3") as container:
        stream: Any = cast(Any, container).add_stream("libmp3lame", rate=rate_hz, layout="stereo")
        stream.bit_rate = KBPS * 1000
        stream.format = "s16p"
        frame = AudioFrame.from_ndarray(np.ascontiguousarray(pcm16(samples_CS)), format="s16p", layout="stereo")
        frame.sample_rate, frame.pts = rate_hz, 0
        fifo: Any = av.AudioFifo()
        fifo.write(frame)
        for part in fifo.read_many(stream.frame_size or 1152, partial=True):
            cast(Any, container).mux(stream.encode(part))
        cast(Any, container).mux(stream.encode(None))
    return sink.getvalue()


def marks(meta: Mapping[str, Any]) -> Iterator[list[Any]]:
    """What a scenario's meta says about times: [name, from ms, to ms or None] for every key that ends in `_ms`."""
    for key, value in meta.items():
        if key.endswith("_ms"):
            for one in _times(value):
                yield [key.removesuffix("_ms").replace("_", " "), *one]


def _times(value: Any) -> Iterator[list[float | None]]:
    """A number is a moment, two numbers are a stretch, a list of either is each of them."""
    if isinstance(value, int | float):
        yield [float(value), None]
    elif isinstance(value, list | tuple):
        parts = cast(Sequence[Any], value)
        if len(parts) == 2 and all(isinstance(part, int | float) for part in parts):
            yield [float(parts[0]), float(parts[1])]
        else:
            for part in parts:
                yield from _times(part)


def _words(words: Any) -> list[list[Any]]:
    return [[round(word.at_ms), round(word.until_ms), word.text] for word in cast(Iterator[Word | Span], words)]


def _windows(events: Sequence[Event]) -> Iterator[dict[str, Any]]:
    for event in events:
        if isinstance(event, Span) and event.kind in WINDOWS:
            kind = event.kind if event.data.get("scored", True) or event.kind != "expect" else "allowed"
            yield {"kind": kind, "at": event.at_ms, "until": event.until_ms, "text": event.text}
