"""Keeping time: timers, intervals, durations, the wall clock. The model counts seconds with notes to itself."""

from microturn.data.acts.sentences import sentence
from microturn.data.script import Stage, reply_tick
from microturn.features.numbers import clock_words, number_words

TASK = "timespeak"
SECOND_TICKS = 5


def spelled(number: int) -> str:
    return " ".join(number_words(number))


def plural(number: int) -> str:
    return f"{spelled(number)} {'second' if number == 1 else 'seconds'}"


def draw_seconds(stage: Stage, longest: int) -> int:
    """2 to `longest`, short ones more often."""
    return stage.whole(2, min(10, longest)) if stage.chance(0.6) else stage.whole(2, longest)


def count_down(stage: Stage, tick: int, seconds: int) -> int:
    """Notes from `seconds` to zero, one a second, the first in `tick`. Returns the tick of zero."""
    for left in range(seconds, -1, -1):
        stage.note(spelled(left), tick + SECOND_TICKS * (seconds - left))
    return tick + SECOND_TICKS * seconds


def distract(stage: Stage, until_ms: float) -> None:
    """The user may chat while the model keeps time, well clear of `until_ms`."""
    if not stage.chance(0.4):
        return
    stage.pause(500, 2500)
    while stage.now_ms < until_ms - 4500:
        stage.tell(sentence(stage))
        stage.pause(500, 3000)


def timer(stage: Stage) -> None:
    """The user asks to be told when N seconds have passed; the model notes each second and speaks at zero.

    Window: 0.7 s before to 0.9 s after N seconds; silence from 1.2 s after the request until then.
    """
    seconds = draw_seconds(stage, 30)
    word = stage.pick_words(1)[0]
    carrier, first, last = stage.pick(
        (
            ("tell me when N have passed", "", "N"),
            ("please tell me when | N have passed", "", "N"),
            ("say when | N have passed", "", "N"),
            ("can you tell me when N have passed", "okay", "N"),
            ("wait N | and tell me", "", "time is up"),
            ("give me N | please", "okay", "time is up"),
            ("in N | say X", "", "X"),
            ("say X | in N from now", "", "X"),
        )
    )
    fill = lambda text: text.replace("N", plural(seconds)).replace("X", word)
    told = stage.tell(fill(carrier), task=TASK)
    tick = reply_tick(told.until_ms)
    zero = count_down(stage, tick, seconds)
    if first:
        stage.say(first, tick)
        stage.expect(first, tick, task=TASK)
    distract(stage, zero * 200.0)
    spoken = stage.say(fill(last), zero)
    data = {"request_end_ms": told.until_ms, "seconds": seconds}
    stage.expect(fill(last), zero, task=TASK, early_ms=700, late_ms=900, data=data)
    stage.mark("quiet", (tick + 6) * 200.0, zero * 200.0 - 700, data={"task": TASK})
    stage.hear_out(spoken)


def every(stage: Stage) -> None:
    """The user wants to hear X every N seconds until "stop"; the model says it each time, then okay, and is silent.

    Window: 0.7 s before to 0.9 s after each multiple of N seconds.
    """
    seconds = stage.whole(2, 6) if stage.chance(0.7) else stage.whole(7, 30)
    word = stage.pick_words(1)[0]
    carrier = stage.pick(
        (
            "every N say X | until i say stop",
            "say X every N | until i say stop",
            "please say X | every N until i say stop",
            "every N i want to hear X | until i say stop",
        )
    )
    told = stage.tell(carrier.replace("N", plural(seconds)).replace("X", word), task=TASK)
    tick = reply_tick(told.until_ms)
    spoken = None
    for turn in range(stage.whole(2, 4) if seconds <= 10 else 2):
        zero = count_down(stage, tick, seconds)
        spoken = stage.say(word, zero)
        data = {"request_end_ms": told.until_ms, "seconds": seconds, "turn": turn}
        stage.expect(word, zero, task=TASK, early_ms=700, late_ms=900, data=data)
        stage.now_ms = zero * 200.0
        tick = zero
    assert spoken is not None
    _stop(stage, tick, seconds, spoken.end)


def _stop(stage: Stage, tick: int, seconds: int, free: int) -> None:
    """The user says stop before the round that began in `tick` is over; the notes end there."""
    room_ms = min(seconds * 1000 - 900.0, 3500.0)
    stage.now_ms = max(free * 200.0 + 100, tick * 200 + stage.between(700, max(room_ms, 800)))
    told = stage.tell(stage.pick(("stop", "okay stop", "please stop")), task=TASK)
    answer = reply_tick(told.until_ms)
    for left in range(seconds, 0, -1):
        at = tick + SECOND_TICKS * (seconds - left)
        if tick <= at < answer:
            stage.note(spelled(left), at)
    stage.reply("okay", told, task=TASK)
    stage.pause(800, 2500)
    stage.mark("quiet", (answer + 6) * 200.0, stage.now_ms, data={"task": TASK})


def how_long(stage: Stage) -> None:
    """The user talks for a while and asks for how long; the model says the seconds from the first word to the last."""
    stage.pause(1500, 2500)
    first_ms = until_ms = None
    end_ms = stage.now_ms + stage.between(1500, 12000)
    while first_ms is None or stage.now_ms < end_ms:
        told = stage.tell(sentence(stage))
        first_ms = told.at_ms if first_ms is None else first_ms
        until_ms = told.until_ms
        stage.pause(150, 700)
    assert until_ms is not None
    seconds = max(1, round((until_ms - first_ms) / 1000))
    question = stage.pick(("how long was i talking", "how long did i talk", "tell me how long i was talking"))
    stage.reply(plural(seconds), stage.tell(question), task=TASK)


def wall_clock(stage: Stage) -> None:
    """The user asks what time it is; the model tells it, on a twelve hour clock."""
    told = stage.tell(
        stage.pick(("what time is it", "tell me the time", "what is the time", "can you tell me the time"))
    )
    now_s = stage.second_of_day + 0.2 * reply_tick(told.until_ms)
    stage.reply(" ".join(["it", "is", *clock_words(now_s)]), told, task=TASK)
