"""A written dialogue as a session: the user's turns in a user's voice, the model's in its own, timed as in `timing`.

`make_dialogue(seed, config)` gives the same `Timeline` for the same seed, config and texts. Beside the words heard and
said it holds what `script` describes: `expect` for the start of each turn of the model and for its backchannels, `quiet`
and `pause` where the user hesitates, `keep` where the user murmurs and the model goes on, `interrupt` and `Clear` where
the user breaks in and the model yields. Each dialogue played is an `act` span. A dialogue is cut, after a turn of the
model, where the next two turns would not end within `max_ticks`.
"""

import zlib
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from functools import cache, lru_cache
from itertools import pairwise
from typing import Any, Literal

import numpy as np

from microturn.data.acts.talk import BARGE_MS
from microturn.data.dialogue import texts
from microturn.data.dialogue.texts import Dialogue, Turn
from microturn.data.dialogue.timing import (
    BACKCHANNEL_CHANCE,
    BACKCHANNEL_WORDS,
    MURMURED,
    Manner,
    Offsets,
    draw_pause_ms,
)
from microturn.data.factory import check_positive
from microturn.data.scene import Cast, Setting, chosen_setting, heard_by, recorded
from microturn.data.script import LATE_MS, Speaker, Spoken, Stage, Told, remembering, reply_tick, tick_of
from microturn.protocol.clock import DAY_S, TICK_MS
from microturn.protocol.timeline import Timeline

TASK = "dialogue"
BARGE_LENGTH_MS = 2400.0  # the user may break into a last sentence of the model that is at least this long
BARGE_CHANCE = 0.1  # and does so; what both then say at once, 0.35 to 0.55 s, is as common as in `timing.TARGET`
HOLE_MS = 250.0  # words further apart than this have a hole between them
PAUSE_TICKS = ((0, 1, 2), (0.3, 0.5, 0.2))  # between the model's own sentences, with the chance of each
START_CHANCE = 0.5  # a long dialogue begins in its middle as often as at its start
OFFSETS = Offsets()


@dataclass(frozen=True, kw_only=True)
class DialogueConfig:
    """`shards` files of `sessions` dialogues of about `seconds` each, at most `max_ticks` long, from `sources`.

    Sources are kinds or paths (see `texts`). The model takes its turns in a `manner`; see `timing`. `settings` is the one of
    `setting.SETTINGS` that says how they sound; the first `listen` of each shard keep their sound.
    """

    sources: tuple[str, ...]
    shards: int = 10
    sessions: int = 64
    seconds: float = 72.0
    max_ticks: int = 448
    split: Literal["train", "test"] = "train"
    manner: Manner = Manner.RESPONSIVE
    settings: str = "plain"
    listen: int = 2

    def __post_init__(self) -> None:
        check_positive(shards=self.shards, sessions=self.sessions, seconds=self.seconds, max_ticks=self.max_ticks)
        if not self.sources:
            raise ValueError("give at least one text: a JSONL file, a folder, or a kind such as schema_guided")


@dataclass
class Talk:
    """What was played: dialogues with the turns that were heard of each, and those that could not be said."""

    parts: list[dict[str, Any]] = field(default_factory=list[dict[str, Any]])
    skipped: list[dict[str, str]] = field(default_factory=list[dict[str, str]])


@cache
def cast(split: str) -> Cast:
    """Voices that can say any text, of one split, and the model's own voice."""
    from microturn.data.voices import espeak, hibari

    assert split in ("train", "test"), split
    users: tuple[Speaker, ...] = (*hibari.speakers(split), *espeak.speakers(split))
    return Cast(users=users, own=remembering(hibari.OwnVoice().say, 256))


@lru_cache(maxsize=4)
def written(sources: tuple[str, ...], split: str) -> Sequence[Dialogue]:
    return texts.dialogues(sources, split)


