"""Plain sentences: what people say when they ask for nothing.

Tests hear sentences of a few templates. Training hears those, looser ones and mere strings of words as well, so that a model
cannot guess what it did not hear: with templates alone it wrote likely sentences in place of the spoken ones.
"""

from collections.abc import Sequence

from microturn.data.lexicon import ADJECTIVES, COLOURS, NOUNS, NUMBERS, ORDINALS, VERBS, WORDS
from microturn.data.script import Stage
from microturn.features.numbers import WEEKDAYS

PEOPLE = tuple(
    """teacher student doctor nurse farmer baker painter singer driver king queen prince captain mother father sister
    brother daughter uncle baby child woman man friend neighbour dog cat horse rabbit monkey lion fox""".split()  # noqa: SIM905
)
THINGS = tuple(
    """apple bottle paper pencil candle basket carpet mirror pillow blanket ladder hammer button jacket sweater glove
    ticket bicycle flower stone bread butter cheese milk coffee sugar cake cookie chocolate plate cup glass knife bowl
    box bag key guitar piano violin drum picture camera letter book newspaper magazine pen brush coin ball toy map flag
    lamp potato tomato carrot banana lemon egg soup salad rice""".split()  # noqa: SIM905
)
PLACES = tuple(
    """garden kitchen station street market shop school village city town island forest field hill valley lake beach
    room house castle tower church hospital museum library office hotel restaurant river mountain bridge""".split()  # noqa: SIM905
)
PAST = tuple("opened closed wanted found lost bought made saw took gave walked".split())[:-2]  # noqa: SIM905
LOOKS = tuple("big small old young new clever happy sad tired hungry brave funny strange beautiful lucky".split())  # noqa: SIM905
DAYS = WEEKDAYS
TEMPLATES = (
    "the LOOK PERSON PAST the COLOUR THING",
    "my PERSON PAST a THING in the PLACE",
    "on DAY we went to the PLACE",
    "the PERSON and the PERSON walked to the PLACE",
    "there was a COLOUR THING in the PLACE",
    "i think the PLACE is very LOOK",
    "she PAST the THING and went to the PLACE",
    "he looked at the LOOK PERSON",
    "we have a LOOK PERSON in our PLACE",
    "in the morning the PERSON came to the PLACE",
    "they wanted to see the LOOK PLACE",
    "i like the COLOUR THING very much",
    "the THING was behind the COLOUR THING",
    "you can find the THING near the PLACE",
)
POOLS = {
    "PERSON": PEOPLE,
    "THING": THINGS,
    "PLACE": PLACES,
    "PAST": PAST,
    "LOOK": LOOKS,
    "DAY": DAYS,
    "COLOUR": COLOURS,
}


LOOSE = (
    "ONE VERB the ADJECTIVE NOUN",
    "ONE can VERB my NOUN and the NOUN",
    "the ORDINAL NOUN is ADJECTIVE but the NOUN is not ADJECTIVE",
    "NUMBER NOUN and NUMBER NOUN are in the NOUN",
    "if ONE VERB the NOUN then ONE will VERB",
    "my NOUN has never been so ADJECTIVE",
    "VERB the NOUN before ONE VERB it",
    "ONE always VERB and ONE never VERB",
    "every NOUN would VERB the ADJECTIVE NOUN of this NOUN",
    "that NOUN was ADJECTIVE again and so was the NOUN",
    "ADJECTIVE NOUN ADJECTIVE NOUN and a NOUN",
    "there are only NUMBER NOUN behind the NOUN",
    "ONE and ONE VERB to the NOUN at night",
)
LOOSE_POOLS = {
    "ONE": ("i", "you", "he", "she", "we", "they"),
    "VERB": VERBS,
    "ADJECTIVE": (*ADJECTIVES, *COLOURS),
    "NOUN": NOUNS,
    "NUMBER": NUMBERS,
    "ORDINAL": ORDINALS,
}


def sentence(stage: Stage, *, avoid: Sequence[str] = (), hesitant: bool = False) -> str:
    """A random sentence without the words in `avoid`; `hesitant` puts `|` where the speaker may stop to think."""
    looseness = stage.between(0, 1) if stage.split == "train" else 0.0
    if looseness > 0.75:
        options = [word for word in WORDS if word not in avoid]
        return " ".join(stage.pick(options) for _ in range(stage.whole(2, 8)))
    template, pools = (stage.pick(LOOSE), LOOSE_POOLS) if looseness > 0.4 else (stage.pick(TEMPLATES), POOLS)
    words: list[str] = []
    for word in template.split():
        if word in pools:
            words.append(stage.pick([option for option in pools[word] if option not in (*avoid, *words)]))
        else:
            words.append(word)
        if hesitant and word in ("the", "PAST", "and") and stage.chance(0.4):
            words.append("|")
    return " ".join(words)


def chat(stage: Stage, until_ms: float, *, avoid: Sequence[str] = ()) -> None:
    """The user talks, sentence after sentence, to about `until_ms`."""
    while stage.now_ms < until_ms:
        stage.tell(sentence(stage, avoid=avoid))
        stage.pause(250, 1500)
