"""A folder is audited to the last session, whatever is wrong with it; counts and examples add up."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from microturn.data.audit.findings import REASONS, Finding, Gravity
from microturn.data.audit.report import Report, audit_shard, audit_shards, split_findings
from microturn.data.audit.session import shards_of, told_by
from microturn.data.factory import tokenizer
from microturn.data.keepsakes import entry_of
from microturn.data.shards import Shard, write_shard
from microturn.data.voices.phones import PHONE_ID
from microturn.features.sequence import ticks_of
from microturn.protocol.events import Channel, Do, Text, Word
from microturn.protocol.timeline import Timeline
from tests.data.audit.stories import scene


def entry(one: Timeline):
    return entry_of(one, ticks_of(one, tokenizer(), PHONE_ID))


def shard(path: Path, *seeds: int, acts: tuple[str, ...] = ("repeat", "jumps"), split: str = "train") -> Path:
    write_shard(path, [entry(scene(seed, *acts, split=split)) for seed in seeds], {"split": split})
    return path


def test_made_shards_have_no_fault(tmp_path: Path) -> None:
    paths = [shard(tmp_path / "00000.npz", 0, 1), shard(tmp_path / "00001.npz", 2)]
    assert shards_of([tmp_path]) == shards_of(paths) == paths
    audited = list(audit_shards(paths))
    report = Report()
    for one in audited:
        report.take(one)
    for finding in split_findings(audited, []):
        report.add(finding)
    assert report.sessions == 3 and report.of(Gravity.FAULT) == 0
    assert report.seconds == pytest.approx(sum(scene(n, "repeat", "jumps").duration_ms for n in range(3)) / 1000)
    assert report.reasons == ["unknown licence"]  # beepers have none
    assert report.summary()["reasons"]["unknown licence"]["examples"] == ["'beeper' in train"]


def test_damage_is_a_finding_and_the_rest_is_audited(tmp_path: Path) -> None:
    whole = entry(scene(1))
    broken = replace(whole, ticks=replace(whole.ticks, out_at=whole.ticks.out_at[::-1].copy()))
    torn = replace(whole, extras={"events": np.frombuffer(b"torn", np.uint8)})
    write_shard(tmp_path / "a.npz", [broken, torn, whole], {})
    (tmp_path / "b.npz").write_bytes(b"no shard")
    found = audit_shard(tmp_path / "a.npz").findings
    assert [(index, finding.reason) for index, finding in found] == [(0, "broken arrays"), (1, "unreadable")]
    assert [finding.reason for _, finding in audit_shard(tmp_path / "b.npz").findings] == ["unreadable"]
    report = Report()
    for one in audit_shards(shards_of([tmp_path])):
        report.take(one)
    assert (report.sessions, report.of(Gravity.FAULT), report.tallies["unreadable"].sessions) == (3, 3, 2)
    assert report.tallies["broken arrays"].examples[0].startswith("a.npz session 0: out_at")


def test_ticks_tell_events_where_none_were_kept() -> None:
    one = scene(4, "aloud", "count", "timer")
    told = list(told_by(ticks_of(one, tokenizer(), PHONE_ID)))
    says = [(word.text, word.at_ms) for word in told if isinstance(word, Word) and word.channel == Channel.SAY]
    assert says == [(word.text, word.at_ms) for word in one.words(Channel.SAY)]
    assert [e for e in told if isinstance(e, Do)] == [e for e in one.events if isinstance(e, Do)]
    assert [e for e in told if isinstance(e, Text)] == [e for e in one.events if isinstance(e, Text)]
    heard = [word for word in told if isinstance(word, Word) and word.channel == Channel.HEARD]
    spoken = [word for word in one.words(Channel.HEARD) if word.until_ms > word.at_ms]
    assert [word.text for word in heard] == [word.text for word in spoken]
    assert max(abs(a.at_ms - b.at_ms) for a, b in zip(heard, spoken, strict=True)) <= 25


def test_older_shards_are_audited_by_what_their_ticks_tell(tmp_path: Path) -> None:
    whole = entry(scene(1, "count"))
    write_shard(tmp_path / "a.npz", [whole.ticks], {"split": "train", "seeds": [1, 2]})
    assert audit_shard(tmp_path / "a.npz").findings == ()
    assert len(Shard(tmp_path / "a.npz")) == 1


def test_nothing_to_audit_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="holds no shard"):
        shards_of([tmp_path])
    with pytest.raises(FileNotFoundError, match="there is no"):
        shards_of([tmp_path / "gone"])


def test_counts_add_up() -> None:
    report = Report()
    report.add(Finding(reason="same session", count=80), "a")
    report.add(Finding(reason="silent word", detail="'x'"), "b")
    assert (report.of(Gravity.FAULT), report.of(Gravity.WARNING)) == (80, 1)
    assert report.summary()["faults"] == 80 and report.reasons == ["silent word", "same session"]
    assert all(reason.meaning for reason in REASONS.values())