def make_dialogue(
    seed: int, config: DialogueConfig, *, who: Cast | None = None, setting: Setting | None = None
) -> Timeline:
    """A session of one or more dialogues. `meta` names them, their provenance, and what had to be left out, and why.

    Raises ValueError when no text can be read, or none of several has two turns that fit.
    """
    rng = np.random.default_rng([zlib.crc32(f"dialogue/{config.split}".encode()), seed])
    who, chosen = who or cast(config.split), chosen_setting(setting or config.settings, config.split, seed)
    users = heard_by(who, chosen).users if chosen else who.users
    stage = Stage(
        rng=rng,
        voice=users[int(rng.integers(len(users)))],
        own=who.own,
        split=config.split,
        second_of_day=float(rng.integers(DAY_S)),
        speed=float(rng.uniform(0.85, 1.2)),
        hesitancy=float(rng.choice((0.05, 0.2, 0.5))),
        now_ms=float(rng.uniform(300, 1500)),
    )
    talk = perform(stage, written(config.sources, config.split), config)
    timeline = recorded(stage, rng, who, seed=seed, setting=chosen, max_ticks=config.max_ticks)
    of_texts = [
        {"source": f"text: {part['source']}", "licence": part["licence"], "seconds": part["seconds"]}
        for part in talk.parts
    ]
    provenance = [*timeline.meta.get("provenance", ()), *of_texts]
    meta = {
        "id": f"dialogue/{config.split}/{seed}",
        "dialogues": talk.parts,
        "skipped": talk.skipped,
        "provenance": provenance,
        "manner": str(config.manner),
    }
    return replace(timeline, meta={**timeline.meta, **meta})


def perform(stage: Stage, choice: Sequence[Dialogue], config: DialogueConfig) -> Talk:
    """Play dialogues, one after the other, until about `seconds` have passed or nothing more fits."""
    talk, misses = Talk(), 0
    while misses < 4 and stage.now_ms < 1000 * config.seconds - 6000:
        start_ms, dialogue = stage.now_ms, stage.pick(choice)
        heard = _play(stage, dialogue, config, talk)
        if not heard:
            misses += 1
            continue
        stage.mark("act", start_ms, stage.now_ms, TASK, who="world")
        seconds = round((stage.now_ms - start_ms) / 1000, 2)
        about = {"id": dialogue.id, "source": dialogue.source, "licence": dialogue.licence}
        talk.parts.append({**about, "seconds": seconds, "texts": heard})
        stage.pause(800, 3000)
    if not talk.parts:
        reasons = "; ".join(one["reason"] for one in talk.skipped) or "all are too long"
        raise ValueError(f"no dialogue fits into {config.max_ticks} ticks ({reasons}): give other texts or more ticks")
    stage.now_ms += LATE_MS  # room for a late answer
    return talk


def _play(stage: Stage, dialogue: Dialogue, config: DialogueConfig, talk: Talk) -> list[str]:
    """Play as many exchanges of a dialogue as fit; returns what the user was told to say in them."""
    turns = dialogue.turns()
    pairs = list(zip(turns[::2], turns[1::2], strict=True))
    if len(pairs) >= 6 and stage.chance(START_CHANCE):
        pairs = pairs[stage.whole(1, len(pairs) - 3) :]
    heard: list[str] = []
    last: list[Spoken] = []
    for user, model in pairs:
        before, spoken = stage.lengths(), list(stage.spoken)
        try:
            last = exchange(stage, user, model, last, config.manner)
            fits = stage.end_tick + LATE_MS / TICK_MS < config.max_ticks
        except ValueError as error:  # a voice cannot say or time it
            talk.skipped.append({"id": dialogue.id, "reason": " ".join(str(error).split())})
            fits = False
        if not fits:
            stage.rollback(before)
            stage.spoken = spoken
            break
        heard.append(_plain(" ".join(user.sentences)))
        if stage.now_ms > 1000 * config.seconds:
            break
    return heard


def exchange(stage: Stage, user: Turn, model: Turn, last: list[Spoken], manner: Manner) -> list[Spoken]:
    """A turn of the user after the model's `last` one, and the model's answer, which is returned."""
    return model_turn(stage, model, user_turn(stage, user, last), manner)


def user_turn(stage: Stage, turn: Turn, last: list[Spoken]) -> Told:
    """The user speaks; the model may murmur between two sentences. Returns the last sentence."""
    breaks_in = bool(last) and _take_floor(stage, turn, last)
    told: Told | None = None
    over = stage.now_ms < stage.free_tick * TICK_MS  # the model is speaking: no hesitation now
    for index, sentence in enumerate(turn.sentences):
        if index:
            stage.now_ms += draw_pause_ms(stage.rng)
        told = stage.tell(_plain(sentence) if over else sentence, task=TASK)
        if not index and breaks_in:
            _yield(stage, last[-1], told, sentence)
        over = index + 1 < len(turn.sentences) and _place(stage, sentence) and _model_murmurs(stage, told)
    assert told is not None, "a turn has a sentence"
    return told


