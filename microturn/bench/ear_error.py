"""How well a recogniser hears: its word error and how far off it puts words, on test voices of the data factory, text known.

It listens as it does to a system (`listening.with_words`). The sentences come from a seed; intervals are clustered by
sentence.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import NoReturn

import numpy as np

from microturn.bench.listening import Recogniser, with_words
from microturn.bench.scorers.intelligibility import spelled
from microturn.bench.scorers.wer import edit_distance
from microturn.bench.stats import Estimate, Observation, estimate
from microturn.data.acts.sentences import sentence
from microturn.data.script import Speaker, Stage, Uttered
from microturn.data.voices.registry import voices
from microturn.protocol.events import Channel
from microturn.protocol.timeline import Timeline, Track

SEED = 1_990_000_000  # apart from those of the suites
QUIET_MS = 250.0


@dataclass(frozen=True, kw_only=True)
class EarError:
    """Of one synthesiser's voices: word error rate, and how far off words are put, in ms.

    That is, for each sentence that was heard right, the median distance of its words' onsets from the true ones; and the
    median of that over sentences.
    """

    voices: str
    error: Estimate
    off_ms: Estimate


def measure(
    recogniser: Recogniser, n: int, *, speakers: Sequence[Speaker] | None = None, seed: int = SEED
) -> list[EarError]:
    """`n` sentences of each synthesiser, over its voices in turn (default: all voices of the test and unseen splits)."""
    speakers = [*voices("test"), *voices("unseen")] if speakers is None else speakers
    engines = list(dict.fromkeys(one.name.split("/")[0] for one in speakers))
    return [_of_engine(recogniser, engine, speakers, n, seed) for engine in engines]


def _of_engine(recogniser: Recogniser, engine: str, speakers: Sequence[Speaker], n: int, seed: int) -> EarError:
    own = [one for one in speakers if one.name.split("/")[0] == engine]
    errors: list[Observation] = []
    distances: list[Observation] = []
    for index in range(n):
        rng = np.random.default_rng([seed, index])
        voice = own[index % len(own)]
        text = sentence(Stage(rng=rng, voice=voice, own=_mute, split="test"))
        speech = voice.say(text, seed=index)
        words = with_words(_as_output(speech), recogniser).words(Channel.SAY)
        said, got = spelled(text), [token for word in words for token in spelled(word.text)]
        errors.append(Observation(value=edit_distance(said, got) / len(said), weight=len(said)))
        if said == got and len(words) == len(speech.words):
            off = [abs(a.at_ms - QUIET_MS - b.at_ms) for a, b in zip(words, speech.words, strict=True)]
            distances.append(Observation(value=float(np.median(off))))
    return EarError(voices=f"{engine} ({len(own)})", error=estimate(errors), off_ms=estimate(distances, how="median"))


def _as_output(speech: Uttered) -> Timeline:
    """The speech as if a system had said it, between silences."""
    rate_hz = round(speech.rate_hz)
    samples = np.pad(np.asarray(speech.samples, np.float32), round(QUIET_MS * rate_hz / 1000))
    track = Track(samples=samples, rate_hz=rate_hz)
    return Timeline(duration_ms=track.duration_ms, audio={Channel.MODEL: track})


def _mute(text: str) -> NoReturn:
    raise AssertionError(f"nobody answers {text!r} here")
