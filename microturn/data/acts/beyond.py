"""Requests of any kind that a small model cannot answer itself: a question or a task in loose words, often after a story.

It need not understand them to hand them over: the note is `NOTE`, and the user's words go with it. One form in five is for the tests.
"""

# ruff: noqa: SIM905  (a row of quoted strings is no easier to read)

from typing import Final

from microturn.data.acts.sentences import DAYS, LOOSE_POOLS, PEOPLE, sentence
from microturn.data.lexicon import NUMBERS
from microturn.data.script import Stage
from microturn.protocol.notes import DELEGATE, REQUEST

NOTE = f"{DELEGATE} {REQUEST}"
NAMES = tuple(
    """anna maria peter julia thomas laura martin sophie david emma lucas clara felix nina oscar helen victor irene
    simon alice robert diana walter rosa henry olivia george amelia arthur sandra philip monica""".split()
)
MATTERS = tuple(
    """flight appointment invoice password recipe medicine meeting parcel contract reservation printer insurance
    interview passport wedding subscription delivery schedule refund apartment battery translation ticket lesson order
    payment address account report message calendar receipt visa homework essay presentation laptop garage""".split()
)
TOWNS = tuple(
    """boston denver chicago vienna munich lyon glasgow porto seville hamburg zagreb ankara tunis accra jakarta manila
    osaka perth havana quito oslo riga turin leeds portland austin""".split()
)
_FORMS: Final = """
why does a NOUN VERB in the NOUN
why is the NOUN so ADJECTIVE
what is the best NOUN for a ADJECTIVE NOUN
what happens when ONE VERB a NOUN
who was the first PERSON to VERB a NOUN
which is more ADJECTIVE a NOUN or a NOUN
how many NOUN does a NOUN need
how would you VERB a NOUN without a NOUN
where do ADJECTIVE NOUN come from
is it true that every NOUN can VERB
is a NOUN more ADJECTIVE than a NOUN
could a NOUN VERB a NOUN
can a PERSON VERB the NOUN before DAY
should ONE VERB the NOUN or the NOUN
so who has the NOUN now
so where is the NOUN at the end
which of them is ADJECTIVE
does that mean that the NOUN is ADJECTIVE
is that right or wrong
what would you do with the NOUN
explain to me how a NOUN VERB
tell me something about NOUN and NOUN
give me some ideas for a ADJECTIVE NOUN
help me to VERB my NOUN
i need a MATTER for NUMBER people can you find one
please VERB my NOUN to the NOUN on DAY
i want you to VERB a ADJECTIVE NOUN for my PERSON
make a plan for DAY with a NOUN and a NOUN
ask NAME if the MATTER is ready
cancel my MATTER and get a new one for DAY
change the MATTER of NAME to NUMBER
what does NAME say about the MATTER
when is my MATTER with NAME
what is the name of the PERSON who VERB the NOUN
how far is it from TOWN to TOWN
find me a MATTER from TOWN to TOWN on DAY
can you check the MATTER for TOWN
i would like to move my MATTER to DAY
how much did NAME pay for the MATTER
did NAME VERB the NOUN or the NOUN
"""
FORMS: Final = tuple(_FORMS.strip().splitlines())
POOLS = {
    **LOOSE_POOLS,
    "PERSON": PEOPLE,
    "DAY": DAYS,
    "NAME": NAMES,
    "MATTER": MATTERS,
    "TOWN": TOWNS,
    "NUMBER": NUMBERS[2:20],
}
ANSWERS = (  # what comes back: mostly short
    *("yes", "no", "NUMBER", "NOUN", "the NOUN", "NAME", "it is ADJECTIVE", "NUMBER NOUN", "at NUMBER", "that is true"),
    *(
        "that is not true",
        "it is in TOWN",
        "NAME has it",
        "on DAY",
        "the ADJECTIVE one",
        "it is done",
        "i found NUMBER",
    ),
)


def beyond(stage: Stage) -> tuple[str, str]:
    """A request, where the user may stop to think at each `|`, and what comes back."""
    forms = [form for index, form in enumerate(FORMS) if (index % 5 == 4) == (stage.split != "train")]
    story = [sentence(stage) for _ in range(stage.pick((0, 0, 0, 1, 2)))]
    return " | ".join([*story, _filled(stage, stage.pick(forms))]), _filled(stage, stage.pick(ANSWERS))


def _filled(stage: Stage, form: str) -> str:
    return " ".join(stage.pick(POOLS[word]) if word in POOLS else word for word in form.split())
