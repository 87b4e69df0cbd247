"""What is kept is whole, resumed equals uninterrupted to the byte, and a full disk stops the run, not what was kept."""

import errno
import json
from collections.abc import Iterable, Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from microturn.data.audit.findings import Gravity
from microturn.data.audit.report import audit_session
from microturn.data.corpora.item import Options, Recording, Source, Unusable
from microturn.data.corpora.store import Tally, about_item, file_name, save_shards, save_timelines, texts
from microturn.data.keepsakes import EVENTS, SOUNDS, levels, unpack_events, unpack_sound
from microturn.data.shards import NoRoom, Shard, about_shard, write_shard
from microturn.protocol.events import Channel
from microturn.protocol.timeline import Timeline
from tests.data.corpora.talks import long_talk, talk, timed

OPTIONS = Options(window_s=9, source="tones", licence="CC0")


def bad() -> Source:
    raise Unusable("missing transcript", "bad.json is not there")


def corpus(read: list[str] | None = None) -> Iterator[Recording]:
    """Four recordings, one of them long and one bad; `read` gets the names of those that are read."""

    def reading(name: str, source: Source) -> Source:
        if read is not None:
            read.append(name)
        return source

    yield Recording(name="a", read=lambda: reading("a", Source(timeline=talk(), as_heard=False)))
    yield Recording(name="bad", read=bad)
    yield Recording(name="long", read=lambda: reading("long", Source(timeline=long_talk(5), as_heard=False)))
    yield Recording(name="z", read=lambda: reading("z", Source(timeline=talk(), as_heard=False)))


def saving(form: str, out: Path, tally: Tally, coming: Iterable[Recording] | None = None) -> Iterator[str]:
    """The import of the corpus, as timelines or as shards of two sessions."""
    coming = corpus() if coming is None else coming
    return (
        save_shards(coming, OPTIONS, out, tally, 2) if form == "shards" else save_timelines(coming, OPTIONS, out, tally)
    )


def files(folder: Path) -> dict[str, bytes]:
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


@pytest.mark.parametrize("form", ["timelines", "shards"])
def test_a_stopped_import_goes_on_to_the_same_bytes(tmp_path: Path, form: str) -> None:
    def run(out: Path, most: int, read: list[str] | None = None) -> Tally:
        tally = Tally()
        names = saving(form, out, tally, corpus(read))
        for _, _ in zip(range(most), names, strict=False):
            pass
        return tally

    whole = run(tmp_path / "whole", 9)
    assert (whole.new, whole.old, dict(whole.skipped)) == (5, 0, {"missing transcript": 1})
    assert whole.seconds == pytest.approx(30.0)
    run(tmp_path / "parts", 1)
    second = run(tmp_path / "parts", 9)
    assert second.new + second.old == 5
    assert files(tmp_path / "parts") == files(tmp_path / "whole")
    read: list[str] = []
    again = run(tmp_path / "parts", 9, read)
    assert (again.new, again.old, read) == (0, 5, []), "what is done is not even read"
    assert files(tmp_path / "parts") == files(tmp_path / "whole")


def test_timelines_are_kept_under_their_names(tmp_path: Path) -> None:
    list(save_timelines(corpus(), OPTIONS, tmp_path, Tally()))
    kept = sorted(path.parent.name for path in tmp_path.rglob("timeline.jsonl"))
    assert kept == ["a", "long-000", "long-001", "long-002", "z"]
    assert timed(Timeline.load(tmp_path / "a"), Channel.HEARD) == timed(talk(), Channel.HEARD)
    (line,) = (tmp_path / "import-skipped.ndjson").read_text().splitlines()
    assert json.loads(line) == {"id": "bad", "reason": "missing transcript", "detail": "bad.json is not there"}


def test_a_shard_says_what_is_in_it(tmp_path: Path) -> None:
    list(save_shards(corpus(), OPTIONS, tmp_path, Tally(), sessions=3))
    shards = [Shard(path) for path in sorted(tmp_path.glob("*.npz"))]
    assert [len(shard) for shard in shards] == [3, 2]
    about = shards[0].about
    assert about["import"] == {"source": "tones", "licence": "CC0", "window_s": 9} and "split" not in about
    assert [item["id"] for item in about["items"]] == ["a", "long-000", "long-001"]
    assert about["items"][0] == {
        "id": "a",
        "voice": "tone",
        "others": [],
        "texts": ["what time is it", "thanks"],
        "acts": [],
        "split": "train",
        "provenance": [{"source": "tones", "licence": "CC0", "seconds": 5.0}],
        "seconds": 5.0,
        "timed": "",
        "levels": {side.value: levels(track.samples) for side, track in talk().audio.items()},
    }
    assert len(shards[0][0]) == 25 and shards[0][0].speak_T.max() >= 0 and shards[0][0].word_TF.any()


