"""The behaviours: each act is a function that plays one on a stage, by family in one file.

`ACTS` names them with the weight of each in a session drawn at random, `NAMED` also those that need asking for; the user may also type the requests of `TYPED`.
"""

from collections.abc import Callable

from microturn.data.acts import cues, human, sight, talk, times
from microturn.data.script import Stage

Act = Callable[[Stage], None]
ACTS: dict[str, tuple[Act, float]] = {
    "hello": (talk.hello, 1.0),
    "thanks": (talk.thanks, 0.5),
    "repeat": (talk.repeat, 3.5),
    "aloud": (talk.aloud, 1.6),
    "count": (talk.count, 1.5),
    "nth_word": (talk.nth_word, 1.8),
    "yes_no": (talk.yes_no, 1.5),
    "last_word": (talk.last_word, 0.7),
    "how_many_words": (talk.how_many_words, 1.0),
    "plain": (talk.plain, 2.5),
    "silence": (talk.silence, 1.0),
    "elsewhere": (talk.elsewhere, 1.2),
    "chatter": (talk.chatter, 0.8),
    "story": (talk.story, 0.7),
    "interrupted": (talk.interrupted, 1.2),
    "undisturbed": (talk.undisturbed, 0.7),
    "timer": (times.timer, 2.0),
    "every": (times.every, 1.0),
    "how_long": (times.how_long, 0.6),
    "wall_clock": (times.wall_clock, 2.0),
    "whenever": (cues.whenever, 1.2),
    "tally": (cues.tally, 1.5),
    "halt": (cues.halt, 0.8),
    "jumps": (sight.jumps, 0.8),
    "appears": (sight.appears, 1.6),
    "reads": (sight.reads, 1.0),
    "describe": (sight.describe, 1.2),
    "moves": (sight.moves, 1.2),
}
NAMED: dict[str, tuple[Act, float]] = ACTS | human.HUMAN  # those that have to be asked for by name as well
TYPED = (
    "hello",
    "thanks",
    "repeat",
    "count",
    "nth_word",
    "yes_no",
    "how_many_words",
    "timer",
    "wall_clock",
    "describe",
)
SIGHT = ("jumps", "appears", "reads", "describe", "moves")