def _take_floor(stage: Stage, turn: Turn, last: list[Spoken]) -> bool:
    """Set the clock to where the user's turn begins; says whether it breaks into the model's last sentence."""
    from_ms, until_ms = _heard_ms(last[-1])
    if until_ms - from_ms >= BARGE_LENGTH_MS and stage.chance(BARGE_CHANCE):
        stage.now_ms = stage.between(from_ms + 1000.0, until_ms - 1000.0)
        return True
    short_ms = 150.0 * len(_plain(turn.sentences[0]).split())  # shorter than the turn, or it would be inside the other
    earliest_ms = -min(until_ms - from_ms - 300.0, short_ms)
    stage.now_ms = until_ms + OFFSETS.draw_ms(stage.rng, earliest_ms=min(earliest_ms, 0.0))
    return False


def _yield(stage: Stage, spoken: Spoken, told: Told, text: str) -> None:
    """The model falls silent as soon as it can know that the user speaks."""
    tick = min(reply_tick(told.words[0].until_ms), reply_tick(told.at_ms + BARGE_MS - 60))
    stage.cut(spoken, tick)
    data = {"task": "interruption", "clear_by_ms": told.at_ms + 600}
    stage.mark("interrupt", told.at_ms, told.until_ms, _plain(text), data=data)


def model_turn(stage: Stage, turn: Turn, told: Told, manner: Manner) -> list[Spoken]:
    """The model answers what was told; the user may murmur between two sentences. Sets the clock to the end heard."""
    tick = reply_tick(told.until_ms) if manner is Manner.RESPONSIVE else _human_tick(stage, told)
    spoken: list[Spoken] = []
    for index, sentence in enumerate(turn.sentences):
        spoken.append(stage.say(_plain(sentence), tick))
        if not index:
            data = {"request_end_ms": told.until_ms}
            stage.expect(_plain(sentence), spoken[0].tick, task=TASK, data=data)
        more = index + 1 < len(turn.sentences)
        if more and len(_plain(turn.sentences[index + 1]).split()) > 2 and _place(stage, sentence):
            _user_murmurs(stage, spoken[-1])
            tick = spoken[-1].end
        else:
            tick = spoken[-1].end + int(stage.rng.choice(PAUSE_TICKS[0], p=PAUSE_TICKS[1]))
    stage.now_ms = _heard_ms(spoken[-1])[1]
    return spoken


def _human_tick(stage: Stage, told: Told) -> int:
    """The tick nearest to an offset drawn as for people, no earlier than a little into the user's last words."""
    starts = [two.at_ms for one, two in pairwise(told.words) if two.at_ms - one.until_ms > HOLE_MS]
    since_ms = starts[-1] if starts else told.at_ms
    offset_ms = OFFSETS.draw_ms(stage.rng, earliest_ms=min(since_ms + 300 - told.until_ms, 0.0))
    return max(round((told.until_ms + offset_ms) / TICK_MS) - 1, tick_of(since_ms))


def _place(stage: Stage, sentence: str) -> bool:
    """Whether the listener murmurs after this sentence."""
    return len(_plain(sentence).split()) >= BACKCHANNEL_WORDS and stage.chance(BACKCHANNEL_CHANCE)


def _model_murmurs(stage: Stage, told: Told) -> bool:
    """The model lets the user know that it listens, when it can know that this was not the end. Says whether it could."""
    tick = reply_tick(told.until_ms + stage.between(200, 500))
    if tick < stage.free_tick:
        return False
    text = stage.pick(MURMURED)
    stage.say(text, tick)
    stage.expect(text, tick, task="backchannel", early_ms=600, late_ms=800)
    return True


def _user_murmurs(stage: Stage, spoken: Spoken) -> None:
    """The user lets the model know that they listen; the model goes on without a pause."""
    stage.now_ms = _heard_ms(spoken)[1] + stage.between(-300, 100)
    told = stage.tell(stage.pick(MURMURED))
    stage.mark("keep", told.at_ms, told.until_ms, who="model", data={"task": TASK})


def _heard_ms(spoken: Spoken) -> tuple[float, float]:
    """From when to when the user hears an utterance of the model's."""
    return float((spoken.tick + 1) * TICK_MS), float((spoken.end + 1) * TICK_MS)


def _plain(sentence: str) -> str:
    """Without the marks of clauses."""
    return " ".join(sentence.replace("|", " ").split())
