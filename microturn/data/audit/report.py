"""The audit of folders: every check on every session, shard after shard, and the splits against each other."""

import multiprocessing
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from microturn.data.audit import arrays, sound, windows, words
from microturn.data.audit.findings import REASONS, Finding, Gravity
from microturn.data.audit.leaks import LONG_WORDS, contents, leaks
from microturn.data.audit.session import Session, session_of
from microturn.data.factory import tokenizer
from microturn.data.shards import Shard, about_shard
from microturn.protocol.clock import TICK_MS

Check = Callable[[Session], list[Finding]]
CHECKS: tuple[Check, ...] = (
    *(sound.silence, sound.words_and_sound, sound.speed, sound.level, sound.own_voice),
    *(windows.possible, windows.exclusive, windows.truth, windows.own_words),
    words.spelled,
)
EXAMPLES = 3


@dataclass(frozen=True, kw_only=True)
class Audited:
    """One shard: what was found in which session (None: in the file itself), and its `about`."""

    path: Path
    about: dict[str, Any]
    findings: tuple[tuple[int | None, Finding], ...]
    sessions: int = 0
    seconds: float = 0.0


@dataclass(kw_only=True)
class Tally:
    """How often one reason was found: things, sessions, and where the first of them were."""

    count: int = 0
    sessions: int = 0
    examples: list[str] = field(default_factory=list[str])


@dataclass(kw_only=True)
class Report:
    """An audit in numbers. `faults` and `warnings` count findings, `reasons` keep the order of `REASONS`."""

    sessions: int = 0
    seconds: float = 0.0
    tallies: dict[str, Tally] = field(default_factory=dict[str, Tally])

    def take(self, audited: Audited) -> None:
        self.sessions += audited.sessions
        self.seconds += audited.seconds
        seen: set[tuple[str, int | None]] = set()
        for index, finding in audited.findings:
            place = audited.path.name if index is None else f"{audited.path.name} session {index}"
            self.add(finding, place)
            if (finding.reason, index) not in seen:
                seen.add((finding.reason, index))
                self.tallies[finding.reason].sessions += 1

    def add(self, finding: Finding, place: str = "") -> None:
        tally = self.tallies.setdefault(finding.reason, Tally())
        tally.count += finding.count
        if len(tally.examples) < EXAMPLES:
            tally.examples.append(": ".join(part for part in (place, finding.detail) if part))

    @property
    def reasons(self) -> list[str]:
        return [reason for reason in REASONS if reason in self.tallies]

    def of(self, gravity: Gravity) -> int:
        """How many findings of a gravity."""
        return sum(self.tallies[reason].count for reason in self.reasons if REASONS[reason].gravity == gravity)

    def summary(self) -> dict[str, Any]:
        """The report as JSON."""
        return {
            "sessions": self.sessions,
            "hours": round(self.seconds / 3600, 3),
            **{f"{gravity}s" if gravity != Gravity.INFO else "infos": self.of(gravity) for gravity in Gravity},
            "reasons": {
                reason: {"gravity": REASONS[reason].gravity.value, **vars(self.tallies[reason])}
                for reason in self.reasons
            },
        }


def audit_session(shard: Shard, index: int) -> tuple[list[Finding], int]:
    """All findings of one session, and its ticks; of one that is damaged only that."""
    try:
        ticks = shard[index]
        if broken := arrays.broken_arrays(ticks, tokenizer().size):
            return broken, 0
        session = session_of(shard, index, ticks)
    except ValueError as error:
        return [Finding(reason="unreadable", detail=str(error))], 0
    return [finding for check in CHECKS for finding in check(session)], len(ticks)


def audit_shard(path: Path) -> Audited:
    """All findings of one shard; never raises for what is wrong with it."""
    try:
        shard = Shard(path)
    except ValueError as error:
        return Audited(path=path, about={}, findings=((None, Finding(reason="unreadable", detail=str(error))),))
    found: list[tuple[int | None, Finding]] = []
    ticks = 0
    for index in range(len(shard)):
        findings, length = audit_session(shard, index)
        found += [(index, finding) for finding in findings]
        ticks += length
    seconds = ticks * TICK_MS / 1000
    return Audited(path=path, about=shard.about, findings=tuple(found), sessions=len(shard), seconds=seconds)


def audit_shards(paths: list[Path], workers: int = 1) -> Iterator[Audited]:
    """Every shard, in order, on some processes."""
    if workers <= 1:
        yield from map(audit_shard, paths)
        return
    with multiprocessing.get_context("spawn").Pool(min(workers, len(paths))) as pool:
        yield from pool.imap(audit_shard, paths)


def split_findings(audited: list[Audited], against: list[Path], *, long_words: int = LONG_WORDS) -> Iterator[Finding]:
    """Leaks between the splits of audited shards, and between them and the shards `against`."""
    abouts = [one.about for one in audited if one.about]
    others = contents((about_shard(path) for path in against), "against: ")
    yield from leaks(contents(abouts), others, long_words=long_words)
