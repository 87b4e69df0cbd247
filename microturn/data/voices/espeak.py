"""espeak-ng in this process, hundreds of times faster than real time, with exact word and phone times.

The library and its data come in the wheel `espeakng-loader` (extra `data`). espeak-ng keeps hidden state from one
utterance to the next (flutter, echo, noise), so the library is unloaded and loaded again for each one (2 ms): the same
call gives the same samples, in any order and in any process. One utterance at a time per process (a lock sees to it).
"""

import ctypes
import threading
from collections.abc import Callable
from dataclasses import dataclass, replace
from itertools import pairwise
from typing import Any, ClassVar, Literal, cast

import numpy as np

from microturn.data.voices.phones import SIL, espeak
from microturn.data.voices.voice import LANGUAGES, Sound, Speech, plain_words

RATE_HZ = 22050
_SYNCHRONOUS, _PHONEME_EVENTS_IPA = 2, 1 | 2  # espeak_AUDIO_OUTPUT; espeakINITIALIZE_PHONEME_EVENTS | ..._IPA
_LIST_TERMINATED, _WORD, _PHONEME = 0, 1, 7  # espeak_EVENT_TYPE
_RATE, _PITCH, _RANGE = 1, 3, 4  # espeak_PARAMETER
_CHARS_UTF8, _POS_CHARACTER = 1, 1
_LOCK = threading.Lock()


class _Event(ctypes.Structure):
    """espeak_EVENT of speak_lib.h; `name` is the union, of which a phone uses all 8 bytes."""

    _fields_ = [
        ("type", ctypes.c_int),
        ("unique_identifier", ctypes.c_uint),
        ("text_position", ctypes.c_int),
        ("length", ctypes.c_int),
        ("audio_position", ctypes.c_int),
        ("sample", ctypes.c_int),
        ("user_data", ctypes.c_void_p),
        ("name", ctypes.c_ubyte * 8),
    ]


_Callback = ctypes.CFUNCTYPE(ctypes.c_int, ctypes.POINTER(ctypes.c_short), ctypes.c_int, ctypes.POINTER(_Event))


@dataclass(frozen=True, slots=True)
class _Mark:
    """One event: kind, place in the text (characters from 1), first sample, IPA of a phone."""

    kind: int
    position: int
    sample: int
    ipa: str


@dataclass(frozen=True, kw_only=True)
class Espeak:
    """A speaker: espeak-ng's accent and variant, base pitch and its range (0 to 99), words a minute."""

    accent: str = "en-us"
    variant: str = "m3"
    pitch: int = 50
    pitch_range: int = 50
    rate_wpm: int = 170
    languages: ClassVar[tuple[str, ...]] = LANGUAGES

    def __post_init__(self) -> None:
        if not (0 <= self.pitch <= 99 and 0 <= self.pitch_range <= 99 and 80 <= self.rate_wpm <= 450):
            raise ValueError("espeak-ng takes pitch and pitch_range from 0 to 99 and rate_wpm from 80 to 450.")

    @property
    def name(self) -> str:
        return f"espeak/{self.accent}+{self.variant}/{self.pitch}-{self.pitch_range}-{self.rate_wpm}"

    def speaking(self, language: str) -> "Espeak":
        """The same speaker in another language: "es", "de", "fr" or any other of espeak-ng's."""
        return replace(self, accent=language)

    def say(self, text: str, *, seed: int = 0, speed: float = 1.0) -> Speech:
        """Speech at 22050 Hz. Seeds other than 0 move pitch by up to 6 points and rate by up to 8%."""
        rng = np.random.default_rng(seed)
        pitch_step, rate_factor = (int(rng.integers(-6, 7)), float(rng.uniform(0.92, 1.08))) if seed else (0, 1.0)
        settings = {
            _RATE: int(np.clip(self.rate_wpm * speed * rate_factor, 80, 450)),
            _PITCH: int(np.clip(self.pitch + pitch_step, 0, 99)),
            _RANGE: self.pitch_range,
        }
        spoken = " ".join(text.split())
        pcm, marks = _synthesise(spoken, f"{self.accent}+{self.variant}", settings, seed)
        samples = np.divide(np.frombuffer(pcm, np.int16), 32768, dtype=np.float32)
        phones = _phones(marks, len(samples))
        return Speech(samples, RATE_HZ, _words(spoken, marks, phones), phones)


