"""Words for systems that give none: a recogniser listens to what they say, before anything is scored.

Any recogniser will do: `open_recogniser("whisper")` (the default, offline), `pocketsphinx`, `none`, or `module:function`,
a function from (samples [S], rate) to words with their begin and end in ms. What was heard in a piece of sound is kept on
disk. An output that was listened to says so: `meta["words_from"]` names the recogniser.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from importlib import import_module
from pathlib import Path
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

from microturn.bench.audible import soundings
from microturn.bench.kept import default_folder, path_of, read_or_make
from microturn.bench.recogniser import Heard, Whisper
from microturn.protocol.events import Channel, Word
from microturn.protocol.timeline import Timeline, Track

Samples = NDArray[np.float32]
JOIN_MS = 600.0  # shorter silences are inside an utterance
MARGIN_MS = 100.0
QUIET_MS = 250.0  # silence around what a recogniser is given
WORDS_FROM = "words_from"
NAMES = "whisper, pocketsphinx, none or module:function"


class Recogniser(Protocol):
    """An ear: `hear` gives the words of mono speech, [S] in [-1, 1], with times in ms from the first sample."""

    @property
    def name(self) -> str: ...

    def hear(self, samples: Samples, rate_hz: int) -> Sequence[Heard]: ...


@dataclass(frozen=True, kw_only=True)
class Given:
    """A recogniser that is somebody's function."""

    name: str
    function: Callable[[Samples, int], Sequence[Heard]]

    def hear(self, samples: Samples, rate_hz: int) -> Sequence[Heard]:
        return [(str(word), float(start), float(end)) for word, start, end in self.function(samples, rate_hz)]


@dataclass(frozen=True, kw_only=True)
class Kept:
    """A recogniser whose words are kept in `folder`, one file for each sound it has heard."""

    ear: Recogniser
    folder: Path

    @property
    def name(self) -> str:
        return self.ear.name

    def hear(self, samples: Samples, rate_hz: int) -> Sequence[Heard]:
        path = path_of(self.folder, self.name, samples, rate_hz)
        return read_or_make(path, lambda: list(self.ear.hear(samples, rate_hz)), _as_heard)


def _as_heard(kept: Any) -> list[Heard]:
    return [(str(word), float(start), float(end)) for word, start, end in kept]


def open_recogniser(name: str, *, cache: Path | None = None) -> Recogniser | None:
    """The recogniser called `name`, keeping its words under `cache`; None for "none". ValueError says what a name may be."""
    if name == "none":
        return None
    return Kept(ear=_ear(name), folder=cache or default_folder())


def _ear(name: str) -> Recogniser:
    if name == "whisper":
        return Whisper()
    if name == "pocketsphinx":
        from microturn.bench.sphinx import Sphinx

        return Sphinx()
    module, colon, function = name.partition(":")
    if not colon:
        raise ValueError(f"no recogniser named {name!r}; --recogniser takes {NAMES}")
    try:
        return Given(name=name, function=getattr(import_module(module), function))
    except (ImportError, AttributeError) as error:
        raise ValueError(f"the recogniser {name!r} cannot be loaded: {error}") from error


def with_words(output: Timeline, recogniser: Recogniser | None) -> Timeline:
    """The output with the words that the recogniser hears in it; as it is if it has `say` words, makes no sound, or for None."""
    track = output.audio.get(Channel.MODEL)
    if recogniser is None or track is None or output.words(Channel.SAY):
        return output
    stretches = soundings(output, join_ms=JOIN_MS)
    words = [word for one in stretches for word in _heard(track, one.at_ms, one.until_ms, recogniser)]
    if not stretches:
        return output
    events = sorted((*output.events, *words), key=lambda event: event.at_ms)
    return replace(output, events=tuple(events), meta={**output.meta, WORDS_FROM: recogniser.name})


def _heard(track: Track, at_ms: float, until_ms: float, recogniser: Recogniser) -> list[Word]:
    """The words of one stretch of sound, within it."""
    first = max(0, round((at_ms - MARGIN_MS) * track.rate_hz / 1000))
    piece = track.samples[first : round((until_ms + MARGIN_MS) * track.rate_hz / 1000)]
    quiet = round(QUIET_MS * track.rate_hz / 1000)
    shift_ms = (first - quiet) * 1000.0 / track.rate_hz
    words: list[Word] = []
    for text, start, end in recogniser.hear(np.pad(piece, quiet), track.rate_hz):
        begin = min(max(start + shift_ms, at_ms), until_ms)
        words.append(
            Word(at_ms=begin, until_ms=min(max(end + shift_ms, begin), until_ms), channel=Channel.SAY, text=text)
        )
    return words
