"""The behaviours: each act is a function that plays one on a stage, by family in one file.

`ACTS` names them all; a mixture of `MIXTURES` gives the weight of each in a session drawn at random: "nano" is what the
released model was trained on, "all" holds every act that can be made from nothing, "human" plays real recordings
among those of "nano", "errands" is "nano" with much work handed over. The user may also type the requests of `TYPED`.

An act's docstring says in its first sentence what the user does and what is right; a line "Window: ..." says when. Without
it, the answer is due as for any request: its first word starts 0.2 s before to 1.2 s after the first tick whose input
holds the request's end and 60 ms more. `listing` reads them.
"""

import inspect
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from microturn.data.acts import (
    bodies,
    clips,
    clocks,
    cues,
    desk,
    language,
    rules,
    safety,
    sight,
    speech,
    talk,
    things,
    times,
    work,
    world,
)
from microturn.data.acts.human import HUMAN
from microturn.data.script import Speaker, Stage, languages_of

Act = Callable[[Stage], None]
_NANO: dict[str, tuple[Act, float]] = {
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
_MORE: dict[str, tuple[Act, float]] = {
    "turns": (speech.turns, 1.0),
    "hesitation": (speech.hesitation, 1.0),
    "correction": (speech.correction, 1.0),
    "change_of_mind": (speech.change_of_mind, 0.8),
    "false_start": (speech.false_start, 0.6),
    "fillers": (speech.fillers, 0.6),
    "resumption": (speech.resumption, 0.8),
    "overlap": (speech.overlap, 0.6),
    "addressed": (speech.addressed, 1.0),
    "mispronounced": (speech.mispronounced, 0.8),
    "directions": (speech.directions, 0.5),
    "at_time": (clocks.at_time, 0.8),
    "until_told": (clocks.until_told, 0.8),
    "since": (clocks.since, 0.8),
    "so_far": (clocks.so_far, 0.5),
    "two_rules": (rules.two_rules, 0.8),
    "revoked": (rules.revoked, 0.8),
    "replaced": (rules.replaced, 0.5),
    "translate_to": (language.translate_to, 1.5),
    "translate_from": (language.translate_from, 1.5),
    "how_to_say": (language.how_to_say, 0.8),
    "what_means": (language.what_means, 0.8),
    "code_switch": (language.code_switch, 0.6),
    "delegated": (work.delegated, 1.5),
    "withdrawn": (work.withdrawn, 1.0),
    "found": (work.found, 0.6),
    "progress": (work.progress, 0.8),
    "instructed": (work.instructed, 0.8),
    "permitted": (work.permitted, 0.8),
    "on_the_page": (work.on_the_page, 0.5),
    "refused": (safety.refused, 0.8),
    "not_refused": (safety.not_refused, 0.8),
    "music": (world.music, 0.4),
    "noise": (world.noise, 0.4),
    "amid": (world.amid, 0.8),
    "bystanders": (world.bystanders, 0.8),
    "long_silence": (world.long_silence, 0.4),
}

# Those that need eyes; the one of `REAL` needs video files of one's own (see `clips`).
WATCHING: dict[str, tuple[Act, float]] = {
    "repetitions": (bodies.repetitions, 2.0),
    "starts_stops": (bodies.starts_stops, 1.0),
    "start_to_stop": (bodies.start_to_stop, 1.0),
    "posture": (bodies.posture, 1.0),
    "comes_goes": (bodies.comes_goes, 1.2),
    "doing": (bodies.doing, 1.5),
    "changes": (things.changes, 1.5),
    "recolours": (things.recolours, 0.8),
    "how_many": (things.how_many, 1.5),
    "bug": (desk.bug, 1.2),
    "build": (desk.build, 1.0),
    "bar": (desk.bar, 0.8),
    "slides": (desk.slides, 0.8),
    "message": (desk.message, 0.8),
    "typing": (desk.typing, 1.0),
    "dial": (desk.dial, 0.8),
    "on_screen": (desk.on_screen, 1.0),
}
WORK = ("delegated", "withdrawn", "found", "progress", "instructed", "permitted", "on_the_page")
BESIDE = ("refused", "not_refused", "plain", "hello", "how_many_words")  # what much work would drown
REAL: dict[str, tuple[Act, float]] = {"clip": (clips.clip, 1.0)}
_MADE = _NANO | _MORE | WATCHING
_ALL = _MADE | REAL | HUMAN
ACTS: Mapping[str, Act] = {name: act for name, (act, _) in _ALL.items()}
WEIGHTS: Mapping[str, float] = {name: weight for name, (_, weight) in _ALL.items()}
MIXTURES: Mapping[str, Mapping[str, float]] = {
    "nano": {name: WEIGHTS[name] for name in _NANO},
    "all": {name: WEIGHTS[name] for name in _MADE},
    "human": {name: WEIGHTS[name] for name in _NANO | HUMAN},
    "errands": {name: WEIGHTS[name] for name in _NANO}
    | {name: 5 * WEIGHTS[name] for name in WORK}
    | {name: 2.5 * WEIGHTS[name] for name in BESIDE},
}
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
FOREIGN = ("translate_from", "what_means", "code_switch")  # the user speaks Spanish, German and French
OPEN = (  # the user says words that are not in the lexicon
    *("addressed", "mispronounced", "since", "revoked", "replaced", "until_told", "translate_to", "how_to_say"),
    *("refused", "not_refused"),
)
AT_ONCE = "an answer, from 0.2 s before to 1.2 s after the tick in which the request has ended"


def playable(name: str, speaker: Speaker) -> bool:
    """Whether a voice can say what the user says in an act."""
    spoken = languages_of(speaker)
    if name in FOREIGN:
        return set(language.LANGUAGES) <= set(spoken)
    return name not in OPEN or "en" in spoken


@dataclass(frozen=True, kw_only=True)
class About:
    """One line of the list of acts; `window` says when the model has to speak, or be silent."""

    name: str
    family: str
    what: str
    window: str
    mixtures: tuple[str, ...]


def about(name: str) -> About:
    """What an act's docstring says of it."""
    act = ACTS[name]
    paragraphs = [" ".join(text.split()) for text in (inspect.getdoc(act) or "").split("\n\n")]
    window = next((text.removeprefix("Window: ") for text in paragraphs if text.startswith("Window: ")), AT_ONCE)
    return About(
        name=name,
        family=act.__module__.rpartition(".")[2],
        what=paragraphs[0],
        window=window,
        mixtures=tuple(mixture for mixture, weights in MIXTURES.items() if name in weights),
    )


def listing() -> tuple[About, ...]:
    """Every act, family by family."""
    return tuple(sorted(map(about, ACTS), key=lambda act: act.family))
