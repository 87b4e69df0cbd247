"""Recordings of one speaker with every word and phone timed: the bank that `bank` fills and `spliced` speaks from.

Two files a speaker, `NAME.npy` (int16 samples, read as a memory map) and `NAME.json` (what is where). The second is
written last: a speaker whose JSON is there is whole.
"""

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from microturn.data.voices.voice import Sound, Speech
from microturn.protocol.whole import whole

LEVEL = 0.08  # root mean square of every take, -22 dB full scale
_PEAK = 0.98


@dataclass(frozen=True, slots=True)
class Take:
    """One utterance: samples [first, stop) of the recording; times in ms from `first`; the speed it was asked for."""

    first: int
    stop: int
    speed: float
    words: tuple[Sound, ...]
    phones: tuple[Sound, ...]


@dataclass(frozen=True, slots=True)
class Recording:
    """A speaker: int16 samples [S] and the takes in them, one after the other."""

    rate_hz: int
    samples: NDArray[np.int16]
    takes: tuple[Take, ...]


def save_recording(folder: Path, name: str, spoken: Sequence[tuple[float, Speech]]) -> Path:
    """Write (speed, speech) pairs as the recording `name`, each evened to one level. Returns the JSON's path."""
    rates_hz = {speech.rate_hz for _, speech in spoken}
    assert len(rates_hz) == 1, f"a recording has one rate, got {rates_hz}"
    samples = np.concatenate([_evened(speech.samples) for _, speech in spoken])
    stops = np.cumsum([len(speech.samples) for _, speech in spoken]).tolist()
    takes = [
        {"first": first, "stop": stop, "speed": speed, "words": _rows(speech.words), "phones": _rows(speech.phones)}
        for first, stop, (speed, speech) in zip([0, *stops], stops, spoken, strict=False)
    ]
    path = folder / f"{name}.json"
    with whole(path.with_suffix(".npy")) as part, part.open("wb") as file:
        np.save(file, samples)
    with whole(path) as part:
        part.write_text(json.dumps({"rate_hz": rates_hz.pop(), "takes": takes}), encoding="utf-8")
    return path


def load_recording(path: Path) -> Recording:
    """The recording whose JSON is `path`; the samples stay on the disk until they are used."""
    about = json.loads(path.read_text(encoding="utf-8"))
    takes = tuple(
        Take(take["first"], take["stop"], take["speed"], _sounds(take["words"]), _sounds(take["phones"]))
        for take in about["takes"]
    )
    return Recording(about["rate_hz"], np.load(path.with_suffix(".npy"), mmap_mode="r"), takes)


def spoken_in(recording: Recording) -> list[tuple[float, Speech]]:
    """The takes as `save_recording` was given them, but for their level."""
    spoken: list[tuple[float, Speech]] = []
    for take in recording.takes:
        samples = np.divide(recording.samples[take.first : take.stop], 32767, dtype=np.float32)
        spoken.append((take.speed, Speech(samples, recording.rate_hz, take.words, take.phones)))
    return spoken


def _evened(samples: NDArray[np.float32]) -> NDArray[np.int16]:
    gain = LEVEL / max(float(np.sqrt(np.square(samples).mean())), 1e-6)
    gain = min(gain, _PEAK / max(float(np.abs(samples).max()), 1e-6))
    return np.round(samples * (gain * 32767)).astype(np.int16)


def _rows(sounds: Iterable[Sound]) -> list[list[Any]]:
    return [[sound.text, round(sound.at_ms, 2), round(sound.until_ms, 2)] for sound in sounds]


def _sounds(rows: list[list[Any]]) -> tuple[Sound, ...]:
    return tuple(Sound(text, at_ms, until_ms) for text, at_ms, until_ms in rows)
