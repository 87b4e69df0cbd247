"""The card of a data set: source and licence of every second, who speaks, which acts, splits and seeds.

`card_of` adds up what the shards say of themselves, `markdown` writes it for people. Seconds are of material: the user's
track whole, the model's voice where it speaks, pictures; so they come to more than the sessions last.
"""

import json
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from microturn.data.provenance import UNKNOWN, merged
from microturn.protocol.clock import TICK_MS

NOT_CONFIG = ("items", "seeds", "format")
NOT_TOLD = {"source": "not told (a shard without items)", "licence": UNKNOWN}


@dataclass(kw_only=True)
class Card:
    """A data set in numbers; `configs` and `seeds` by split, as JSON and as ranges [first, stop)."""

    shards: int = 0
    sessions: int = 0
    seconds: float = 0.0
    rows: list[dict[str, Any]] = field(default_factory=list[dict[str, Any]])
    splits: Counter[str] = field(default_factory=Counter[str])
    acts: Counter[str] = field(default_factory=Counter[str])
    engines: dict[str, set[str]] = field(default_factory=dict[str, set[str]])
    configs: dict[str, Counter[str]] = field(default_factory=dict[str, Counter[str]])
    seeds: dict[str, list[tuple[int, int]]] = field(default_factory=dict[str, list[tuple[int, int]]])

    def take(self, about: Mapping[str, Any], seconds: float) -> None:
        """Add a shard of so many seconds."""
        items, split = about.get("items", ()), str(about.get("split", "")) or "no split"
        self.shards += 1
        self.sessions += about["sessions"]
        self.seconds += seconds
        self.splits[split] += about["sessions"]
        told = [row for item in items for row in item.get("provenance", ())]
        untold_s = max(0.0, seconds - sum(float(item.get("seconds", 0)) for item in items if item.get("provenance")))
        self.rows = merged([*self.rows, *told, NOT_TOLD | {"seconds": untold_s if untold_s > TICK_MS / 1000 else 0.0}])
        for item in items:
            self.acts.update(item.get("acts", ()))
            for voice in filter(None, (item.get("voice"), *item.get("others", ()))):
                self.engines.setdefault(voice.split("/")[0], set()).add(voice)
        config = {name: value for name, value in about.items() if name not in NOT_CONFIG and name != "sessions"}
        self.configs.setdefault(split, Counter())[json.dumps(config, sort_keys=True)] += 1
        if "seeds" in about:
            self.seeds[split] = _joined([*self.seeds.get(split, ()), (about["seeds"][0], about["seeds"][1])])

    def summary(self) -> dict[str, Any]:
        """The card as JSON."""
        return {
            "shards": self.shards,
            "sessions": self.sessions,
            "hours": round(self.seconds / 3600, 3),
            "provenance": self.rows,
            "splits": dict(self.splits),
            "acts": dict(self.acts.most_common()),
            "voices": {engine: len(voices) for engine, voices in sorted(self.engines.items())},
            "seeds": self.seeds,
            "configs": {s: [json.loads(text) for text in found] for s, found in self.configs.items()},
        }


def card_of(shards: Iterable[tuple[Mapping[str, Any], float]]) -> Card:
    """The card of shards, each given as its `about` and its seconds."""
    card = Card()
    for about, seconds in shards:
        card.take(about, seconds)
    return card


def table(card: Card) -> list[tuple[str, str, str, str]]:
    """Rows of source, licence, hours and share of all material."""
    total = sum(row["seconds"] for row in card.rows) or 1.0
    return [
        (row["source"], row["licence"], f"{row['seconds'] / 3600:.2f}", f"{100 * row['seconds'] / total:.1f}%")
        for row in card.rows
    ]


def markdown(card: Card, title: str) -> str:
    """The card as a page for people."""
    acts = ", ".join(f"{act} {count}" for act, count in card.acts.most_common())
    voices = ", ".join(f"{len(names)} of {engine}" for engine, names in sorted(card.engines.items()))
    splits = [
        f"- {split}: {count} sessions{_ranges(card.seeds.get(split, []))}" for split, count in card.splits.items()
    ]
    configs = [f"- {split}: `{text}`" for split, found in card.configs.items() for text in found]
    parts = [
        f"# {title}",
        f"{card.seconds / 3600:.2f} hours in {card.sessions} sessions, {card.shards} shards.",
        "## Source and licence",
        "\n".join(["| source | licence | hours | share |", "|---|---|---:|---:|"] + [_row(row) for row in table(card)]),
        "Hours are of material: the user's track whole, the model's voice where it speaks, pictures where there are any.",
        "## Splits",
        "\n".join(splits),
        *(["## Voices", f"{voices}."] if voices else []),
        *(["## Acts", f"{acts}."] if acts else []),
        "## Config",
        "\n".join(configs),
    ]
    return "\n\n".join(parts) + "\n"


def _row(cells: tuple[str, ...]) -> str:
    return f"| {' | '.join(cell.replace('|', '/') for cell in cells)} |"


def _ranges(ranges: list[tuple[int, int]]) -> str:
    return f", seeds {', '.join(f'{first} to {stop - 1}' for first, stop in ranges)}" if ranges else ""


def _joined(ranges: list[tuple[int, int]]) -> list[tuple[int, int]]:
    """Ranges in order, those that touch as one."""
    joined: list[tuple[int, int]] = []
    for first, stop in sorted(ranges):
        if joined and first <= joined[-1][1]:
            joined[-1] = joined[-1][0], max(stop, joined[-1][1])
        else:
            joined.append((first, stop))
    return joined
