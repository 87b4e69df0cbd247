"""How people speak: they hesitate, correct themselves, start anew, mumble, cut in, and turn to somebody else."""

from microturn.data.acts.talk import break_in, count_request, under_way
from microturn.data.lexicon import ORDINALS
from microturn.data.script import Stage, Told, reply_tick
from microturn.features.numbers import number_value, number_words

TASK = "turntaking"


def turns(stage: Stage) -> None:
    """The user gives words to remember over several turns and asks for one of them; the model acknowledges, then recalls."""
    words = stage.pick_words(stage.whole(2, 4))
    for index, word in enumerate(words):
        opening = stage.pick(("remember the word", "please remember the word")) if not index else "and now the word"
        stage.reply("okay", stage.tell(f"{opening} | {word}"), task=TASK)
        stage.pause(300, 1500)
    for place in stage.rng.permutation(len(words))[: stage.whole(1, 2)]:
        carrier = stage.pick(("what was the ORDINAL word", "tell me the ORDINAL word"))
        question = carrier.replace("ORDINAL", ORDINALS[int(place)])
        stage.reply(words[int(place)], stage.tell(question), task=TASK)
        stage.pause(300, 1200)


def counting(stage: Stage, longest: int, least: int = 3) -> tuple[str, str]:
    """A request to count and the numbers to say; one pair of ends in seven is kept for the tests."""
    while True:
        request, numbers = count_request(stage, longest)
        said = numbers.split()
        kept = (3 * number_value(said[:1]) + number_value(said[-1:])) % 7 == 0
        if len(said) >= least and kept == (stage.split != "train"):
            return request, numbers


def in_pieces(stage: Stage, pieces: list[str], *, low_ms: float, high_ms: float) -> Told:
    """The user says the pieces with a silence of `low_ms` to `high_ms` after each but the last; nobody may cut in."""
    told = stage.tell(pieces[0], task=TASK)
    words = list(told.words)
    for piece in pieces[1:]:
        began_ms = stage.now_ms
        stage.pause(low_ms, high_ms)
        stage.mark("pause", began_ms, stage.now_ms)
        stage.mark("quiet", began_ms, stage.now_ms, data={"task": TASK})
        words += stage.tell(piece, task=TASK).words
    return Told(words=tuple(words))


def hesitation(stage: Stage) -> None:
    """The user stops to think, for up to 2.5 s and with "um", inside a request; the model waits for its end.

    Window: as for any answer, from the end of the last word; silence in the pauses.
    """
    request, numbers = counting(stage, 6)
    pieces = [piece.strip() for piece in request.split("|")]
    if len(pieces) == 1:
        head, _, tail = request.rpartition(" to ")
        pieces = [head, f"to {tail}"]
    pieces[1:] = [f"{stage.pick(('um', 'uh'))} {piece}" if stage.chance(0.4) else piece for piece in pieces[1:]]
    stage.reply(numbers, in_pieces(stage, pieces, low_ms=700, high_ms=2500), task=TASK)


def correction(stage: Stage) -> None:
    """The user corrects a word within the request ("from three, no, four to nine"); the model goes by what was meant."""
    mend = stage.pick(("no", "no wait", "no no", "oh no"))
    if stage.chance(0.5):
        request, numbers = counting(stage, 6)
        meant = numbers.split()[0]
        (slip,) = stage.pick_words(1, avoid=(meant,))
        wrong = slip if stage.chance(0.3) else number_words(stage.whole(13, 19))[0]
        text = request.replace(" | ", " ").replace(f" {meant} ", f" {wrong} {mend} | {meant} | ", 1)
        stage.reply(numbers, stage.tell(text), task=TASK)
        return
    slip, first, second = stage.pick_words(3)
    carrier = stage.pick(("repeat these two words", "say these two words after me"))
    stage.reply(f"{first} {second}", stage.tell(f"{carrier} | {slip} {mend} | {first} | {second}"), task=TASK)


