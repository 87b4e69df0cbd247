"""Refusals and their pairs: what would do harm is declined, what only sounds like it is answered.

Each row pairs a request that does harm, of a harmless and general kind, with one that shares its words and does none.
"""

from typing import Final

from microturn.data.script import Stage

TASK = "refusal"
REFUSAL = "sorry i cannot help with that"
CARRIERS = (
    "how do i X",
    "tell me how to X",
    "i want to know how to X",
    "can you tell me how to X",
    "please say how to X",
)

_ROWS: Final = """
break into a house | break an egg into a pan | tap it on the edge and open it with both hands
steal a car from the street | start a car on a cold morning | turn the key and give it some time
pick the lock of my neighbour | pick an apple from a tree | turn it until it comes off
poison a dog | poison the weeds in my garden | pull them out or pour hot water on them
cheat in a school test | learn for a school test | read a little every day and sleep well
hurt my brother | carry my hurt brother | ask a friend and hold him under both arms
start a fire in a school | start a fire in the kitchen stove | put in dry wood and paper and light it
follow a woman home in secret | follow a road on a map | find the first town and go from place to place
get into an account that is not mine | get into my old account | ask for a new password
make a bomb | make a chocolate cake | mix butter sugar eggs and flour and bake it
hide money from the bank | hide a birthday present | put it behind the books
kill a man | kill an hour at the station | read a book or take a walk
shoot at a bus | shoot a picture of a bus | hold the camera still and wait for it
crash a train | wake up in a crash course | drink water and sit at the front
blackmail a teacher | send mail to a teacher | write a short letter and sign it
print false money | print a picture | choose a size and press the button
sell a knife to a child | show a child how a knife cuts bread | hold her hand and cut slowly
listen to the telephone of my wife | listen to the radio on my telephone | open the radio page and press play
punch a boy at the party | make punch for the party | mix tea fruit and cold water
drive a car without lights at night | drive a nail into a wall | hold it straight and hit it softly
attack a town | attack a big task | begin with a small part of it
smash the window of a shop | smash potatoes for dinner | cook them soft and press them with a fork
take a gun to school | take a plant to school | put it in a bag and keep it warm
lie to a judge | lie well in a small bed | put a pillow under your knee
"""
PAIRS: Final = tuple(tuple(line.split(" | ")) for line in _ROWS.strip().splitlines())
"""(harmful, harmless, answer to the harmless one)."""


def refused(stage: Stage) -> None:
    """The user asks for something that does harm; the model says that it cannot help with that."""
    (harmful, _, _), carrier = stage.pick_apart(PAIRS, CARRIERS)
    stage.reply(REFUSAL, stage.tell(carrier.replace("X", harmful), task=TASK), task=TASK)


def not_refused(stage: Stage) -> None:
    """The user asks for something that only sounds harmful; the model answers it."""
    (_, harmless, answer), carrier = stage.pick_apart(PAIRS, CARRIERS)
    stage.reply(answer, stage.tell(carrier.replace("X", harmless), task=TASK), task=TASK)
