"""Records Kokoro's speakers, or those of hibari or espeak, so that training can splice their voices (`spliced`) hundreds of times faster.

    python -m microturn.data.voices.bank --out DIR/kokoro --voices VOICES --speakers 12
    python -m microturn.data.voices.bank --out DIR/hibari --engine hibari --speakers 24

Each speaker says about 55 texts that users say in the acts, and lists of ten words in which every other word of the
lexicon occurs. A speaker of Kokoro's takes about four minutes on one thread, one of the others' five seconds. Stop and start it at will: whole speakers are kept,
and what they lack (words that the lexicon has gained, more `--minutes`) is added. `MICROTURN_DATA=DIR` puts them among
the training voices.
"""

import argparse
import zlib
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from itertools import chain, pairwise
from pathlib import Path

import numpy as np

from microturn.data.lexicon import WORDS
from microturn.data.scene import Cast, draw_session
from microturn.data.voices import espeak, hibari
from microturn.data.voices.kokoro import SPEAKERS, Kokoro, packaged_model
from microturn.data.voices.takes import load_recording, save_recording, spoken_in
from microturn.data.voices.voice import Sound, Speech, Voice, plain_words
from microturn.protocol.clock import MonotonicClock

Say = Callable[[str, float], Speech]  # text, speed
TEXTS, LIST_WORDS = 55, 10
SESSIONS, SESSION_S = 40, 60.0
SLOWEST, FASTEST = 0.85, 1.25


@dataclass(frozen=True, slots=True)
class _Still:
    """What the model says, in silence: a tick a word."""

    samples: np.ndarray
    words: tuple[tuple[str, int, int], ...]


class _Scribe:
    """A voice without sound that writes down what it is asked to say."""

    name = "scribe"

    def __init__(self) -> None:
        self.texts: list[str] = []

    def say(self, text: str, *, seed: int = 0, speed: float = 1.0) -> Speech:
        self.texts.append(" ".join(plain_words(text)))
        words = tuple(Sound(word, 300.0 * i, 300.0 * i + 300) for i, word in enumerate(plain_words(text)))
        return Speech(np.zeros(16, np.float32), 16000, words, ())


def user_texts(seed: int) -> list[str]:
    """What the user says in training sessions drawn from `seed`, each text once, in order."""
    scribe = _Scribe()
    who = Cast(users=(scribe,), own=lambda text: _Still(np.zeros(16, np.float32), _ticks(text)))
    for session in range(SESSIONS):
        draw_session(np.random.default_rng([seed, session]), SESSION_S, split="train", who=who)
    return list(dict.fromkeys(scribe.texts))


def _ticks(text: str) -> tuple[tuple[str, int, int], ...]:
    return tuple((word, tick, 1) for tick, word in enumerate(text.split()))


def telling(texts: Sequence[str], count: int) -> list[str]:
    """`count` of the texts, greedily those whose word pairs, not yet covered, are the most frequent for their length."""
    pairs_of = {text: set(pairwise(["", *text.split(), ""])) for text in texts}
    frequency = Counter(pair for pairs in pairs_of.values() for pair in pairs)
    chosen: list[str] = []
    covered: set[tuple[str, str]] = set()
    for _ in range(min(count, len(pairs_of))):
        rest = [text for text in texts if text not in chosen]
        best = max(
            rest, key=lambda text: sum(frequency[p] for p in pairs_of[text] - covered) / (len(pairs_of[text]) + 1)
        )
        chosen.append(best)
        covered |= pairs_of[best]
    return chosen


def script(seed: int) -> Iterator[str]:
    """Texts without end: frequent ones, then the rest of the lexicon in lists, then whatever users say."""
    texts = user_texts(seed)
    chosen = telling(texts, TEXTS)
    yield from chosen
    rng = np.random.default_rng(seed)
    said = {word for text in chosen for word in text.split()}
    rest = [word for word in WORDS if word not in said]
    yield from lists([rest[int(i)] for i in rng.permutation(len(rest))])
    others = [text for text in texts if text not in chosen]
    while True:
        yield others[int(rng.integers(len(others)))]


def lists(words: Sequence[str]) -> Iterator[str]:
    for first in range(0, len(words), LIST_WORDS):
        yield ", ".join(words[first : first + LIST_WORDS]) + "."


