"""Rooms: the present simple echo of noise (`room`), and a bank of simulated rooms in which people stand at places.

A bank room is a shoebox whose impulse responses come from pyroomacoustics' image sources (Allen and Berkley 1979;
extra `rooms`), for a user, two other people and the loudspeaker that plays the model, to one microphone. Later than the
image sources reach, the response goes on as noise that decays with the same T60 (the hybrid of Lehmann and Johansson
2010). The bank is computed once from its seed and kept on the disk; rooms of "train" and of other splits are disjoint.

R samples of a response, at 16 kHz.
"""

import json
import os
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from microturn.data.sound.levels import RATE_HZ, Samples, gain
from microturn.protocol.whole import whole

PLACES = ("user", "other", "other", "loudspeaker")
ROOMS = {"train": 200, "test": 40}
SHORTEST_S, LONGEST_S = 0.15, 0.9  # T60
FOLDER = "MICROTURN_CACHE"
_VERSION = 1
_SPEED_M_S = 343.0
_BEFORE = 8  # samples kept before the direct sound, half a millisecond: its interpolation rings that long
_FRACTION = 40  # pyroomacoustics centres each impulse on this sample
_FILE = "rooms-{version}-{split}-{count}.npz"


def room(rng: np.random.Generator) -> Samples:
    """An impulse response [0.1 to 0.4 s]: the direct sound, then noise that decays exponentially. Energy is 1."""
    decay_s = rng.uniform(0.08, 0.4)
    tail = rng.standard_normal(int(RATE_HZ * decay_s)).astype(np.float32)
    tail *= np.exp(-6.9 * np.arange(len(tail)) / len(tail)).astype(np.float32)
    tail[: int(RATE_HZ * rng.uniform(0.002, 0.01))] = 0
    tail *= np.float32(gain(rng.uniform(-14, -3)) / max(float(np.linalg.norm(tail)), 1e-9))
    tail[0] = 1.0
    return (tail / np.linalg.norm(tail)).astype(np.float32)


@dataclass(frozen=True, kw_only=True, eq=False)
class Room:
    """A simulated room: one response [R] of energy 1 per place of `PLACES`, the direct sound within 0.5 ms of its start."""

    name: str
    t60_s: float
    responses: tuple[Samples, ...]


def cache_folder() -> Path:
    """Where banks are kept: $MICROTURN_CACHE, or the user's cache folder."""
    if named := os.environ.get(FOLDER):
        return Path(named)
    return Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "microturn"


def simulated() -> bool:
    """Whether pyroomacoustics is there; without it scenes use `room`, and their settings say so."""
    from importlib.util import find_spec

    return find_spec("pyroomacoustics") is not None


@lru_cache(maxsize=4)
def bank(split: str, *, count: int | None = None, folder: Path | None = None) -> tuple[Room, ...]:
    """The rooms of a split ("train", or any other: those of the tests), from the disk or computed and kept (a minute).

    Raises ValueError where they have to be computed and pyroomacoustics is missing.
    """
    split = "train" if split == "train" else "test"
    count = count or ROOMS[split]
    path = (folder or cache_folder()) / _FILE.format(version=_VERSION, split=split, count=count)
    if not path.exists():
        _save(path, [_simulate(split, number) for number in range(count)])
    return _load(path)


def _save(path: Path, rooms: list[Room]) -> None:
    arrays: dict[str, NDArray] = {}
    for number, one in enumerate(rooms):
        for place, response in enumerate(one.responses):
            arrays[f"{number}/{place}"] = response
    about = [{"name": one.name, "t60_s": one.t60_s} for one in rooms]
    arrays["about"] = np.frombuffer(json.dumps(about).encode(), np.uint8)
    with whole(path) as part, part.open("wb") as file:
        np.savez(file, **arrays)  # pyright: ignore[reportArgumentType]


def _load(path: Path) -> tuple[Room, ...]:
    with np.load(path) as file:
        about: list[dict[str, Any]] = json.loads(file["about"].tobytes())
        return tuple(
            Room(**room, responses=tuple(file[f"{number}/{place}"] for place in range(len(PLACES))))
            for number, room in enumerate(about)
        )


