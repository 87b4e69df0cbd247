"""Leaks: what a set of sessions has that another set must not have, by seed, speaker, drawn words and text.

Only the `about` of shards is read. The model's own voice is in every split by design and does not count.
"""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from itertools import combinations
from typing import Any

from microturn.data.audit.findings import Finding
from microturn.data.provenance import UNKNOWN
from microturn.data.voices.registry import is_held_out, speakers_of

TRAIN = "train"
SHORT_WORDS, LONG_WORDS = 6, 13  # made sentences of up to twelve words are few enough to be met in every split
NOBODY = (None, "", UNKNOWN)  # voices of imported sessions that nobody named
EXAMPLES = 20  # of one reason between two sets


@dataclass(kw_only=True)
class Contents:
    """What the sessions of one set hold: their keys (split and seed, or the id), and who says what in them."""

    name: str
    split: str
    keys: Counter[str] = field(default_factory=Counter[str])
    voices: set[str] = field(default_factory=set[str])
    licences: dict[str, str] = field(default_factory=dict[str, str])
    picks: set[frozenset[str]] = field(default_factory=set[frozenset[str]])
    texts: set[str] = field(default_factory=set[str])
    unknown: int = 0  # sessions of which nothing but their seeds is known

    @property
    def speakers(self) -> set[str]:
        return {speaker for voice in self.voices for speaker in speakers_of(voice)}

    def take(self, about: Mapping[str, Any]) -> None:
        """Add the sessions of a shard."""
        items = about.get("items", ())
        self.unknown += about["sessions"] - len(items)
        if not items:
            first, stop = about.get("seeds", (0, 0))
            self.keys.update(f"{self.split} {seed}" for seed in range(first, stop))
        for item in items:
            if "id" in item or "seed" in item:
                self.keys[str(item["id"]) if "id" in item else f"{self.split} {item['seed']}"] += 1
            self.voices |= {str(name) for name in (item.get("voice"), *item.get("others", ())) if name not in NOBODY}
            self.licences |= {row["source"]: row["licence"] for row in item.get("provenance", ())}
            drawn = (frozenset(text.split()) for text in item.get("picked", ()))
            self.picks |= {words for words in drawn if len(words) > 1}
            said = (" ".join(text.lower().split()) for text in item.get("texts", ()))
            self.texts |= {text for text in said if text.count(" ") >= SHORT_WORDS - 1}


def contents(abouts: Iterable[Mapping[str, Any]], name: str = "") -> list[Contents]:
    """The sets of some shards, one for each split; `name` tells them from sets of the same split elsewhere."""
    sets: dict[str, Contents] = {}
    for about in abouts:
        split = str(about.get("split", "")) or str(next(iter(about.get("items", ())), {}).get("split", ""))
        sets.setdefault(split, Contents(name=f"{name}{split or 'no split'}", split=split)).take(about)
    return list(sets.values())


def inside(one: Contents) -> list[Finding]:
    """What is wrong with a set alone: sessions that are there twice, held-out voices in training, unknown licences."""
    twice = sorted(key for key, count in one.keys.items() if count > 1)
    found = _listed("same session", twice, one.name)
    if one.unknown:
        found.append(Finding(reason="nothing known", detail=f"{one.unknown} in {one.name}", count=one.unknown))
    if one.split == TRAIN:
        found += _listed("held-out voice", sorted(voice for voice in one.voices if is_held_out(voice)), one.name)
    return found + _listed(
        "unknown licence", sorted(s for s, text in one.licences.items() if text == UNKNOWN), one.name
    )


def between(one: Contents, other: Contents, long_words: int = LONG_WORDS) -> list[Finding]:
    """What two sets share and must not. Drawn words are kept apart only between training and the rest."""
    where = f"{one.name} and {other.name}"
    found = _listed("same seed", sorted(one.keys.keys() & other.keys.keys()), where)
    found += _listed("same speaker", sorted(one.speakers & other.speakers), where)
    if (one.split == TRAIN) != (other.split == TRAIN):
        found += _listed("same words", sorted(" ".join(sorted(words)) for words in one.picks & other.picks), where)
    shared = sorted(one.texts & other.texts, key=lambda text: (-len(text), text))
    found += _listed("same long text", [text for text in shared if text.count(" ") >= long_words - 1], where)
    return found + _listed("same text", [text for text in shared if text.count(" ") < long_words - 1], where)


def leaks(sets: list[Contents], against: Iterable[Contents] = (), *, long_words: int = LONG_WORDS) -> Iterator[Finding]:
    """Everything wrong between splits: inside each set, between every two of them, and against other sets."""
    for one in sets:
        yield from inside(one)
    for one, other in combinations(sets, 2):
        yield from between(one, other, long_words)
    for other in against:
        for one in sets:
            yield from between(one, other, long_words)


def _listed(reason: str, things: list[str], where: str) -> list[Finding]:
    """A finding for each of the things; beyond `EXAMPLES` the rest is one finding that counts them."""
    found = [Finding(reason=reason, detail=f"{thing!r} in {where}") for thing in things[:EXAMPLES]]
    rest = len(things) - EXAMPLES
    return found + ([Finding(reason=reason, detail=f"{rest} more in {where}", count=rest)] if rest > 0 else [])
