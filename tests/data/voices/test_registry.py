"""Training never hears who is held out: not from the splits, not from a folder of recordings, not from the bank's list."""

from itertools import combinations, product
from pathlib import Path

import numpy as np
import pytest

from microturn.data.voices.kokoro import SPEAKERS
from microturn.data.voices.registry import HELD_OUT, is_held_out, speakers_of, voices
from microturn.data.voices.takes import save_recording
from tests.data.voices import toned

SPLITS = {split: [voice.name for voice in voices(split)] for split in ("train", "test", "unseen")}


def people(names: list[str]) -> set[str]:
    return {speaker for name in names for speaker in speakers_of(name)}


@pytest.mark.parametrize("splits", list(combinations(SPLITS, 2)))
def test_splits_share_no_voice_and_no_speaker(splits: tuple[str, str]) -> None:
    one, other = (SPLITS[split] for split in splits)
    assert one and other
    assert not set(one) & set(other) and not people(one) & people(other)


def test_the_held_out_are_never_in_train_nor_in_the_bank() -> None:
    assert not [name for name in SPLITS["train"] if is_held_out(name)]
    assert not [name for name in SPEAKERS if is_held_out(f"kokoro/{name}*1.00")]
    assert all(is_held_out(name) for name in SPLITS["unseen"])
    assert "flite" in HELD_OUT and "kokoro/af_heart" in HELD_OUT


@pytest.mark.parametrize("engine", ["hibari", "espeak"])
def test_train_and_test_share_synthesisers_but_flite_is_in_neither(engine: str) -> None:
    engines = {split: {name.split("/")[0] for name in names} for split, names in SPLITS.items()}
    assert engine in engines["train"] & engines["test"]
    assert engines["unseen"] == {"flite"} and "flite" not in engines["train"] | engines["test"]


def test_who_speaks_with_a_voice() -> None:
    assert speakers_of("espeak/en-us+m3/50-50-170") == speakers_of("espeak/en+m3/40-40-150") == ("espeak/m3",)
    assert speakers_of("kokoro/af_bella+bm_daniel*0.89") == ("kokoro/af_bella", "kokoro/bm_daniel")
    assert speakers_of("hibari/w0.780-p0.7") == ("hibari/w0.780-p0.7",)
    assert is_held_out("kokoro/af_bella+bm_daniel*0.89") and not is_held_out("kokoro/af_bella*0.89")
    assert is_held_out("flite/slt") and is_held_out("piper/joe")


def record(folder: Path, name: str) -> None:
    save_recording(folder / "kokoro", name, [(1.0, toned.say("apple red"))])


@pytest.mark.parametrize("name", ["bm_daniel", "af_bella+am_echo"])
def test_a_folder_with_a_held_out_speaker_is_refused(
    name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("MICROTURN_DATA", str(tmp_path))
    record(tmp_path, "af_bella")
    assert any(voice.name.startswith("kokoro/af_bella*") for voice in voices("train"))
    record(tmp_path, name)
    with pytest.raises(ValueError, match=f"kokoro/{name[:5]}.*held out for tests: move it"):
        voices("train")
    assert [voice.name for voice in voices("test")] == SPLITS["test"]


def test_the_words_kept_for_tests_are_never_drawn_in_train() -> None:
    from microturn.data.script import Stage
    from tests.data.test_acts import Beeper, OwnBeep

    drawn: dict[str, set[frozenset[str]]] = {}
    for split, seed in product(("train", "test", "unseen"), range(400)):
        stage = Stage(rng=np.random.default_rng(seed), voice=Beeper(), own=OwnBeep, split=split)
        drawn.setdefault(split, set()).add(frozenset(stage.pick_words(2 + seed % 2)))
    assert not drawn["train"] & (drawn["test"] | drawn["unseen"])
    assert min(map(len, drawn.values())) > 300