def _simulate(split: str, number: int) -> Room:
    """Room `number` of a split: size, absorption and places drawn; train rooms and test rooms share no seed."""
    try:
        import pyroomacoustics as pra
    except ImportError as error:
        raise ValueError("simulated rooms need pyroomacoustics: `uv sync --extra rooms`") from error
    rng = np.random.default_rng([0x600D, split == "train", number])
    t60_s, size_m, absorption = _shape(rng, pra)
    order = int(min(24, np.ceil(1.2 * _SPEED_M_S * t60_s / size_m.min())))
    shoebox = pra.ShoeBox(size_m, fs=RATE_HZ, materials=pra.Material(absorption), max_order=order, air_absorption=True)
    places_m, microphone_m = _places(rng, size_m)
    shoebox.add_microphone(microphone_m)
    for place_m in places_m:
        shoebox.add_source(place_m)
    shoebox.image_source_model()
    for source in shoebox.sources:  # moved a little, or the regular grid of images sweeps audibly (De Sena et al. 2015)
        moved_m = rng.uniform(-0.08, 0.08, source.images.shape)
        source.images = source.images + np.where(source.orders > 0, moved_m, 0).astype(source.images.dtype)
    shoebox.compute_rir()
    responses_of: Any = shoebox.rir
    nearest_s = [order * float(size_m.min()) / _SPEED_M_S] * len(places_m)
    responses = tuple(
        _finished(
            np.asarray(responses_of[0][place]),
            direct=round(float(np.linalg.norm(place_m - microphone_m)) / _SPEED_M_S * RATE_HZ) + _FRACTION,
            whole_s=nearest_s[place],
            t60_s=t60_s,
            rng=rng,
        )
        for place, place_m in enumerate(places_m)
    )
    return Room(name=f"{'train' if split == 'train' else 'test'}/{number}", t60_s=round(t60_s, 3), responses=responses)


def _shape(rng: np.random.Generator, pra: Any) -> tuple[float, NDArray[np.float64], float]:
    """T60, size and absorption (Sabine) of a room: small rooms cannot be very live nor large ones very dead."""
    while True:
        t60_s = float(rng.uniform(SHORTEST_S, LONGEST_S))
        size_m = np.array([rng.uniform(2.2, 9), rng.uniform(2.2, 7), rng.uniform(2.3, 3.6)])
        try:
            absorption, _ = pra.inverse_sabine(t60_s, size_m)
        except ValueError:
            continue
        if absorption < 0.8:
            return t60_s, size_m, float(absorption)


def _places(rng: np.random.Generator, size_m: NDArray[np.float64]) -> tuple[list[NDArray[np.float64]], NDArray]:
    """Where the sources of `PLACES` and the microphone are: the user near it, others farther, the loudspeaker beside it."""

    def inside(place_m: NDArray[np.float64]) -> bool:
        return bool((place_m > 0.2).all() and (place_m < size_m - 0.2).all())

    def around(low_m: float, high_m: float) -> NDArray[np.float64]:
        for _ in range(200):
            turn, reach_m = rng.uniform(0, 2 * np.pi), rng.uniform(low_m, high_m)
            place_m = microphone_m + reach_m * np.array([np.cos(turn), np.sin(turn), rng.uniform(-0.2, 0.3)])
            if inside(place_m):
                return place_m
        return rng.uniform(0.25, 1, 3) * (size_m - 0.5)

    microphone_m = np.array(
        [rng.uniform(0.5, size_m[0] - 0.5), rng.uniform(0.5, size_m[1] - 0.5), rng.uniform(0.7, 1.5)]
    )
    reaches = ((0.3, 2.5), (1.2, 5.0), (1.2, 5.0), (0.15, 1.0))
    return [around(*reach) for reach in reaches], microphone_m


def _finished(
    response: NDArray[np.floating], *, direct: int, whole_s: float, t60_s: float, rng: np.random.Generator
) -> Samples:
    """From just before the direct sound on, with a tail of noise where the image sources end; energy 1."""
    kept = np.array(response[direct - _BEFORE :], np.float64)
    kept[:_BEFORE] *= np.hanning(2 * _BEFORE + 1)[:_BEFORE]
    length = round(RATE_HZ * t60_s)
    kept = np.pad(kept, (0, max(0, length - len(kept))))[:length]
    joint = round(RATE_HZ * whole_s * 0.8)
    if 0.02 * RATE_HZ < joint < length - 400:  # the image sources give out: go on at the level of the last 20 ms
        level = np.sqrt(np.mean(np.square(kept[joint - 320 : joint])))
        tail = rng.standard_normal(length - joint) * level * 10 ** (-3 * np.arange(length - joint) / RATE_HZ / t60_s)
        rise = np.clip(np.arange(length - joint) / 320, 0, 1)
        kept[joint:] = np.sqrt(1 - rise) * kept[joint:] + np.sqrt(rise) * tail
    kept[-160:] *= np.linspace(1, 0, 160)
    return (kept / np.linalg.norm(kept)).astype(np.float32)
