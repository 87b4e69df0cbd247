"""Full-Duplex-Bench v1 in little: turns with pauses, stories, turns to take, interruptions of a long answer.

As in the official sets, the pauses last 0.4 to 1.0 s and their recording ends with the turn, and a story may be
murmured to but not answered. The requests are such that the released model can answer them at length.
"""

from collections.abc import Mapping
from typing import Any

from microturn.bench.rules.fdb_v1_backchannel import BIN_S
from microturn.bench.scenarios.factory import first_seed
from microturn.bench.scenarios.onstage import cut_at, play, stage_of
from microturn.bench.task import Scenario
from microturn.data.acts.sentences import sentence
from microturn.data.acts.speech import counting, in_pieces
from microturn.data.acts.talk import break_in, under_way
from microturn.data.script import Stage, reply_tick
from microturn.features.numbers import number_words
from microturn.protocol.events import Span
from microturn.protocol.timeline import Timeline

SUITE = 10
STORY_MS = 10_000.0
MURMUR = "mm hmm"


def make(n: int, seed_base: int) -> list[Scenario]:
    """`n` items, the four kinds in turn."""
    kinds = tuple(MAKERS)
    return [_item(kinds[index % len(kinds)], first_seed(SUITE, seed_base + index), index) for index in range(n)]


def _item(kind: str, seed: int, index: int) -> Scenario:
    stage = stage_of(seed)
    meta = MAKERS[kind](stage)
    timeline = play(stage, seed)
    if "until_ms" in meta:
        timeline = cut_at(timeline, meta["until_ms"])
    if kind == "backchannel":
        meta = {**meta, "raters": _raters(timeline)}
    return Scenario(
        id=f"{index:04d}-{kind}-{seed}", kind=kind, timeline=timeline, meta={"seed": seed, "split": "test", **meta}
    )


def _pause(stage: Stage) -> Mapping[str, Any]:
    """A request that is whole only with its last word; the recording ends there."""
    words = stage.pick_words(stage.whole(4, 6))
    opening = stage.pick(("please repeat these COUNT words", "listen and repeat these COUNT words"))
    pieces = [opening.replace("COUNT", number_words(len(words))[0]), *(" ".join(pair) for pair in _pairs(words))]
    told = in_pieces(stage, pieces, low_ms=400, high_ms=1000)
    pauses = [[one.at_ms, one.until_ms] for one in stage.events if isinstance(one, Span) and one.kind == "pause"]
    return {"turn_end_ms": told.until_ms, "until_ms": told.until_ms, "pauses_ms": pauses}


def _pairs(words: list[str]) -> list[list[str]]:
    return [words[at : at + 2] for at in range(0, len(words), 2)]


def _turn(stage: Stage) -> Mapping[str, Any]:
    """A request without a pause, whose answer is long enough to be a takeover."""
    request, numbers = counting(stage, 6, least=4)
    told = stage.tell(request.replace("| ", ""))
    stage.reply(numbers, told, task="turntaking")
    return {"turn_end_ms": told.until_ms, "request": request.replace("| ", ""), "answer": numbers}


def _interruption(stage: Stage) -> Mapping[str, Any]:
    """The user breaks into a long answer with another request, whose answer is a takeover as well."""
    first, answer = counting(stage, 14, least=8)
    spoken = under_way(stage, first.replace("| ", ""), answer)
    second, other = counting(stage, 6, least=4)
    text = f"{stage.pick(('no', 'no wait', 'stop'))} {second.replace('| ', '')}"
    told, _ = break_in(stage, spoken, text)
    stage.reply(other, told, task="interruption")
    return {
        "interrupt_ms": [told.at_ms, told.until_ms],
        "context": first.replace("| ", ""),
        "interrupt": text,
        "answer": other,
    }


def _story(stage: Stage) -> Mapping[str, Any]:
    """A story, with room for a murmur after some of its sentences; it does not end."""
    stage.reply("okay", stage.tell(stage.pick(("let me tell you a story", "listen to my story"))), task="backchannel")
    stage.pause(100, 600)
    until_ms = stage.now_ms + STORY_MS
    while stage.now_ms < until_ms:
        told = stage.tell(sentence(stage), task="backchannel")
        if stage.chance(0.6):
            tick = reply_tick(told.until_ms + 500)
            spoken = stage.say(MURMUR, tick)
            stage.expect(MURMUR, tick, task="backchannel", early_ms=600, late_ms=800)
            stage.now_ms = max(told.until_ms + stage.between(900, 1600), (spoken.end - 1) * 200.0)
        else:
            stage.pause(150, 450)
    return {"until_ms": stage.now_ms + 600}


def _raters(timeline: Timeline) -> list[float]:
    """Where a murmur belongs: bins of 0.2 s, each window in which the script expects one spread evenly over its bins."""
    bins = [0.0] * (int(timeline.duration_ms / 1000 / BIN_S) + 1)
    for span in timeline.spans("expect"):
        first, last = (int(max(at, 0) / 1000 / BIN_S) for at in (span.at_ms, span.until_ms))
        for index in range(first, min(last, len(bins) - 1) + 1):
            bins[index] += 1 / (last - first + 1)
    return bins


MAKERS = {"pause": _pause, "backchannel": _story, "turn": _turn, "interruption": _interruption}
