"""Scenarios of one spoken turn: a test voice asks, the script answers in writing, and there is time for a long reply.

A suite says what is asked and what the reference answer is (`Turn`), as written English; both are spoken as words
(`data.dialogue.sayable`), while the script's `say` words keep the writing: capitals, digits, full stops. What counts
is the answer, so the voices are those of the test split that an independent recogniser understands best, in little noise;
how well a system hears others is measured by the suite `hearing`.
"""

import re
import zlib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np

from microturn.bench.scenarios.factory import ITEM_SEEDS, SUITE_SEEDS, TEST_SEED, at_listener, nothing_scored
from microturn.bench.task import Scenario
from microturn.data import scene
from microturn.data.dialogue.sayable import sentences
from microturn.data.script import Stage, languages_of
from microturn.protocol.clock import DAY_S
from microturn.protocol.events import Channel, Event, Word
from microturn.protocol.timeline import Timeline

CLEAR = "hibari/"
LEAST_SNR_DB = 25.0
BETWEEN_MS = (150.0, 300.0)  # from sentence to sentence
TAIL_MS = 8000.0  # after the reference answer: other systems say more
SPLIT = "test"


@dataclass(frozen=True, kw_only=True)
class Turn:
    """What the user asks and what the oracle answers, both as written; `meta` is what scorers read besides."""

    prompt: str
    answer: str
    meta: Mapping[str, Any] = field(default_factory=dict[str, Any])


Draw = Callable[[np.random.Generator, int], Turn]  # the how-manieth item of its kind, from 0: kinds may go round


def spoken_turns(suite: int, kinds: Mapping[str, Draw]) -> Callable[[int, int], Sequence[Scenario]]:
    """How a suite makes its scenarios: `(n, seed_base)` gives n, over `kinds` in turn."""
    names = list(kinds)

    def item(index: int, seed_base: int) -> Scenario:
        kind = names[(seed_base + index) % len(names)]
        seed = TEST_SEED + suite * SUITE_SEEDS + (seed_base + index) * ITEM_SEEDS
        rng = np.random.default_rng([zlib.crc32(SPLIT.encode()), seed])
        turn = kinds[kind](rng, (seed_base + index) // len(names))
        timeline, turn_end_ms = played(turn, rng, seed)
        meta = {"seed": seed, "prompt": turn.prompt, "reference": turn.answer, "turn_end_ms": turn_end_ms, **turn.meta}
        return Scenario(id=f"{index:04d}-{kind}-{seed}", kind=kind, timeline=timeline, meta=meta)

    return lambda n, seed_base: [item(index, seed_base) for index in range(n)]


def played(turn: Turn, rng: np.random.Generator, seed: int) -> tuple[Timeline, float]:
    """One turn as a scene at the listener, and when the user's last word ends."""
    written = tokens(turn.answer)
    timeline, turn_end_ms = asked(turn.prompt, rng, seed, " ".join(word for _, words in written for word in words))
    return as_written(timeline, written), turn_end_ms


def asked(
    prompt: str, rng: np.random.Generator, seed: int, answer: str = "", *, tail_ms: float = TAIL_MS
) -> tuple[Timeline, float]:
    """A test voice asks, in a room and noise of its own; the script's model gives the answer, if any, in spoken words.

    ValueError for a prompt without a word that can be said.
    """
    who = scene.cast(SPLIT)
    able = [voice for voice in who.users if "en" in languages_of(voice)]
    able = [voice for voice in able if voice.name.startswith(CLEAR)] or able
    drawn = scene.draw_setting(np.random.default_rng(seed))
    snr_db = None if drawn.snr_db is None else max(drawn.snr_db, LEAST_SNR_DB)
    quiet = replace(drawn, snr_db=snr_db, telephone=False, lossy=False)
    setting = replace(quiet, echo_db=None, tone_db=0.0, low_pass_hz=None)
    stage = Stage(
        rng=rng,
        voice=able[int(rng.integers(len(able)))],
        own=who.own,
        split=SPLIT,
        second_of_day=float(rng.integers(DAY_S)),
        speed=float(rng.uniform(0.9, 1.15)),
        hesitancy=0.0,
        now_ms=float(rng.uniform(300, 900)),
    )
    told = None
    for said in sayable(prompt):
        stage.pause(*BETWEEN_MS) if told else None
        told = stage.tell(said, task="answer")
    if told is None:
        raise ValueError(f"nothing of this can be said: {prompt!r}")
    if answer:
        stage.reply(answer, told, task="answer")
    timeline = scene.recorded(stage, rng, who, seed=seed, setting=setting)
    return at_listener(timeline, nothing_scored, tail_ms=tail_ms), told.until_ms


def sayable(text: str) -> tuple[str, ...]:
    """`sentences` of a text, in which the letter A (before a stop, a comma or a bracket) is not said like the article."""
    return sentences(re.sub(r"\bA(?=[.,:)]|$)", "eigh", text))


def tokens(answer: str) -> list[tuple[str, list[str]]]:
    """The tokens of a written answer, each with its words as spoken; what cannot be said stays with the one before.

    Line breaks belong to the token before them. ValueError for an answer without a word.
    """
    found: list[tuple[str, list[str]]] = []
    for token in re.findall(r"\S+\n*", answer.strip()):
        words = " ".join(sayable(token)).replace("|", " ").split()
        if words or not found:
            found.append((token, words))
        else:
            found[-1] = (f"{found[-1][0]} {token}", found[-1][1])
    if len(found) > 1 and not found[0][1]:
        found[:2] = [(f"{found[0][0]} {found[1][0]}", found[1][1])]
    if not found or not found[0][1]:
        raise ValueError(f"an answer has to have words that can be said, not {answer!r}")
    return found


def as_written(timeline: Timeline, written: Sequence[tuple[str, Sequence[str]]]) -> Timeline:
    """The timeline with the script's `say` words as they are written, each over the time of its spoken words."""
    spoken = timeline.words(Channel.SAY)
    if len(spoken) != sum(len(words) for _, words in written):
        raise ValueError(f"the voice said {len(spoken)} words of {written!r}")
    events: list[Event] = [e for e in timeline.events if not (isinstance(e, Word) and e.channel is Channel.SAY)]
    at = 0
    for token, words in written:
        first, last = spoken[at], spoken[at + len(words) - 1]
        events.append(replace(first, text=token, until_ms=last.until_ms))
        at += len(words)
    return replace(timeline, events=tuple(sorted(events, key=lambda event: event.at_ms)))
