"""What stands between a mouth and a model: levels, noise, rooms, microphones, codecs, the network. numpy at 16 kHz.

Every function is pure and takes its randomness as an argument; samples are mono float32 [S]. The plain ones have their
names here too; rooms with places (`rooms`), `codecs`, `echo`, `surroundings` and `network` are modules of their own.
"""

from microturn.data.sound.filters import band, convolve
from microturn.data.sound.levels import RATE_HZ, Samples, add, gain, limited, rms, to_level, unit
from microturn.data.sound.microphones import microphone
from microturn.data.sound.noise import NOISES, babble, coloured, hum, music
from microturn.data.sound.rooms import room

__all__ = [
    "NOISES",
    "RATE_HZ",
    "Samples",
    "add",
    "babble",
    "band",
    "coloured",
    "convolve",
    "gain",
    "hum",
    "limited",
    "microphone",
    "music",
    "rms",
    "room",
    "to_level",
    "unit",
]
