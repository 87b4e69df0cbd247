"""What else sounds where somebody talks: a fan, traffic, a keyboard, a kitchen, music, a crowd, recordings of places.

Synthesised here but for the recordings; each of unit power. `SURROUNDINGS` names those that need nothing but chance;
`crowd` mixes voices; `recorded` takes a part of an audio file in $MICROTURN_DATA/noise. Mono float32 [S] at 16 kHz.
"""

import os
from collections.abc import Callable, Sequence
from functools import lru_cache
from pathlib import Path

import numpy as np

from microturn.data.sound.filters import band, convolve
from microturn.data.sound.levels import RATE_HZ, Samples, add, unit
from microturn.data.sound.noise import NOISES, coloured
from microturn.data.sound.rooms import room
from microturn.protocol.media import read_media

SUFFIXES = (".flac", ".mp3", ".ogg", ".opus", ".wav")
_FOLDER = "MICROTURN_DATA"
_TRAINED = 0.8  # this share of a recording is for training, the rest for the tests
_LOOP = 10 * RATE_HZ  # impacts are drawn for so long, and repeat


def fan(rng: np.random.Generator, count: int) -> Samples:
    """A fan or an air conditioner: rushing air with the blades' tones, turning a little unevenly."""
    blades_hz = float(rng.uniform(40, 160))
    seconds = np.arange(min(count, _LOOP)) / RATE_HZ
    turn = 2 * np.pi * np.round(blades_hz * _LOOP / RATE_HZ) * RATE_HZ / _LOOP * seconds
    tones = sum(rng.uniform(0.2, 1) / k * np.sin(k * turn + rng.uniform(0, 6.28)) for k in range(1, 9))
    air = band(coloured(rng, count, float(rng.uniform(0.8, 1.6))), 30, float(rng.uniform(1500, 6000)))
    return unit(unit(air) + np.float32(rng.uniform(0.1, 0.8)) * unit(np.resize(np.asarray(tones), count)))


