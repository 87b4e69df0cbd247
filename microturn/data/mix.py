"""From a stage to the two tracks: everything that is said, where it is said, what else sounds, and the way to the model.

The user's track passes, in this order: places of a room, echo, noise, microphone, codec, network.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from microturn.data import sound
from microturn.data.script import Clip, Speaker, Stage, at_rate
from microturn.data.setting import CROWD, FILE, Setting
from microturn.data.sound import codecs, microphones, network, rooms, surroundings
from microturn.data.voices.voice import Sound
from microturn.protocol.clock import TICK_MS
from microturn.protocol.events import Channel, Missing
from microturn.protocol.media import MODEL_HZ, USER_HZ

Samples = NDArray[np.float32]
USER_TICK = USER_HZ * TICK_MS // 1000
MODEL_TICK = MODEL_HZ * TICK_MS // 1000
LOUDSPEAKER = rooms.PLACES.index("loudspeaker")


@dataclass(frozen=True, slots=True)
class Clocked:
    """What a voice says as a drifting microphone counts it; `rate_hz` is that of the samples on its clock."""

    samples: Samples
    rate_hz: float
    words: tuple[Sound, ...]
    phones: tuple[Sound, ...]


@dataclass(frozen=True, slots=True)
class OnClock:
    """A speaker heard through a microphone whose clock runs fast by `stretch`: every word and phone takes that longer."""

    voice: Speaker
    stretch: float

    @property
    def name(self) -> str:
        return self.voice.name

    def say(self, text: str, *, seed: int = 0, speed: float = 1.0) -> Clocked:
        speech = self.voice.say(text, seed=seed, speed=speed)
        words, phones = (
            tuple(Sound(s.text, s.at_ms * self.stretch, s.until_ms * self.stretch) for s in sounds)
            for sounds in (speech.words, speech.phones)
        )
        return Clocked(speech.samples, speech.rate_hz / self.stretch, words, phones)


def mix_model(stage: Stage, ticks: int) -> Samples:
    """The model's track, 24 kHz [ticks * 4800]: zeros where it is silent."""
    track = np.zeros(ticks * MODEL_TICK, np.float32)
    for spoken in stage.spoken:
        samples = spoken.own.samples[: (spoken.end - spoken.tick) * MODEL_TICK]
        if spoken.cut is not None and len(samples) > 240:
            samples = samples.copy()
            samples[-240:] *= np.linspace(1, 0, 240, dtype=np.float32)
        sound.add(track, samples, spoken.tick * MODEL_TICK)
    return track


