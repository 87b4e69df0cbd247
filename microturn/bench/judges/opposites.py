"""Words that mean the same and words that mean the opposite: axes with two sides, sets whose members exclude each other,
and groups of near synonyms. Our own lists, of plain English as it is spoken; stems, as `stem` gives them.
"""

# ruff: noqa: SIM905  (a row of quoted strings is no easier to read)

import re
from functools import cache

AXES = """
open unlock | close shut lock
on | off
left | right
up rise risen rose raise increase grow gain climb | down fall fell drop decrease sink lower decline shrink
hot warm | cold cool
big large huge | small little tiny
long | short
high tall | low
heavy | light
full | empty
before early earlier | after late later
late delayed | punctual
first | last
fast quick rapid | slow
correct right true valid accurate | wrong false incorrect invalid untrue mistaken
agree accept approve | reject refuse decline disagree deny
start begin began begun | stop finish end
arrive come came enter | leave left depart exit
buy bought purchase | sell sold
push | pull
give gave | take took
win won | lose lost
pass succeed | fail
love like enjoy | hate dislike
cheap | expensive
easy simple | difficult hard
good great | bad poor awful terrible
clean | dirty
dry | wet
dark | bright
new young | old
rich | poor
strong | weak
safe | dangerous
near close | far
inside in indoor | outside out outdoor
above over | below under
remember | forget forgot forgotten
allow permit | forbid forbidden prohibit
fix repair mend | break broke broken
book reserve | cancel
happy glad | sad unhappy
awake wake | asleep sleep
alive live | dead die
loud noisy | quiet silent
more | less
most | least
always | rarely seldom
many much | few
same | different
possible able | impossible unable
possible | impossible
present | absent
public | private
lend lent | borrow
catch caught | miss
light lit ignite | extinguish blow
add | remove
sweet | sour
thick | thin
wide | narrow
deep | shallow
soft | hard
day | night
morning | evening
sunny sun | rainy rain
"""
EXCLUSIVE = """
red green blue yellow orange purple pink brown black white grey
circle square triangle star cross ring
monday tuesday wednesday thursday friday saturday sunday
today tomorrow yesterday
spring summer autumn winter
north south east west
breakfast lunch dinner
cat dog bird fish horse cow
"""
SYNONYMS = """
sofa couch
car automobile
child kid
garden yard
cup mug
ticket fare
speak talk
big large huge
small little tiny
begin start
finish end complete
buy purchase
doctor physician
person people somebody someone
film movie
shop store
beside next
booking reservation
parcel package
taxi cab
plane flight
phone telephone
bike bicycle cyclist
house home
street road
mobile cell
picture photo image
woman she her lady
man he him his
say said tell told
move postpone shift
need must should
bring take carry
fix repair mend
late delay
firm hard
soft tender
little slight slightly
jump bounce
hold grip
see saw look watch
go went walk
fly flew flight
"""
IRREGULAR: dict[str, str] = {
    form: word
    for form, word in (
        pair.split(":")
        for pair in """children:child men:man women:woman people:person feet:foot teeth:tooth mice:mouse wives:wife knives:knife
    was:be were:be is:be are:be been:be am:be had:have has:have did:do does:do done:do doing:do went:go gone:go made:make took:take taken:take
    gave:give given:give got:get came:come saw:see seen:see said:say told:tell found:find left:leave lost:lose won:win bought:buy
    sold:sell brought:bring thought:think caught:catch broke:break broken:break wrote:write written:write ate:eat eaten:eat
    drank:drink drove:drive flew:fly fell:fall fallen:fall rose:rise risen:rise began:begin begun:begin forgot:forget
    forgotten:forget held:hold kept:keep knew:know known:know lent:lend met:meet paid:pay put:put ran:run sat:sit slept:sleep
    spoke:speak spoken:speak stood:stand swam:swim threw:throw woke:wake born:birth wore:wear lit:light chose:choose cut:cut""".split()
    )
}


@cache
def stem(word: str) -> str:
    """A word without its ending, so that "opens", "opened" and "opening" are one; irregular forms by their list."""
    if word in IRREGULAR:
        return IRREGULAR[word]
    if word[:1].isdigit() or len(word) < 4:
        return word
    for ending, instead in (
        ("ies", "y"),
        ("ied", "y"),
        ("sses", "ss"),
        ("ings", ""),
        ("ing", ""),
        ("ed", ""),
        ("ly", ""),
    ):
        if word.endswith(ending) and len(word) - len(ending) >= 3 - bool(instead):
            return _undoubled(word.removesuffix(ending) + instead)
    if re.search(r"(s|x|z|ch|sh|o)es$", word):
        return _undoubled(word[:-2])
    if word.endswith("s") and not word.endswith(("ss", "us", "is")):
        word = word[:-1]
    return _undoubled(word)


def _undoubled(word: str) -> str:
    if len(word) > 4 and word.endswith("e"):
        word = word[:-1]
    if len(word) > 3 and word[-1] == word[-2] and (word[-1] not in "sl" or (word[-1] == "l" and len(word) > 5)):
        return word[:-1]
    return word


@cache
def _axes() -> dict[str, set[tuple[int, bool]]]:
    sides: dict[str, set[tuple[int, bool]]] = {}
    for axis, line in enumerate(AXES.strip().splitlines()):
        for side, names in enumerate(line.split("|")):
            for name in names.split():
                for form in _forms(name):
                    sides.setdefault(stem(form), set()).add((axis, bool(side)))
    return sides


def _forms(name: str) -> list[str]:
    """A word, and what may be its comparative and superlative."""
    bases = [name.removesuffix("e"), name + name[-1]] + ([f"{name[:-1]}i"] if name.endswith("y") else [name])
    return [name, *(base + ending for base in bases for ending in ("er", "est"))]


@cache
def _sets(text: str) -> dict[str, set[int]]:
    members: dict[str, set[int]] = {}
    for index, line in enumerate(text.strip().splitlines()):
        for name in line.split():
            members.setdefault(stem(name), set()).add(index)
    return members


def opposite(one: str, other: str) -> bool:
    """Whether two stems are on two sides of an axis, or one is the other with a prefix that negates."""
    flipped = {(axis, not side) for axis, side in _axes().get(one, ())}
    if flipped & _axes().get(other, set()) and one != other:
        return True
    short, long = sorted((one, other), key=len)
    return len(short) > 3 and any(long == prefix + short for prefix in ("un", "in", "im", "ir", "dis", "non", "mis"))


def exclusive(one: str, other: str) -> bool:
    """Whether two stems are different members of one set, such as two colours."""
    sets = _sets(EXCLUSIVE)
    return one != other and bool(sets.get(one, set()) & sets.get(other, set()))


def synonym(one: str, other: str) -> bool:
    """Whether two stems are the same, stand on one side of an axis, or in one group of synonyms."""
    if one == other or _axes().get(one, set()) & _axes().get(other, set()):
        return True
    groups = _sets(SYNONYMS)
    return bool(groups.get(one, set()) & groups.get(other, set()))
