"""Plain sentences from a few templates: what people say when they ask for nothing."""

from collections.abc import Sequence

from microturn.data.lexicon import COLOURS
from microturn.data.script import Stage

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
DAYS = tuple("monday tuesday wednesday thursday friday saturday sunday".split())  # noqa: SIM905
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


def sentence(stage: Stage, *, avoid: Sequence[str] = (), hesitant: bool = False) -> str:
    """A random sentence without the words in `avoid`; `hesitant` puts `|` where the speaker may stop to think."""
    words: list[str] = []
    for word in stage.pick(TEMPLATES).split():
        if word in POOLS:
            words.append(stage.pick([option for option in POOLS[word] if option not in (*avoid, *words)]))
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
