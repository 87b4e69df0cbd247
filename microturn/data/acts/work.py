"""Work in the background: the model delegates what it cannot do itself, and a result comes later, or too late.

The request to the background is a note ("delegate ..."); what comes back is a `Text` in one of three manners: commentary is
to be said, thinking is context to be kept, an instruction is to be obeyed. A result is said in the first gap.
"""

from collections.abc import Callable
from dataclasses import replace

from microturn.data.acts.errands import Errand, chart, draw_errand, polite
from microturn.data.acts.sentences import sentence
from microturn.data.acts.talk import count, last_word, nth_word, repeat, yes_no
from microturn.data.lexicon import NOUNS
from microturn.data.script import Stage, Told, reply_tick
from microturn.features.numbers import number_words
from microturn.protocol.clock import TICK_MS
from microturn.protocol.events import Channel, Do
from microturn.protocol.notes import CANCEL, DELEGATE

TASK = "delegation"
GAP_MS = 400.0  # the user is silent this long: a gap in which a result may be said


def commissioned(stage: Stage, errand: Errand) -> int:
    """The user asks; the model writes the note, says "one moment", and is free from the tick returned."""
    told = stage.tell(polite(stage, errand), task=TASK)
    stage.note(errand.note, reply_tick(told.until_ms))
    stage.reply("one moment", told, task=TASK)
    return stage.free_tick + 1


def said_in_a_gap(stage: Stage, result: str, tick: int, told: Told | None) -> None:
    """The result came in `tick`: the model says it at once, or after what the user is just saying."""
    at = tick if told is None else reply_tick(told.until_ms + GAP_MS)
    if told is not None:
        stage.mark("quiet", tick * 200.0, told.until_ms, data={"task": TASK})
    spoken = stage.say(result, at)
    data = {"result_ms": tick * 200.0}
    stage.expect(result, spoken.tick, task=TASK, early_ms=0 if told is None else 200, data=data)
    stage.hear_out(spoken)


WORKING = (  # what a background reports before it knows more: silent context
    *("looking", "thinking", "thinking about it", "finding words", "searching the web", "reading a page", "showing it"),
    *("calculating", "waiting for a free place", "using NOUN", "one of two done"),
)


def _taken_up(stage: Stage) -> float:
    """The background has the errand and may say so at once. Returns the start of the first tick that can have a text of it."""
    at_ms = next(event.at_ms for event in reversed(stage.events) if isinstance(event, Do)) + TICK_MS
    if stage.chance(0.35):
        stage.arrives(stage.pick(WORKING).replace("NOUN", stage.pick(NOUNS)), Channel.THINKING, at_ms)
    return at_ms


def _soon(stage: Stage, first_ms: float, free: int) -> float:
    """A time for what comes back at once: as soon as can be, or up to 1.5 s after the model said "one moment"."""
    return first_ms if stage.chance(0.4) else stage.between(first_ms, free * float(TICK_MS) + 1500)


ASIDES: tuple[Callable[[Stage], None], ...] = (repeat, count, yes_no, last_word, nth_word)


def _meanwhile(stage: Stage, start_ms: float, shows: str = "") -> None:
    """The user waits, talks of something else, where nothing is asked of the model, or asks it something, which it answers."""
    for _ in range(stage.whole(0, 2)):
        stage.pause(600, 2000)
        if stage.chance(0.4):
            stage.mark("quiet", start_ms, stage.now_ms, data={"task": TASK})
            stage.pick(ASIDES)(stage)
            stage.now_ms = start_ms = max(stage.now_ms, (stage.free_tick + 1) * float(TICK_MS))
        else:
            stage.tell(sentence(stage), task=TASK)
    if shows:
        stage.now_ms = (stage.arrives(f"the page shows {shows}", Channel.THINKING, stage.now_ms) + 1) * float(TICK_MS)
    stage.pause(800, 3000)
    stage.mark("quiet", start_ms, stage.now_ms, data={"task": TASK})


def _result_comes(stage: Stage, result: str, shows: str = "") -> None:
    """A result to be said arrives while the user is silent or in the middle of a sentence, what it `shows` with it."""
    told = None if stage.chance(0.5) else stage.tell(sentence(stage), task=TASK)
    at_ms = stage.now_ms if told is None else stage.between(told.at_ms, max(told.at_ms, told.until_ms - 400))
    if shows:
        stage.arrives(f"the page shows {shows}", Channel.THINKING, at_ms)
    said_in_a_gap(stage, result, stage.arrives(result, Channel.COMMENTARY, at_ms), told)