def _load() -> ctypes.CDLL:
    try:
        import espeakng_loader
    except ImportError as error:
        raise ValueError("espeak-ng is missing: install it with `pip install 'microturn[data]'`.") from error
    library = ctypes.CDLL(espeakng_loader.get_library_path())
    data = str(espeakng_loader.get_data_path()).encode()
    rate_hz = library.espeak_Initialize(_SYNCHRONOUS, 0, data, _PHONEME_EVENTS_IPA)
    assert rate_hz == RATE_HZ, f"espeak_Initialize gave {rate_hz}"
    return library


def _unload(library: ctypes.CDLL) -> None:
    import _ctypes

    library.espeak_Terminate()
    cast(Any, _ctypes).dlclose(library._handle)


def _collector(pcm: list[bytes], marks: list[_Mark]) -> Callable[[Any, int, Any], int]:
    def collect(wave: Any, count: int, events: Any) -> int:
        if wave:
            pcm.append(ctypes.string_at(wave, 2 * count))
        index = 0
        while events[index].type != _LIST_TERMINATED:
            event = events[index]
            ipa = bytes(event.name).split(b"\0")[0].decode(errors="ignore") if event.type == _PHONEME else ""
            marks.append(_Mark(event.type, event.text_position, event.sample, ipa))
            index += 1
        return 0

    return collect


def _synthesise(text: str, voice: str, settings: dict[int, int], seed: int) -> tuple[bytes, list[_Mark]]:
    """16-bit samples and events of one text, from a fresh copy of the library."""
    pcm: list[bytes] = []
    marks: list[_Mark] = []
    callback = _Callback(_collector(pcm, marks))
    encoded = text.encode()
    with _LOCK:
        library = _load()
        try:
            library.espeak_SetSynthCallback(callback)
            library.espeak_ng_SetRandSeed(ctypes.c_long(seed + 1))
            if library.espeak_SetVoiceByName(voice.encode()) != 0:
                raise ValueError(f"espeak-ng has no voice {voice!r}; `espeak-ng --voices=en` lists the accents.")
            for parameter, value in settings.items():
                library.espeak_SetParameter(parameter, value, 0)
            library.espeak_Synth(encoded, len(encoded) + 1, 0, _POS_CHARACTER, 0, _CHARS_UTF8, None, None)
        finally:
            _unload(library)
    return b"".join(pcm), marks


def transcribed(text: str, accent: str) -> list[str]:
    """The IPA of each word of a text, stress marks included; a word that espeak-ng joins to the one before has ""."""
    pieces = text.split()
    _, marks = _synthesise(" ".join(pieces), accent, {_RATE: 170}, 0)
    first_position = np.cumsum([1, *(len(piece) + 1 for piece in pieces)])
    ipa = ["" for _ in pieces]
    for mark in marks:
        if mark.kind == _PHONEME:
            index = int(np.searchsorted(first_position, mark.position, side="right")) - 1
            ipa[min(index, len(pieces) - 1)] += mark.ipa
    return ipa


def _phones(marks: list[_Mark], n_samples: int) -> tuple[Sound, ...]:
    """Phone classes with times; an IPA string of several classes ("ɛɹ") is shared out evenly."""
    events = [mark for mark in marks if mark.kind == _PHONEME]
    ends = [mark.sample for mark in events[1:]] + [n_samples]
    sounds: list[Sound] = []
    for mark, end in zip(events, ends, strict=True):
        classes = espeak(mark.ipa)
        start = mark.sample
        if end <= start and classes != (SIL,) and sounds and sounds[-1].text != SIL:
            last = sounds.pop()  # spoken inside its neighbour (the "l" of "twelve"): half of that each
            classes, start, end = (last.text, *classes), last.at_ms * RATE_HZ / 1000, last.until_ms * RATE_HZ / 1000
        edges = np.linspace(start, end, len(classes) + 1).tolist() if len(classes) > 1 else (start, end)
        edges_ms = [edge * 1000 / RATE_HZ for edge in edges]
        sounds.extend(Sound(c, a, b) for c, (a, b) in zip(classes, pairwise(edges_ms), strict=True))
    return tuple(sound for sound in sounds if sound.until_ms > sound.at_ms)


