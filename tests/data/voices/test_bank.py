"""The bank holds the whole lexicon, stops and goes on, and its texts are those of the acts. The speaker is a toy."""

from itertools import islice
from pathlib import Path

import pytest

from microturn.data.lexicon import WORDS
from microturn.data.voices import bank
from microturn.data.voices.bank import Say, lists, make_bank, script, telling, user_texts
from microturn.data.voices.registry import voices
from microturn.data.voices.takes import load_recording
from microturn.data.voices.voice import Speech, plain_words
from tests.data.voices import toned


class Toy:
    """Says tones and remembers for whom."""

    def __init__(self) -> None:
        self.said: list[tuple[str, str]] = []

    def say_of(self, name: str) -> Say:
        def say(text: str, speed: float) -> Speech:
            self.said.append((name, text))
            return toned.say(text, speed)

        return say


def test_every_speaker_says_the_whole_lexicon_and_a_speaker_that_is_there_is_skipped(tmp_path: Path) -> None:
    toy = Toy()
    lines = make_bank(tmp_path, ["ann", "bob"], toy.say_of, 1.0)
    assert next(lines).startswith("1/2 ann: ")  # stopped here, with bob missing
    assert {name for name, _ in toy.said} == {"ann"}
    assert [line[:9] for line in make_bank(tmp_path, ["ann", "bob"], toy.say_of, 1.0)] == ["1/2 ann: ", "2/2 bob: "]
    assert [name for name, _ in toy.said] == sorted(name for name, _ in toy.said)
    for name in ("ann", "bob"):
        takes = load_recording(tmp_path / f"{name}.json").takes
        assert {word.text for take in takes for word in take.words} >= set(WORDS)
        assert sum(name == speaker for speaker, _ in toy.said) == len(takes)
        speeds = [take.speed for take in takes]
        assert bank.SLOWEST <= min(speeds) < 0.9
        assert bank.FASTEST >= max(speeds) > 1.2


def test_words_that_the_lexicon_gains_are_added(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(bank, "WORDS", WORDS[:-3])
    monkeypatch.setattr(bank, "script", lambda seed: lists(bank.WORDS))
    list(make_bank(tmp_path, ["ann"], Toy().say_of, 0.0))
    monkeypatch.setattr(bank, "WORDS", WORDS)
    toy = Toy()
    list(make_bank(tmp_path, ["ann"], toy.say_of, 0.0))
    assert [plain_words(text) for _, text in toy.said] == [list(WORDS[-3:])]


def test_a_script_begins_with_what_users_say_and_is_the_same_for_the_same_seed() -> None:
    texts = user_texts(3)
    assert texts == user_texts(3)
    assert {word for text in texts for word in text.split()} <= set(WORDS)
    chosen = list(islice(script(3), bank.TEXTS))
    assert set(chosen) <= set(texts)
    assert chosen == telling(texts, bank.TEXTS)
    assert max(len(plain_words(text)) for text in islice(lists(WORDS), 5)) == bank.LIST_WORDS


def test_telling_texts_are_those_with_the_frequent_pairs() -> None:
    assert telling(["c d", "a b", "a b e f g", "a b h i j"], 1) == ["a b"]
    assert telling(["a b", "a b", "c d"], 5) == ["a b", "c d"]


@pytest.mark.parametrize("engine", ["hibari", "espeak"])
def test_made_speakers_are_those_of_training_and_can_be_files(engine: str) -> None:
    names = bank.made_names(engine, 5)
    assert len(set(names)) == 5 and not any("/" in name for name in names)
    live = {voice.name for voice in voices("train")}
    assert all(f"{engine}/{name.replace('_', '/')}" in live for name in names)
    assert len(bank.made_names(engine, 10_000)) == sum(name.startswith(engine) for name in live)
    speech = bank.made_says(engine)(names[2])("stop the count", 1.0)
    assert [word.text for word in speech.words] == ["stop", "the", "count"]