def mix_user(
    stage: Stage,
    setting: Setting,
    model: Samples,
    rng: np.random.Generator,
    *,
    crowd: Sequence[Samples] = (),
) -> Samples:
    """The microphone's track, 16 kHz, as long as the `model` track is; `crowd` is what voices say for babble."""
    place = _place(setting, stage.split)
    track = np.zeros(len(model) // MODEL_TICK * USER_TICK, np.float32)
    for clip in stage.clips:
        sound.add(track, _heard(clip, setting, place), round(clip.at_ms * USER_HZ / 1000))
    if setting.room:
        track = sound.convolve(track, sound.room(rng))
    if setting.echo_db is not None and stage.spoken:
        delay = round((TICK_MS + setting.echo_ms) * USER_HZ / 1000)
        sound.add(track, _echo(model, setting, setting.level_dbfs + setting.echo_db, place, rng), delay)
    if setting.snr_db is not None:
        level = sound.gain(setting.level_dbfs - setting.snr_db)
        track += np.float32(level) * _noise(setting.noise, len(track), stage.split, crowd, rng)
    if setting.tone_db:
        track = sound.convolve(track, sound.microphone(rng, setting.tone_db))
    if setting.low_pass_hz is not None:
        track = sound.band(track, 0, setting.low_pass_hz)
    if setting.telephone:
        track = sound.band(track, 300, 3400)
    track = sound.limited(track)
    return sound.limited(codecs.coded(track, setting.codec)) if setting.codec else track


def _place(setting: Setting, split: str) -> rooms.Room | None:
    """The simulated room that a setting names. Raises ValueError for one that the bank lacks."""
    if not setting.place:
        return None
    half = setting.place.split("/")[0]
    for one in rooms.bank(half):
        if one.name == setting.place:
            return one
    raise ValueError(f"there is no room {setting.place!r}: they are called {half}/0 to {half}/{rooms.ROOMS[half] - 1}")


def _heard(clip: Clip, setting: Setting, place: rooms.Room | None) -> Samples:
    """A clip at its level; where there is a simulated room, from its place in it."""
    level = setting.level_dbfs + clip.gain_db
    if place is None:
        return sound.to_level(clip.samples, level)
    dry = sound.to_level(clip.samples if clip.dry is None else clip.dry, level)
    response = place.responses[clip.place]
    return sound.convolve(np.pad(dry, (0, len(response))), response)


def _echo(
    model: Samples, setting: Setting, level_dbfs: float, place: rooms.Room | None, rng: np.random.Generator
) -> Samples:
    """The model's voice as the microphone hears it, at `level_dbfs` before anything cancels it."""
    voice = at_rate(model, MODEL_HZ)
    if not setting.loudspeaker:
        return sound.to_level(sound.convolve(voice, sound.room(rng)), level_dbfs)
    linear = sound.convolve(network.drifted(voice, setting.drift_ppm), microphones.loudspeaker(rng))
    played = microphones.driven(linear, setting.distortion)
    response = sound.room(rng) if place is None else place.responses[LOUDSPEAKER]
    echo = sound.convolve(played, response)
    scale = np.float32(sound.gain(level_dbfs) / max(sound.rms(echo), 1e-9))
    if setting.canceller_db is None:
        return echo * scale
    bent = sound.convolve(played - linear, response)
    return microphones.cancelled(echo * scale, bent * scale, setting.canceller_db, rng)


def _noise(name: str, count: int, split: str, crowd: Sequence[Samples], rng: np.random.Generator) -> Samples:
    """Noise of unit power. Raises ValueError for a recording that is not there."""
    if name == CROWD:
        return surroundings.crowd(rng, count, crowd)
    if name.startswith(FILE):
        paths = {path.name: path for path in surroundings.recordings()}
        if name.removeprefix(FILE) not in paths:
            raise ValueError(f"the noise {name!r} is not in the folder noise of $MICROTURN_DATA: put it there")
        return surroundings.recorded(rng, count, paths[name.removeprefix(FILE)], split)
    return surroundings.SURROUNDINGS[name](rng, count)


def lose(user: Samples, rng: np.random.Generator) -> list[Missing]:
    """Chunks that were lost or came too late: holes of 20 to 500 ms in the user's track, in place, one in every 4 s or so."""
    holes: list[tuple[float, float]] = []
    end_ms = 1000 * len(user) // USER_HZ
    at_ms = rng.exponential(4000)
    while at_ms < end_ms - 20:
        until_ms = min(at_ms + rng.uniform(20, 500), end_ms)
        holes.append((float(at_ms), float(until_ms)))
        at_ms = until_ms + rng.exponential(4000)
    return _empty(user, holes)


def carry(user: Samples, way: network.Network, rng: np.random.Generator) -> list[Missing]:
    """What a network loses of the user's track: holes in place, and their events."""
    end_ms = 1000 * len(user) / USER_HZ
    lost = network.lost_packets(way, int(-(-end_ms // way.packet_ms)), rng)
    return _empty(user, [(at, min(until, end_ms)) for at, until in network.holes_ms(way, lost)])


def _empty(user: Samples, holes: Sequence[tuple[float, float]]) -> list[Missing]:
    events: list[Missing] = []
    for at_ms, until_ms in holes:
        user[round(at_ms * USER_HZ / 1000) : round(until_ms * USER_HZ / 1000)] = 0
        events.append(Missing(at_ms=at_ms, until_ms=until_ms, channel=Channel.USER))
    return events
