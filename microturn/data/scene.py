"""Scenes: whole sessions, acts one after the other, mixed into the two tracks that a microphone and a voice make.

`make_scene(seed, split="train")` gives the same `Timeline` for the same seed and voices; seeds of different splits
never meet. `audio[USER]` (16 kHz) holds the user, other people, noise, the room and the model's own echo;
`audio[MODEL]` (24 kHz) the model's voice, where tick k's output lies at 200k ms; events are described in `script`.
"""

import argparse
import zlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from microturn.data import sound
from microturn.data.acts import ACTS, MIXTURES, TYPED, playable
from microturn.data.acts.sentences import sentence
from microturn.data.phrasebook import LANGUAGE_OF
from microturn.data.script import LATE_MS, OwnSay, Speaker, Stage, at_rate, remembering
from microturn.protocol.clock import DAY_S, TICK_MS
from microturn.protocol.events import Channel, Event, Missing, Span, Word
from microturn.protocol.media import MODEL_HZ, USER_HZ
from microturn.protocol.timeline import Timeline, Track

Split = Literal["train", "test", "unseen"]
Samples = NDArray[np.float32]
USER_TICK = USER_HZ * TICK_MS // 1000
MODEL_TICK = MODEL_HZ * TICK_MS // 1000
TYPING = 0.06  # the share of requests that are typed, where they can be


@dataclass(frozen=True, kw_only=True)
class Cast:
    """Who may speak: voices for the user and for people nearby, and the model's own."""

    users: tuple[Speaker, ...]
    own: OwnSay


@cache
def cast(split: Split) -> Cast:
    """The voices of a split and the model's own voice."""
    from microturn.data.voices.hibari import OwnVoice
    from microturn.data.voices.registry import voices

    return Cast(users=tuple(voices(split)), own=remembering(OwnVoice(languages=LANGUAGE_OF).say))


@dataclass(frozen=True, kw_only=True)
class Setting:
    """How the session sounds. Levels in dB full scale; `snr_db` and `echo_db` None when there is none.

    `tone_db` is how far the microphone's response strays from flat, a standard deviation.
    """

    level_dbfs: float = -22.0
    noise: str = "pink"
    snr_db: float | None = None
    echo_db: float | None = None
    echo_ms: float = 80.0
    room: bool = False
    telephone: bool = False
    lossy: bool = False
    tone_db: float = 0.0
    low_pass_hz: float | None = None


CLEAN = Setting()


def draw_setting(rng: np.random.Generator) -> Setting:
    """A random setting: most are a little noisy, four in ten leak the model's voice into the microphone."""
    noise = str(rng.choice(sorted(sound.NOISES)))
    snr_db = float(rng.uniform(8, 40))
    echo_db = float(rng.uniform(-40, -10))
    return Setting(
        level_dbfs=float(rng.uniform(-33, -18)),
        noise=noise,
        snr_db=snr_db if rng.random() < 0.75 else None,
        echo_db=echo_db if rng.random() < 0.4 else None,
        echo_ms=float(rng.uniform(40, 160)),
        room=bool(rng.random() < 0.5),
        telephone=bool(rng.random() < 0.08),
        lossy=bool(rng.random() < 0.05),
        tone_db=float(rng.uniform(0, 7)),
        low_pass_hz=float(rng.uniform(3200, 7500)) if rng.random() < 0.2 else None,
    )


def make_scene(
    seed: int,
    *,
    split: Split = "train",
    seconds: float = 60.0,
    max_ticks: int | None = None,
    acts: Sequence[str] | None = None,
    setting: Setting | None = None,
    cast_of: Cast | None = None,
    mixture: str = "nano",
) -> Timeline:
    """A session of about `seconds` (at least one act), never longer than `max_ticks` if given.

    Acts are drawn from a mixture of `MIXTURES`, or only from `acts` if given; `setting` fixes the sound. Raises
    ValueError for an unknown act, mixture or split, and where no voice of the cast can play any of the acts.
    """
    rng = np.random.default_rng([zlib.crc32(split.encode()), seed])
    who = cast_of or cast(split)
    stage = draw_session(rng, seconds, split=split, who=who, max_ticks=max_ticks, acts=acts or mixture)
    return recorded(stage, rng, seed=seed, setting=setting, max_ticks=max_ticks)


