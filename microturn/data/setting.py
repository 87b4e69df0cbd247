"""Settings: how a session sounds. Two kinds are drawn at random: "plain" is a desk, "world" whatever there may be."""

from dataclasses import dataclass, replace

import numpy as np

from microturn.data import sound
from microturn.data.sound import codecs, rooms, surroundings
from microturn.data.sound.network import WORST_PPM, Network

SETTINGS = ("plain", "world")
CROWD, FILE = "crowd", "file/"  # noises of `surroundings` that need more than chance


@dataclass(frozen=True, kw_only=True)
class Setting:
    """How the session sounds. Levels in dB full scale; `snr_db` and `echo_db` None when there is none.

    `tone_db` is how far the microphone's response strays from flat, a standard deviation. `room` is the simple room of
    `sound.room`; `place` names one of the simulated rooms (`rooms.bank`), in which everybody stands somewhere else.
    `noise` is a name of `surroundings.SURROUNDINGS`, "crowd" or "file/NAME". The echo goes through a `loudspeaker` that
    bends by `distortion` (0 to 1), and through an echo canceller that takes `canceller_db` away (None: there is none).
    """

    level_dbfs: float = -22.0
    noise: str = "pink"
    snr_db: float | None = None
    echo_db: float | None = None
    echo_ms: float = 80.0
    room: bool = False
    telephone: bool = False
    lossy: bool = False
    tone_db: float = 0.0
    low_pass_hz: float | None = None
    place: str = ""
    loudspeaker: bool = False
    distortion: float = 0.0
    canceller_db: float | None = None
    codec: str = ""
    drift_ppm: float = 0.0
    network: Network | None = None


CLEAN = Setting()


def draw_setting(rng: np.random.Generator) -> Setting:
    """A random plain setting: most are a little noisy, four in ten leak the model's voice into the microphone."""
    noise = str(rng.choice(sorted(sound.NOISES)))
    snr_db = float(rng.uniform(8, 40))
    echo_db = float(rng.uniform(-40, -10))
    return Setting(
        level_dbfs=float(rng.uniform(-33, -18)),
        noise=noise,
        snr_db=snr_db if rng.random() < 0.75 else None,
        echo_db=echo_db if rng.random() < 0.4 else None,
        echo_ms=float(rng.uniform(40, 160)),
        room=bool(rng.random() < 0.5),
        telephone=bool(rng.random() < 0.08),
        lossy=bool(rng.random() < 0.05),
        tone_db=float(rng.uniform(0, 7)),
        low_pass_hz=float(rng.uniform(3200, 7500)) if rng.random() < 0.2 else None,
    )


def draw_world(rng: np.random.Generator, split: str) -> Setting:
    """A random setting of the whole world: levels as in a plain one, and rooms, noises, codecs, clocks and networks.

    Three in four have a room: a simulated one of the split where pyroomacoustics is there, else the simple one.
    """
    placed, simulated = bool(rng.random() < 0.75), rooms.simulated()
    return replace(
        draw_setting(rng),
        noise=_draw_noise(rng),
        room=placed and not simulated,
        place=_draw_place(rng, split) if placed and simulated else "",
        telephone=False,
        lossy=False,
        loudspeaker=True,
        distortion=float(rng.uniform(0, 0.6)) if rng.random() < 0.7 else 0.0,
        canceller_db=float(rng.uniform(10, 35)) if rng.random() < 0.5 else None,
        codec=_draw_codec(rng),
        drift_ppm=float(rng.uniform(-WORST_PPM, WORST_PPM)) if rng.random() < 0.6 else 0.0,
        network=_draw_network(rng) if rng.random() < 0.25 else None,
    )


def _draw_noise(rng: np.random.Generator) -> str:
    """One in five a crowd, one in five a recording where there are some, the others of any kind."""
    kind, names = rng.random(), sorted(surroundings.SURROUNDINGS)
    files = [path.name for path in surroundings.recordings()]
    if kind < 0.2:
        return CROWD
    if kind < 0.4 and files:
        return FILE + files[int(rng.integers(len(files)))]
    return names[int(rng.integers(len(names)))]


def _draw_place(rng: np.random.Generator, split: str) -> str:
    half = "train" if split == "train" else "test"
    return f"{half}/{int(rng.integers(rooms.ROOMS[half]))}"


def _draw_codec(rng: np.random.Generator) -> str:
    """A quarter Opus, a few telephones, and MP3 now and then."""
    kind = rng.random()
    if kind < 0.25:
        return f"opus-{int(rng.choice(codecs.OPUS_KBPS))}"
    if kind < 0.32:
        return "mulaw"
    return f"mp3-{int(rng.choice(codecs.MP3_KBPS))}" if kind < 0.35 else ""


def _draw_network(rng: np.random.Generator) -> Network:
    """From hardly a loss to one packet in eight, in bursts; some jitter, now and then more than the buffer holds."""
    return Network(
        packet_ms=int(rng.choice((20, 40, 60))),
        loss=float(10 ** rng.uniform(-3, -0.9)),
        burst=float(rng.uniform(1, 4)),
        jitter_ms=float(rng.uniform(0, 20)),
        buffer_ms=float(rng.choice((60, 100, 200))),
        sorts=bool(rng.random() < 0.8),
    )
