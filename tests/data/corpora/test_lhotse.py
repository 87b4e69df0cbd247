"""Lhotse manifests: out and in again, as lhotse's own loader reads and writes them, and what is wrong with one."""

import gzip
import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from microturn.data.corpora import lhotse as ours
from microturn.data.corpora.item import NOBODY, Options, Skipped
from microturn.protocol.events import Channel
from microturn.protocol.media import MODEL_HZ, write_flac, write_wav
from microturn.protocol.timeline import Timeline
from tests.data.corpora.talks import MODEL, USER, assert_alike, long_talk, talk, timed, tone

WHY = "Lhotse's own loader is not installed: uv sync --group dev"


def imported(path: Path, **options: Any) -> dict[str, Timeline | Skipped]:
    return dict(ours.read(path, Options(**options)))


def test_out_and_in_again_is_the_same(tmp_path: Path) -> None:
    made = {"a": talk(), "deep/b": long_talk(3)}
    assert len(list(ours.write(made.items(), tmp_path))) == 2
    again = imported(tmp_path)
    assert list(again) == list(made)
    for one, other in zip(made.values(), again.values(), strict=True):
        assert isinstance(other, Timeline)
        assert_alike(one, other)
        assert other.duration_ms == one.duration_ms and other.second_of_day == one.second_of_day
        assert other.meta["provenance"] == one.meta["provenance"] and other.meta["timed"] == "exact"
    before = (tmp_path / "cuts.jsonl.gz").read_bytes()
    list(ours.write(made.items(), tmp_path))
    assert (tmp_path / "cuts.jsonl.gz").read_bytes() == before


def test_a_turn_is_a_supervision() -> None:
    assert [[word.text for word in turn] for turn in ours.turns(talk())] == [
        ["what", "time", "is", "it"],
        ["it", "is", "noon"],
        ["thanks"],
    ]


@pytest.mark.timeout(600)
def test_lhotses_own_loader_reads_what_we_write(tmp_path: Path) -> None:
    lhotse = pytest.importorskip("lhotse", reason=WHY)
    list(ours.write([("a", talk()), ("b", long_talk(2))], tmp_path))
    cuts = lhotse.CutSet.from_file(tmp_path / "cuts.jsonl.gz").to_eager()
    lhotse.validate(cuts, read_data=True)
    cut, other = cuts
    samples_CS = cut.load_audio()
    assert samples_CS.shape == (2, round(5.2 * MODEL_HZ))
    assert np.abs(samples_CS[1, round(0.2 * MODEL_HZ) :] - talk().audio[Channel.MODEL].samples).max() < 1e-4
    assert [one.text for one in cut.supervisions] == ["what time is it", "it is noon", "thanks"]
    assert [one.channel for one in cut.supervisions] == [0, 1, 0]
    words = [item for one in cut.supervisions if one.channel == 0 for item in one.alignment["word"]]
    for item, (text, at_ms, until_ms) in zip(words, USER, strict=True):
        assert item.symbol == text and abs(item.start * 1000 - at_ms) < 1 and abs(item.end * 1000 - until_ms) < 1
    recordings = lhotse.RecordingSet.from_file(tmp_path / "recordings.jsonl.gz")
    supervisions = lhotse.SupervisionSet.from_file(tmp_path / "supervisions.jsonl.gz")
    lhotse.validate(recordings)
    assert len(supervisions) == len(cut.supervisions) + len(other.supervisions)


@pytest.mark.timeout(600)
def test_cuts_that_lhotse_writes(tmp_path: Path) -> None:
    """A whole cut, a part of it whose words are counted from the recording, and what is made only when it is loaded."""
    lhotse = pytest.importorskip("lhotse", reason=WHY)
    both = np.stack([tone(MODEL, MODEL_HZ, 5000.0, 500.0), tone(USER, MODEL_HZ, 5000.0, 300.0)])
    write_wav(tmp_path / "a.wav", both, MODEL_HZ)
    whole = lhotse.Recording.from_file(tmp_path / "a.wav").to_cut()
    for number, (channel, said) in enumerate(((0, MODEL), (1, USER))):
        items = [lhotse.supervision.AlignmentItem(w, at / 1000, (until - at) / 1000) for w, at, until in said]
        one = lhotse.SupervisionSegment(f"s{number}", "a", 0.0, 5.0, channel, "", "English", alignment={"word": items})
        whole.supervisions.append(one)
    part = whole.truncate(offset=1.5, duration=2.0).with_id("part")
    odd = [whole.resample(16_000).with_id("resampled"), whole.pad(9.0).with_id("padded")]
    lhotse.CutSet.from_cuts([whole, part, *odd]).to_file(tmp_path / "cuts.jsonl.gz")
    found = imported(tmp_path, model_channel=0)
    assert {name: getattr(item, "reason", "taken") for name, item in found.items()} == {
        "a": "taken",
        "part": "taken",
        "resampled": "needs lhotse",
        "padded": "needs lhotse",
    }
    a, b = found["a"], found["part"]
    assert isinstance(a, Timeline) and isinstance(b, Timeline)
    assert [word.text for word in a.words(Channel.HEARD)] == [text for text, *_ in USER]
    for (word, *times), (text, *truth) in zip(timed(b, Channel.SAY), MODEL, strict=True):
        assert word == text and np.allclose(times, np.array(truth) - 1500, atol=1)
    assert not b.words(Channel.HEARD)
    voice_S = b.audio[Channel.MODEL].samples  # it sounds within the first tick, so the user's side is a tick later
    np.testing.assert_array_equal(voice_S, both[0][36_000:84_000])