def delegated(stage: Stage) -> None:
    """The user asks for what has to be looked up; the model delegates it, says "one moment", and tells the result later.

    Window: the result from the tick it comes in to 1.2 s after, or in the first 0.4 s gap if the user is speaking.
    """
    errand = draw_errand(stage)
    free = commissioned(stage, errand)
    first_ms = _taken_up(stage)
    if stage.chance(0.4):
        _comes_at_once(stage, errand, first_ms, free)
        return
    together = stage.chance(0.6)
    _meanwhile(stage, free * 200.0, "" if together else errand.shows)
    _result_comes(stage, errand.result, errand.shows if together else "")


def _comes_at_once(stage: Stage, errand: Errand, first_ms: float, free: int) -> None:
    """The result is there while the model still says "one moment", or right after: it is said when that has been said."""
    at_ms = _soon(stage, first_ms, free)
    if errand.shows:
        shown_ms = at_ms if stage.chance(0.6) else max(at_ms - TICK_MS, first_ms)
        stage.arrives(f"the page shows {errand.shows}", Channel.THINKING, shown_ms)
    said_in_a_gap(stage, errand.result, stage.arrives(errand.result, Channel.COMMENTARY, at_ms), None)


QUESTIONS = (
    *(
        "may i run some code",
        "may i use the web",
        "may i read the page",
        "may i write this down",
        "may i search the web",
    ),
    *("may i use the NOUN", "may i open the NOUN", "may i send it to the NOUN", "do you want to pay for the NOUN"),
)
YES = ("yes", "yes please", "yes you may", "okay", "okay do it", "all right", "yes go on")
OFF = ("never mind", "forget it", "i do not need it any more")
NO = ("no", "no thanks", "no please do not", "no you may not", "do not do that", "better not")


def permitted(stage: Stage) -> None:
    """The background asks for leave; the model asks the user, notes "allow", "deny" or that it is off, and tells the result later.

    Window: the question as the result for delegated; "okay" as any answer; the result as for delegated.
    """
    errand = draw_errand(stage)
    free = commissioned(stage, errand)
    first_ms, at_once = _taken_up(stage), stage.chance(0.4)
    if not at_once:
        _meanwhile(stage, free * 200.0, errand.shows)
    question = stage.pick(QUESTIONS).replace("NOUN", stage.pick(NOUNS))
    asked_ms = _soon(stage, first_ms, free) if at_once else stage.now_ms
    said_in_a_gap(stage, question, stage.arrives(question, Channel.COMMENTARY, asked_ms), None)
    stage.pause(300, 1500)
    if stage.chance(0.15):
        _called_off(stage, errand)
        return
    allow = stage.chance(0.6)
    told = stage.tell(stage.pick_sayable(YES if allow else NO), task=TASK)
    stage.note("allow" if allow else "deny", reply_tick(told.until_ms))
    stage.reply("okay", told, task=TASK)
    free = stage.free_tick + 1
    result = errand.result if allow else stage.pick(("that is not allowed", "then i can not find it out"))
    first_ms = _taken_up(stage)
    if stage.chance(0.4):
        _comes_at_once(stage, replace(errand, result=result, shows=""), first_ms, free)
        return
    stage.pause(800, 2500)
    stage.mark("quiet", free * 200.0, stage.now_ms, data={"task": TASK})
    _result_comes(stage, result)


def _called_off(stage: Stage, errand: Errand) -> None:
    """The user wants it no more, and nothing more comes of it."""
    told = stage.tell(stage.pick_sayable(OFF), task=TASK)
    stage.note(errand.note.replace(DELEGATE, CANCEL, 1), reply_tick(told.until_ms))
    stage.reply("okay", told, task=TASK)
    free = stage.free_tick + 1
    stage.pause(1500, 3500)
    stage.mark("quiet", free * 200.0, stage.now_ms, data={"task": TASK})


def on_the_page(stage: Stage) -> None:
    """Something is put on the page while the user talks; the model tells what it is when the user asks.

    Window: silence until asked; the answer as any other.
    """
    stage.tell(sentence(stage), task=TASK)
    shown = chart(stage).shows
    tick = stage.arrives(f"the page shows {shown}", Channel.THINKING, stage.now_ms)
    stage.now_ms = (tick + 1) * float(TICK_MS)
    stage.pause(1000, 3000)
    stage.mark("quiet", tick * 200.0, stage.now_ms, data={"task": TASK})
    question = stage.pick_sayable(("what is on the page", "what do you show me", "what can i see on the page"))
    stage.reply(shown, stage.tell(question, task=TASK), task=TASK)


