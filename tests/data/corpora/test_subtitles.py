"""Captions: cues to words in proportion, words with times of their own, rolling lines, what is no speech, what is wrong."""

from pathlib import Path
from typing import Any

import numpy as np
import pytest

from microturn.data.corpora import subtitles
from microturn.data.corpora.item import Options, Skipped, Unusable
from microturn.data.corpora.subtitles import Cue, decoded, media_of, parse, words_of
from microturn.protocol.events import Channel
from microturn.protocol.media import USER_HZ, write_wav
from microturn.protocol.timeline import Timeline
from tests.data.corpora.talks import USER, timed, tone, write_video

VTT = """WEBVTT - a lesson
Language: en

NOTE nothing to say

STYLE
::cue { color: red }

intro
00:00.400 --> 00:01.200 align:start
<v Ann>What <b>time</b></v>
is it&nbsp;?

00:00:03.600 --> 00:00:04.100
[door] (sighs) - THANKS: Thanks. \u266a la la \u266a
"""
SRT = "1\r\n00:00:00,400 --> 00:00:01,200\r\nWhat time\r\nis it?\r\n\r\n2\r\n00:00:03,600 --> 00:00:04,100\r\n<i>Thanks.</i>\r\n"
SOUND = tone(USER, USER_HZ, 5000.0, 300.0)


def imported(path: Path, **options: Any) -> dict[str, Timeline | Skipped]:
    return dict(subtitles.read(path, Options(**options)))


def captioned(folder: Path, name: str, text: str, ending: str = "vtt") -> None:
    write_wav(folder / f"{name.split('.')[0]}.wav", SOUND, USER_HZ)
    (folder / f"{name}.{ending}").write_text(text, encoding="utf-8", newline="")


@pytest.mark.parametrize(("ending", "text"), [("vtt", VTT), ("srt", SRT)])
def test_a_cue_is_shared_out_by_length(tmp_path: Path, ending: str, text: str) -> None:
    captioned(tmp_path, "a", text, ending)
    (item,) = imported(tmp_path).values()
    assert isinstance(item, Timeline) and item.meta["timed"] == "cue" and not item.spans("word")
    assert [word for word, *_ in timed(item, Channel.HEARD)] == ["what", "time", "is", "it", "thanks"]
    (_, at_ms, until_ms), *_, (_, late_ms, end_ms) = timed(item, Channel.HEARD)
    assert at_ms == 400.0 and until_ms == pytest.approx(400 + 800 * 4 / 13, abs=1)
    assert (late_ms, end_ms) == (3600.0, 4100.0)
    np.testing.assert_array_equal(item.audio[Channel.USER].samples, SOUND)


def test_words_with_times_of_their_own_are_exact(tmp_path: Path) -> None:
    text = "WEBVTT\n\n00:00.400 --> 00:01.203\nwhat<00:00:00.620><c> time</c><00:00.900> is<00:01.010> it\n"
    captioned(tmp_path, "a", text)
    (item,) = imported(tmp_path).values()
    assert isinstance(item, Timeline) and item.meta["timed"] == "exact"
    expected = [("what", 400, 620), ("time", 620, 900), ("is", 900, 1010), ("it", 1010, 1203)]
    assert timed(item, Channel.HEARD) == expected
    assert [(span.text, span.at_ms, span.until_ms) for span in item.spans("word")] == expected


def test_rolling_captions_are_read_once() -> None:
    text = """WEBVTT

00:00:01.000 --> 00:00:02.000
one<00:00:01.500><c> two</c>

00:00:02.000 --> 00:00:02.010
one two

00:00:02.010 --> 00:00:03.000
one two
three<00:00:02.500><c> four</c>

00:00:09.000 --> 00:00:10.000
three four
"""
    words, _ = words_of(parse(text), False, None, 20_000.0)
    assert [word.text for word in words] == ["one", "two", "three", "four", "three", "four"]


@pytest.mark.parametrize("coding", ["utf-8", "utf-8-sig", "utf-16", "cp1252"])
def test_every_common_coding_is_read(coding: str) -> None:
    assert decoded("1\r\n\r\ncafé\rnoon".encode(coding)) == "1\n\ncafé\nnoon"


