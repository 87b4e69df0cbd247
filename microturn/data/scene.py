"""Scenes: whole sessions, acts one after the other, mixed into the two tracks that a microphone and a voice make.

`make_scene(seed, split="train")` gives the same `Timeline` for the same seed and voices; seeds of different splits
never meet. `audio[USER]` (16 kHz) holds the user, other people, noise, the room and the model's own echo;
`audio[MODEL]` (24 kHz) the model's voice, where tick k's output lies at 200k ms; events are described in `script`.
"""

import argparse
import zlib
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from functools import cache, lru_cache
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from microturn.data.acts import ACTS, MIXTURES, TYPED, WEIGHTS, playable
from microturn.data.acts.sentences import sentence
from microturn.data.lexicon import WORDS
from microturn.data.mix import OnClock, carry, lose, mix_model, mix_user
from microturn.data.phrasebook import LANGUAGE_OF
from microturn.data.provenance import made_provenance
from microturn.data.script import LATE_MS, OwnSay, Speaker, Stage, at_rate, remembering
from microturn.data.setting import CLEAN, CROWD, SETTINGS, Setting, draw_setting, draw_world
from microturn.data.sound.network import stretch_of
from microturn.protocol.clock import DAY_S, TICK_MS
from microturn.protocol.events import Channel, Event, Span, Word
from microturn.protocol.media import MODEL_HZ, USER_HZ
from microturn.protocol.timeline import Timeline, Track

__all__ = ["CLEAN", "Cast", "Setting", "cast", "draw_session", "draw_setting", "make_scene"]
Split = Literal["train", "test", "unseen"]
Samples = NDArray[np.float32]

TYPING = 0.06  # the share of requests that are typed, where they can be


@dataclass(frozen=True, kw_only=True)
class Cast:
    """Who may speak: voices for the user and for people nearby, and the model's own."""

    users: tuple[Speaker, ...]
    own: OwnSay
    own_name: str = "hibari/own"


@cache
def cast(split: Split) -> Cast:
    """The voices of a split and the model's own voice."""
    from microturn.data.voices.hibari import OwnVoice
    from microturn.data.voices.kept import own_say
    from microturn.data.voices.registry import voices

    return Cast(users=tuple(voices(split)), own=remembering(own_say(OwnVoice(languages=LANGUAGE_OF).say)))


@lru_cache(maxsize=4)
def murmurs(who: Cast) -> tuple[Samples, ...]:
    """What twelve of the voices say at a time in the background, 16 kHz [S] each."""
    rng = np.random.default_rng(12)
    said: list[Samples] = []
    for index in rng.integers(len(who.users), size=12):
        speech = who.users[int(index)].say(" ".join(WORDS[int(i)] for i in rng.integers(len(WORDS), size=14)), seed=1)
        said.append(at_rate(speech.samples, speech.rate_hz))
    return tuple(said)


def make_scene(
    seed: int,
    *,
    split: Split = "train",
    seconds: float = 60.0,
    max_ticks: int | None = None,
    acts: Sequence[str] | None = None,
    setting: Setting | str | None = None,
    cast_of: Cast | None = None,
    mixture: str = "nano",
) -> Timeline:
    """A session of about `seconds` (at least one act), never longer than `max_ticks` if given.

    Acts are drawn from a mixture of `acts.MIXTURES`, or only from `acts` if given. `setting` fixes the sound, or names the
    one of `SETTINGS` that it is drawn from (None: "plain"). Raises ValueError for an unknown act, mixture or split, and
    where no voice of the cast can play any of the acts.
    """
    rng = np.random.default_rng([zlib.crc32(split.encode()), seed])
    who, chosen = cast_of or cast(split), chosen_setting(setting, split, seed)
    heard = heard_by(who, chosen) if chosen else who
    stage = draw_session(rng, seconds, split=split, who=heard, max_ticks=max_ticks, acts=acts or mixture)
    return recorded(stage, rng, who, seed=seed, setting=chosen, max_ticks=max_ticks)


