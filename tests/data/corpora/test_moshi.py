"""moshi-finetune folders: out and in again, as its own loader reads them, and what is wrong with one.

Its loader is `sphn` (from PyPI) with rules of its own on top, which no package has: `finetune/data/` of
github.com/kyutai-labs/moshi-finetune, commit 2acc879. `segments` below follows these rules.
"""

import json
from bisect import bisect_left
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from microturn.data.corpora import moshi
from microturn.data.corpora.item import Options, Skipped
from microturn.protocol.events import Channel, Span
from microturn.protocol.media import MODEL_HZ, write_wav
from microturn.protocol.timeline import Timeline
from tests.data.corpora.talks import MODEL, USER, assert_alike, long_talk, talk, timed, tone


def imported(folder: Path, **options: Any) -> dict[str, Timeline | Skipped]:
    return dict(moshi.read(folder, Options(**options)))


def test_out_and_in_again_is_the_same(tmp_path: Path) -> None:
    made = {"a": talk(), "deep/b": long_talk(3)}
    assert len(list(moshi.write(made.items(), tmp_path))) == 2
    again = imported(tmp_path)
    assert list(again) == ["data_stereo/a", "data_stereo/deep/b"]
    for one, other in zip(made.values(), again.values(), strict=True):
        assert isinstance(other, Timeline)
        assert_alike(one, other)
        assert other.duration_ms == one.duration_ms and other.second_of_day == one.second_of_day
        assert other.meta["provenance"] == one.meta["provenance"] and other.meta["voice"] == "tone"
        spans = [event for event in one.events if isinstance(event, Span)]
        assert [span.text for span in other.spans("word")] == [span.text for span in spans]


def test_what_is_exported_is_kept_and_the_list_covers_it(tmp_path: Path) -> None:
    list(moshi.write([("a", talk())], tmp_path))
    before = (tmp_path / "data_stereo" / "a.wav").stat().st_mtime_ns
    list(moshi.write([("a", talk()), ("b", talk())], tmp_path))
    assert (tmp_path / "data_stereo" / "a.wav").stat().st_mtime_ns == before
    assert len((tmp_path / "data.jsonl").read_text().splitlines()) == 2
    assert not list(tmp_path.rglob("*.part"))


def segments(folder: Path, seconds: float) -> list[tuple[str, float, list[str]]]:
    """What moshi-finetune makes of a folder, by its rules: (path, start, words that the model says there).

    Files and starts from sphn, as in `get_dataset_iterator`; the JSON beside, its alignments found by bisection of their
    starts, as in `InterleavedTokenizer`; of these the main speaker's, longer than 0, as in `Interleaver.prepare_item`.
    """
    sphn = pytest.importorskip("sphn", reason="moshi-finetune's audio loader is not installed: uv sync --group dev")
    found: list[tuple[str, float, list[str]]] = []
    loader = sphn.dataset_jsonl(
        str(folder / "data.jsonl"), duration_sec=seconds, num_threads=1, sample_rate=24_000, pad_last_segment=True
    )
    for sample in loader.seq(skip=0, step_by=1):
        said = json.loads(Path(sample["path"]).with_suffix(".json").read_text())["alignments"]
        starts, start_s = [at for _, (at, _), _ in said], sample["start_time_sec"]
        here = said[bisect_left(starts, start_s) : bisect_left(starts, start_s + seconds)]
        assert sample["data"].shape == (2, round(seconds * 24_000))
        found.append((sample["path"], start_s, [w for w, (at, to), who in here if who == "SPEAKER_MAIN" and at < to]))
    return found


def test_moshis_own_loader_reads_what_we_write(tmp_path: Path) -> None:
    sphn = pytest.importorskip("sphn", reason="moshi-finetune's audio loader is not installed: uv sync --group dev")
    long = long_talk(3)
    list(moshi.write([("a", talk()), ("b", long)], tmp_path))
    found = segments(tmp_path, 4.0)
    assert [(Path(path).name, start) for path, start, _ in found if "a.wav" in path] == [("a.wav", 0.0), ("a.wav", 4.0)]
    assert [words for path, _, words in found if "a.wav" in path] == [["it", "is", "noon"], []]
    said = [word for path, _, words in found if "b.wav" in path for word in words]
    assert said == [word for word, *_ in timed(long, Channel.SAY)]
    samples_CS, rate_hz = sphn.read(str(tmp_path / "data_stereo" / "a.wav"))
    assert rate_hz == MODEL_HZ and samples_CS.shape == (2, round(5.2 * MODEL_HZ))
    voice = talk().audio[Channel.MODEL].samples
    assert np.abs(samples_CS[0, round(0.2 * MODEL_HZ) :] - voice).max() < 1e-4, "left is the model, heard a tick later"
    entry = json.loads((tmp_path / "data.jsonl").read_text().splitlines()[0])
    assert sphn.durations([str(tmp_path / entry["path"])]) == [pytest.approx(entry["duration"])]