def test_two_speak_at_once() -> None:
    cues = [Cue(at_ms=0, until_ms=4000, lines=("a b c d",)), Cue(at_ms=3000, until_ms=5000, lines=("e f",))]
    assert [word.text for word in words_of(cues, False, None, 9000.0)[0]] == ["a", "b", "c", "d", "e", "f"]
    with pytest.raises(Unusable, match="times run backwards"):
        words_of(cues[::-1], False, None, 9000.0)


def test_a_named_speaker_is_the_model(tmp_path: Path) -> None:
    captioned(tmp_path, "a", VTT)
    write_wav(tmp_path / "a.wav", np.stack([SOUND, SOUND]), USER_HZ)
    (item,) = imported(tmp_path, model_channel=1, model_speaker="Ann").values()
    assert isinstance(item, Timeline)
    assert [len(item.words(channel)) for channel in (Channel.SAY, Channel.HEARD)] == [4, 1]
    (untold,) = imported(tmp_path, model_channel=1).values()
    assert isinstance(untold, Skipped) and "--model-speaker" in untold.detail


def test_a_film_has_its_pictures(tmp_path: Path) -> None:
    write_video(tmp_path / "a.mp4", 4.5, SOUND[: round(4.5 * USER_HZ)])
    (tmp_path / "a.en.srt").write_text(SRT)
    (item,) = imported(tmp_path, frames_hz=2.0).values()
    assert isinstance(item, Timeline) and [frame.at_ms for frame in item.frames] == [500.0 * n for n in range(9)]
    parts = imported(tmp_path, window_s=3.0)
    assert list(parts) == ["a.en-000", "a.en-001"]
    assert all(isinstance(part, Timeline) and part.frames for part in parts.values())


def test_the_language_is_stated_in_the_header_or_in_the_name(tmp_path: Path) -> None:
    captioned(tmp_path, "a.de", SRT, "srt")
    captioned(tmp_path, "b", VTT.replace("Language: en", "Language: fr"))
    captioned(tmp_path, "c.mp3", SRT, "srt")
    (tmp_path / "c.wav").rename(tmp_path / "c.mp3")
    found = imported(tmp_path, languages=("en",))
    assert {name: getattr(item, "reason", "") for name, item in found.items()} == {
        "a.de": "unknown language",
        "b": "unknown language",
        "c.mp3": "",
    }
    assert all(isinstance(item, Timeline) for item in imported(tmp_path, languages=("de", "fr")).values())
    assert media_of(tmp_path / "a.de.srt") == (tmp_path / "a.wav", "de")


def test_what_is_wrong_is_told_and_the_rest_comes(tmp_path: Path) -> None:
    captioned(tmp_path, "a", SRT, "srt")
    captioned(tmp_path, "back", SRT.replace("00:00:04,100", "00:00:03,100"), "srt")
    captioned(tmp_path, "past", SRT.replace("00:00:04,100", "00:00:09,100"), "srt")
    captioned(tmp_path, "mute", "WEBVTT\n\n00:01.000 --> 00:02.000\n[music]\n")
    captioned(tmp_path, "none", "WEBVTT\n")
    captioned(tmp_path, "silent", SRT, "srt")
    write_wav(tmp_path / "silent.wav", np.zeros(5 * USER_HZ, np.float32), USER_HZ)
    (tmp_path / "alone.vtt").write_text(VTT)
    captioned(tmp_path, "broken", SRT, "srt")
    (tmp_path / "broken.wav").rename(tmp_path / "was.bin")
    (tmp_path / "broken.mp4").write_bytes(b"\0" * 999)
    found = imported(tmp_path)
    assert {name: getattr(item, "reason", "taken") for name, item in found.items()} == {
        "a": "taken",
        "alone": "missing media",
        "back": "times run backwards",
        "broken": "broken media",
        "mute": "missing transcript",
        "none": "missing transcript",
        "past": "times past the end",
        "silent": "empty audio",
    }
    with pytest.raises(ValueError, match="holds no .vtt"):
        imported(tmp_path / "nothing")
