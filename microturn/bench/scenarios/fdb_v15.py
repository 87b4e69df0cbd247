"""Full-Duplex-Bench v1.5 in little: somebody speaks into a long count, and the same scene in which nobody does.

The two scenes of a pair are played from one seed: the same request, room and noise. What is not meant for the model
sounds as in the paper (arXiv 2507.23159): the user turned to somebody else is 8 dB softer, dull above 4 kHz and has two
echoes; background speech is another voice, 15 dB softer, without what is above 3 kHz, with one echo.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from microturn.bench.rules.fdb_v15 import DESIRED
from microturn.bench.scenarios.factory import first_seed
from microturn.bench.scenarios.onstage import play, stage_of
from microturn.bench.task import Scenario
from microturn.data import sound
from microturn.data.acts.sentences import sentence
from microturn.data.acts.talk import BARGE_MS, spread
from microturn.data.script import Clip, Samples, Speaker, Spoken, Stage, Told, at_rate, reply_tick
from microturn.features.numbers import number_words
from microturn.protocol.clock import TICK_MS
from microturn.protocol.media import USER_HZ

SUITE = 11
NUMBERS_SAID = 15
INTO_MS = (1800.0, 2400.0)  # after the answer is first heard; the paper's events come about 4 s after the request
ADDRESSED = tuple("mother father sister brother uncle friend".split())  # noqa: SIM905
ASIDES = (
    "can you open the window please",
    "did you find my jacket",
    "where is my coffee",
    "what is for dinner",
    "please bring me the newspaper",
    "did you wash the plate",
)
MURMURS = ("mm hmm", "yeah", "right", "okay")


@dataclass(frozen=True, kw_only=True)
class Event:
    """A disturbance: when it is heard, and its words."""

    at_ms: float
    until_ms: float
    text: str


def make(n: int, seed_base: int) -> list[Scenario]:
    """`n` items: of each kind in turn a disturbed scene and then its clean twin."""
    kinds = tuple(DESIRED)
    made: list[Scenario] = []
    for pair in range(-(-n // 2)):
        made += _pair(kinds[pair % len(kinds)], first_seed(SUITE, seed_base + pair), pair)
    return made[:n]


def _pair(kind: str, seed: int, pair: int) -> list[Scenario]:
    name = f"{pair:04d}-{kind}-{seed}"
    noisy, event, request = _played(kind, seed, disturbed=True)
    clean, _, _ = _played(kind, seed, disturbed=False)
    noisy.now_ms = clean.now_ms = float(max(noisy.end_tick, clean.end_tick) * TICK_MS)
    meta: Mapping[str, Any] = {"seed": seed, "split": "test", "request": request}
    about = {"event_ms": [event.at_ms, event.until_ms], "event": event.text, "twin": f"{name}-clean"}
    return [
        Scenario(id=name, kind=kind, timeline=play(noisy, seed), meta={**meta, **about}),
        Scenario(id=f"{name}-clean", kind=kind, timeline=play(clean, seed), meta={**meta, "twin": name}),
    ]


def _played(kind: str, seed: int, *, disturbed: bool) -> tuple[Stage, Event, str]:
    """The stage of one of the twins after its last event; the clean one's event did not happen."""
    stage = stage_of(seed)
    low = stage.whole(1, 5)
    last = low + NUMBERS_SAID - 1
    first, final = number_words(low)[0], " ".join(number_words(last))
    carrier = stage.pick(("count from LOW to HIGH", "please count from LOW to HIGH", "can you count from LOW to HIGH"))
    request = carrier.replace("LOW", first).replace("HIGH", final)
    told = stage.tell(request)
    spoken = stage.say(spread(low, last), reply_tick(told.until_ms))
    stage.expect(first, spoken.tick, task="turntaking")
    at_ms = (spoken.tick + 1) * TICK_MS + stage.between(*INTO_MS)
    event = Event(at_ms=at_ms, until_ms=at_ms, text="")
    if disturbed:
        stage.now_ms = at_ms
        event = EVENTS[kind](stage, spoken)
        stage.now_ms = max(stage.now_ms, event.until_ms)
    return stage, event, request


def _interrupts(stage: Stage, spoken: Spoken) -> Event:
    """The user asks for something else: the model falls silent after the first word, and answers."""
    words = stage.pick_words(1)
    opening = stage.pick(("", "no ", "wait "))
    told = stage.tell(f"{opening}say the word {words[0]}")
    stage.cut(spoken, min(reply_tick(told.words[0].until_ms), reply_tick(told.at_ms + BARGE_MS - 60)))
    stage.reply(words[0], told, task="interruption")
    return _of(told)


def _murmurs(stage: Stage, spoken: Spoken) -> Event:
    del spoken
    return _of(stage.tell(stage.pick(MURMURS)))


def _asides(stage: Stage, spoken: Spoken) -> Event:
    """The user says something to somebody else, who is called by name."""
    del spoken
    return _beside(stage, stage.voice, f"{stage.pick(ADDRESSED)} {stage.pick(ASIDES)}", aside, -8.0)


def _behind(stage: Stage, spoken: Spoken) -> Event:
    """Somebody else talks in the background."""
    del spoken
    return _beside(stage, stage.pick(stage.others), sentence(stage), background, -15.0)


def _of(told: Told) -> Event:
    return Event(at_ms=told.at_ms, until_ms=told.until_ms, text=" ".join(word.text for word in told.words))


def _beside(stage: Stage, voice: Speaker, text: str, colour: Callable[[Samples], Samples], gain_db: float) -> Event:
    """Speech that is not for the model and that it does not write."""
    speech = voice.say(text, seed=int(stage.rng.integers(1 << 30)), speed=stage.speed)
    lead_ms, until_ms = speech.words[0].at_ms, speech.words[-1].until_ms
    samples = colour(at_rate(speech.samples, speech.rate_hz))
    at_ms = stage.now_ms
    stage.clips.append(Clip(at_ms=at_ms - lead_ms, samples=samples, who="other", gain_db=gain_db))
    event = Event(at_ms=at_ms, until_ms=at_ms + until_ms - lead_ms, text=text)
    stage.mark("word", event.at_ms, event.until_ms, text, who="other", data={"voice": voice.name})
    return event


def aside(samples: Samples) -> Samples:
    """A voice that is turned away, 16 kHz: 5 dB duller above 4 kHz, echoes after 45 ms (-6 dB) and 120 ms (-12 dB)."""
    dull = sound.band(samples, 0, 4000)
    shelved = dull + np.float32(sound.gain(-5)) * (samples - dull)
    return echoed(shelved.astype(np.float32), ((45, -6), (120, -12)))


def background(samples: Samples) -> Samples:
    """A voice in the background, 16 kHz: nothing above 3 kHz, an echo after 100 ms (-10 dB)."""
    return echoed(sound.band(samples, 0, 3000), ((100, -10),))


def echoed(samples: Samples, echoes: tuple[tuple[float, float], ...]) -> Samples:
    """Samples with their echoes, each (ms later, dB), and as much longer as the last one needs."""
    longest = max(round(late_ms * USER_HZ / 1000) for late_ms, _ in echoes)
    wet = np.concatenate([samples, np.zeros(longest, np.float32)])
    for late_ms, gain_db in echoes:
        sound.add(wet, np.float32(sound.gain(gain_db)) * samples, round(late_ms * USER_HZ / 1000))
    return wet


EVENTS: Mapping[str, Callable[[Stage, Spoken], Event]] = {
    "user_interruption": _interrupts,
    "user_backchannel": _murmurs,
    "talking_to_other": _asides,
    "background_speech": _behind,
}
