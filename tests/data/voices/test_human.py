"""Human recordings: split by speaker, cut to their words with the times moved along, and refused when they are none."""

import json
from pathlib import Path

import numpy as np
import pytest

from microturn.data.voices.human import EDGE_MS, Played, all_takes, clip, human_folder, split_of, takes
from microturn.protocol.media import write_wav


def record(folder: Path, name: str, speaker: str) -> None:
    """A second of sound after a second of silence: two words in it."""
    samples = np.zeros(48000, np.float32)
    samples[16000:32000] = 0.3 * np.sin(np.arange(16000) * 0.2)
    folder.mkdir(parents=True, exist_ok=True)
    write_wav(folder / f"{name}.wav", samples, 16000)
    about = {
        "file": f"{name}.wav",
        "text": "one two",
        "speaker": speaker,
        "words": [["one", 1000, 1400, 0.9], ["two", 1500, 2000, 0.8]],
        "phones": [["sil", 0, 1000], ["w", 1000, 1400], ["sil", 1400, 1500], ["t", 1500, 2000], ["sil", 2000, 3000]],
        "source": "a corpus",
        "licence": "CC0",
    }
    (folder / f"{name}.json").write_text(json.dumps(about))


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("MICROTURN_DATA", str(tmp_path))
    for number in range(30):
        record(tmp_path / "human" / "set", f"clip{number}", f"set/{number // 2}")
    return tmp_path / "human"


def test_the_splits_share_no_speaker_and_leave_nothing_out(folder: Path) -> None:
    train, test = takes("train"), takes("test")
    assert len(train) + len(test) == 30
    assert train and test and not {t.speaker for t in train} & {t.speaker for t in test}
    assert takes("unseen") == test  # both are voices that training never hears


def test_about_a_fifth_of_the_speakers_is_for_tests() -> None:
    assert 0.15 < np.mean([split_of(f"s/{number}") == "test" for number in range(2000)]) < 0.25


def test_a_clip_is_cut_to_its_words(folder: Path) -> None:
    found = clip(all_takes(folder)[0])
    speech = found.speech
    assert len(speech.samples) == round(16 * (1000 + 2 * EDGE_MS))
    assert [(w.text, w.at_ms, w.until_ms) for w in speech.words] == [("one", 200, 600), ("two", 700, 1200)]
    assert speech.phones[0].text == "sil" and (speech.phones[0].at_ms, speech.phones[0].until_ms) == (0, 200)
    assert speech.phones[-1].until_ms == 1400
    assert np.abs(speech.samples[: 16 * 199]).max() < 1e-3
    assert np.abs(speech.samples[16 * 200 : 16 * 600]).max() > 0.2
    assert (found.text, found.source, found.licence) == ("one two", "a corpus", "CC0")


def test_an_index_is_read_instead_of_the_files(folder: Path) -> None:
    lines = [path.read_text() for path in sorted((folder / "set").glob("clip1*.json"))]
    (folder / "set" / "index.jsonl").write_text("\n".join(lines))
    assert len(all_takes(folder / "set")) == len(lines) == 11
    assert clip(all_takes(folder / "set")[0]).text == "one two"


def test_a_played_voice_says_its_clip_and_nothing_else(folder: Path) -> None:
    voice = Played(clip(all_takes(folder)[0]))
    assert voice.name.startswith("human/set/")
    assert voice.say("one two", seed=3, speed=2.0) is voice.clip.speech
    with pytest.raises(ValueError, match="cannot say 'three'"):
        voice.say("three")


def test_without_recordings_there_is_a_sentence(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("MICROTURN_DATA", raising=False)
    assert human_folder() is None
    with pytest.raises(ValueError, match="microturn data align"):
        takes("train")


def test_a_file_that_is_no_clip_is_named(tmp_path: Path) -> None:
    (tmp_path / "x.json").write_text('{"file": "x.wav"}')
    with pytest.raises(ValueError, match=r"x\.json is no aligned clip"):
        all_takes(tmp_path)