def chosen_setting(setting: Setting | str | None, split: Split, seed: int) -> Setting | None:
    """The setting that was given, or one of the "world"; None for "plain", which is drawn after the acts.

    That of the "world" comes first, from a generator of its own: the voices depend on the microphone's clock.
    """
    if isinstance(setting, str) and setting not in SETTINGS:
        raise ValueError(f"There are no settings {setting!r}; choose from {', '.join(SETTINGS)}.")
    if setting == "world":
        return draw_world(np.random.default_rng([zlib.crc32(split.encode()), seed, 1]), split)
    return setting if isinstance(setting, Setting) else None


def recorded(
    stage: Stage,
    rng: np.random.Generator,
    who: Cast,
    *,
    seed: int,
    setting: Setting | None = None,
    max_ticks: int | None = None,
) -> Timeline:
    """What was played on a stage as a session, in a `setting` drawn here if none is given; cut at `max_ticks`."""
    setting = setting or draw_setting(rng)
    ticks = stage.end_tick if max_ticks is None else min(max_ticks, stage.end_tick)
    model = mix_model(stage, ticks)
    user = mix_user(stage, setting, model, rng, crowd=murmurs(who) if setting.noise == CROWD else ())
    events = [*stage.events, *said_words(stage)]
    if setting.lossy:
        events += lose(user, rng)
    if setting.network:
        events += carry(user, setting.network, rng)
    frames = tuple(frame for frame in stage.frames if frame.at_ms < ticks * TICK_MS)
    voice, duration_ms = stage.voice.name, float(ticks * TICK_MS)
    return Timeline(
        tick_ms=TICK_MS,
        duration_ms=duration_ms,
        second_of_day=stage.second_of_day,
        seed=seed,
        events=tuple(sorted(events, key=_start_ms)),
        audio={
            Channel.USER: Track(samples=user, rate_hz=USER_HZ),
            Channel.MODEL: Track(samples=model, rate_hz=MODEL_HZ),
        },
        frames=frames,
        meta={
            "split": stage.split,
            "voice": voice,
            "others": sorted({str(e.data["voice"]) for e in events if isinstance(e, Span) and "voice" in e.data}),
            "provenance": made_provenance(events, frames, duration_ms, voice=voice, own=who.own_name),
            "acts": [e.text for e in act_spans(stage)],
            "setting": asdict(setting),
        },
    )


def heard_by(who: Cast, setting: Setting) -> Cast:
    """The cast as the setting's microphone hears it, on its clock."""
    if setting.drift_ppm == 0:
        return who
    stretch = stretch_of(setting.drift_ppm)
    return replace(who, users=tuple(OnClock(voice, stretch) for voice in who.users))


def draw_session(
    rng: np.random.Generator,
    seconds: float,
    *,
    split: str,
    who: Cast,
    max_ticks: int | None = None,
    acts: Sequence[str] | str = "nano",
) -> Stage:
    """Play acts, silences between, until about `seconds` have passed; an act that overruns `max_ticks` is taken back.

    `acts` is the name of a mixture, or the acts to choose from. A voice plays what it can say.
    """
    weights = weights_of(acts)
    stage = Stage(
        rng=rng,
        voice=who.users[int(rng.integers(len(who.users)))],
        own=who.own,
        others=[who.users[int(i)] for i in rng.integers(len(who.users), size=2)],
        split=split,
        second_of_day=float(rng.integers(DAY_S)),
        speed=float(rng.uniform(0.85, 1.2)),
        hesitancy=float(rng.choice((0.05, 0.2, 0.5))),
        now_ms=first_ms(rng, split),
    )
    names = names_for(stage, list(weights), who)
    chances = np.array([weights[name] for name in names])
    mixed = isinstance(acts, str)
    played = misses = 0
    while misses < 4 and (stage.now_ms < 1000 * (seconds - 2) or not played):
        name = names[int(rng.choice(len(names), p=chances / chances.sum()))]
        before = stage.lengths()
        start_ms = stage.now_ms
        stage.typing = mixed and name in TYPED and stage.chance(TYPING)
        ACTS[name](stage)
        stage.typing = False
        if max_ticks is not None and stage.end_tick > max_ticks:
            stage.rollback(before)
            misses += 1
            continue
        played += 1
        stage.mark("act", start_ms, stage.now_ms, name, who="world")
        stage.pause(400, 3000) if stage.chance(0.8) else stage.pause(3000, 6000)
    stage.now_ms += LATE_MS  # room for a late answer
    if mixed and stage.chance(0.06):
        television(stage)
    return stage


