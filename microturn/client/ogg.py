"""Opus in Ogg as it streams, both ways: RFC 3533 (Ogg), RFC 7845 (Opus in Ogg). The codec is PyAV's libopus.

A page leaves with each packet of 20 ms, so nothing waits in a container's buffers.

Letters: S samples.
"""

import struct
from collections.abc import Iterator
from typing import Any, cast

import av
import numpy as np
from av.audio.frame import AudioFrame
from av.audio.resampler import AudioResampler
from av.error import FFmpegError
from av.packet import Packet
from numpy.typing import NDArray

RATE_HZ = 24_000
PACKET_MS = 20
OPUS_HZ = 48_000  # the clock of Ogg Opus, whatever the input's rate
HEADER = struct.Struct("<4sBBqIIIB")  # capture pattern, version, flags, granule, serial, number, checksum, segments
FIRST = 2


class OpusWriter:
    """Mono samples at 24 kHz in, the bytes of an Ogg stream out."""

    def __init__(self) -> None:
        self._codec: Any = av.CodecContext.create("libopus", "w")  # partly typed stubs
        self._codec.sample_rate, self._codec.layout, self._codec.format = RATE_HZ, "mono", "flt"
        self._codec.options = {"frame_duration": str(PACKET_MS), "application": "voip"}
        self._codec.open()
        self._rest = np.zeros(0, np.float32)
        self._granule = self._number = self._samples = 0

    def write(self, samples: NDArray[np.float32]) -> bytes:
        """The pages that the next samples [S] complete; the first begin with the stream's two headers."""
        pages = b"" if self._number else self._headers()
        size = RATE_HZ * PACKET_MS // 1000
        self._rest = np.concatenate([self._rest, samples])
        while len(self._rest) >= size:
            frame = AudioFrame.from_ndarray(self._rest[None, :size], format="flt", layout="mono")
            frame.sample_rate, frame.pts = RATE_HZ, self._samples
            self._rest, self._samples = self._rest[size:], self._samples + size
            for packet in self._codec.encode(frame):
                self._granule += OPUS_HZ * PACKET_MS // 1000
                pages += self._page(bytes(packet))
        return pages

    def _headers(self) -> bytes:
        tags = b"OpusTags" + struct.pack("<I", 9) + b"microturn" + struct.pack("<I", 0)
        return self._page(bytes(self._codec.extradata), flags=FIRST) + self._page(tags)

    def _page(self, packet: bytes, *, flags: int = 0) -> bytes:
        lacing = bytes([255] * (len(packet) // 255) + [len(packet) % 255])
        fields = (b"OggS", 0, flags, self._granule, 1, self._number)
        self._number += 1
        blank = HEADER.pack(*fields, 0, len(lacing)) + lacing + packet
        return HEADER.pack(*fields, checksum(blank), len(lacing)) + lacing + packet


class OpusReader:
    """The bytes of an Ogg stream in, in any pieces; mono samples at 24 kHz out."""

    def __init__(self) -> None:
        self._codec: Any = None
        self._resampler = AudioResampler(format="flt", layout="mono", rate=RATE_HZ)
        self._bytes = self._packet = b""

    def read(self, data: bytes) -> NDArray[np.float32]:
        """The samples [S] that these bytes complete. `ValueError` when they are no Ogg Opus."""
        self._bytes += data
        parts = [np.zeros(0, np.float32)]
        for packet in self._packets():
            parts += self._decoded(packet)
        return np.concatenate(parts)

    def _packets(self) -> Iterator[bytes]:
        """The packets that are whole; what is left waits for more bytes."""
        while len(self._bytes) >= HEADER.size:
            pattern, *_, segments = HEADER.unpack_from(self._bytes)
            if pattern != b"OggS":
                raise ValueError(f"an Ogg page begins with OggS, got {self._bytes[:4]!r}")
            lacing = self._bytes[HEADER.size : HEADER.size + segments]
            size = HEADER.size + segments + sum(lacing)
            if len(lacing) < segments or len(self._bytes) < size:
                return
            at = HEADER.size + segments
            for length in lacing:
                self._packet += self._bytes[at : at + length]
                at += length
                if length < 255:
                    yield self._packet
                    self._packet = b""
            self._bytes = self._bytes[size:]

    def _decoded(self, packet: bytes) -> list[NDArray[np.float32]]:
        if packet.startswith(b"OpusTags"):
            return []
        try:
            if packet.startswith(b"OpusHead"):
                self._codec = av.CodecContext.create("libopus", "r")
                self._codec.extradata = packet
                return []
            if self._codec is None:
                raise ValueError("sound came before the header OpusHead")
            frames = [part for frame in self._codec.decode(Packet(packet)) for part in self._resampler.resample(frame)]
        except FFmpegError as error:
            raise ValueError(f"a packet is no Opus ({error.strerror})") from error
        return [cast(NDArray[np.float32], frame.to_ndarray()).reshape(-1) for frame in frames]


def _remainders() -> list[int]:
    table: list[int] = []
    for byte in range(256):
        value = byte << 24
        for _ in range(8):
            value = (value << 1) ^ (0x04C11DB7 if value & 0x8000_0000 else 0)
        table.append(value & 0xFFFF_FFFF)
    return table


REMAINDERS = _remainders()


def checksum(page: bytes) -> int:
    """The CRC-32 of Ogg (polynomial 04C11DB7, not reflected, from zero) of a page whose own checksum is zero."""
    value = 0
    for byte in page:
        value = ((value << 8) & 0xFFFF_FFFF) ^ REMAINDERS[(value >> 24) ^ byte]
    return value
