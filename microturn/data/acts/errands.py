"""Errands: what a user may want found out, shown or done, in words that a small model can say.

Each is the request, the note that hands it over, and what comes back. One combination of its parts in seven is kept for the tests.
"""

# ruff: noqa: SIM905  (a row of quoted strings is no easier to read)

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction

from microturn.data.acts.beyond import NOTE, beyond
from microturn.data.acts.sentences import DAYS, LOOKS, PEOPLE, PLACES, THINGS, sentence
from microturn.data.lexicon import ADJECTIVES, COLOURS, NOUNS, NUMBERS
from microturn.data.script import Stage
from microturn.features.numbers import large_words, number_words, spoken

ASK = ("find out", "look up")
ASKING = ("what", "how", "when", "where")  # questions stand alone
SAYS = ("please ", "can you ", "")


@dataclass(frozen=True)
class Errand:
    """What is to be found out or done: the user's words, the note to the background, and what comes of it.

    `shows` is what the background puts on the page, if anything.
    """

    request: str
    note: str
    result: str
    shows: str = ""


def draw_errand(stage: Stage) -> Errand:
    """An errand that the user's voice can say; one combination of its parts in seven is kept for the tests."""
    before = len(stage.events)
    while not stage.sayable((errand := _drawn(stage)).request.replace("|", "")):
        del stage.events[before:]
    return errand


def _drawn(stage: Stage) -> Errand:
    if stage.chance(0.3):
        request, result = beyond(stage)
        return Errand(request, NOTE, _told(stage, result))
    if stage.chance(0.15):
        return chart(stage)
    if stage.chance(0.25):
        return _chore(stage)
    draw = stage.pick((_weather, _price, _hours, _shop, _sum, _sum, _units, _units, _place_time))
    asked, outright, result = draw(stage)
    meant = asked.partition(SLIP)
    note = asked if not meant[1] else _corrected(meant[0], meant[2])
    request = outright if not meant[1] and stage.chance(0.4) else f"{stage.pick(ASK)} | {asked}"
    return Errand(request, f"delegate {note}", _told(stage, result))


SLIP = " no wait "


def _corrected(before: str, after: str) -> str:
    """ "the price of a lamp" no wait "a chair at the shop": what was said first goes, back to the word that comes again."""
    words, again = before.split(), after.split()[0]
    kept = len(words) - 1 - words[::-1].index(again)
    return " ".join([*words[:kept], after])


def polite(stage: Stage, errand: Errand) -> str:
    """The request with "please" or "can you" before it, where it is no question or story."""
    first = errand.request.split()[0]
    return errand.request if errand.note == NOTE or first in ASKING else f"{stage.pick(SAYS)}{errand.request}"


def _told(stage: Stage, result: str) -> str:
    """Now and then, in training, what comes back is anything at all: it is to be said as it is."""
    if stage.split == "train" and stage.chance(0.25):
        return stage.pick(("", "it says ", "i found that ")) + sentence(stage)
    return result


# What is asked, as it follows "find out"; the same asked outright; what comes back.


def _weather(stage: Stage) -> tuple[str, str, str]:
    place, day = stage.pick_apart(PLACES, DAYS)
    sky = stage.pick(("rain", "snow", "sun", "clouds", "storms"))
    asked = f"the weather in the {place} on {day}"
    return (
        asked,
        f"{stage.pick(('what is', 'tell me', 'how is'))} {asked}",
        f"on {day} there will be {sky} in the {place}",
    )


def _price(stage: Stage) -> tuple[str, str, str]:
    thing, place = stage.pick_apart(THINGS, PLACES)
    dollars = " ".join(number_words(stage.whole(2, 60)))
    slip = f"a {stage.pick(THINGS)}{SLIP}" if stage.chance(0.15) else ""
    outright = stage.pick((f"what is the price of a {thing} at the {place}", f"how much is a {thing} at the {place}"))
    return f"the price of {slip}a {thing} at the {place}", outright, f"the {thing} costs {dollars} dollars"


def _hours(stage: Stage) -> tuple[str, str, str]:
    place, day = stage.pick_apart(PLACES, DAYS)
    hour = number_words(stage.whole(7, 11))[0]
    slip = f"on {stage.pick(DAYS)}{SLIP}" if stage.chance(0.15) else ""
    asked, outright = f"when the {place} opens {slip}on {day}", f"when does the {place} open on {day}"
    return asked, outright, f"the {place} opens at {hour} on {day}"


def _shop(stage: Stage) -> tuple[str, str, str]:
    thing, place = stage.pick_apart(THINGS, PLACES)
    look, colour = stage.pick(LOOKS), stage.pick(COLOURS)
    outright = f"where can i buy a {thing} in the {place}"
    return f"where i can buy a {thing} in the {place}", outright, f"try the {look} {colour} shop at the {place}"


def _sum(stage: Stage) -> tuple[str, str, str]:
    """A sum, a difference or a product of small numbers."""
    one, other = stage.pick_apart(range(1, 21), range(1, 21))
    large, small = max(one, other), min(one, other)
    sign, value = stage.pick((("plus", large + small), ("minus", large - small), ("times", large * small)))
    first, second, answer = (" ".join(large_words(number)) for number in (large, small, value))
    outright = f"{stage.pick(('what is', 'how much is'))} {first} {sign} {second}"
    return f"how much {first} {sign} {second} is", outright, f"it is {answer}"