def first_ms(rng: np.random.Generator, split: str) -> float:
    """When a session's first act begins. In training, a fifth begin with it: people speak before anything listens."""
    if split != "train":
        return float(rng.uniform(300, 1500))
    return 0.0 if rng.random() < 0.2 else float(rng.uniform(0, 1500))


def weights_of(acts: Sequence[str] | str) -> Mapping[str, float]:
    """How often each act is played. Raises ValueError for an unknown mixture or act."""
    if isinstance(acts, str):
        if acts not in MIXTURES:
            raise ValueError(f"There is no mixture {acts!r}; choose from {', '.join(MIXTURES)}.")
        return MIXTURES[acts]
    for name in acts:
        if name not in ACTS:
            raise ValueError(f"There is no act {name!r}; choose from {', '.join(ACTS)}.")
    return {name: WEIGHTS[name] for name in acts}


def names_for(stage: Stage, names: list[str], who: Cast) -> list[str]:
    """Those of the acts that the stage's voice can play; where there is none, another voice takes over.

    Raises ValueError where nobody of the cast can play any.
    """
    fitting = [name for name in names if playable(name, stage.voice)]
    if fitting:
        return fitting
    able = [voice for voice in who.users if any(playable(name, voice) for name in names)]
    if not able:
        raise ValueError(f"no voice of this split can play {', '.join(names)}: leave out acts with foreign words")
    stage.voice = stage.pick(able)
    return [name for name in names if playable(name, stage.voice)]


def television(stage: Stage) -> None:
    """Somebody else goes on talking in the background of the whole session."""
    gain_db = stage.between(-22, -13)
    at_ms = stage.between(0, 3000)
    while at_ms < stage.now_ms - 4000:
        at_ms = stage.other(sentence(stage), at_ms=at_ms, gain_db=gain_db) + stage.between(100, 2500)


def act_spans(stage: Stage) -> list[Span]:
    return [event for event in stage.events if isinstance(event, Span) and event.kind == "act"]


def said_words(stage: Stage) -> list[Event]:
    """The model's words: `at_ms` starts the tick of the first sound, `until_ms` ends the last tick (or the cut)."""
    words: list[Event] = []
    for spoken in stage.spoken:
        for text, first, count in spoken.own.words:
            start, stop = spoken.tick + first, min(spoken.tick + first + count, spoken.end)
            if start < stop:
                at_ms, until_ms = float(start * TICK_MS), float(stop * TICK_MS)
                words.append(Word(at_ms=at_ms, until_ms=until_ms, channel=Channel.SAY, text=text))
    return words


def _start_ms(event: Event) -> float:
    return event.at_ms


def main() -> None:
    """Write one scene as a timeline folder and print its words: `python -m microturn.data.scene --seed 1 --out x`."""
    parser = argparse.ArgumentParser(description=main.__doc__)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--split", choices=("train", "test", "unseen"), default="train")
    parser.add_argument("--seconds", type=float, default=60.0)
    parser.add_argument("--acts", nargs="*", choices=tuple(ACTS))
    parser.add_argument("--mixture", choices=tuple(MIXTURES), default="nano", help="where no acts are named")
    parser.add_argument("--out")
    args = parser.parse_args()
    options = {"split": args.split, "seconds": args.seconds, "acts": args.acts, "mixture": args.mixture}
    scene = make_scene(args.seed, **options)
    for event in scene.events:
        if not isinstance(event, Span) or event.kind not in ("word", "phone"):
            print(event)
    if args.out:
        print(scene.save(args.out))


if __name__ == "__main__":
    main()
