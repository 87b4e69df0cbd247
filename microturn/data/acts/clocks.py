"""Keeping time beyond timers: at a time of day, until told, how long ago, how long so far."""

import math

from microturn.data.acts.sentences import THINGS, sentence
from microturn.data.acts.times import SECOND_TICKS, TASK, distract, plural
from microturn.data.script import Stage, reply_tick
from microturn.features.numbers import clock_words, number_words
from microturn.protocol.clock import DAY_S
from microturn.protocol.events import Channel, Text, Word

SOONEST_S, LATEST_S = 6.0, 40.0  # how far off an appointment is when it is made


def duration_words(seconds: int) -> str:
    """ "forty two seconds", "one minute", "three minutes and five seconds"; up to 100 minutes."""
    if seconds < 100:
        return plural(seconds)
    minutes, rest = divmod(seconds, 60)
    whole = f"{' '.join(number_words(minutes))} {'minute' if minutes == 1 else 'minutes'}"
    return f"{whole} and {plural(rest)}" if rest else whole


def at_time(stage: Stage) -> None:
    """The user wants to be told when it is a certain time; the model notes the appointment and speaks at that minute.

    Window: 0.4 s before to 0.9 s after the minute begins; silence until then.
    """
    _until_near(stage)
    minute = math.ceil((stage.second_of_day + stage.now_ms / 1000 + SOONEST_S) / 60)
    words = " ".join(clock_words(minute * 60 % DAY_S))
    carrier = stage.pick(("tell me when it is T", "please tell me | when it is T", "say so when it is T"))
    told = stage.tell(carrier.replace("T", words), task=TASK)
    tick = reply_tick(told.until_ms)
    stage.note(f"at {words}", tick)
    stage.reply("okay", told, task=TASK)
    due_ms = 1000 * (minute * 60 - stage.second_of_day)
    due = max(math.ceil(due_ms / 200), stage.free_tick)
    free_ms = stage.free_tick * 200.0 + 200
    distract(stage, due_ms)
    spoken = stage.say(f"it is {words}", due)
    data = {"due_ms": due_ms, "seconds": (due_ms - told.until_ms) / 1000, "request_end_ms": told.until_ms}
    stage.expect(f"it is {words}", spoken.tick, task=TASK, early_ms=400, late_ms=900, data=data)
    stage.mark("quiet", free_ms, max(due_ms - 400, free_ms), data={"task": TASK})
    stage.hear_out(spoken)


def _until_near(stage: Stage) -> None:
    """The user talks of other things until a minute is about to begin within `LATEST_S`."""
    while True:
        now_s = stage.second_of_day + stage.now_ms / 1000
        left_s = 60 - (now_s + SOONEST_S) % 60 + SOONEST_S
        if left_s <= LATEST_S:
            return
        stage.tell(sentence(stage), task=TASK)
        stage.pause(400, 2500)


def until_told(stage: Stage) -> None:
    """The user has the model count, or say a word, once a second until told to stop; it does, and stops.

    Window: each word within 0.5 s of its second; silence from the end of "okay" on.
    """
    (word,) = stage.pick_words(1)
    counts = stage.chance(0.5)
    texts = ("count the seconds | until i say stop", "count slowly until i say stop")
    told = stage.tell(
        stage.pick(texts) if counts else f"say the word {word} every second | until i say stop", task=TASK
    )
    tick = reply_tick(told.until_ms)
    rounds = stage.whole(3, 9)
    for turn in range(1, rounds + 1):
        text = number_words(turn)[0] if counts else word
        tick += SECOND_TICKS
        spoken = stage.say(text, tick)
        data = {"request_end_ms": told.until_ms, "seconds": 1, "turn": turn - 1}
        stage.expect(text, spoken.tick, task=TASK, early_ms=500, late_ms=500, data=data)
    stage.now_ms = tick * 200 + stage.between(250, 450)
    stop = stage.tell(stage.pick(("stop", "okay stop")), task=TASK)
    stage.reply("okay", stop, task=TASK)
    free_ms = stage.now_ms
    stage.pause(1200, 3000)
    stage.mark("quiet", free_ms, stage.now_ms, data={"task": TASK})


def since(stage: Stage) -> None:
    """The user asks how long ago a word was said; the model says the seconds from the end of that word to the question's.

    Window: as any answer; a second more or less is right for the bench.
    """
    thing = stage.pick(THINGS)
    text = stage.pick(("i think | i need a X", "my brother found the X", "we have a X in the kitchen"))
    first = stage.tell(text.replace("X", thing), task=TASK)
    word = next(word for word in first.words if word.text == thing)
    start_ms = stage.now_ms
    for _ in range(stage.whole(0, 3)):
        stage.pause(400, 3000)
        stage.tell(sentence(stage, avoid=(thing,)), task=TASK)
    stage.pause(1000, 6000)
    stage.mark("quiet", start_ms, stage.now_ms, data={"task": TASK})
    carrier = stage.pick(("how long is it | since i said X", "how long ago | did i say X", "how long since i said X"))
    told = stage.tell(carrier.replace("X", thing), task=TASK)
    stage.reply(duration_words(round((told.until_ms - word.until_ms) / 1000)), told, task=TASK)


def so_far(stage: Stage) -> None:
    """The user asks how long this conversation has lasted; the model says it, from the first word that was said."""
    began_ms = _first_word_ms(stage)
    if began_ms is None:
        began_ms = stage.tell(sentence(stage), task=TASK).at_ms
        stage.pause(1500, 9000)
    question = stage.pick(("how long have we been talking", "for how long | have we been talking"))
    told = stage.tell(question, task=TASK)
    stage.reply(duration_words(max(1, round((told.until_ms - began_ms) / 1000))), told, task=TASK)


def _first_word_ms(stage: Stage) -> float | None:
    """When the user's first word was heard or typed."""
    said = [e.at_ms for e in stage.events if isinstance(e, Word) and e.channel is Channel.HEARD]
    typed = [e.at_ms for e in stage.events if isinstance(e, Text) and e.channel is Channel.USER]
    return min((*said, *typed), default=None)
