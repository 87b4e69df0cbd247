"""Question and answer: greetings, repeating, counting, remembering what was said; silence, stories, interruptions.

Carriers are chosen so that no request is the beginning of another one: its end can be known as it ends.
"""

from microturn.data.acts.sentences import chat, sentence
from microturn.data.lexicon import NUMBERS, ORDINALS, WORDS
from microturn.data.script import LATE_MS, Spoken, Stage, Told, reply_tick
from microturn.features.numbers import number_words

TASK = "turntaking"
BARGE_MS = 350.0


def hello(stage: Stage) -> None:
    """The user greets; the model gives the greeting back as it came."""
    said, answer = stage.pick(
        (
            ("hello", "hello"),
            ("good afternoon", "good afternoon"),
            ("hi there", "hi there"),
            ("hey there", "hi there"),
            ("good morning", "good morning"),
            ("good evening", "good evening"),
            ("can you hear me", "yes i can"),
            ("how are you", "very well thank you"),
            ("goodbye", "goodbye"),
        )
    )
    stage.reply(answer, stage.tell(said), task=TASK)


def thanks(stage: Stage) -> None:
    """The user says thank you; the model says "you are welcome"."""
    said = stage.pick(("thank you", "thanks", "okay thank you"))
    stage.reply("you are welcome", stage.tell(said), task=TASK)


def repeat(stage: Stage) -> None:
    """The user has words repeated; the model says them back.

    The number of words, or a closing request, tells where the list ends.
    """
    count = stage.whole(1, 5)
    words = stage.pick_words(count)
    listed = " | ".join(words)
    if count == 1:
        carrier = stage.pick(("say the word WORDS", "repeat the word WORDS", "repeat after me WORDS"))
    else:
        carrier = stage.pick(
            (
                "repeat these COUNT words | WORDS",
                "say these COUNT words after me | WORDS",
                "please repeat the COUNT words | WORDS",
                "listen | WORDS | now say that again",
                "WORDS | repeat that",
                "WORDS | can you repeat that",
            )
        )
    text = carrier.replace("COUNT", number_words(count)[0]).replace("WORDS", listed)
    stage.reply(" ".join(words), stage.tell(text), task=TASK)


def aloud(stage: Stage) -> None:
    """The user types a text to be said; the model reads it aloud, whatever it says."""
    stage.typing = True
    text = sentence(stage) if stage.chance(0.3) else " ".join(stage.pick(WORDS) for _ in range(stage.whole(2, 7)))
    carrier = stage.pick(("say", "repeat after me", "please say"))
    stage.reply(text, stage.tell(f"{carrier} {text}"), task=TASK)


def spread(low: int, high: int) -> str:
    """The numbers from `low` to `high` as words, downwards when high is the smaller."""
    step = 1 if high >= low else -1
    return " ".join(word for number in range(low, high + step, step) for word in number_words(number))


def count_request(stage: Stage, longest: int) -> tuple[str, str]:
    """A request to count, and the numbers to say."""
    low = stage.whole(1, 12)
    high = low + stage.whole(2, longest)
    if stage.chance(0.3):
        low, high = stage.whole(2, longest), 1
        low, high = (low + 1, high) if low == 2 else (low, high)
    first, last = number_words(low)[0], number_words(high)[0]
    if high > 20:
        return count_request(stage, longest)
    if high < low:
        carrier = stage.pick(
            (
                "count down from | LOW | to HIGH",
                "please count down from LOW | to HIGH",
                "count backwards from LOW | to HIGH",
            )
        )
    else:
        carrier = stage.pick(
            (
                "count from LOW | to HIGH",
                "please count | from LOW | to HIGH",
                "can you count from | LOW | to | HIGH",
                "count up from LOW | to HIGH",
                "say the numbers | from LOW | to HIGH",
            )
        )
    return carrier.replace("LOW", first).replace("HIGH", last), spread(low, high)


def count(stage: Stage) -> None:
    """The user asks to count from one number to another, up or down; the model counts."""
    request, numbers = count_request(stage, 6)
    stage.reply(numbers, stage.tell(request), task=TASK)


