"""The ear of the audit: words that are said lead, those of somebody else do not; the aligner itself hears both."""

import json
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import cast

import numpy as np
import pytest
from numpy.typing import NDArray

from microturn.cli import main
from microturn.cli.data.ear import lead, stretches
from microturn.data.factory import tokenizer
from microturn.data.keepsakes import entry_of
from microturn.data.scene import CLEAN, make_scene
from microturn.data.shards import Entry, write_shard
from microturn.data.voices.phones import PHONE_ID
from microturn.data.voices.voice import Sound
from microturn.features.sequence import ticks_of
from microturn.protocol.events import Channel, Word
from microturn.protocol.timeline import Timeline
from microturn.train.aligner import Aligned, Aligner
from tests.data.audit.stories import heard

SAID = [heard(f"w{n}", 1000.0 * n, 1000.0 * n + 300) for n in range(10)]
SOUND = np.repeat(np.arange(11, dtype=np.float32), 16_000)  # during word n it is n


class Ear:
    """Knows which words sound; `deaf` to those texts."""

    def __init__(self, deaf: Sequence[str] = ()) -> None:
        self.deaf = deaf

    def align(self, samples_S: NDArray[np.float32], rate_hz: int, text: str) -> Aligned:
        words = () if text in self.deaf else (Sound(text, 0, 300),)
        return Aligned(words, (), (1.0,), 0.7 if text == f"w{round(float(samples_S[len(samples_S) // 2]))}" else 0.2)


def ear(deaf: Sequence[str] = ()) -> Aligner:
    return cast(Aligner, Ear(deaf))


def test_a_pause_parts_the_words() -> None:
    words = [heard("a", 0, 300), heard("b", 350, 600), heard("c", 1200, 1300), heard("d", 1899, 2000)]
    assert list(stretches(words)) == [slice(0, 2), slice(2, 4)]
    assert list(stretches(words[:1])) == [slice(0, 1)] and list(stretches([])) == []


def test_what_is_said_leads() -> None:
    assert lead(SOUND, SAID, ear()) == pytest.approx(0.5)
    wrong = [replace(word, text="other") for word in SAID]
    assert lead(SOUND, wrong, ear()) == pytest.approx(0.0)


def test_too_little_is_not_judged() -> None:
    assert lead(SOUND, SAID[:7], ear()) is None
    assert lead(SOUND, SAID, ear(deaf=["w1", "w2"])) is None, "in two stretches words cannot be told, in two the others"
    assert lead(SOUND, [], ear()) is None


def spoken(seed: int) -> Timeline:
    return make_scene(seed, seconds=20, acts=["plain", "timer", "repeat"], setting=CLEAN)


def written(timeline: Timeline, texts: Sequence[str]) -> Timeline:
    """The timeline with other words of the user's, as often as it takes."""
    count = 0

    def other(word: Word) -> Word:
        nonlocal count
        count += 1
        return replace(word, text=texts[count % len(texts)])

    mine = (Channel.HEARD,)
    events = (other(e) if isinstance(e, Word) and e.channel in mine else e for e in timeline.events)
    return replace(timeline, events=tuple(events))


def entry(timeline: Timeline) -> Entry:
    return entry_of(timeline, ticks_of(timeline, tokenizer(), PHONE_ID), sound=True)


def test_the_audit_listens(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    one, two = spoken(800_001), spoken(800_002)
    wrong = written(two, [word.text for word in one.words(Channel.HEARD)])
    silent = replace(entry(wrong), extras={})
    write_shard(tmp_path / "00000.npz", [entry(one), entry(wrong), silent], {"split": "train"})
    (tmp_path / "00001.npz").write_bytes(b"torn")
    main(["data", "audit", str(tmp_path), "--ear", "--workers", "1"])
    told = json.loads(capsys.readouterr().out.splitlines()[-1])
    assert told["listened"] == 2
    found = told["reasons"]["other words"]
    assert (found["gravity"], found["count"], found["sessions"]) == ("warning", 1, 1)
    assert found["examples"][0].startswith("00000.npz session 1: ")
    assert told["sessions"] == 3 and "unreadable" in told["reasons"]
