"""Codecs: what a call does to a voice, without moving it in time. Mono float32 [S] at 16 kHz in and out.

`CODECS` names them: Opus (RFC 6716) at several rates and MP3, by PyAV's encoders; the telephone's 8 kHz G.711 mu-law
(ITU-T G.711) in numpy. Encoders say by how much they are late (Opus by 6.5 ms) and decoders take it away: a test holds
every codec to it.
"""

from collections.abc import Callable

import av
import numpy as np
import soxr
from av.audio.codeccontext import AudioCodecContext
from numpy.typing import NDArray

from microturn.data.sound.filters import band
from microturn.data.sound.levels import RATE_HZ, Samples

OPUS_KBPS = (6, 8, 12, 16, 24, 32)
MP3_KBPS = (16, 32)
_BIAS, _CLIP = 33, 8158  # of G.711's 14-bit scale, mu-law


def coded(samples: Samples, codec: str) -> Samples:
    """`samples` [S] as they come out of a codec of `CODECS`, same length, delay taken away.

    Raises ValueError for an unknown codec.
    """
    if codec not in CODECS:
        raise ValueError(f"there is no codec {codec!r}; choose from {', '.join(CODECS)}")
    heard = CODECS[codec](samples)[: len(samples)]
    return np.pad(heard, (0, len(samples) - len(heard)))


def mulaw(samples: Samples) -> Samples:
    """A telephone line: 300 to 3400 Hz at 8 kHz, each sample one byte of mu-law."""
    narrow = soxr.resample(band(samples, 300, 3400), RATE_HZ, RATE_HZ // 2, quality="MQ")
    line = decode_mulaw(encode_mulaw(narrow))
    return np.asarray(soxr.resample(line, RATE_HZ // 2, RATE_HZ, quality="MQ"), np.float32)


def encode_mulaw(samples: Samples) -> NDArray[np.uint8]:
    """G.711's bytes of samples [S] in [-1, 1]."""
    whole = np.minimum(np.abs(np.round(samples * 8192)).astype(np.int32), _CLIP) + _BIAS
    segment = np.frexp(whole.astype(np.float32))[1] - 6  # the place of the highest bit over bit 5
    mantissa = (whole >> (segment + 1)) & 15
    sign = np.where(samples < 0, 0x80, 0)
    return (~(sign | segment << 4 | mantissa) & 0xFF).astype(np.uint8)


def decode_mulaw(code: NDArray[np.uint8]) -> Samples:
    """The middle of each byte's step, float32 [S]."""
    bits = ~code.astype(np.int32) & 0xFF
    magnitude = (((bits & 15) * 2 + _BIAS) << ((bits >> 4) & 7)) - _BIAS
    return (np.where(bits & 0x80, -magnitude, magnitude) / 8192).astype(np.float32)


def _opus(kbps: int) -> Callable[[Samples], Samples]:
    options = {"application": "voip", "compression_level": "0"}  # higher levels take three times as long
    return lambda samples: _through(samples, "libopus", kbps=kbps, options=options)


def _mp3(kbps: int) -> Callable[[Samples], Samples]:
    return lambda samples: _through(samples, "libmp3lame", kbps=kbps, options={"compression_level": "7"})


CODECS: dict[str, Callable[[Samples], Samples]] = {
    **{f"opus-{kbps}": _opus(kbps) for kbps in OPUS_KBPS},
    "mulaw": mulaw,
    **{f"mp3-{kbps}": _mp3(kbps) for kbps in MP3_KBPS},
}


def _through(samples: Samples, name: str, *, kbps: int, options: dict[str, str]) -> Samples:
    """Encoded and decoded: the decoder drops what the encoder says it is late by (the pre-skip of RFC 7845)."""
    encoder = av.CodecContext.create(name, "w")
    assert isinstance(encoder, AudioCodecContext)
    encoder.sample_rate, encoder.layout, encoder.bit_rate, encoder.options = RATE_HZ, "mono", kbps * 1000, options
    encoder.format = "s16" if name == "libopus" else "s16p"
    encoder.open()
    decoder = av.CodecContext.create("opus" if name == "libopus" else "mp3", "r")
    assert isinstance(decoder, AudioCodecContext)
    decoder.layout, decoder.extradata = "mono", encoder.extradata
    pcm = np.round(np.clip(samples, -1, 1) * 32767).astype(np.int16)
    size = encoder.frame_size
    pcm = np.pad(pcm, (0, -len(pcm) % size + 4 * size))
    out: list[NDArray] = []
    rate_hz = RATE_HZ
    for packet in _packets(encoder, pcm, size):
        for frame in decoder.decode(packet):
            rate_hz = frame.sample_rate
            out.append(frame.to_ndarray().reshape(-1, len(frame.layout.channels))[:, 0])
    whole = np.concatenate(out)
    heard = np.asarray(whole / np.float32(32768 if whole.dtype == np.int16 else 1), np.float32)
    return heard if rate_hz == RATE_HZ else np.asarray(soxr.resample(heard, rate_hz, RATE_HZ, quality="MQ"), np.float32)


def _packets(encoder: AudioCodecContext, pcm: NDArray[np.int16], size: int) -> list[av.Packet]:
    packets: list[av.Packet] = []
    for first in range(0, len(pcm), size):
        frame = av.AudioFrame.from_ndarray(pcm[None, first : first + size], format=encoder.format.name, layout="mono")
        frame.sample_rate, frame.pts = RATE_HZ, first
        packets += encoder.encode(frame)
    return packets + encoder.encode(None)
