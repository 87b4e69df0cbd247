"""Cues: the user goes on talking and the model speaks up, over the user, whenever the moment comes."""

from microturn.data.acts.sentences import POOLS, TEMPLATES, THINGS, sentence
from microturn.data.lexicon import COLOURS
from microturn.data.script import Stage, Told, reply_tick
from microturn.features.numbers import number_words

TASK = "cuespeak"


def cued(stage: Stage, cue: str) -> Told:
    """A sentence or short list that holds the cue exactly once, somewhere inside."""
    if stage.chance(0.6):
        template = stage.pick([text for text in TEMPLATES if text.count("THING") == 1])
        before, _, after = template.partition("THING")
        text = _filled(stage, before, cue) + f" {cue} " + _filled(stage, after, cue)
    else:
        words = stage.pick_words(stage.whole(2, 4), avoid=(cue,))
        words[stage.whole(0, len(words) - 1)] = cue
        text = " ".join(words)
    return stage.tell(text, task=TASK)


def _filled(stage: Stage, template: str, cue: str) -> str:
    """A piece of a template with every slot filled."""
    words = [stage.pick([w for w in POOLS.get(word, (word,)) if w != cue]) for word in template.split()]
    return " ".join(words)


def stream(stage: Stage, cue: str, answers: list[str]) -> None:
    """The user talks; at each cue the model says the next of `answers`."""
    for answer in answers:
        for _ in range(stage.whole(0, 2)):
            stage.tell(sentence(stage, avoid=(cue,)), task=TASK)
            stage.pause(150, 900)
        told = cued(stage, cue)
        word = next(word for word in told.words if word.text == cue)
        spoken = stage.say(answer, reply_tick(word.until_ms))
        stage.expect(answer, spoken.tick, task=TASK, data={"cue": cue, "cue_end_ms": word.until_ms})
        stage.now_ms = max(stage.now_ms, spoken.end * 200.0 - 400)
        stage.pause(200, 1200)


def close(stage: Stage, answer: str = "okay") -> None:
    """The user calls the game off."""
    stage.pause(200, 900)
    told = stage.tell(stage.pick(("never mind", "that is all", "you can stop now")), task=TASK)
    stage.reply(answer, told, task=TASK)


def draw_cue(stage: Stage) -> str:
    return stage.pick(THINGS) if stage.chance(0.8) else stage.pick(COLOURS)


def whenever(stage: Stage) -> None:
    """The user sets a rule, "whenever i say X say Y", and talks; the model says Y at each X, over the user.

    Window: 0.2 s before to 1.2 s after the tick in which the cue has ended.
    """
    cue = draw_cue(stage)
    answer = stage.pick_words(1, avoid=(cue,))[0]
    carrier = stage.pick(
        (
            "whenever i say X | say Y",
            "every time i say X | say Y",
            "when you hear X | say Y",
            "please say Y | whenever i say X",
            "say Y | every time you hear X",
        )
    )
    stage.tell(carrier.replace("X", cue).replace("Y", answer), task=TASK)
    stage.pause(600, 1500)
    stream(stage, cue, [answer] * stage.whole(1, 4))
    close(stage)


def tally(stage: Stage) -> None:
    """The user has a word counted and talks; the model says the count at each, over the user.

    Window: as for whenever.
    """
    cue = draw_cue(stage)
    carrier = stage.pick(
        (
            "count how often i say X",
            "count how many times i say X",
            "please count | how often you hear X",
            "tell me how often | i say X",
        )
    )
    stage.tell(carrier.replace("X", cue), task=TASK)
    stage.pause(600, 1500)
    stream(stage, cue, [number_words(number)[0] for number in range(1, stage.whole(1, 5) + 1)])
    close(stage)


def halt(stage: Stage) -> None:
    """The user wants to be stopped at a word, and talks; the model says stop once, over the user, who stops.

    Window: as for whenever.
    """
    cue = draw_cue(stage)
    carrier = stage.pick(("stop me when i say X", "stop me if i say X", "please stop me | when i say X"))
    stage.tell(carrier.replace("X", cue), task=TASK)
    stage.pause(600, 1500)
    stream(stage, cue, ["stop"])
    stage.pause(600, 1500)
