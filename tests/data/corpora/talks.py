"""A little conversation as a Timeline: two tones taking turns, with words at exact times, for import and export."""

from pathlib import Path

import av
import numpy as np
from numpy.typing import NDArray

from microturn.protocol.events import Channel, Span, Word
from microturn.protocol.media import MODEL_HZ, USER_HZ, on_grid
from microturn.protocol.timeline import Timeline, Track

Said = list[tuple[str, float, float]]
USER: Said = [("what", 400, 600), ("time", 620, 900), ("is", 900, 1000), ("it", 1010, 1203.5), ("thanks", 3600, 4100)]
MODEL: Said = [("it", 1600, 1800), ("is", 1800, 2000), ("noon", 2000, 2600)]


def tone(words: Said, rate_hz: int, duration_ms: float, base_hz: float) -> NDArray[np.float32]:
    """A tone of its own for each word, well below 7 kHz, silence between; float32 on the int16 grid."""
    samples = np.zeros(round(duration_ms * rate_hz / 1000), np.float32)
    for number, (_, at_ms, until_ms) in enumerate(words):
        first, stop = round(at_ms * rate_hz / 1000), round(until_ms * rate_hz / 1000)
        seconds = np.arange(stop - first) / rate_hz
        shape = np.hanning(stop - first)
        samples[first:stop] += (0.3 * shape * np.sin(2 * np.pi * base_hz * (1 + 0.3 * number) * seconds)).astype(
            np.float32
        )
    return on_grid(samples)


def talk(user: Said = USER, model: Said = MODEL, ms: float = 5000.0) -> Timeline:
    words = [Word(at_ms=at, until_ms=until, channel=Channel.HEARD, text=text) for text, at, until in user]
    words += [Word(at_ms=at, until_ms=until, channel=Channel.SAY, text=text) for text, at, until in model]
    spans = [Span(at_ms=at, until_ms=until, kind="word", text=text) for text, at, until in user]
    return Timeline(
        duration_ms=ms,
        second_of_day=3600.0,
        events=tuple(sorted([*words, *spans], key=lambda event: event.at_ms)),
        audio={
            Channel.USER: Track(samples=tone(user, USER_HZ, ms, 300.0), rate_hz=USER_HZ),
            Channel.MODEL: Track(samples=tone(model, MODEL_HZ, ms, 500.0), rate_hz=MODEL_HZ),
        },
        meta={"voice": "tone", "provenance": [{"source": "tones", "licence": "CC0", "seconds": ms / 1000}]},
    )


def long_talk(turns: int, turn_ms: float = 4000.0) -> Timeline:
    """Turns one after the other: the user's words in the first half of each, the model's answer in the second."""
    user = [
        (f"u{n}{i}", n * turn_ms + 300 + 400 * i, n * turn_ms + 650 + 400 * i) for n in range(turns) for i in range(3)
    ]
    model = [
        (f"m{n}{i}", n * turn_ms + 2000 + 400 * i, n * turn_ms + 2400 + 400 * i) for n in range(turns) for i in range(3)
    ]
    return talk(user, model, turns * turn_ms)


def timed(timeline: Timeline, channel: Channel) -> Said:
    return [(word.text, word.at_ms, word.until_ms) for word in timeline.words(channel)]


def assert_alike(one: Timeline, other: Timeline) -> None:
    """The same words, times within 1 ms, the model's sound to the int16 step; the user's, resampled twice, within 3."""
    for channel in (Channel.HEARD, Channel.SAY):
        a, b = timed(one, channel), timed(other, channel)
        assert [text for text, *_ in a] == [text for text, *_ in b]
        assert all(abs(x - y) < 1 for (_, *p), (_, *q) in zip(a, b, strict=True) for x, y in zip(p, q, strict=True))
    for channel, steps in ((Channel.MODEL, 0), (Channel.USER, 3)):
        a, b = one.audio[channel], other.audio[channel]
        assert (a.rate_hz, len(a.samples)) == (b.rate_hz, len(b.samples))
        assert np.abs(a.samples - b.samples).max() * 32768 <= steps, channel


def write_video(path: Path, seconds: float, sound: NDArray[np.float32], rate_hz: int = USER_HZ) -> None:
    """A film of 10 pictures a second whose brightness is the time, with sound."""
    with av.open(str(path), "w") as sink:
        video = sink.add_stream("mpeg4", rate=10)
        video.width, video.height, video.pix_fmt = 64, 48, "yuv420p"
        audio = sink.add_stream("aac", rate=rate_hz, layout="mono")
        for number in range(round(seconds * 10)):
            grey = np.full((48, 64, 3), min(255, 20 + number * 4), np.uint8)
            sink.mux(video.encode(av.VideoFrame.from_ndarray(grey, format="rgb24")))
        sink.mux(video.encode(None))
        frame = av.AudioFrame.from_ndarray(np.ascontiguousarray(sound[None]), format="fltp", layout="mono")
        frame.sample_rate, frame.pts = rate_hz, 0
        sink.mux(audio.encode(frame))
        sink.mux(audio.encode(None))
