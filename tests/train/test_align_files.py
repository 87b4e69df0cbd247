"""Recordings become timed clips once; what fails says why; a second run does only what is missing."""

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from microturn.data.voices.human import all_takes
from microturn.data.voices.transcripts import Transcribed
from microturn.data.voices.voice import Sound
from microturn.protocol.media import write_wav
from microturn.train.align_files import align_all
from microturn.train.aligner import Aligned


class Ear:
    """Finds every word in 100 ms, unless there is the word "wrong"."""

    def __init__(self) -> None:
        self.heard: list[str] = []

    def align(self, samples_S: Any, rate_hz: int, text: str) -> Aligned:
        self.heard.append(text)
        if "wrong" in text:
            return Aligned((), (), (), 0.1, "the text does not match the sound")
        words = tuple(Sound(word, 100.0 * i, 100.0 * i + 100) for i, word in enumerate(text.split()))
        return Aligned(words, words, (0.5,) * len(words), 0.5)


def item(folder: Path, name: str, text: str, speaker: str = "7") -> Transcribed:
    path = folder / name
    if not path.exists():
        write_wav(path, np.full(16000, 0.1, np.float32), 16000)
    return Transcribed(path=path, text=text, speaker=speaker, collection="set")


def run(items: list[Transcribed], out: Path) -> tuple[list[str], list[str]]:
    """The reasons, and what the ear had to hear."""
    ear = Ear()
    outcomes = list(align_all(items, out, ear, source="somewhere", licence="CC0"))  # pyright: ignore
    return [outcome.reason for outcome in outcomes], ear.heard


def test_clips_rejections_and_broken_files(tmp_path: Path) -> None:
    (tmp_path / "broken.wav").write_bytes(b"x" * 50)
    items = [item(tmp_path, "a.wav", "one two"), item(tmp_path, "b.wav", "wrong"), item(tmp_path, "broken.wav", "one")]
    out = tmp_path / "out"
    reasons, _ = run(items, out)
    assert reasons[0] == "" and "match" in reasons[1] and "broken.wav" in reasons[2]
    assert sorted(path.name for path in (out / "set").iterdir()) == ["a.json", "a.wav", "b.rejected", "broken.rejected"]
    about = json.loads((out / "set" / "a.json").read_text())
    assert about["words"] == [["one", 0.0, 100.0, 0.5], ["two", 100.0, 200.0, 0.5]]
    assert (about["speaker"], about["seconds"], about["source"], about["licence"]) == ("set/7", 1.0, "somewhere", "CC0")
    (take,) = all_takes(out)
    assert take.text == "one two" and take.path.is_file()


def test_a_second_run_keeps_what_is_there_and_aligns_a_changed_text_again(tmp_path: Path) -> None:
    out = tmp_path / "out"
    items = [item(tmp_path, "a.wav", "one two"), item(tmp_path, "b.wav", "wrong")]
    first, _ = run(items, out)
    assert run(items, out) == (first, [])
    changed = [item(tmp_path, "a.wav", "wrong"), item(tmp_path, "b.wav", "one")]
    assert run(changed, out)[1] == ["wrong", "one"]
    assert sorted(p.name for p in (out / "set").iterdir()) == ["a.rejected", "a.wav", "b.json", "b.wav"]


def test_two_recordings_of_one_name_are_refused(tmp_path: Path) -> None:
    other = tmp_path / "other"
    other.mkdir()
    with pytest.raises(ValueError, match="one name"):
        run([item(tmp_path, "a.wav", "one"), item(other, "a.wav", "two")], tmp_path / "out")
