"""Our Ogg/Opus against libopus' streams in sphn, both ways, in whatever pieces the bytes come."""

import numpy as np
import pytest
import sphn

from microturn.bench.controls import tone
from microturn.client.ogg import HEADER, RATE_HZ, OpusReader, OpusWriter, checksum

SOUND = np.concatenate([np.zeros(RATE_HZ // 2, np.float32), tone(1000), np.zeros(RATE_HZ // 2, np.float32)])


def onset_ms(samples: np.ndarray) -> float:
    return float(np.flatnonzero(np.abs(samples) > 0.05)[0] * 1000 / RATE_HZ)


def test_what_we_write_is_read_elsewhere() -> None:
    writer, reader = OpusWriter(), sphn.OpusStreamReader(RATE_HZ)
    got = [reader.append_bytes(writer.write(SOUND[first : first + 700])) for first in range(0, len(SOUND), 700)]
    samples = np.concatenate(got)
    assert abs(len(samples) - len(SOUND)) <= 1920 and abs(onset_ms(samples) - 500) < 20
    assert np.sqrt(np.mean(samples[24_000:30_000] ** 2)) == pytest.approx(0.0707, rel=0.1)


def test_nothing_waits_in_the_container() -> None:
    writer, reader = OpusWriter(), sphn.OpusStreamReader(RATE_HZ)
    sizes = [len(reader.append_bytes(writer.write(tone(20)))) for _ in range(10)]
    assert sum(sizes[:5]) >= 3 * 480


@pytest.mark.parametrize("size", [1, 37, 5000])
def test_what_others_write_is_read_in_any_pieces(size: int) -> None:
    writer, reader = sphn.OpusStreamWriter(RATE_HZ), OpusReader()
    data = b"".join(writer.append_pcm(SOUND[first : first + 1920]) for first in range(0, len(SOUND), 1920))
    samples = np.concatenate([reader.read(data[first : first + size]) for first in range(0, len(data), size)])
    from_end_ms = len(samples) * 1000 / RATE_HZ - onset_ms(samples)  # the header says what to skip at the beginning
    assert abs(len(samples) - len(SOUND)) <= 3 * 1920 and abs(from_end_ms - 1500) < 20


def test_a_packet_over_several_pages_and_several_on_one_page() -> None:
    data = OpusWriter().write(tone(100))
    head, _, *rest = [b"OggS" + part for part in data.split(b"OggS")[1:]]
    packets = [one[HEADER.size + one[26] :] for one in rest]
    assert len(packets) == 5
    tags = b"OpusTags" + bytes(292)
    lacing = [part for packet in packets for part in [255] * (len(packet) // 255) + [len(packet) % 255]]
    cut = head + page([255], tags[:255]) + page([45], tags[255:]) + page(lacing, b"".join(packets))
    np.testing.assert_array_equal(OpusReader().read(cut), OpusReader().read(data))


def page(lacing: list[int], body: bytes) -> bytes:
    return HEADER.pack(b"OggS", 0, 0, 0, 1, 0, 0, len(lacing)) + bytes(lacing) + body


@pytest.mark.parametrize("damage", [b"RIFF" + bytes(60), b"OggS" + bytes(22) + b"\x01\x05hello"])
def test_what_is_no_ogg_opus_is_refused(damage: bytes) -> None:
    with pytest.raises(ValueError, match="OggS|OpusHead"):
        OpusReader().read(damage)


def test_the_checksum_is_that_of_ogg() -> None:
    writer = sphn.OpusStreamWriter(RATE_HZ)
    page = writer.append_pcm(tone(80))
    end = page.index(b"OggS", 4)
    blank = page[:22] + bytes(4) + page[26:end]
    assert checksum(blank) == int.from_bytes(page[22:26], "little")