MEASURES = (  # how many of the first one second has: numbers that a small model can say
    *(("days", "weeks", 7.0), ("months", "years", 12.0), ("minutes", "hours", 60.0), ("seconds", "minutes", 60.0)),
    *(("hours", "days", 24.0), ("feet", "yards", 3.0), ("inches", "feet", 12.0), ("kilometres", "miles", 1.61)),
    *(
        ("metres", "yards", 0.91),
        ("miles", "kilometres", 0.62),
        ("grams", "ounces", 28.35),
        ("litres", "gallons", 3.79),
    ),
    *(
        ("pounds", "kilograms", 2.2),
        ("centimetres", "inches", 2.54),
        ("metres", "miles", 1609.34),
        ("metres", "kilometres", 1000.0),
        ("feet", "miles", 5280.0),
        ("weeks", "years", 52.14),
        ("cups", "litres", 4.23),
    ),
)


def _units(stage: Stage) -> tuple[str, str, str]:
    """How many of one unit are in some of another."""
    number, (small, large, each) = stage.pick_apart(range(2, 16), MEASURES)
    many = " ".join(number_words(number))
    value = round(Fraction(str(each)) * number, 2 if number * each < 100 else 0)
    asked = f"how many {small} are in {many} {large}"
    return asked, asked, f"it is {spoken(value)}"


CITIES = tuple(
    """rome lisbon cairo sydney dublin prague athens moscow lima bogota nairobi mumbai seoul bangkok toronto dallas
    seattle phoenix houston miami atlanta warsaw budapest helsinki stockholm brussels geneva zurich milan naples""".split()
)


def _place_time(stage: Stage) -> tuple[str, str, str]:
    """What time it is somewhere."""
    city, hour = stage.pick_apart(CITIES, range(1, 13))
    minutes = stage.whole(1, 59)
    ten = stage.pick(("oh",)) if minutes < 10 else ""
    return (
        f"what time it is in {city}",
        f"{stage.pick(('what is the hour', 'how late is it'))} in {city}",
        " ".join(["it is", *number_words(hour), *([ten] if ten else []), *number_words(minutes), f"in {city}"]),
    )


SERIES = ("rain", "snow", "sun", "price of bread", "price of butter", "coffee", "visitors", "letters", "books", "sleep")


def chart(stage: Stage) -> Errand:
    """Something is to be shown."""
    series, place = stage.pick_apart(SERIES, PLACES)
    of = stage.pick((f"the {series} in the {place}", f"the {series}", f"the {series} of the {place}"))
    asks = stage.pick(("show me", "show", "make", "draw"))
    what = stage.pick(("chart", "table", "picture", "list"))
    result = stage.pick((f"the {what} is on the page", f"here is the {what}", f"i have made the {what}"))
    shown = f"a {what} of {of}"
    title = shown if stage.chance(0.5) else " ".join(word for word in of.split() if word not in ("the", "in", "of"))
    return Errand(f"{asks} a {what} | of {of}", f"delegate {shown}", _told(stage, result), title)


CHORES = (  # the request, which is also the note; what is said when it is done
    ("play a song about a NOUN", "the song is playing"),
    ("send a letter to my PERSON", "it is sent"),
    ("write to my PERSON that the NOUN is ADJECTIVE", "i have written it"),
    ("order NUMBER NOUN from the PLACE", "i have ordered NUMBER NOUN"),
    ("buy a COLOUR THING for my PERSON", "the THING is bought"),
    ("remember that my THING is in the PLACE", "i will remember that"),
    ("note that the PERSON comes on DAY", "it is noted"),
    ("book a table at the PLACE on DAY", "the table is booked for DAY"),
    ("book a room for NUMBER nights", "the room is booked"),
    ("call my PERSON at the PLACE", "your PERSON is on the telephone"),
    ("change the day of my lesson to DAY", "your lesson is on DAY"),
    ("add a THING to my list", "the THING is on your list"),
    ("search for a ADJECTIVE NOUN near the PLACE", "i found a ADJECTIVE NOUN"),
    ("get me a ticket to CITY on DAY", "i have a ticket to CITY"),
    ("where is my THING", "your THING is in the PLACE"),
    ("read me the news of CITY", "all is quiet in CITY"),
    ("pay the bill of the PERSON", "the bill is paid"),
    ("set the light in the PLACE to COLOUR", "the light is COLOUR"),
)
CHORE_POOLS: dict[str, Sequence[str]] = {
    "NOUN": NOUNS,
    "ADJECTIVE": ADJECTIVES,
    "PERSON": PEOPLE,
    "NUMBER": NUMBERS[2:13],
    "THING": THINGS,
    "PLACE": PLACES,
    "COLOUR": COLOURS,
    "DAY": DAYS,
    "CITY": CITIES,
}


def _chore(stage: Stage) -> Errand:
    """Something is to be done; the note is the request, without what was taken back."""
    chore, *values = stage.pick_apart(CHORES, *CHORE_POOLS.values())
    filled = dict(zip(CHORE_POOLS, values, strict=True))
    request, result = (" ".join(filled.get(word, word) for word in text.split()) for text in chore)
    words = chore[0].split()
    slots = [at for at, word in enumerate(words) if word in CHORE_POOLS and at]
    said = request.split()
    if slots and stage.chance(0.2):
        at = stage.pick(slots)
        said = [*said[:at], stage.pick(CHORE_POOLS[words[at]]), *SLIP.split(), *said[at - 1 :]]
    elif stage.chance(0.3):
        said.insert(stage.whole(2, len(said) - 1), stage.pick(("um", "uh", "|")))
    return Errand(" ".join(said), f"delegate {request}", _told(stage, result))
