"""Sound files as the user's side of a session, put together on one clock. Letters: S samples."""

import wave
from collections.abc import Sequence
from pathlib import Path

import numpy as np

from microturn.protocol.events import Channel, Event
from microturn.protocol.media import USER_HZ, Samples, read_media
from microturn.protocol.timeline import Timeline, Track


def silence(seconds: float) -> Samples:
    """Digital silence at the user's rate."""
    return np.zeros(round(seconds * USER_HZ), np.float32)


def sound(path: Path) -> Samples:
    """A sound file at the user's rate, mono [S]. FileNotFoundError, or ValueError where it is not whole."""
    if path.is_file() and (wrong := trouble(path)):
        raise ValueError(f"{path.parent}: {wrong}")
    return read_media(path, USER_HZ)[0]


def seconds_of(samples_S: Samples) -> float:
    return len(samples_S) / USER_HZ


def user_timeline(parts: Sequence[Samples], events: Sequence[Event] = ()) -> Timeline:
    """The user's side from pieces one after the other, and the truth about it."""
    track = Track(samples=np.concatenate(parts), rate_hz=USER_HZ)
    ordered = tuple(sorted(events, key=lambda event: event.at_ms))
    return Timeline(duration_ms=track.duration_ms, audio={Channel.USER: track}, events=ordered)


def trouble(path: Path) -> str | None:
    """What is wrong with a sound file, as far as its header and size tell without decoding it; None where nothing is."""
    if not path.is_file():
        return f"{path.name} is missing"
    if path.stat().st_size == 0:
        return f"{path.name} is empty"
    if path.suffix.lower() != ".wav":
        return None
    try:
        with wave.open(str(path)) as source:
            promised = source.getnframes() * source.getnchannels() * source.getsampwidth()
    except (wave.Error, EOFError) as error:
        # Python's reader knows integer samples only: a WAV of another kind (float, A-law) is left to the decoder.
        return None if "unknown format" in str(error) else f"{path.name} is no WAV file ({error})"
    # A header written before the length was known promises the most that 32 bits hold.
    return f"{path.name} is cut off" if path.stat().st_size < promised < (1 << 31) else None
