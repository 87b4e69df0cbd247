"""Spliced speech: the right words where the times say, the same for the same call. The recordings are tones."""

from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest

from microturn.data.voices.registry import FOLDER, voices
from microturn.data.voices.spliced import WARPS, Spliced, speakers
from microturn.data.voices.takes import save_recording
from tests.data.voices.toned import heard_hz, say, tone_hz

TEXTS = ("say the word apple", "what is the time", "red, green, blue, window, river.", "stop", "repeat the word river")


@pytest.fixture(scope="module")
def path(tmp_path_factory: pytest.TempPathFactory) -> Path:
    spoken = [(speed, say(text, speed)) for text in TEXTS for speed in (0.9, 1.1)]
    return save_recording(tmp_path_factory.mktemp("data") / "kokoro", "ann", spoken)


@pytest.mark.parametrize("warp", WARPS)
@pytest.mark.parametrize("text", ["say the word river", "stop what is green window", "Blue, time. What is apple?"])
def test_each_word_sounds_when_it_is_said_to(path: Path, text: str, warp: float) -> None:
    speech = Spliced(path=path, warp=warp).say(text, seed=4)
    assert [word.text for word in speech.words] == text.lower().replace(",", "").replace(".", "").strip("?").split()
    for word in speech.words:
        assert abs(heard_hz(speech, word.at_ms, word.until_ms) - tone_hz(word.text) * warp) < 8
        assert 200 < (word.until_ms - word.at_ms) * warp < 290


@pytest.mark.parametrize("warp", WARPS)
def test_between_the_words_it_is_quiet(path: Path, warp: float) -> None:
    speech = Spliced(path=path, warp=warp).say("stop what is green window river", seed=2)
    edges_ms = [0.0, *(edge for word in speech.words for edge in (word.at_ms, word.until_ms)), 1e9]
    power = np.square(speech.samples)
    loud_ms = np.flatnonzero(power > 0.02 * power.max()) * 1000 / speech.rate_hz
    assert len(loud_ms)
    for until_ms, at_ms in list(pairwise(edges_ms))[::2]:
        assert not ((loud_ms > until_ms + 12) & (loud_ms < at_ms - 12)).any()  # WSOLA moves by 7.5 ms and smears


def test_what_was_said_in_one_breath_stays_whole(path: Path) -> None:
    speech = Spliced(path=path).say("what is the time", seed=1)
    gaps_ms = [after.at_ms - before.until_ms for before, after in pairwise(speech.words)]
    assert len({round(gap, 6) for gap in gaps_ms}) == 1
    assert speech.samples.dtype == np.float32
    assert np.abs(speech.samples).max() <= 1
    assert [(phone.at_ms, phone.until_ms) for phone in speech.phones] == [(w.at_ms, w.until_ms) for w in speech.words]


def test_the_same_call_gives_the_same_speech_and_another_seed_does_not(path: Path) -> None:
    first, other, again = (Spliced(path=path).say("say red apple", seed=seed) for seed in (5, 6, 5))
    assert first.samples.tobytes() == again.samples.tobytes()
    assert (first.words, first.phones) == (again.words, again.phones)
    assert first.samples.tobytes() != other.samples.tobytes()


def test_speed_shortens_speech(path: Path) -> None:
    voice = Spliced(path=path)
    assert len(voice.say("say red apple", speed=1.2).samples) < 0.85 * len(
        voice.say("say red apple", speed=0.9).samples
    )


def test_a_word_that_was_never_said_is_named(path: Path) -> None:
    with pytest.raises(ValueError, match="lacks the word 'banana'"):
        Spliced(path=path).say("say banana")
    with pytest.raises(ValueError, match="no word"):
        Spliced(path=path).say("...")


def test_a_folder_adds_its_speakers_to_training_alone(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv(FOLDER, raising=False)
    without = {split: [voice.name for voice in voices(split)] for split in ("train", "test", "unseen")}
    monkeypatch.setenv(FOLDER, str(path.parent.parent))
    names = [voice.name for voice in voices("train")]
    assert names[: len(without["train"])] == without["train"]
    recorded = names[len(without["train"]) :]
    assert set(recorded) == {f"kokoro/ann*{warp:.2f}" for warp in WARPS} == {v.name for v in speakers(path.parent)}
    assert 0.4 < len(recorded) / len(names) < 0.6
    assert [voice.name for voice in voices("train")] == names
    assert [voice.name for voice in voices("test")] == without["test"]
    assert [voice.name for voice in voices("unseen")] == without["unseen"]


def test_a_folder_without_speakers_is_an_error(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(FOLDER, str(tmp_path))
    assert voices("train")  # it may hold something else, texts for instance
    (tmp_path / "kokoro").mkdir()
    with pytest.raises(ValueError, match="no recorded speaker"):
        voices("train")
    monkeypatch.setenv(FOLDER, str(tmp_path / "gone"))
    with pytest.raises(ValueError, match="is no folder"):
        voices("train")
    assert voices("test")


def test_recorded_speakers_of_an_engine_stand_for_its_live_ones(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for engine in ("hibari", "espeak"):
        monkeypatch.delenv(FOLDER, raising=False)
        live = [voice.name for voice in voices("train")]
        test = [voice.name for voice in voices("test")]
        save_recording(tmp_path / engine / engine, "ann", [(1.0, say(TEXTS[0], 1.0))])
        monkeypatch.setenv(FOLDER, str(tmp_path / engine))
        kept = [name for name in live if not name.startswith(f"{engine}/")]
        assert sorted(voice.name for voice in voices("train")) == sorted([*kept, f"{engine}/ann*1.00"])
        assert [voice.name for voice in voices("test")] == test
