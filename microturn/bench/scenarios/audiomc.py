"""Audio MultiChallenge, mini: the last turn of a conversation whose earlier turns are given, with rubrics of our own.

What the user said before is sound; what the assistant answered is text, as in the benchmark: it comes as silent context (a
`Text` on the channel thinking, "you said ..."), once its turn is over. Only what is said to the last turn counts. Four axes, in
what the released model can attempt: a word remembered from a list, a rule kept, an answer that agrees with what was answered
before, a request put right as it is made.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from microturn.bench.scenarios.factory import at_listener, first_seed, nothing_scored
from microturn.bench.scenarios.onstage import LEAD_MS, recording, stage_of
from microturn.bench.task import Scenario
from microturn.data.acts.sentences import PLACES, THINGS, sentence
from microturn.data.acts.talk import spread
from microturn.data.lexicon import ORDINALS
from microturn.data.script import Stage, reply_tick
from microturn.features.numbers import number_words
from microturn.protocol.clock import TICK_MS
from microturn.protocol.events import Channel

SUITE = 17
AFTER_MS, PER_WORD_MS = 900.0, 250.0  # how long the user waits after a turn, for the assistant's part of it


@dataclass(frozen=True, kw_only=True)
class Conversation:
    """Turns of (user, assistant), the last user's turn, what is right to say to it, and the rubrics.

    `at_once`: the answer may begin while the user is still speaking, at this word.
    """

    before: Sequence[tuple[str, str]]
    last: str
    answer: str
    rubrics: Sequence[str]
    at_once: str = ""


def inference_memory(stage: Stage) -> Conversation:
    """Which word was it, two turns ago?"""
    words = stage.pick_words(3)
    place = stage.whole(0, 2)
    listed = " ".join(words)
    return Conversation(
        before=((f"repeat these three words {listed}", listed), ("thank you", "you are welcome")),
        last=f"what was the {ORDINALS[place]} word",
        answer=words[place],
        rubrics=(f'The reply says "{words[place]}".', "The reply is at most five words long."),
    )


def instruction_retention(stage: Stage) -> Conversation:
    """A rule from the first turn holds in the last one."""
    cue, other = stage.pick(THINGS), stage.pick_words(1)[0]
    while other == cue:
        other = stage.pick_words(1)[0]
    return Conversation(
        before=((f"whenever i say {cue} say {other}", "okay"), (sentence(stage, avoid=(cue,)), "")),
        last=f"there was a {cue} in the {stage.pick(PLACES)}",
        answer=other,
        rubrics=(f'The reply says "{other}".', f'The reply does not say "{cue}".'),
        at_once=cue,
    )


def self_coherence(stage: Stage) -> Conversation:
    """Was a number among those that the assistant counted?"""
    low = stage.whole(1, 4)
    high = low + 3
    there = stage.chance(0.5)
    asked = stage.whole(low, high) if there else stage.whole(high + 1, 10)
    first, last, number = (number_words(value)[0] for value in (low, high, asked))
    right, wrong = ("yes", "no") if there else ("no", "yes")
    return Conversation(
        before=((f"count from {first} to {last}", spread(low, high)), ("thank you", "you are welcome")),
        last=f"did you say {number}",
        answer=right,
        rubrics=(f'The reply says "{right}".', f'The reply does not say "{wrong}".'),
    )


def voice_editing(stage: Stage) -> Conversation:
    """The user puts a word right while asking."""
    first, slip, meant = stage.pick_words(3)
    return Conversation(
        before=(("good morning", "good morning"),),
        last=f"repeat these two words {first} {slip} no i mean {first} {meant}",
        answer=f"{first} {meant}",
        rubrics=(f'The reply says "{first} {meant}".', f'The reply does not say "{slip}".'),
    )


AXES: Mapping[str, Callable[[Stage], Conversation]] = {
    "INFERENCE_MEMORY": inference_memory,
    "INSTRUCTION_RETENTION": instruction_retention,
    "SELF_COHERENCE": self_coherence,
    "VOICE_EDITING": voice_editing,
}


def mini(n: int, seed_base: int) -> list[Scenario]:
    """`n` conversations, the axes in turn."""
    return [_item(index, seed_base) for index in range(n)]


def _item(index: int, seed_base: int) -> Scenario:
    axis = list(AXES)[index % len(AXES)]
    seed = first_seed(SUITE, index, seed_base)
    stage = stage_of(seed, lead_ms=LEAD_MS)
    talk = AXES[axis](stage)
    for said, answered in talk.before:
        told = stage.tell(said)
        stage.now_ms = told.until_ms + AFTER_MS + PER_WORD_MS * len(answered.split())
        if answered:
            tick = stage.arrives(context_of(answered), Channel.THINKING, told.until_ms)
            stage.now_ms = max(stage.now_ms, float((tick + 1) * TICK_MS))
    told = stage.tell(talk.last)
    cue = next((word for word in told.words if word.text == talk.at_once), told.words[-1])
    stage.hear_out(stage.say(talk.answer, reply_tick(cue.until_ms)))
    meta = {
        **about(axis, talk.before, talk.last, talk.rubrics),
        "answer_from_ms": told.at_ms if talk.at_once else told.until_ms - AFTER_MS,
        "seed": seed,
        "split": stage.split,
    }
    timeline = at_listener(recording(stage, seed), nothing_scored)
    return Scenario(id=f"{index:04d}-{axis.lower()}-{seed}", kind=axis, timeline=timeline, meta=meta)


def context_of(answer: str) -> str:
    """How a system is told what it is to have answered."""
    return f"you said {answer}"


def about(axis: str, before: Sequence[tuple[str, str]], last: str, rubrics: Sequence[str]) -> dict[str, Any]:
    """What the scorers read of a conversation."""
    lines = [
        line for said, answered in before for line in (f"User: {said}", f"Assistant: {answered}") if line[-2:] != ": "
    ]
    return {"axis": axis, "context": "\n".join(lines), "question": last, "rubrics": list(rubrics)}