def withdrawn(stage: Stage) -> None:
    """The user calls an errand off, or wants another one instead; the model cancels it and a stale result is not said.

    Window: "okay" as any answer; silence from then on; the result of the new errand as for delegated.
    """
    errand, other = draw_errand(stage), draw_errand(stage)
    free = commissioned(stage, errand)
    _meanwhile(stage, free * 200.0)
    instead = stage.chance(0.4)
    words = stage.pick_sayable(OFF)
    told = stage.tell(f"no {other.request}" if instead else words, task=TASK)
    tick = reply_tick(told.until_ms)
    stage.note(errand.note.replace(DELEGATE, CANCEL, 1), tick)
    if instead:
        stage.note(other.note, tick)
    stage.reply("one moment" if instead else "okay", told, task=TASK)
    free = stage.free_tick + 1
    stage.pause(500, 3000)
    stage.arrives(errand.result, Channel.COMMENTARY, stage.now_ms)
    stage.pause(1500, 3500)
    stage.mark("quiet", free * 200.0, stage.now_ms, data={"task": TASK})
    if instead:
        _result_comes(stage, other.result)


def found(stage: Stage) -> None:
    """A result comes as silent context; the model keeps it and tells it when the user asks.

    Window: silence until asked; the answer as any other.
    """
    errand = draw_errand(stage)
    free = commissioned(stage, errand)
    _meanwhile(stage, free * 200.0)
    tick = stage.arrives(errand.result, Channel.THINKING, stage.now_ms)
    stage.now_ms = (tick + 1) * float(TICK_MS)
    stage.pause(1000, 3000)
    stage.mark("quiet", tick * 200.0, stage.now_ms, data={"task": TASK})
    question = stage.pick_sayable(("what did you find", "did you find it", "tell me what you found"))
    stage.reply(errand.result, stage.tell(question, task=TASK), task=TASK)


def progress(stage: Stage) -> None:
    """A tool reports how far it is; the model is silent about it, says so when asked, and tells the result when it comes.

    Window: answers as any other; the result as for delegated.
    """
    errand = draw_errand(stage)
    free = commissioned(stage, errand)
    steps = stage.whole(2, 5)
    for step in range(1, steps):
        stage.pause(800, 2500)
        at = f"{number_words(step)[0]} of {number_words(steps)[0]}"
        tick = stage.arrives(f"{at} done", Channel.THINKING, stage.now_ms)
        stage.now_ms = (tick + 1) * float(TICK_MS)
        if stage.chance(0.6):
            stage.pause(300, 1500)
            question = stage.pick_sayable(("are you still working", "how far are you", "is it ready"))
            told = stage.tell(question, task=TASK)
            stage.mark("quiet", free * 200.0, reply_tick(told.until_ms) * 200.0, data={"task": TASK})
            stage.reply(f"still working {at} done", told, task=TASK)
            free = stage.free_tick + 1
    stage.pause(800, 2500)
    stage.mark("quiet", free * 200.0, stage.now_ms, data={"task": TASK})
    _result_comes(stage, errand.result)


PLAIN = "answer as before"


def instructed(stage: Stage) -> None:
    """An instruction changes the manner of answers: an opening, an ending, twice, or none at all; another lifts it.

    Window: answers as any other; silence where none is to be given.
    """
    text, manner = stage.pick(
        (
            ("end every answer with please", "ANSWER please"),
            ("end every answer with my friend", "ANSWER my friend"),
            ("begin every answer with okay", "okay ANSWER"),
            ("begin every answer with yes", "yes ANSWER"),
            ("say every answer two times", "ANSWER ANSWER"),
            ("do not answer", ""),
        )
    )
    tick = stage.arrives(text, Channel.INSTRUCTIONS, stage.now_ms)
    stage.now_ms = (tick + 1) * float(TICK_MS)
    start_ms = stage.now_ms
    for _ in range(stage.whole(1, 3)):
        stage.pause(500, 2000)
        words = stage.pick_words(2)
        told = stage.tell(f"repeat these two words | {' | '.join(words)}", task=TASK)
        if manner:
            stage.reply(manner.replace("ANSWER", " ".join(words)), told, task=TASK)
        else:
            stage.pause(1500, 2500)
    if not manner:
        stage.mark("quiet", start_ms, stage.now_ms, data={"task": TASK})
    stage.arrives(PLAIN, Channel.INSTRUCTIONS, stage.now_ms + 200)
    stage.pause(400, 1000)