def nth_word(stage: Stage) -> None:
    """The user asks which word came at a place in a short list, before or after saying it; the model says that word."""
    words = stage.pick_words(stage.whole(2, 5))
    place = stage.whole(0, len(words) - 1)
    ordinal = ORDINALS[place] if place < len(words) - 1 or stage.chance(0.5) else "last"
    carrier = stage.pick(
        (
            "WORDS | what was the ORDINAL word",
            "WORDS | tell me the ORDINAL word",
            "what is the ORDINAL of these COUNT words | WORDS",
            "say the ORDINAL of these COUNT words | WORDS",
        )
    )
    text = carrier.replace("ORDINAL", ordinal).replace("COUNT", number_words(len(words))[0])
    stage.reply(words[place], stage.tell(text.replace("WORDS", " | ".join(words))), task=TASK)


def yes_no(stage: Stage) -> None:
    """The user asks whether a word was among those said; the model says yes or no."""
    words = stage.pick_words(stage.whole(1, 4))
    true = stage.chance(0.5)
    asked = stage.pick(words) if true else stage.pick_words(1, avoid=words)[0]
    carrier = stage.pick(
        (
            "i said WORDS | did i say ASKED",
            "WORDS | did i say ASKED",
            "WORDS | did you hear ASKED",
            "listen WORDS | was there the word ASKED",
        )
    )
    text = carrier.replace("ASKED", asked).replace("WORDS", " | and ".join(words))
    stage.reply("yes" if true else "no", stage.tell(text), task=TASK)


def last_word(stage: Stage) -> None:
    """The user says a sentence and asks for its last word; the model says it."""
    told = sentence(stage)
    stage.tell(told)
    stage.pause(150, 1000)
    question = stage.pick(("what was the last word", "what was my last word", "tell me my last word"))
    stage.reply(told.split()[-1], stage.tell(question), task=TASK)


def how_many_words(stage: Stage) -> None:
    """The user lists words and asks how many they were; the model says the number."""
    words = stage.pick_words(stage.whole(1, 6))
    question = stage.pick(("how many words was that", "how many words did i say"))
    stage.reply(number_words(len(words))[0], stage.tell(" | ".join((*words, question))), task=TASK)


def plain(stage: Stage) -> None:
    """The user talks and asks for nothing; the model stays silent.

    Window: silence throughout.
    """
    start_ms = stage.now_ms
    for _ in range(stage.whole(1, 4)):
        stage.tell(sentence(stage, hesitant=True))
        stage.pause(300, 2500)
    stage.mark("quiet", start_ms, stage.now_ms, data={"task": "silence"})


def silence(stage: Stage) -> None:
    """Nobody says anything for 2 to 8 s; the model does not either.

    Window: silence throughout.
    """
    start_ms = stage.now_ms
    stage.pause(2000, 8000)
    stage.mark("quiet", start_ms, stage.now_ms, data={"task": "silence"})


def elsewhere(stage: Stage) -> None:
    """A television or another table talks, with requests among it; they are not for the model, which is silent.

    Window: silence throughout.
    """
    start_ms = stage.now_ms
    gain_db = stage.between(-20, -12)
    for _ in range(stage.whole(1, 3)):
        text = sentence(stage) if stage.chance(0.7) else count_request(stage, 6)[0].replace("| ", "")
        stage.now_ms = stage.other(text, at_ms=stage.now_ms, gain_db=gain_db)
        stage.pause(200, 1500)
    stage.mark("quiet", start_ms, stage.now_ms, data={"task": "background"})


