"""flite, the synthesiser that training never hears: its voices test whether the model understands a new one.

Runs the program `flite` (Debian package `flite`) once per text; phone times are its own, word times come from the
number of phones of each word spoken alone (exact when those counts add up, shared out in proportion otherwise).
"""

import shutil
import subprocess
import tempfile
import wave
from dataclasses import dataclass
from functools import lru_cache
from itertools import pairwise
from pathlib import Path
from typing import ClassVar

import numpy as np

from microturn.data.voices.phones import SIL, arpabet
from microturn.data.voices.voice import Sound, Speech, plain_words

VOICES = ("kal", "kal16", "awb", "rms", "slt")


class Absent(ValueError):
    """The synthesiser is not installed."""


@dataclass(frozen=True, kw_only=True)
class Flite:
    """One of flite's voices, by its name in `flite -lv`."""

    voice: str
    languages: ClassVar[tuple[str, ...]] = ("en",)

    def __post_init__(self) -> None:
        if self.voice not in VOICES:
            raise ValueError(f"flite has no voice {self.voice!r}; use one of {', '.join(VOICES)}.")

    @property
    def name(self) -> str:
        return f"flite/{self.voice}"

    def say(self, text: str, *, seed: int = 0, speed: float = 1.0) -> Speech:
        """Speech at the voice's own rate (8 or 16 kHz). Seeds other than 0 move the rate by up to 8%."""
        stretch = 1 / speed * (float(np.random.default_rng(seed).uniform(0.92, 1.08)) if seed else 1.0)
        with tempfile.TemporaryDirectory() as folder:
            path = Path(folder) / "speech.wav"
            options = ["--setf", f"duration_stretch={stretch:.4f}", "-psdur", "-t", " ".join(text.split())]
            listing = _run(["-voice", self.voice, *options, "-o", str(path)])
            with wave.open(str(path)) as file:
                rate_hz = file.getframerate()
                pcm = np.frombuffer(file.readframes(file.getnframes()), "<i2")
        samples = np.divide(pcm, 32768, dtype=np.float32)
        pairs = [entry.rsplit(":", 1) for entry in listing.split()]
        edges_ms = [0.0, *(float(end) * 1000 for _, end in pairs)]
        phones = tuple(Sound(arpabet(name), a, b) for (name, _), (a, b) in zip(pairs, pairwise(edges_ms), strict=True))
        return Speech(samples, rate_hz, _words(text, phones), phones)


def _run(arguments: list[str]) -> str:
    program = shutil.which("flite")
    if program is None:
        raise Absent("the program `flite` is missing: install it with `apt-get install flite`")
    done = subprocess.run([program, *arguments], capture_output=True, text=True, check=True)
    return done.stdout


@lru_cache(maxsize=5000)
def _phone_count(word: str) -> int:
    names = _run(["-voice", "kal", "-ps", "-t", word, "-o", "none"]).split()
    return max(1, sum(arpabet(name) != SIL for name in names))


def _words(text: str, phones: tuple[Sound, ...]) -> tuple[Sound, ...]:
    words = plain_words(text)
    spoken = [phone for phone in phones if phone.text != SIL]
    if not words or not spoken:
        return ()
    counts = np.cumsum([0, *(_phone_count(word) for word in words)])
    edges = np.round(counts / counts[-1] * len(spoken)).astype(int)
    spans = [(spoken[min(a, len(spoken) - 1)], spoken[max(b - 1, 0)]) for a, b in pairwise(edges.tolist())]
    return tuple(Sound(w, first.at_ms, last.until_ms) for w, (first, last) in zip(words, spans, strict=True))


def speakers() -> list[Flite]:
    """Every voice of flite."""
    return [Flite(voice=voice) for voice in VOICES]
