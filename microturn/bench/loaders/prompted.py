"""Sessions around a video of a benchmark: a prompt spoken by a test voice, before the pictures or over them.

What the user says is clean and the video is mute, unless its sound is given: where a benchmark's items ask in the video
itself.

Shapes: S samples.
"""

import re
import zlib
from collections.abc import Sequence
from functools import cache

import numpy as np
from numpy.typing import NDArray

from microturn.bench.loaders.video import Clip
from microturn.data.scene import cast
from microturn.data.script import Speaker, at_rate
from microturn.features.numbers import number_words
from microturn.protocol.events import Channel, Event, Frame, Span, Text
from microturn.protocol.media import USER_HZ
from microturn.protocol.timeline import Timeline, Track

Samples = NDArray[np.float32]
LEAD_MS = 400.0  # before the first word
ANSWER_MS = 6000.0  # after a question at the end: room for the answer
LEVEL = 0.5  # the highest sample of what is spoken


def plain(text: str) -> str:
    """A text as a voice is given it: lower case, words and spelled numbers, no punctuation."""
    words: list[str] = []
    for token in re.findall(r"\d+|(?:[^\W\d_]|')+", text.lower()):
        if not token.isdigit():
            words.append(token.strip("'"))
        elif int(token) <= 100:
            words += number_words(int(token))
        else:
            words += [number_words(int(digit))[0] for digit in token]
    return " ".join(word for word in words if word)


@cache
def _speakers() -> tuple[Speaker, ...]:
    return tuple(voice for voice in cast("test").users if "en" in getattr(voice, "languages", ("en",)))


def speech(text: str) -> Samples:
    """A text as a test voice says it, float32 [S] at 16 kHz; which voice follows from the text."""
    key = zlib.crc32(text.encode())
    said = _speakers()[key % len(_speakers())].say(plain(text), seed=key % 1000)
    samples_S = at_rate(said.samples, said.rate_hz)
    return samples_S * np.float32(LEVEL / max(float(np.abs(samples_S).max(initial=0.0)), 1e-6))


def seconds_of(samples_S: Samples) -> float:
    return len(samples_S) / USER_HZ


def session(
    clip: Clip, *, video_ms: float, spoken: Sequence[tuple[float, Samples]], tail_ms: float, texts: Sequence[Text] = ()
) -> Timeline:
    """A session in which the clip begins at `video_ms` and sounds at theirs; its last picture stays for `tail_ms`.

    What the user says is marked by spans of kind "told".
    """
    ends_ms = [at_ms + 1000 * seconds_of(samples) for at_ms, samples in spoken]
    duration_ms = max([video_ms + clip.duration_ms, *ends_ms]) + tail_ms
    track_S = np.zeros(round(duration_ms * USER_HZ / 1000), np.float32)
    for at_ms, samples_S in spoken:
        first = round(at_ms * USER_HZ / 1000)
        track_S[first : first + len(samples_S)] += samples_S[: len(track_S) - first]
    told = [
        Span(at_ms=at_ms, until_ms=end_ms, kind="told", text="")
        for (at_ms, _), end_ms in zip(spoken, ends_ms, strict=True)
    ]
    events: list[Event] = [*told, *texts]
    frames = tuple(Frame(at_ms=video_ms + at_ms, channel=Channel.CAMERA, rgb=rgb) for at_ms, rgb in clip.pictures)
    return Timeline(
        duration_ms=duration_ms,
        audio={Channel.USER: Track(samples=np.clip(track_S, -1.0, 1.0), rate_hz=USER_HZ)},
        events=tuple(sorted(events, key=lambda event: event.at_ms)),
        frames=frames,
    )


def asked_before(prompt: str, clip: Clip, *, quiet_ms: float, tail_ms: float) -> tuple[Timeline, float]:
    """The prompt, `quiet_ms` in which it may be acknowledged, the video; and when the video begins."""
    said_S = speech(prompt)
    video_ms = LEAD_MS + 1000 * seconds_of(said_S) + quiet_ms
    return session(clip, video_ms=video_ms, spoken=[(LEAD_MS, said_S)], tail_ms=tail_ms), video_ms


def asked_after(prompt: str, clip: Clip, *, tail_ms: float = ANSWER_MS) -> tuple[Timeline, float]:
    """The video, its last picture held while the question is asked and answered; and when the question ends."""
    said_S = speech(prompt)
    timeline = session(clip, video_ms=0.0, spoken=[(clip.duration_ms, said_S)], tail_ms=tail_ms)
    return timeline, clip.duration_ms + 1000 * seconds_of(said_S)