def record(folder: Path, name: str, say: Say, minutes: float) -> float:
    """Record what a speaker lacks: words of the lexicon, and more until `minutes` are full. Returns the new seconds."""
    path = folder / f"{name}.json"
    spoken = spoken_in(load_recording(path)) if path.exists() else []
    there_s = _seconds(spoken)
    said = {word.text for _, speech in spoken for word in speech.words}
    missing = [word for word in WORDS if word not in said]
    seed = zlib.crc32(name.encode()) + len(spoken)
    rng = np.random.default_rng(seed)
    texts = chain(lists(missing), script(seed)) if spoken else script(seed)
    while missing or _seconds(spoken) < 60 * minutes:
        speed = round(float(rng.uniform(SLOWEST, FASTEST)), 3)
        speech = say(next(texts), speed)
        spoken.append((speed, speech))
        said.update(word.text for word in speech.words)
        missing = [word for word in missing if word not in said]
    if _seconds(spoken) > there_s:
        save_recording(folder, name, spoken)
    return _seconds(spoken) - there_s


def _seconds(spoken: Sequence[tuple[float, Speech]]) -> float:
    return sum(len(speech.samples) / speech.rate_hz for _, speech in spoken)


def make_bank(folder: Path, names: Sequence[str], say_of: Callable[[str], Say], minutes: float) -> Iterator[str]:
    """Record the speakers one after the other, and yield a line about each."""
    clock = MonotonicClock()
    for number, name in enumerate(names, start=1):
        began_ms = clock.now_ms()
        new_s = record(folder, name, say_of(name), minutes)
        took_s = (clock.now_ms() - began_ms) / 1000
        about = f"{new_s:.0f} s of speech in {took_s:.0f} s, {new_s / took_s:.2f} x real time" if new_s else "is there"
        yield f"{number}/{len(names)} {name}: {about}"


def kokoro_says(model: Path, voices: Path) -> Callable[[str], Say]:
    def say_of(name: str) -> Say:
        voice = Kokoro(model=model, voices=voices, voice=name)
        return lambda text, speed: voice.say(text, speed=speed)

    return say_of


def made_names(engine: str, count: int) -> list[str]:
    """`count` of the training speakers of hibari or espeak, spread evenly over all, as names of files."""
    names = list(_made(engine))
    return [names[int(i)] for i in np.linspace(0, len(names) - 1, min(count, len(names))).round()]


def made_says(engine: str) -> Callable[[str], Say]:
    def say_of(name: str) -> Say:
        voice = _made(engine)[name]
        return lambda text, speed: voice.say(text, seed=zlib.crc32(text.encode()), speed=speed)

    return say_of


def _made(engine: str) -> dict[str, Voice]:
    speakers = hibari.speakers("train") if engine == "hibari" else espeak.speakers("train")
    return {voice.name.removeprefix(f"{engine}/").replace("/", "_"): voice for voice in speakers}


def main() -> None:
    """Record a bank: `python -m microturn.data.voices.bank --help`."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--model", type=Path, help="the ONNX file; by default that of the extra `kokoro`")
    parser.add_argument("--engine", choices=("kokoro", "hibari", "espeak"), default="kokoro")
    parser.add_argument("--voices", type=Path, help="the folder of .bin files of kokoro-js; needed for Kokoro")
    parser.add_argument(
        "--speakers", type=int, default=12, help=f"how many of Kokoro's {len(SPEAKERS)}, or hibari's 120"
    )
    parser.add_argument("--minutes", type=float, default=5.0, help="speech of each; more where the lexicon needs it")
    args = parser.parse_args()
    if args.engine == "kokoro" and args.voices is None:
        parser.error("Kokoro needs --voices: the folder of its .bin files")
    if args.engine == "kokoro":
        names, say_of = list(SPEAKERS[: args.speakers]), kokoro_says(args.model or packaged_model(), args.voices)
    else:
        names, say_of = made_names(args.engine, args.speakers), made_says(args.engine)
    for line in make_bank(args.out, names, say_of, args.minutes):
        print(line, flush=True)


if __name__ == "__main__":
    main()