def traffic(rng: np.random.Generator, count: int) -> Samples:
    """A street: a low rumble, and cars that pass, each a swell of tyre noise of 3 to 9 s."""
    out = 0.4 * coloured(rng, count, 1.8)
    tyres = band(coloured(rng, count, 0.8), 80, 2500)
    swell = np.zeros(count // 160 + 1, np.float32)
    at_s = float(rng.uniform(-3, 3))
    while at_s * 100 < len(swell):
        length = int(100 * rng.uniform(3, 9))
        passing = np.hanning(length) ** 2 * rng.uniform(0.3, 1.5)
        add(swell, passing.astype(np.float32), int(at_s * 100))
        at_s += float(rng.exponential(4))
    curve = np.interp(np.arange(count) / 160, np.arange(len(swell)), swell)
    return unit(out + tyres * curve.astype(np.float32))


def _impacts(rng: np.random.Generator, count: int, pace_s: float, strike: Callable[[], Samples]) -> Samples:
    """Strikes at random times, `pace_s` apart on average, in a room; ten seconds, looped."""
    bed = np.zeros(_LOOP, np.float32)
    at = 0.0
    while at < _LOOP:
        add(bed, strike() * np.float32(rng.lognormal(0, 0.5)), int(at))
        at += RATE_HZ * rng.gamma(2, pace_s / 2)
    bed = convolve(bed, room(rng)) + np.float32(1e-4) * coloured(rng, _LOOP, 1.0)
    return unit(np.resize(bed, count))


def typing(rng: np.random.Generator, count: int) -> Samples:
    """A keyboard: clicks, each down and up again, in the rhythm of a typist, with pauses."""
    keys = [band(_ring(rng, (1800, 7000), 0.004, 3), 600, 7800) for _ in range(6)]

    def strike() -> Samples:
        one = np.zeros(RATE_HZ // 4, np.float32)
        add(one, keys[int(rng.integers(6))], 0)
        add(one, keys[int(rng.integers(6))] * np.float32(0.5), int(rng.uniform(0.05, 0.14) * RATE_HZ))
        return one

    return _impacts(rng, count, float(rng.uniform(0.12, 0.4)), strike)


def kitchen(rng: np.random.Generator, count: int) -> Samples:
    """Dishes and drawers: ringing and dull impacts, over a hiss of water now and then."""
    things = [_ring(rng, (1500, 7000), float(rng.uniform(0.03, 0.25)), 6) for _ in range(5)]
    things += [_ring(rng, (90, 900), float(rng.uniform(0.01, 0.05)), 5) for _ in range(4)]
    struck = _impacts(rng, count, float(rng.uniform(0.4, 1.5)), lambda: things[int(rng.integers(len(things)))])
    if rng.random() < 0.5:
        struck = struck + np.float32(rng.uniform(0.1, 0.6)) * unit(band(coloured(rng, count, 0.3), 500, 7500))
    return unit(struck)


def _ring(rng: np.random.Generator, hz: tuple[float, float], decay_s: float, modes: int) -> Samples:
    """A struck thing: decaying tones of random pitch."""
    seconds = np.arange(int(RATE_HZ * min(1.0, 6 * decay_s))) / RATE_HZ
    tones = [
        np.exp(-seconds / (decay_s * rng.uniform(0.5, 1)))
        * np.sin(2 * np.pi * rng.uniform(*hz) * seconds + rng.uniform(0, 6.28))
        for _ in range(modes)
    ]
    return np.sum(tones, axis=0).astype(np.float32)


def band_music(rng: np.random.Generator, count: int) -> Samples:
    """Chords, a bass and a beat: four chords of a key over four bars, looped."""
    beat = int(RATE_HZ * 60 / rng.uniform(70, 150))
    root_hz = 110 * 2 ** (rng.integers(12) / 12)
    scale = np.array([0, 2, 4, 5, 7, 9, 11]) if rng.random() < 0.6 else np.array([0, 2, 3, 5, 7, 8, 10])
    bars = [_bar(rng, beat, root_hz, scale, int(degree)) for degree in rng.choice(7, 4)]
    return unit(np.resize(np.concatenate(bars), count))


def _bar(rng: np.random.Generator, beat: int, root_hz: float, scale: np.ndarray, degree: int) -> Samples:
    """Four beats of a chord on one degree of the scale."""
    bar = np.zeros(4 * beat, np.float32)
    steps = [scale[(degree + k) % 7] + 12 * ((degree + k) // 7) for k in (0, 2, 4)]
    seconds = np.arange(4 * beat) / RATE_HZ
    for step in steps:
        hz = root_hz * 2 ** (1 + step / 12)
        chord = sum(np.sin(2 * np.pi * hz * k * seconds) / k**1.7 for k in range(1, 6))
        bar += (0.3 * np.exp(-seconds / 1.2) * np.asarray(chord)).astype(np.float32)
    for index in range(4):
        s = np.arange(beat) / RATE_HZ
        low = np.sin(2 * np.pi * root_hz * 2 ** (steps[0] / 12 - 1) * s) * np.exp(-s / 0.3)
        drum = np.sin(2 * np.pi * (45 * s - 3 * np.exp(-s / 0.03))) * np.exp(-s / 0.08)
        snare = rng.standard_normal(beat) * np.exp(-s / 0.05) * (index % 2)
        add(bar, (0.5 * low + 0.8 * drum + 0.25 * snare).astype(np.float32), index * beat)
    return bar


def crowd(rng: np.random.Generator, count: int, voices: Sequence[Samples]) -> Samples:
    """Babble of real words: three to eight of the `voices` [S], each begun anywhere, looped, far away in a room."""
    mixed = np.zeros(min(count, 3 * _LOOP), np.float32)
    for index in rng.integers(len(voices), size=int(rng.integers(3, 9))):
        voice = unit(voices[int(index)])
        mixed += np.float32(rng.uniform(0.4, 1)) * np.resize(np.roll(voice, int(rng.integers(len(voice)))), len(mixed))
    return unit(np.resize(convolve(mixed, room(rng)), count))


def recordings() -> list[Path]:
    """The audio files in $MICROTURN_DATA/noise, in the order of their names."""
    folder = os.environ.get(_FOLDER)
    if not folder:
        return []
    return sorted(path for path in (Path(folder) / "noise").glob("*") if path.suffix in SUFFIXES)


def recorded(rng: np.random.Generator, count: int, path: Path, split: str) -> Samples:
    """A part of a recording, looped where it is short: of its first four fifths in training, of its last in the tests.

    Raises ValueError for a file that is not audio, or is shorter than 5 s.
    """
    whole = _decoded(path)
    border = int(len(whole) * _TRAINED)
    part = whole[:border] if split == "train" else whole[border:]
    if len(whole) < 5 * RATE_HZ:
        raise ValueError(f"{path} lasts less than 5 s: noise needs a longer recording")
    start = int(rng.integers(len(part)))
    return unit(np.resize(np.roll(part, -start)[: max(count, 1)], count))


@lru_cache(maxsize=8)
def _decoded(path: Path) -> Samples:
    return read_media(path, RATE_HZ)[0]


SURROUNDINGS: dict[str, Callable[[np.random.Generator, int], Samples]] = {
    **NOISES,
    "fan": fan,
    "traffic": traffic,
    "typing": typing,
    "kitchen": kitchen,
    "band": band_music,
}