def recorded(
    stage: Stage, rng: np.random.Generator, *, seed: int, setting: Setting | None = None, max_ticks: int | None = None
) -> Timeline:
    """What was played on a stage as a session, in a `setting` drawn here if none is given; cut at `max_ticks`."""
    setting = setting or draw_setting(rng)
    ticks = stage.end_tick if max_ticks is None else min(max_ticks, stage.end_tick)
    model = mix_model(stage, ticks)
    user = mix_user(stage, ticks, setting, model, rng)
    events = [*stage.events, *said_words(stage)]
    if setting.lossy:
        events += lose(user, rng)
    return Timeline(
        tick_ms=TICK_MS,
        duration_ms=float(ticks * TICK_MS),
        second_of_day=stage.second_of_day,
        seed=seed,
        events=tuple(sorted(events, key=_start_ms)),
        audio={
            Channel.USER: Track(samples=user, rate_hz=USER_HZ),
            Channel.MODEL: Track(samples=model, rate_hz=MODEL_HZ),
        },
        frames=tuple(frame for frame in stage.frames if frame.at_ms < ticks * TICK_MS),
        meta={
            "split": stage.split,
            "voice": stage.voice.name,
            "acts": [e.text for e in act_spans(stage)],
            "setting": vars(setting),
        },
    )


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
        now_ms=float(rng.uniform(300, 1500)),
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


def weights_of(acts: Sequence[str] | str) -> Mapping[str, float]:
    """How often each act is played. Raises ValueError for an unknown mixture or act."""
    if isinstance(acts, str):
        if acts not in MIXTURES:
            raise ValueError(f"There is no mixture {acts!r}; choose from {', '.join(MIXTURES)}.")
        return MIXTURES[acts]
    for name in acts:
        if name not in ACTS:
            raise ValueError(f"There is no act {name!r}; choose from {', '.join(ACTS)}.")
    return {name: MIXTURES["all"][name] for name in acts}


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


def mix_model(stage: Stage, ticks: int) -> Samples:
    """The model's track, 24 kHz [ticks * 4800]: zeros where it is silent."""
    track = np.zeros(ticks * MODEL_TICK, np.float32)
    for spoken in stage.spoken:
        samples = spoken.own.samples[: (spoken.end - spoken.tick) * MODEL_TICK]
        if spoken.cut is not None and len(samples) > 240:
            samples = samples.copy()
            samples[-240:] *= np.linspace(1, 0, 240, dtype=np.float32)
        sound.add(track, samples, spoken.tick * MODEL_TICK)
    return track


def mix_user(stage: Stage, ticks: int, setting: Setting, model: Samples, rng: np.random.Generator) -> Samples:
    """The microphone's track, 16 kHz [ticks * 3200]."""
    track = np.zeros(ticks * USER_TICK, np.float32)
    for clip in stage.clips:
        level = setting.level_dbfs + clip.gain_db
        sound.add(track, sound.to_level(clip.samples, level), round(clip.at_ms * USER_HZ / 1000))
    if setting.room:
        track = sound.convolve(track, sound.room(rng))
    if setting.echo_db is not None and stage.spoken:
        delay = round((TICK_MS + setting.echo_ms) * USER_HZ / 1000)
        echo = sound.convolve(at_rate(model, MODEL_HZ), sound.room(rng))
        sound.add(track, sound.to_level(echo, setting.level_dbfs + setting.echo_db), delay)
    if setting.snr_db is not None:
        level = sound.gain(setting.level_dbfs - setting.snr_db)
        track += np.float32(level) * sound.NOISES[setting.noise](rng, len(track))
    if setting.tone_db:
        track = sound.convolve(track, sound.microphone(rng, setting.tone_db))
    if setting.low_pass_hz is not None:
        track = sound.band(track, 0, setting.low_pass_hz)
    if setting.telephone:
        track = sound.band(track, 300, 3400)
    return sound.limited(track)


def lose(user: Samples, rng: np.random.Generator) -> list[Event]:
    """Chunks that were lost or came too late: holes of 20 to 500 ms in the user's track, in place, one in every 4 s or so."""
    holes: list[Event] = []
    end_ms = 1000 * len(user) // USER_HZ
    at_ms = rng.exponential(4000)
    while at_ms < end_ms - 20:
        until_ms = min(at_ms + rng.uniform(20, 500), end_ms)
        user[round(at_ms * USER_HZ / 1000) : round(until_ms * USER_HZ / 1000)] = 0
        holes.append(Missing(at_ms=float(at_ms), until_ms=float(until_ms), channel=Channel.USER))
        at_ms = until_ms + rng.exponential(4000)
    return holes


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
