"""Handmade scenarios for the tests of the bench, and a cast of tones for those of the data factory."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from microturn.bench.controls import tone
from microturn.bench.task import Scenario
from microturn.data.scene import Cast
from microturn.data.voices.voice import Sound, Speech
from microturn.protocol.events import Channel, Event, Span, Word
from microturn.protocol.media import MODEL_HZ, USER_HZ
from microturn.protocol.timeline import Timeline, Track

WORD_MS = 300.0


class Beeper:
    """A user's voice: a tone of 240 ms per word and 60 ms of rest, in any language."""

    name = "beeper"
    languages = ("en", "es", "de", "fr")

    def speaking(self, language: str) -> "Beeper":
        return self

    def say(self, text: str, *, seed: int = 0, speed: float = 1.0) -> Speech:
        words = text.split()
        beep = np.concatenate([tone(240, hz=330, rate_hz=USER_HZ), np.zeros(960, np.float32)])
        times = tuple(Sound(word, WORD_MS * i, WORD_MS * i + 240) for i, word in enumerate(words))
        return Speech(samples=np.tile(beep, len(words)), rate_hz=USER_HZ, words=times, phones=())


@dataclass(frozen=True)
class OwnBeep:
    """The model's voice: two ticks of tone per word."""

    text: str

    @property
    def samples(self) -> NDArray[np.float32]:
        return tone(400.0 * len(self.words))

    @property
    def words(self) -> Sequence[tuple[str, int, int]]:
        return [(word, 2 * i, 2) for i, word in enumerate(self.text.split())]


CAST = Cast(users=(Beeper(),), own=OwnBeep)
Said = Sequence[tuple[float, float, str]]  # (start ms, end ms, word)


def output(said: Said = (), *, duration_ms: float = 10_000.0, heard: Said = (), sound: bool = True) -> Timeline:
    """What a system did: each word it said as a tone (or, with `sound=False`, as text alone)."""
    samples = np.zeros(round(duration_ms * MODEL_HZ / 1000), np.float32)
    for start, end, _ in said if sound else ():
        voice = tone(end - start)
        first = round(start * MODEL_HZ / 1000)
        samples[first : first + len(voice)] = voice[: len(samples) - first]
    words = [Word(at_ms=a, until_ms=b, channel=Channel.SAY, text=text) for a, b, text in said]
    words += [Word(at_ms=a, until_ms=b, channel=Channel.HEARD, text=text) for a, b, text in heard]
    audio = {Channel.MODEL: Track(samples=samples, rate_hz=MODEL_HZ)}
    return Timeline(duration_ms=duration_ms, audio=audio, events=tuple(words))


def expect(text: str, at_ms: float, until_ms: float, **data: Any) -> Span:
    return Span(at_ms=at_ms, until_ms=until_ms, kind="expect", text=text, who="model", data=data)


def scenario(
    name: str,
    truth: Sequence[Span] = (),
    *,
    script: Said = (),
    kind: str = "",
    meta: Mapping[str, Any] | None = None,
    duration_ms: float = 10_000.0,
) -> Scenario:
    """A world: `truth` spans, and what the script has the model say."""
    ideal = output(script, duration_ms=duration_ms)
    user = Track(samples=np.zeros(round(duration_ms * USER_HZ / 1000), np.float32), rate_hz=USER_HZ)
    events: tuple[Event, ...] = (*truth, *ideal.events)
    timeline = Timeline(duration_ms=duration_ms, audio={**ideal.audio, Channel.USER: user}, events=events)
    return Scenario(id=name, kind=kind, timeline=timeline, meta=meta or {})
