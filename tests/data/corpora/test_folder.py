"""Plain folders: texts beside media or in a list; times from the caller's aligner, or none that count as truth."""

import json
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

from microturn.data.corpora import folder
from microturn.data.corpora.item import Options, Skipped
from microturn.protocol.events import Channel, Word
from microturn.protocol.media import MODEL_HZ, USER_HZ, write_wav
from microturn.protocol.timeline import Timeline
from tests.data.corpora.talks import USER, timed, tone

SOUND = tone(USER, USER_HZ, 5000.0, 300.0)
TEXT = "What time is it? Thanks!"


def aligned(samples_S: NDArray[np.float32], rate_hz: int, text: str) -> Sequence[Word]:
    """An aligner that knows the answer."""
    assert rate_hz == USER_HZ and np.array_equal(samples_S, SOUND) and text == TEXT
    return [Word(at_ms=at, until_ms=until, channel=Channel.HEARD, text=text) for text, at, until in USER]


def failing(samples_S: NDArray[np.float32], rate_hz: int, text: str) -> Sequence[Word]:
    raise ValueError("the text is not in the sound")


@pytest.fixture
def corpus(tmp_path: Path) -> Path:
    (tmp_path / "deep").mkdir()
    for name in ("a", "deep/b"):
        write_wav(tmp_path / f"{name}.wav", SOUND, USER_HZ)
        (tmp_path / f"{name}.txt").write_text(f"{TEXT}\n")
    write_wav(tmp_path / "mute.wav", SOUND, USER_HZ)
    return tmp_path


def test_times_come_from_the_aligner(corpus: Path) -> None:
    found = dict(folder.read(corpus, Options(), aligned))
    assert list(found) == ["a", "deep/b", "mute"]
    item = found["deep/b"]
    assert isinstance(item, Timeline) and item.meta["timed"] == "aligned"
    assert timed(item, Channel.HEARD) == USER
    assert [(span.text, span.at_ms) for span in item.spans("word")] == [(text, at) for text, at, _ in USER]
    assert isinstance(found["mute"], Skipped) and found["mute"].reason == "missing transcript"


def test_without_an_aligner_nothing_is_made_up(corpus: Path) -> None:
    reasons = [item.reason for _, item in folder.read(corpus, Options()) if isinstance(item, Skipped)]
    assert reasons == ["no times", "no times", "missing transcript"]


def test_spread_words_are_marked_and_are_no_truth(corpus: Path) -> None:
    item = dict(folder.read(corpus, Options(spread=True)))["a"]
    assert isinstance(item, Timeline) and item.meta["timed"] == "spread" and not item.spans("word")
    words = timed(item, Channel.HEARD)
    assert [word for word, *_ in words] == ["what", "time", "is", "it", "thanks"]
    assert 400 <= words[0][1] < 500 and 4000 < words[-1][2] <= 4100


def test_what_the_aligner_says_of_a_text_is_told(corpus: Path) -> None:
    item = dict(folder.read(corpus, Options(), failing))["a"]
    assert isinstance(item, Skipped) and "the text is not in the sound" in item.detail


def test_one_side_may_be_the_model(corpus: Path) -> None:
    item = dict(folder.read(corpus, Options(spread=True, model_channel=0)))["a"]
    assert isinstance(item, Timeline) and item.audio.keys() == {Channel.MODEL}
    assert item.audio[Channel.MODEL].rate_hz == MODEL_HZ and len(item.words(Channel.SAY)) == 5
    write_wav(corpus / "a.wav", np.stack([SOUND, SOUND]), USER_HZ)
    two = dict(folder.read(corpus, Options(spread=True, model_channel=0)))["a"]
    assert isinstance(two, Skipped) and two.reason == "two sides, one text"


@pytest.mark.parametrize("kind", ["csv", "tsv", "jsonl"])
def test_a_list_of_files_and_texts(corpus: Path, kind: str) -> None:
    rows = [
        ("a.wav", TEXT, "en"),
        ("deep/b.wav", TEXT, "sv"),
        ("gone.wav", TEXT, ""),
        ("mute.wav", "", ""),
        ("", TEXT, ""),
    ]
    if kind == "jsonl":
        lines = [json.dumps({"file_name": file, "text": text, "language": tongue}) for file, text, tongue in rows]
        lines.append("no json")
    else:
        comma = "\t" if kind == "tsv" else ","
        lines = [comma.join(("file", "sentence", "language")), *(comma.join(row) for row in rows)]
    (corpus / f"metadata.{kind}").write_text("\n".join(lines) + "\n")
    found = dict(folder.read(corpus, Options(), aligned))
    assert {name: getattr(item, "reason", "taken") for name, item in found.items()} == {
        "a": "taken",
        "deep/b": "unknown language",
        "gone": "missing media",
        "mute": "missing transcript",
        "row-5": "broken manifest",
        **({"row-6": "broken manifest"} if kind == "jsonl" else {}),
    }


def test_what_is_no_folder_of_media_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="holds no media"):
        list(folder.read(tmp_path, Options()))
    with pytest.raises(ValueError, match="is no folder"):
        list(folder.read(tmp_path / "gone", Options()))
