"""Kept phrases are spoken once, are the same whether they were there or not, and a damaged one is spoken again."""

from pathlib import Path

import numpy as np
import pytest

from microturn.data.voices.kept import FOLDER, Phrase, keeping, own_say


class Counting:
    """Says noise, and counts."""

    def __init__(self) -> None:
        self.said: list[str] = []

    def __call__(self, text: str) -> Phrase:
        self.said.append(text)
        words = tuple((word, index, 1) for index, word in enumerate(text.split()))
        rng = np.random.default_rng(len(text))
        return Phrase(rng.uniform(-1, 1, 4800 * len(words)).astype(np.float32), words)


def same(one: Phrase, other: Phrase) -> bool:
    return one.words == other.words and np.array_equal(one.samples, other.samples)


def test_a_phrase_is_spoken_once_and_comes_back_as_it_was(tmp_path: Path) -> None:
    voice = Counting()
    first = keeping(voice, tmp_path)("one two")
    again = keeping(voice, tmp_path)("one two")
    assert voice.said == ["one two"] and same(first, again)
    assert np.abs(first.samples - Counting()("one two").samples).max() <= 0.51 / 32767
    assert first.samples.dtype == np.float32 and [path.suffix for path in tmp_path.iterdir()] == [".phrase"]


def test_where_there_is_no_room_the_phrase_is_the_same(tmp_path: Path) -> None:
    voice = Counting()
    full = keeping(voice, tmp_path, most=0)
    assert same(full("one"), keeping(voice, tmp_path)("one"))
    assert len(list(tmp_path.iterdir())) == 1


@pytest.mark.parametrize("kept", [0, 5, -7])
def test_a_damaged_phrase_is_spoken_again(tmp_path: Path, kept: int) -> None:
    voice = Counting()
    first = keeping(voice, tmp_path)("one two")
    path = next(tmp_path.iterdir())
    path.write_bytes(path.read_bytes()[:kept])
    assert same(keeping(voice, tmp_path)("one two"), first) and len(voice.said) == 2
    assert same(keeping(voice, tmp_path)("one two"), first) and len(voice.said) == 2


def test_only_a_folder_that_is_there_keeps(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    voice = Counting()
    assert own_say(voice) is voice
    monkeypatch.setenv("MICROTURN_DATA", str(tmp_path))
    assert own_say(voice) is voice
    (tmp_path / FOLDER).mkdir()
    own_say(voice)("one")
    assert len(list((tmp_path / FOLDER).iterdir())) == 1
