"""Conversations between a user and the scripted model, with the ends of turns and the interruptions of the user's side.

Half are acts of the data factory one after the other (requests with pauses, corrections, interruptions, murmurs), half
written dialogues of our own, timed as people's (`data.dialogue.timing`). Whatever the system does, the user goes on as the
script has it. The truth follows TurnBench's own reading of floor-taking (arXiv 2608.25218), from the script's words instead
of three annotators: the user's words less than 0.2 s apart are a segment; the end of one is the end of a turn if the other
speaks next, or is speaking; otherwise it is a pause until the user's next sound. Murmurs are no turns.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from microturn.bench.scenarios import factory
from microturn.bench.scenarios.factory import ITEM_SEEDS, at_listener, draw_room, first_seed, nothing_scored
from microturn.bench.scenarios.written import DIALOGUES
from microturn.bench.task import Scenario
from microturn.data.dialogue.dialogue import DialogueConfig, cast, perform
from microturn.data.dialogue.gaps import MURMURS
from microturn.data.scene import recorded
from microturn.data.script import LATE_MS, Stage
from microturn.protocol.clock import DAY_S
from microturn.protocol.events import Channel, Span, Word
from microturn.protocol.timeline import Timeline

ACTS = ("count", "yes_no", "interrupted", "undisturbed", "chatter")
KINDS = ("requests", "dialogue")
SECONDS = 18.0
JOIN_MS = 200.0
LEAST_PAUSE_MS = 200.0
YIELD_MS = 400.0  # who falls silent this soon after the user has ended has not taken the floor


@dataclass(frozen=True)
class Part:
    """Speech of one side without a hole: [at_ms, until_ms)."""

    at_ms: float
    until_ms: float


def conversations(suite: int, n: int, seed_base: int) -> list[Scenario]:
    """`n` conversations, of the two kinds in turn."""
    return [_item(suite, index, seed_base) for index in range(n)]


def _item(suite: int, index: int, seed_base: int) -> Scenario:
    kind, first = KINDS[index % len(KINDS)], first_seed(suite, index, seed_base)
    for seed in range(first, first + ITEM_SEEDS):
        timeline = at_listener(requests(seed) if kind == "requests" else dialogue(seed), nothing_scored)
        events = truth(timeline)
        if _suits(kind, index, events):
            meta = {"seed": seed, "split": "test", "turnbench": events}
            return Scenario(id=f"{index:04d}-{kind}-{seed}", kind=kind, timeline=timeline, meta=meta)
    raise ValueError(f"none of {ITEM_SEEDS} conversations suits item {index}; use another --seed-base")


def _suits(kind: str, index: int, events: Mapping[str, Mapping[str, Sequence[Any]]]) -> bool:
    """Requests are interrupted or murmured over, in turn; in dialogues the user pauses."""
    if kind == "dialogue":
        return bool(events["eot"]["negatives"])
    return bool(events["interruption"]["positives" if index // len(KINDS) % 2 == 0 else "negatives"])


def requests(seed: int) -> Timeline:
    """Acts one after the other."""
    return factory.make_scene(seed, split="test", seconds=SECONDS, acts=ACTS, setting=draw_room(seed))


def dialogue(seed: int) -> Timeline:
    """One or two written dialogues, spoken."""
    rng, who = np.random.default_rng([seed, 1]), cast("test")
    stage = Stage(
        rng=rng,
        voice=who.users[int(rng.integers(len(who.users)))],
        own=who.own,
        split="test",
        second_of_day=float(rng.integers(DAY_S)),
        speed=float(rng.uniform(0.9, 1.2)),
        now_ms=float(rng.uniform(300, 1500)),
    )
    perform(stage, DIALOGUES, DialogueConfig(sources=("bench",), seconds=SECONDS, split="test"))
    stage.now_ms += LATE_MS
    return recorded(stage, rng, who, seed=seed, setting=draw_room(seed))


def truth(timeline: Timeline) -> dict[str, Mapping[str, Sequence[Any]]]:
    """The events of the user's channel in seconds, in the form that `scorers.turnbench` reads."""
    keeps = [span for span in timeline.spans("keep")]
    mine = _parts(word for word in timeline.spans("word") if word.who == "user" and not _within(word, keeps))
    others = _parts(word for word in timeline.words(Channel.SAY) if word.text not in MURMURS)
    ends, pauses = turn_ends(mine, others)
    sounds = _parts(word for word in timeline.spans("word") if word.who == "user")
    interrupts = [max(span.at_ms, _first_word(timeline, span)) for span in timeline.spans("interrupt")]
    heard = [part for part in sounds if any(part.at_ms < k.until_ms and k.at_ms < part.until_ms for k in keeps)]
    return {
        "eot": {"positives": _s(ends), "negatives": [_s(pause) for pause in _quiet(pauses, sounds)]},
        "interruption": {
            "positives": _s(interrupts),
            "negatives": [_s((part.at_ms, part.until_ms)) for part in heard if not _within_parts(part, mine)],
        },
    }


def turn_ends(mine: Sequence[Part], others: Sequence[Part]) -> tuple[list[float], list[tuple[float, float]]]:
    """The times at which a side's turns end, and the pauses in which it holds the floor; both in ms.

    The last end of all, after which nobody speaks, is neither: no answer is scripted for it.
    """
    ends: list[float] = []
    pauses: list[tuple[float, float]] = []
    for part in mine:
        end_ms = part.until_ms
        again = next((p.at_ms for p in mine if p.at_ms > end_ms), float("inf"))
        other = next((p.at_ms for p in others if p.at_ms > end_ms), float("inf"))
        if other < again or any(p.at_ms < end_ms < p.until_ms - YIELD_MS for p in others):
            ends.append(end_ms)
        elif again < float("inf"):
            pauses.append((end_ms, again))
    return ends, pauses


def _quiet(pauses: Sequence[tuple[float, float]], sounds: Sequence[Part]) -> list[tuple[float, float]]:
    """Pauses up to the user's next sound, a murmur too; those that are too short to be one are left out."""
    cut = [(start, min([end, *(p.at_ms for p in sounds if start < p.at_ms < end)])) for start, end in pauses]
    return [(start, end) for start, end in cut if end - start >= LEAST_PAUSE_MS]


def _parts(words: Any) -> list[Part]:
    parts: list[Part] = []
    for word in sorted(words, key=_start_ms):
        if parts and word.at_ms - parts[-1].until_ms < JOIN_MS:
            parts[-1] = Part(parts[-1].at_ms, max(parts[-1].until_ms, word.until_ms))
        else:
            parts.append(Part(word.at_ms, word.until_ms))
    return parts


def _within(word: Span, spans: Sequence[Span]) -> bool:
    return any(span.at_ms <= word.at_ms < span.until_ms for span in spans)


def _within_parts(part: Part, parts: Sequence[Part]) -> bool:
    return any(other.at_ms < part.until_ms and part.at_ms < other.until_ms for other in parts)


def _first_word(timeline: Timeline, span: Span) -> float:
    return next(w.at_ms for w in timeline.spans("word") if w.who == "user" and w.until_ms > span.at_ms)


def _start_ms(event: Span | Word) -> float:
    return event.at_ms


def _s(times_ms: Sequence[float]) -> list[float]:
    return [round(at / 1000, 4) for at in times_ms]