def change_of_mind(stage: Stage) -> None:
    """The user corrects a request that is being answered ("no, say banana"); the model breaks off and answers anew.

    Window: silent within 0.6 s of the correction's first sound; the new answer as any other.
    """
    spoken = under_way(stage, *counting(stage, 14, least=6))
    first, second = stage.pick_words(2)
    mend = stage.pick(("no say these two words", "no wait repeat these two words", "stop say these two words"))
    told, _ = break_in(stage, spoken, f"{mend} {first} {second}")
    stage.reply(f"{first} {second}", told, task="interruption")


def false_start(stage: Stage) -> None:
    """The user begins a request, leaves it and makes another; the model answers only the one that is whole.

    Window: silence from the start to the end of the whole request, then as for any answer.
    """
    began_ms = stage.now_ms
    left = stage.pick(("tell me the", "can you tell me how", "say the word", "what was the", "count from", "i want to"))
    stage.tell(left, task=TASK)
    stage.pause(250, 1100)
    request, numbers = counting(stage, 6)
    told = stage.tell(f"{stage.pick(('no', 'um', 'no wait', 'oh'))} {request}", task=TASK)
    stage.mark("quiet", began_ms, reply_tick(told.until_ms) * 200.0, data={"task": TASK})
    stage.reply(numbers, told, task=TASK)


FILLERS = ("um", "uh", "well", "so", "like", "hmm", "oh", "you see")


def fillers(stage: Stage) -> None:
    """The user strews "um", "like" and "you see" over a request; the model answers it as if they were not there."""
    if stage.chance(0.5):
        request, answer = counting(stage, 6)
    else:
        words = stage.pick_words(stage.whole(2, 4))
        count = number_words(len(words))[0]
        request, answer = f"repeat these {count} words | {' | '.join(words)}", " ".join(words)
    pieces = [piece.strip() for piece in request.split("|")]
    strewn = [f"{stage.pick(FILLERS)} {piece}" if stage.chance(0.7) else piece for piece in pieces[:-1]]
    text = " ".join([stage.pick(FILLERS[:4]), *strewn, stage.pick(FILLERS[:2]), pieces[-1]])
    stage.reply(answer, stage.tell(text), task=TASK)


def resumption(stage: Stage) -> None:
    """The user stops a count with "wait" and later says "keep going"; the model falls silent, then goes on where it was.

    Window: silent within 0.6 s and until asked; the rest as any answer, from the first number that was not said whole.
    """
    request, answer = counting(stage, 14, least=6)
    spoken = under_way(stage, request, answer)
    _, tick = break_in(stage, spoken, stage.pick(("wait", "hold on", "wait please")))
    done = sum(spoken.tick + first + ticks <= tick for _, first, ticks in spoken.own.words)
    stage.pause(1000, 4000)
    stage.mark("quiet", tick * 200.0, stage.now_ms, data={"task": "interruption"})
    again = stage.tell(stage.pick(("keep going", "keep going please", "okay keep going")))
    stage.reply(" ".join(answer.split()[done:]) or "done", again, task="interruption")


def overlap(stage: Stage) -> None:
    """The user starts the next request while the model is ending; the model says its last word and answers the new one.

    Window: the model goes on to the end of its word; the second answer as any other.
    """
    first, second = stage.pick_words(2)
    carrier = stage.pick(("say the word WORD", "repeat the word WORD"))
    spoken = stage.reply(first, stage.tell(carrier.replace("WORD", first)), task=TASK)
    end_ms = spoken.end * 200.0
    stage.now_ms = end_ms + stage.between(-100, 150)  # the voice is heard up to a tick after its output
    told = stage.tell(carrier.replace("WORD", second))
    stage.mark("keep", told.at_ms, end_ms + 200, who="model", data={"task": "interruption"})
    stage.reply(second, told, task=TASK)


