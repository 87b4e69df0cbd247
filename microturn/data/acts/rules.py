"""Rules of cues that are combined, replaced or called off. One rule alone: `cues`."""

from microturn.data.acts.cues import TASK, close, cued, stream
from microturn.data.acts.sentences import THINGS, sentence
from microturn.data.lexicon import COLOURS
from microturn.data.script import Stage, reply_tick


def _cues(stage: Stage, count: int) -> list[str]:
    """Different cue words; one combination in seven is kept for the tests."""
    while True:
        cues = list(stage.pick_apart(*[(*THINGS, *COLOURS)] * count))
        if len(set(cues)) == count:
            return cues


def two_rules(stage: Stage) -> None:
    """The user gives two rules, "whenever i say A say B", and talks; at each cue the model says the word that goes with it.

    Window: as for whenever.
    """
    cues = _cues(stage, 2)
    answers = stage.pick_words(2, avoid=cues)
    rules = [f"whenever i say {cue} | say {answer}" for cue, answer in zip(cues, answers, strict=True)]
    stage.tell(rules[0], task=TASK)
    stage.pause(300, 800)
    stage.tell(f"and {rules[1]}", task=TASK)
    stage.pause(600, 1500)
    for turn in range(stage.whole(2, 4)):
        at = turn if turn < 2 else stage.whole(0, 1)
        _cue(stage, cues[at], answers[at], avoid=cues)
    close(stage)


def _cue(stage: Stage, cue: str, answer: str, *, avoid: list[str]) -> None:
    """A cue in the user's talk, alone among those to `avoid`, and its answer."""
    if stage.chance(0.5):
        stage.tell(sentence(stage, avoid=avoid), task=TASK)
        stage.pause(150, 900)
    words = stage.pick_words(stage.whole(2, 4), avoid=avoid)
    words[stage.whole(0, len(words) - 1)] = cue
    told = stage.tell(" ".join(words), task=TASK)
    word = next(word for word in told.words if word.text == cue)
    spoken = stage.say(answer, reply_tick(word.until_ms))
    stage.expect(answer, spoken.tick, task=TASK, data={"cue": cue, "cue_end_ms": word.until_ms})
    stage.now_ms = max(stage.now_ms, spoken.end * 200.0 - 400)
    stage.pause(300, 1200)


def _given(stage: Stage) -> tuple[str, str]:
    """One rule, and one or two cues under it."""
    cue, answer = _cues(stage, 2)
    carrier = stage.pick(("whenever i say X | say Y", "every time i say X | say Y", "when you hear X | say Y"))
    stage.tell(carrier.replace("X", cue).replace("Y", answer), task=TASK)
    stage.pause(600, 1500)
    stream(stage, cue, [answer] * stage.whole(1, 2))
    return cue, answer


def revoked(stage: Stage) -> None:
    """The user calls a rule off ("stop saying it") and says the cue again; the model says okay, and nothing at the cue.

    Window: "okay" as any answer; silence from then on.
    """
    cue, answer = _given(stage)
    stage.pause(200, 900)
    words = stage.pick(("stop saying it", "stop saying Y", "forget the rule", "no more Y please"))
    stage.reply("okay", stage.tell(words.replace("Y", answer), task=TASK), task=TASK)
    start_ms = stage.now_ms
    for _ in range(stage.whole(1, 3)):
        stage.pause(400, 1500)
        cued(stage, cue)
    stage.pause(1200, 2000)
    stage.mark("quiet", start_ms, stage.now_ms, data={"task": TASK})


def replaced(stage: Stage) -> None:
    """The user changes what is to be said at a cue ("now say C instead"); the model says okay, and from then on the new word.

    Window: as for whenever.
    """
    cue, answer = _given(stage)
    (other,) = stage.pick_words(1, avoid=(cue, answer))
    stage.pause(200, 900)
    words = stage.pick(("now say the word W instead", "from now on say W instead"))
    stage.reply("okay", stage.tell(words.replace("W", other), task=TASK), task=TASK)
    stage.pause(600, 1500)
    stream(stage, cue, [other] * stage.whole(1, 2))
    close(stage)
