"""Codecs change a voice but not its time; mu-law is G.711's, to the bit of another decoder."""

import av
import numpy as np
import pytest
from av.audio.codeccontext import AudioCodecContext

from microturn.data.sound import codecs
from microturn.data.sound.levels import RATE_HZ, Samples


def voice(seconds: float = 2.0) -> Samples:
    """Syllables of a gliding harmonic tone."""
    s = np.arange(int(seconds * RATE_HZ)) / RATE_HZ
    turns = np.cumsum(140 + 40 * np.sin(2 * np.pi * 1.3 * s)) / RATE_HZ
    tones = sum(np.sin(2 * np.pi * k * turns + k * k) / k for k in range(1, 25))
    return (0.08 * np.asarray(tones) * np.clip(np.sin(2 * np.pi * 3.7 * s), 0, 1) ** 0.5).astype(np.float32)


def lag_ms(before: Samples, after: Samples) -> float:
    """By how much `after` is late: the peak of the cross-correlation."""
    size = 1 << (2 * len(before)).bit_length()
    correlation = np.fft.irfft(np.fft.rfft(after, size) * np.conj(np.fft.rfft(before, size)), size)
    lag = int(np.argmax(correlation))
    return (lag if lag < size // 2 else lag - size) * 1000 / RATE_HZ


@pytest.mark.parametrize("codec", codecs.CODECS)
def test_a_codec_moves_nothing_in_time_but_changes_the_sound(codec: str) -> None:
    said = voice()
    heard = codecs.coded(said, codec)
    assert heard.dtype == np.float32 and heard.shape == said.shape
    assert abs(lag_ms(said, heard)) <= 0.5  # the promise is 5 ms
    assert 0.005 < np.abs(heard - said).max()
    assert np.corrcoef(heard, said)[0, 1] > 0.5
    np.testing.assert_array_equal(heard, codecs.coded(said, codec))


def test_the_lag_of_a_late_sound_is_seen() -> None:
    assert lag_ms(voice(), np.roll(voice(), 80)) == 5.0


def test_fewer_bits_leave_less() -> None:
    said = voice()
    errors = [float(np.square(codecs.coded(said, f"mp3-{kbps}") - said).mean()) for kbps in codecs.MP3_KBPS]
    assert errors[0] > errors[1]


def test_mulaw_decodes_as_another_decoder_does_and_keeps_its_bytes() -> None:
    every = np.arange(256, dtype=np.uint8)
    other = av.CodecContext.create("pcm_mulaw", "r")
    assert isinstance(other, AudioCodecContext)
    other.sample_rate, other.layout = 8000, "mono"
    pcm = other.decode(av.Packet(every.tobytes()))[0].to_ndarray()[0]
    np.testing.assert_array_equal(codecs.decode_mulaw(every), pcm.astype(np.float32) / 32768)
    again = codecs.encode_mulaw(codecs.decode_mulaw(every))
    assert np.flatnonzero(again != every).tolist() == [0x7F]  # minus zero comes back as zero
    ramp = np.linspace(-1, 1, 4001).astype(np.float32)
    error = np.abs(codecs.decode_mulaw(codecs.encode_mulaw(ramp)) - ramp)
    assert (error <= 0.032 * np.abs(ramp) + 1e-3).all()


@pytest.mark.parametrize("length", [0, 1, 319, 16_001])
def test_any_length_comes_back(length: int) -> None:
    for codec in ("opus-12", "mulaw"):
        assert codecs.coded(np.zeros(length, np.float32), codec).shape == (length,)


def test_an_unknown_codec_is_refused_with_the_list() -> None:
    with pytest.raises(ValueError, match="no codec 'gsm'; choose from opus-6"):
        codecs.coded(voice(), "gsm")