def test_the_events_are_kept_and_the_first_sessions_can_be_heard(tmp_path: Path) -> None:
    list(save_shards(corpus(), OPTIONS, tmp_path, Tally(), sessions=3))
    shard = Shard(tmp_path / "00000.npz")
    packed = shard.extra(0, EVENTS)
    assert packed is not None and unpack_events(packed) == talk().events and shard.about["listen"] == 2
    for channel, track in talk().audio.items():
        sound, none = shard.extra(1, SOUNDS[channel]), shard.extra(2, SOUNDS[channel])
        assert sound is not None and none is None
        assert unpack_sound(sound, track.rate_hz).any()
    findings, _ = audit_session(shard, 0)
    assert not [finding for finding in findings if finding.gravity == Gravity.FAULT]


@pytest.mark.parametrize("form", ["timelines", "shards"])
def test_a_full_disk_keeps_what_is_whole(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, form: str) -> None:
    def full(*_: object, **__: object) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    def run() -> Tally:
        tally = Tally()
        for number, _ in enumerate(saving(form, tmp_path, tally)):
            if number == 1:
                monkeypatch.setattr(
                    "numpy.savez" if form == "shards" else "microturn.protocol.timeline.write_lines", full
                )
        return tally

    with pytest.raises((OSError, NoRoom), match="No space left|no room left"):
        run()
    kept = files(tmp_path)
    assert not [name for name in kept if ".part" in name] and not list(tmp_path.rglob(".*"))
    monkeypatch.undo()
    assert any(name.endswith((".npz", "timeline.jsonl")) for name in kept)
    for path in tmp_path.glob("*.npz"):
        assert [Shard(path)[i] for i in range(len(Shard(path)))]
    tally = Tally()
    list(saving(form, tmp_path, tally))
    assert tally.new + tally.old == 5 and tally.old >= 2
    assert all(files(tmp_path)[name] == kept[name] for name in kept if name.endswith((".npz", "timeline.jsonl")))


def test_two_items_of_one_name(tmp_path: Path) -> None:
    tally = Tally()
    twice = [*list(corpus())[:1], *list(corpus())[:1]]
    list(save_timelines(twice, OPTIONS, tmp_path, tally))
    assert tally.new == 1 and dict(tally.skipped) == {"name taken": 1}


def test_made_shards_are_not_mixed_with_imported_ones(tmp_path: Path) -> None:
    write_shard(tmp_path / "00000.npz", [], {"seeds": [0, 0]})
    with pytest.raises(ValueError, match="give --out another folder"):
        list(save_shards(corpus(), OPTIONS, tmp_path, Tally()))
    assert about_shard(tmp_path / "00000.npz")["seeds"] == [0, 0]


def test_what_is_to_be_known_of_an_import_is_counted(tmp_path: Path) -> None:
    tally = Tally()
    marked = replace(talk(), meta={"timed": "cue", "untranscribed": ["user"]})
    list(save_timelines([Recording(name="a", read=lambda: Source(timeline=marked))], OPTIONS, tmp_path, tally))
    assert dict(tally.notes) == {"the words' times: cue": 1, "no words of the user's written down": 1}


def test_names_stay_in_their_folder() -> None:
    assert file_name("a/b c/../..//é.x") == "a/b_c/_/_/_/é.x"
    assert not file_name("/etc/passwd").startswith("/")


def test_what_a_user_says_between_long_pauses_is_a_text() -> None:
    assert texts(talk()) == ["what time is it", "thanks"]
    assert texts(replace(talk(), events=())) == []
    marked = replace(talk(), meta={"split": "train", "provenance": [], "others": ["b"], "acts": ["echo"]})
    item = about_item("x", marked)
    assert item["others"] == ["b"] and item["acts"] == ["echo"] and item["voice"] == ""