def cut(folder: Path) -> dict[str, Any]:
    """One cut of two files, one for each channel, with texts and no words."""
    for number, said in enumerate((USER, MODEL)):
        write_flac(folder / f"{number}.flac", tone(said, MODEL_HZ, 5000.0, 300.0), MODEL_HZ)
    sources = [{"type": "file", "channels": [number], "source": f"{number}.flac"} for number in range(2)]
    recording = {"id": "x", "sources": sources, "sampling_rate": MODEL_HZ, "num_samples": 120_000, "duration": 5.0}
    supervisions = [
        {
            "id": "1",
            "recording_id": "x",
            "start": 0.4,
            "duration": 0.8,
            "channel": 0,
            "text": "What time?",
            "speaker": "A",
        },
        {
            "id": "2",
            "recording_id": "x",
            "start": 1.6,
            "duration": 1.0,
            "channel": 1,
            "text": "It's noon.",
            "speaker": "B",
        },
    ]
    return {
        "id": "x",
        "start": 0.0,
        "duration": 5.0,
        "channel": [0, 1],
        "supervisions": supervisions,
        "recording": recording,
        "type": "MultiCut",
    }


def written(folder: Path, *lines: Any) -> Path:
    text = "".join(line if isinstance(line, str) else json.dumps(line) + "\n" for line in lines)
    (folder / "cuts.jsonl.gz").write_bytes(gzip.compress(text.encode()))
    return folder


def test_two_files_with_texts_alone(tmp_path: Path) -> None:
    (item,) = imported(written(tmp_path, cut(tmp_path)), model_speaker="B").values()
    assert isinstance(item, Timeline) and item.meta["timed"] == "cue" and not item.spans("word")
    assert timed(item, Channel.HEARD) == [("what", 400.0, 400 + 800 * 4 / 9), ("time", 400 + 800 * 4 / 9, 1200.0)]
    assert [word for word, *_ in timed(item, Channel.SAY)] == ["it's", "noon"]
    model = item.audio[Channel.MODEL].samples
    np.testing.assert_array_equal(model, tone(MODEL, MODEL_HZ, 5000.0, 300.0)[4800:][: len(model)])


def test_nobody_may_be_the_model(tmp_path: Path) -> None:
    (item,) = imported(written(tmp_path, cut(tmp_path)), model_channel=NOBODY).values()
    assert isinstance(item, Timeline) and item.audio.keys() == {Channel.USER}
    assert [word for word, *_ in timed(item, Channel.HEARD)] == ["what", "time", "it's", "noon"]


def test_what_is_wrong_is_told_and_the_rest_comes(tmp_path: Path) -> None:
    good = cut(tmp_path)
    command = {**good["recording"], "sources": [{"type": "command", "channels": [0, 1], "source": "touch oh-no"}]}
    gone = {**good["recording"], "sources": [{"type": "file", "channels": [0, 1], "source": "gone.wav"}]}
    late = [{**good["supervisions"][0], "start": 4.9, "duration": 3.0}]
    foreign = [{**good["supervisions"][0], "language": "Swedish"}]
    lines = [
        {**good, "id": "command", "recording": command},
        {**good, "id": "gone", "recording": gone},
        {**good, "id": "late", "supervisions": late},
        {**good, "id": "foreign", "supervisions": foreign},
        {**good, "id": "silent", "supervisions": []},
        {**good, "id": "long", "duration": 9.0, "recording": {**good["recording"], "duration": 9.0}},
        "no json\n",
        {**good, "id": "good"},
    ]
    found = imported(written(tmp_path, *lines), model_channel=1)
    assert {name: getattr(item, "reason", "taken") for name, item in found.items()} == {
        "command": "no file",
        "gone": "missing media",
        "late": "times past the end",
        "foreign": "unknown language",
        "silent": "missing transcript",
        "long": "broken media",
        "cuts.jsonl.gz-line-7": "broken manifest",
        "good": "taken",
    }
    assert not (tmp_path / "oh-no").exists() and not Path("oh-no").exists()
    (unsaid,) = imported(written(tmp_path, good)).values()
    assert isinstance(unsaid, Skipped) and unsaid.reason == "the model's channel is not said"


def test_a_manifest_that_breaks_off(tmp_path: Path) -> None:
    written(tmp_path, *[{**cut(tmp_path), "id": f"x{number}"} for number in range(3)])
    path = tmp_path / "cuts.jsonl.gz"
    path.write_bytes(path.read_bytes()[:-25])
    found = imported(tmp_path, model_channel=1)
    reasons = [item.reason for item in found.values() if isinstance(item, Skipped)]
    assert reasons == ["broken manifest"] and len(found) > 1