def story(stage: Stage) -> None:
    """The user tells a long story; the model murmurs in the pauses after a sentence, never inside one, until it is over.

    Window: a murmur 0.5 s after a sentence, 0.6 s early to 0.8 s late.
    """
    opening, murmur = stage.pick(
        (
            ("let me tell you a story", "okay"),
            ("i want to tell you a story", "okay"),
            ("listen to my story", "okay"),
        )
    )
    stage.reply(murmur, stage.tell(opening), task="backchannel")
    stage.pause(100, 800)
    end_ms = stage.now_ms + stage.between(8000, 20000)
    while stage.now_ms < end_ms:
        told = stage.tell(sentence(stage, hesitant=True), task="backchannel")
        if stage.chance(0.5):
            tick = reply_tick(told.until_ms + 500)
            spoken = stage.say("mm hmm", tick)
            stage.expect("mm hmm", tick, task="backchannel", early_ms=600, late_ms=800)
            stage.now_ms = max(told.until_ms + stage.between(900, 1600), (spoken.end - 1) * 200.0)
        else:
            stage.pause(150, 450)
    stage.pause(0, 200)
    stage.reply("what a good story", stage.tell("that was my story"), task="backchannel")


def long_request(stage: Stage) -> tuple[str, str]:
    """A request whose answer is long, and that answer."""
    while True:
        request, answer = count_request(stage, 14)
        if len(answer.split()) >= 6:
            return request, answer


def interrupted(stage: Stage) -> None:
    """The user breaks into a long answer: the model falls silent at once, and answers a new request.

    Window: silent within 0.6 s of the user's first sound; a new answer as any other.
    """
    spoken = under_way(stage, *long_request(stage))
    new, answer = stage.pick((("stop", ""), ("wait", ""), ("hold on", ""), ("stop please", ""), *[("", "")] * 2))
    if not new:
        words = stage.pick_words(1)
        new, answer = f"say the word {words[0]}", words[0]
    told, tick = break_in(stage, spoken, new)
    if answer:
        stage.reply(answer, told, task="interruption")
    else:
        stage.pause(1200, 2500)
        stage.mark("quiet", tick * 200.0, stage.now_ms, data={"task": "interruption"})


def under_way(stage: Stage, request: str, answer: str) -> Spoken:
    """The model is in the middle of a long answer, and the user's clock with it."""
    told = stage.tell(request)
    spoken = stage.say(answer, reply_tick(told.until_ms))
    stage.expect(answer.split()[0], spoken.tick, task=TASK)
    first_ms = spoken.tick * 200.0 + 800
    stage.now_ms = max(told.until_ms + 700, stage.between(first_ms, max(first_ms, spoken.end * 200.0 - 1200)))
    return spoken


def break_in(stage: Stage, spoken: Spoken, text: str) -> tuple[Told, int]:
    """The user breaks in with `text`; the model falls silent after the first word or `BARGE_MS`: in the tick returned."""
    began_ms = stage.now_ms
    told = stage.tell(text)
    tick = min(reply_tick(told.words[0].until_ms), reply_tick(told.at_ms + BARGE_MS - 60))
    stage.cut(spoken, tick)
    data = {"task": "interruption", "clear_by_ms": told.at_ms + 600}
    stage.mark("interrupt", began_ms, told.until_ms, text, data=data)
    return told, tick


def undisturbed(stage: Stage) -> None:
    """The user murmurs, or somebody else talks, during a long answer; the model goes on.

    Window: speech through the murmur.
    """
    request, answer = long_request(stage)
    told = stage.tell(request)
    spoken = stage.reply(answer, told, task=TASK)
    resume_ms = stage.now_ms
    first_ms = spoken.tick * 200.0 + 600
    stage.now_ms = stage.between(first_ms, max(first_ms, spoken.end * 200.0 - 1000))
    began_ms = stage.now_ms
    if stage.chance(0.6):
        stage.tell(stage.pick(("mm hmm", "yeah", "right", "okay", "good")))
    else:
        stage.now_ms = stage.other(sentence(stage), at_ms=stage.now_ms, gain_db=stage.between(-20, -12))
    stage.mark("keep", began_ms, min(stage.now_ms, spoken.end * 200.0), who="model", data={"task": "interruption"})
    stage.now_ms = max(stage.now_ms, resume_ms)


def chatter(stage: Stage) -> None:
    """The user talks for a while, with holes, then makes a short request; the model waits for it and answers."""
    chat(stage, stage.now_ms + stage.between(2000, 6000))
    number = stage.whole(0, 10)
    stage.reply(NUMBERS[number], stage.tell(f"say the number {NUMBERS[number]}"), task=TASK, late_ms=LATE_MS)
