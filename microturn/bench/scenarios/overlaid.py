"""What may happen while the model is giving a long answer: nine ways, five that want it to stop and four that do not.

The sub-types are those of HumDial-FDBench (arXiv 2604.21406), and noise after SID-Bench (arXiv 2603.24144); the words are
our own. Where the user means it, an `interrupt` span marks the user's words; where not, a `keep` span what is heard.
"""

from collections.abc import Mapping
from typing import Any

from microturn.bench.audible import soundings
from microturn.bench.scenarios.scripted import Script
from microturn.bench.scenarios.truths import EARLY_FINISH_MS
from microturn.data.acts.sentences import sentence
from microturn.data.acts.speech import NAMED, counting, hesitation
from microturn.data.acts.talk import break_in, under_way
from microturn.data.acts.world import NOISES, heard_for
from microturn.data.script import Spoken, Stage
from microturn.features.numbers import number_value, number_words
from microturn.protocol.events import Span
from microturn.protocol.timeline import Timeline

TASK = "interruption"
LONGEST, LEAST = 14, 6  # words of the answer that is disturbed
WATCH_MS = 1500.0  # a reaction is looked for until this long after the disturbance


def _answering(stage: Stage) -> tuple[Spoken, str]:
    request, numbers = counting(stage, LONGEST, least=LEAST)
    stage.mark("clean", stage.now_ms, stage.now_ms, numbers, who="model")
    return under_way(stage, request, numbers), numbers


def _new_answer(stage: Stage, spoken: Spoken, text: str, answer: str) -> None:
    told, _ = break_in(stage, spoken, text)
    stage.reply(answer, told, task=TASK)


def follow_up(stage: Stage) -> None:
    """The user asks something about the answer."""
    spoken, numbers = _answering(stage)
    last = number_value(numbers.split()[-1:])
    text = stage.pick(("and what comes after N", "and which number comes after N"))
    _new_answer(stage, spoken, text.replace("N", number_words(last)[0]), number_words(last + 1)[0])


def negation(stage: Stage) -> None:
    """The user is not content and says what was meant."""
    spoken, _ = _answering(stage)
    first, second = stage.pick_words(2)
    mend = stage.pick(("no no say these two words", "that is wrong say these two words"))
    _new_answer(stage, spoken, f"{mend} {first} {second}", f"{first} {second}")


def repetition(stage: Stage) -> None:
    """The user wants to hear it again, from its beginning."""
    spoken, numbers = _answering(stage)
    text = stage.pick(("sorry can you say that again from the start", "wait say that again from the start"))
    _new_answer(stage, spoken, text, numbers)


def topic_switch(stage: Stage) -> None:
    """The user wants something else."""
    spoken, _ = _answering(stage)
    (word,) = stage.pick_words(1)
    carrier = stage.pick(("say the word W", "repeat the word W"))
    _new_answer(stage, spoken, carrier.replace("W", word), word)


def stop(stage: Stage) -> None:
    """The user wants silence."""
    spoken, _ = _answering(stage)
    _, tick = break_in(stage, spoken, stage.pick(("stop", "stop please", "wait", "hold on")))
    stage.pause(1500, 2500)
    stage.mark("quiet", tick * 200.0, stage.now_ms, data={"task": TASK})


def _kept(stage: Stage, spoken: Spoken, began_ms: float) -> None:
    """The model goes on to the end of its answer, and the user hears it out."""
    stage.mark("keep", began_ms, stage.now_ms, who="model", data={"task": TASK})
    stage.hear_out(spoken)


def backchannel(stage: Stage) -> None:
    """The user murmurs."""
    spoken, _ = _answering(stage)
    began_ms = stage.now_ms
    stage.tell(stage.pick(("mm hmm", "yeah", "right", "okay", "good")))
    _kept(stage, spoken, began_ms)


def third_party(stage: Stage) -> None:
    """Somebody else talks in the room."""
    spoken, _ = _answering(stage)
    began_ms = stage.now_ms
    stage.now_ms = stage.other(sentence(stage), at_ms=began_ms, gain_db=stage.between(-18, -10))
    _kept(stage, spoken, began_ms)


def to_others(stage: Stage) -> None:
    """The user says something to somebody else, by name."""
    spoken, _ = _answering(stage)
    began_ms = stage.now_ms
    name = stage.pick(NAMED)
    stage.tell(f"{name} {stage.pick(('did you close the door', 'please open the window', 'come here', 'how are you'))}")
    _kept(stage, spoken, began_ms)


def noise(stage: Stage) -> None:
    """A noise comes and goes."""
    spoken, _ = _answering(stage)
    began_ms = stage.now_ms
    stage.now_ms = heard_for(stage, stage.pick((*NOISES, "music")), stage.between(800, 2000), stage.between(-12, 0))
    _kept(stage, spoken, began_ms)


INTERRUPTIONS: Mapping[str, Script] = {
    "follow_up": follow_up,
    "negation": negation,
    "repetition": repetition,
    "topic_switch": topic_switch,
    "stop": stop,
}
REJECTIONS: Mapping[str, Script] = {
    "backchannel": backchannel,
    "pause": hesitation,
    "third_party": third_party,
    "to_others": to_others,
}


def describe(timeline: Timeline) -> Mapping[str, Any]:
    """What scorers read: when the first request ends, and the disturbance.

    `event_ms` is from its first sound to its last, `wanted` what is right: to respond, to resume, or to wait (pauses).
    `watch_ms` is until when a reaction is looked for, `clean` what the model would have said without it.
    """
    events = [*timeline.spans("interrupt"), *timeline.spans("keep")]
    clean = " ".join(span.text for span in timeline.spans("clean"))
    meta: dict[str, Any] = {"first_ms": timeline.spans("told")[0].until_ms, "clean": clean, "disturbance": ""}
    if not events:
        pauses = [[span.at_ms, span.until_ms] for span in timeline.spans("pause")]
        return {**meta, "first_ms": timeline.spans("told")[-1].until_ms, "wanted": "wait", "pauses_ms": pauses}
    event = events[0]
    heard = [word for word in timeline.spans("word") if word.until_ms > event.at_ms and word.at_ms < event.until_ms + 1]
    start_ms = max(event.at_ms, heard[0].at_ms) if heard else event.at_ms
    meta |= {"event_ms": [start_ms, event.until_ms], "disturbance": _words(heard)}
    if event.kind == "interrupt":
        replies = [span for span in timeline.spans("expect") if span.at_ms >= event.at_ms]
        watch = {"watch_ms": event.until_ms + WATCH_MS, "reply_from_ms": event.until_ms}
        return {**meta, **watch, "wanted": "respond", "answer": replies[0].text if replies else ""}
    ends_ms = soundings(timeline)[-1].until_ms - EARLY_FINISH_MS
    return {**meta, "wanted": "resume", "watch_ms": max(min(event.until_ms + WATCH_MS, ends_ms), start_ms)}


def _words(spans: list[Span]) -> str:
    return " ".join(span.text for span in spans)
