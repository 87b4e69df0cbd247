"""The words of the small world: everything a scripted user or the model itself may say, in groups.

`WORDS` holds each word once, lower case, without apostrophes; the tokenizer keeps each as a single token, so the
order of the groups is part of a trained checkpoint: reorder only before training.
"""

# ruff: noqa: SIM905  (a column of six hundred quoted strings is no easier to read)

from microturn.features.numbers import TEENS, TENS, UNITS

NUMBERS = (*UNITS, *TEENS, *TENS, "hundred")
ORDINALS = tuple("first second third fourth fifth sixth seventh eighth ninth tenth last".split())
COLOURS = tuple("red green blue yellow orange purple pink brown black white grey".split())
SHAPES = tuple("circle square triangle star cross ring".split())
MOTIONS = tuple("left right up down".split())

FUNCTION = tuple(
    """the a an and or but if then so because while as at by for in into near of off on out over through to under
    with without about above again also always around away back before behind below between both each even ever
    he her him his how i it just like many may more much my next no none not nothing now often once only other
    our she some soon still that them there these they this until very was we were what when where which who why
    will would yes you your am are be been can could did do does had has have is me every after from never times""".split()
)

COMMAND = tuple(
    """hello hi hey there repeat count tell seconds have passed say stop whenever long talking time please okay
    thanks thank welcome wait hold mind hear word words said give ask answer start let story question ready
    finished later listen number numbers colour shape see look watch jumps moves move again oh mm hmm um uh yeah
    right well good morning evening afternoon night bye goodbye clock backwards done keep going until all""".split()
)

NOUNS = tuple(
    """apple window table chair river mountain garden kitchen bottle paper pencil candle basket carpet mirror
    pillow blanket ladder hammer button pocket jacket sweater shoe boot hat glove ticket station train bus car
    bicycle boat ship plane engine wheel bridge road street corner market shop store school teacher student
    doctor nurse farmer baker painter singer driver king queen prince captain mother father sister brother
    daughter uncle baby child woman man friend neighbour family village city town country island forest tree
    leaf flower grass field hill valley lake ocean beach stone rock sand mud water fire smoke rain snow storm
    cloud sky sun moon summer winter spring autumn day week month year monday tuesday wednesday thursday friday
    saturday sunday dog cat horse cow sheep goat pig chicken duck goose rabbit mouse lion tiger elephant monkey
    bear wolf fox deer snake frog fish shark whale bird eagle butterfly spider bread butter cheese milk coffee
    tea sugar salt honey egg soup salad rice potato tomato onion carrot banana lemon cherry peach cake cookie
    chocolate dinner lunch breakfast plate cup glass knife bowl box bag key door wall floor roof stairs room
    house castle tower church hospital museum library office hotel restaurant music song guitar piano violin
    drum picture camera radio television computer telephone letter book newspaper magazine page pen brush paint
    metal silver gold money coin bank price game ball football toy party birthday holiday journey map flag lamp
    hand head finger face nose mouth tooth hair neck shoulder knee foot heart dream idea problem secret""".split()
)

VERBS = tuple(
    """walk run jump climb swim fly drive ride carry push pull throw catch kick open cut wash clean cook bake eat
    drink feel draw sing dance play laugh smile cry shout speak talk think remember forget learn teach find lose
    win sell pay build break fix sleep wake dress hide follow meet travel arrive leave send bring take put drop
    fill grow plant pick choose want need love finish begin help work rest walked jumped opened closed looked
    wanted found lost bought made went came saw took gave left""".split()
)

ADJECTIVES = tuple(
    """big small tall short wide thick thin heavy light fast slow early late old young new hot cold warm cool wet
    dry dirty hard soft smooth sharp sweet sour fresh strong rich poor happy sad angry tired hungry thirsty
    brave clever funny lazy busy lucky strange beautiful ugly bright dark deep full round broken careful quick
    simple difficult dangerous safe famous modern wild calm noisy silent""".split()
)

GROUPS: dict[str, tuple[str, ...]] = {
    "numbers": NUMBERS,
    "ordinals": ORDINALS,
    "colours": COLOURS,
    "shapes": SHAPES,
    "motions": MOTIONS,
    "function": FUNCTION,
    "command": COMMAND,
    "nouns": NOUNS,
    "verbs": VERBS,
    "adjectives": ADJECTIVES,
}
WORDS: tuple[str, ...] = tuple(dict.fromkeys(word for group in GROUPS.values() for word in group))
