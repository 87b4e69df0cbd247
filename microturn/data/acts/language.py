"""Other languages: live translation of a phrase book, single words and phrases asked for, a foreign word in a sentence.

The model speaks Spanish, German and French with the sounds of American English (`voices.foreign`).
"""

from microturn.data.acts.cues import close
from microturn.data.acts.sentences import sentence
from microturn.data.phrasebook import LANGUAGES, NAMES, NOUNS, PHRASES
from microturn.data.script import Stage, reply_tick

TASK = "translation"
FOREIGN = LANGUAGES[1:]
CHASE_MS = (600.0, 1200.0)  # the next phrase begins this long before the translation of the last one ends, or later


def translate_to(stage: Stage) -> None:
    """The user says phrase after phrase in English; the model says each in the language asked for, while the user goes on.

    Window: a translation starts 0.2 s before to 1.2 s after the end of its phrase, or of the translation before it.
    """
    language = stage.pick(FOREIGN)
    carrier = stage.pick(("translate into L", "please translate | into L", "say in L | what i say in english"))
    stage.reply("okay", stage.tell(carrier.replace("L", NAMES[language])), task=TASK)
    stage.pause(300, 1200)
    _interpret(stage, "en", language)
    close(stage)


def translate_from(stage: Stage) -> None:
    """The user says phrase after phrase in another language; the model says each in English, while the user goes on.

    Window: as for translate_to.
    """
    language = stage.pick(FOREIGN)
    carrier = stage.pick(("translate from L", "please translate | what i say in L", "say in english | what i say in L"))
    stage.reply("okay", stage.tell(carrier.replace("L", NAMES[language])), task=TASK)
    stage.pause(300, 1200)
    _interpret(stage, language, "en")
    close(stage)


def _interpret(stage: Stage, source: str, target: str) -> None:
    """Two to five phrases; each is translated from its end on, under the next one where there is one."""
    for phrase in stage.pick_apart(*[PHRASES] * stage.whole(2, 5)):
        told = stage.tell(phrase[source], task=TASK, language=source)
        spoken = stage.say(phrase[target], reply_tick(told.until_ms))
        data = {"cue_end_ms": told.until_ms, "language": target}
        stage.expect(phrase[target], spoken.tick, task=TASK, data=data)
        stage.pause(150, 600)
        stage.now_ms = max(stage.now_ms, spoken.end * 200.0 - stage.between(*CHASE_MS))
    stage.now_ms = max(stage.now_ms, (stage.free_tick + 1) * 200.0)


def how_to_say(stage: Stage) -> None:
    """The user asks how a word or phrase is said in another language; the model says it."""
    pool = NOUNS if stage.chance(0.5) else PHRASES
    phrase, language = stage.pick_apart(pool, FOREIGN)
    if pool is NOUNS:
        carrier = stage.pick(("how do you say | W in L", "what is W | in L", "say the word W | in L"))
    else:
        carrier = stage.pick(("how do you say | W | in L", "say | W | in L", "how can i say W | in L"))
    text = carrier.replace("W", phrase["en"]).replace("L", NAMES[language])
    stage.reply(phrase[language], stage.tell(text), task=TASK)


def what_means(stage: Stage) -> None:
    """The user asks in English what a foreign word or phrase means; the model says it in English."""
    phrase, language = stage.pick_apart(NOUNS if stage.chance(0.6) else PHRASES, FOREIGN)
    before, after = stage.pick(
        (("what does", "mean"), ("how do you say", "in english"), ("tell me what", "is in english"))
    )
    told = stage.tell_mixed([(before, "en"), (phrase[language], language), (after, "en")])
    stage.reply(phrase["en"], told, task=TASK)


def code_switch(stage: Stage) -> None:
    """The user slips a foreign word into an English sentence; silence, and the English word when asked which one it was.

    Window: silence under the sentence; the answer as any other.
    """
    noun, language = stage.pick_apart(NOUNS, FOREIGN)
    carrier = stage.pick(
        (
            ("my sister found a", "in the garden"),
            ("we wanted to see the", "near the station"),
            ("i like the", "very much"),
            ("there was a", "behind the house"),
            ("the teacher looked at the", "in the morning"),
        )
    )
    start_ms = stage.now_ms
    stage.tell_mixed([(carrier[0], "en"), (noun[language], language), (carrier[1], "en")])
    stage.pause(300, 1500)
    if stage.chance(0.3):
        stage.tell(sentence(stage, avoid=(noun["en"],)))
        stage.pause(300, 1200)
    stage.mark("quiet", start_ms, stage.now_ms, data={"task": TASK})
    question = stage.pick(("what was the L word in english", "say the L word in english"))
    stage.reply(noun["en"], stage.tell(question.replace("L", NAMES[language])), task=TASK)