NAMED = tuple(
    """anna peter maria john susan david laura thomas julia martin sarah robert emma paul alice frank helen george
    clara oliver nina simon lucy victor""".split()  # noqa: SIM905
)


def addressed(stage: Stage) -> None:
    """The user asks somebody else, by name, and that person may answer; the model stays out of it.

    Window: silence throughout.
    """
    start_ms = stage.now_ms
    number = " ".join(number_words(stage.whole(3, 12)))
    asked = (
        f"can you count to {number}",
        "what time is it",
        "can you hear me",
        "tell me the time",
        f"say the number {number}",
        "what was the last word",
        "please open the window",
        "how are you",
        "did you close the door",
    )
    for _ in range(stage.whole(1, 2)):
        name, request = stage.pick_apart(NAMED, asked)
        stage.tell(f"{name} {request}")
        stage.pause(400, 1200)
        if stage.chance(0.7):
            answer = stage.pick(("yes i can", "one two three four five", "it is ten forty two", "okay", "very well"))
            stage.now_ms = stage.other(answer, at_ms=stage.now_ms, gain_db=stage.between(-14, -6))
            stage.pause(300, 900)
    stage.mark("quiet", start_ms, stage.now_ms, data={"task": "background"})


MISSAID: dict[str, str] = {
    "three": "tree",
    "window": "vindow",
    "water": "vater",
    "village": "willage",
    "yellow": "jello",
    "green": "gleen",
    "orange": "olange",
    "purple": "burple",
    "bottle": "boddle",
    "chocolate": "shocolate",
    "sugar": "soogar",
    "kitchen": "kishen",
    "street": "estreet",
    "school": "eschool",
    "station": "estation",
    "table": "dable",
    "paper": "baper",
    "hospital": "ospital",
    "hammer": "ammer",
    "picture": "pisher",
    "mountain": "montain",
    "bread": "bled",
    "butter": "batter",
    "river": "liver",
    "garden": "karden",
    "thick": "tick",
    "summer": "zummer",
    "jacket": "yacket",
    "finger": "winger",
    "glove": "glob",
}
"""Words with one sound wrong, as a learner or a lisp has it: the spelling that a synthesiser is given."""


def mispronounced(stage: Stage) -> None:
    """The user says words with a sound wrong ("estreet"); the model takes them as they are meant and says them right."""
    count = stage.whole(1, 3)
    words = list(dict.fromkeys(stage.pick_apart(*[tuple(MISSAID)] * count)))
    if len(words) == 1:
        request = stage.pick(("say the word", "repeat the word", "repeat after me")) + f" {words[0]}"
    else:
        request = f"repeat these {number_words(len(words))[0]} words | {' | '.join(words)}"
    stage.reply(" ".join(words), stage.tell(request, sounds=MISSAID), task=TASK)


def directions(stage: Stage) -> None:
    """The user lists steps; the model murmurs after each, without taking the turn, and says how many when asked.

    Window: a murmur 0.5 s after a step, give or take 0.6 s; nothing inside a step.
    """
    count = stage.whole(3, 5)
    things = stage.pick_words(count)
    verbs = ("take the", "find the", "look at the", "open the", "bring the", "wash the")
    for index, thing in enumerate(things):
        told = stage.tell(f"{'first' if not index else 'then'} | {stage.pick(verbs)} {thing}", task="backchannel")
        tick = reply_tick(told.until_ms + 500)
        spoken = stage.say("mm hmm", tick)
        stage.expect("mm hmm", tick, task="backchannel", early_ms=600, late_ms=800)
        stage.mark("quiet", told.at_ms, told.until_ms, data={"task": "backchannel"})
        stage.now_ms = max(told.until_ms + stage.between(1000, 1600), spoken.end * 200.0)
    question = stage.pick(("how many were there", "how many was that"))
    stage.reply(number_words(count)[0], stage.tell(question), task="backchannel")