def _words(text: str, marks: list[_Mark], phones: tuple[Sound, ...]) -> tuple[Sound, ...]:
    """Each word of the text from its word event to the end of its last phone that is no silence.

    espeak-ng joins some pairs ("out of") under one event: their span is shared out by letters, at a phone's edge.
    """
    pieces = text.split()
    first_position = np.cumsum([1, *(len(piece) + 1 for piece in pieces)])
    starts: dict[int, float] = {}
    for mark in marks:
        if mark.kind == _WORD:
            index = int(np.searchsorted(first_position, mark.position, side="right")) - 1
            starts.setdefault(min(index, len(pieces) - 1), mark.sample * 1000 / RATE_HZ)
    if not starts:
        return ()
    heads = sorted(starts)
    spans = [*heads[1:], len(pieces)]
    words: list[Sound] = []
    for head, stop in zip(heads, spans, strict=True):
        until_ms = starts[stop] if stop in starts else float("inf")
        inside = [p for p in phones if p.text != SIL and starts[head] - 1e-6 <= p.at_ms < until_ms - 1e-6]
        words.extend(_share(pieces[head:stop], inside))
    return tuple(words)


def _share(pieces: list[str], inside: list[Sound]) -> list[Sound]:
    """Words of one event over its phones."""
    names = plain_words(" ".join(pieces))
    if not names or not inside:
        return []
    letters = np.cumsum([0, *(len(name) for name in names)])
    edges = np.round(letters / letters[-1] * len(inside)).astype(int)
    bounds = [inside[min(int(edge), len(inside) - 1)].at_ms for edge in edges[:-1]] + [inside[-1].until_ms]
    return [Sound(name, a, b) for name, (a, b) in zip(names, pairwise(bounds), strict=True)]


# Files of espeak-ng-data/lang/gmw by their language tag; "en" is British English.
_ACCENTS = ("en-us", "en", "en-gb-x-rp", "en-us-nyc", "en-gb-scotland", "en-029", "en-gb-x-gbclan")
_TRAIN_VARIANTS = (
    *("m1", "m2", "m3", "m4", "m7", "m8", "f1", "f2", "f3", "f4", "klatt", "klatt2", "klatt4", "Alex", "Andrea"),
    *("Annie", "Diogo", "Gene", "Hugo", "Jacky", "Lee", "Marco", "Michael", "Mike", "adam", "anika", "antonio"),
    *("aunty", "belinda", "benjamin", "david", "edward", "gustave", "iven", "john", "linda", "miguel", "pablo"),
    *("paul", "pedro", "quincy", "robert", "shelby", "steph", "travis", "victor", "max"),
)
_TEST_VARIANTS = ("m5", "m6", "f5", "klatt3", "Alicia", "sandro", "Denis", "Gene2", "Henrique", "Mario", "ed", "ian")


def speakers(split: Literal["train", "test"]) -> list[Espeak]:
    """Speakers of a split; the splits share no variant. Half of them use American English, the rest other accents."""
    rng = np.random.default_rng(7 if split == "train" else 8)
    variants = _TRAIN_VARIANTS * 12 if split == "train" else _TEST_VARIANTS
    made: list[Espeak] = []
    for index, variant in enumerate(variants):
        foreign = (index + index // len(_TRAIN_VARIANTS)) % 2
        accent = _ACCENTS[1 + (index // 2) % (len(_ACCENTS) - 1)] if foreign else "en-us"
        pitch, pitch_range = int(rng.integers(30, 71)), int(rng.integers(30, 71))
        rate_wpm = int(rng.integers(140, 191))
        made.append(Espeak(accent=accent, variant=variant, pitch=pitch, pitch_range=pitch_range, rate_wpm=rate_wpm))
    return made