def foreign(folder: Path, name: str = "a", alignments: object = None) -> Path:
    """A recording as moshi-finetune's own tools write it."""
    (folder / "wavs").mkdir(exist_ok=True)
    both = np.stack([tone(MODEL, 44_100, 5000.0, 500.0), tone(USER, 44_100, 5000.0, 300.0)])
    write_wav(folder / "wavs" / f"{name}.wav", both, 44_100)
    with (folder / "data.jsonl").open("a") as sink:
        sink.write(json.dumps({"path": f"wavs/{name}.wav", "duration": 5.0}) + "\n")
    if alignments is None:
        alignments = [[text, [at / 1000, until / 1000], "SPEAKER_MAIN"] for text, at, until in MODEL]
    beside = folder / "wavs" / f"{name}.json"
    beside.write_text(json.dumps({"alignments": alignments}))
    return beside


def test_a_folder_of_theirs(tmp_path: Path) -> None:
    foreign(tmp_path)
    (item,) = imported(tmp_path, source="tapes", licence="CC0").values()
    assert isinstance(item, Timeline)
    assert timed(item, Channel.SAY) == [(text, at - 200, until - 200) for text, at, until in MODEL]
    assert item.meta["untranscribed"] == ["user"] and not item.words(Channel.HEARD)
    assert item.meta["provenance"] == [{"source": "tapes", "licence": "CC0", "seconds": 4.8}]
    user = item.audio[Channel.USER].samples
    assert np.abs(user - tone(USER, 16_000, 5000.0, 300.0)[: len(user)]).max() < 1e-3


def test_the_model_may_be_the_other_side(tmp_path: Path) -> None:
    foreign(tmp_path, alignments=[[text, [at / 1000, until / 1000], "ANNA"] for text, at, until in USER])
    (item,) = imported(tmp_path, model_channel=1, model_speaker="ANNA").values()
    assert isinstance(item, Timeline) and len(item.words(Channel.SAY)) == len(USER)
    assert np.abs(item.audio[Channel.MODEL].samples).max() == pytest.approx(0.3, abs=0.01)


def test_what_is_wrong_is_told_and_the_rest_comes(tmp_path: Path) -> None:
    word = ["a", [1.0, 1.2], "SPEAKER_MAIN"]
    foreign(tmp_path, "good")
    foreign(tmp_path, "gone").unlink()
    foreign(tmp_path, "back", [word, ["b", [0.2, 0.4], "SPEAKER_MAIN"]])
    foreign(tmp_path, "past", [word, ["b", [5.0, 5.9], "SPEAKER_MAIN"]])
    foreign(tmp_path, "shape", [["a", 1.0]])
    foreign(tmp_path, "none", [])
    foreign(tmp_path, "broken")
    (tmp_path / "wavs" / "broken.wav").write_bytes(b"RIFF but no more")
    foreign(tmp_path, "cut")
    path = tmp_path / "wavs" / "cut.wav"
    path.write_bytes(path.read_bytes()[:200_000])
    foreign(tmp_path, "silent")
    write_wav(tmp_path / "wavs" / "silent.wav", np.zeros((2, 5 * 24_000), np.float32), 24_000)
    with (tmp_path / "data.jsonl").open("a") as sink:
        sink.write('{"path": 3}\nno json\n{"path": "wavs/nowhere.wav", "duration": 1}\n')
    (tmp_path / "wavs" / "nowhere.json").write_text('{"alignments": [["a", [0.1, 0.2], "SPEAKER_MAIN"]]}')
    foreign(tmp_path, "last")
    found = imported(tmp_path)
    told = {name.removeprefix("wavs/"): item.reason for name, item in found.items() if isinstance(item, Skipped)}
    assert told == {
        "gone": "missing transcript",
        "back": "times run backwards",
        "past": "times past the end",
        "shape": "broken transcript",
        "none": "missing transcript",
        "broken": "broken media",
        "cut": "broken media",
        "silent": "empty audio",
        "data-line-10": "broken manifest",
        "data-line-11": "broken manifest",
        "nowhere": "missing media",
    }
    assert [name for name, item in found.items() if isinstance(item, Timeline)] == ["wavs/good", "wavs/last"]


def test_a_folder_without_a_list_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="holds no .jsonl"):
        imported(tmp_path)
