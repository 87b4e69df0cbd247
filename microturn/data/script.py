"""A stage on which acts are played: who says what when, on one media clock, before anything is mixed.

An act moves the clock forward by letting the user `tell` things and the model `say` and `note` things. The stage keeps
exact times of every word. Conventions, used by training and by the bench alike:

- the input of tick k holds media time [200k, 200k + 200); what the model puts out in answer has `at_ms = 200k` and is
  heard by the user from 200(k + 1) on;
- the model may answer in the first tick whose input contains the end of the user's last word plus `SETTLE_MS`;
  a text of the background may be answered in the tick in which it arrives;
- spans: `word` and `phone` (who speaks), `told` (what the user was to say), `picked` (words drawn for an act), `act`,
  `expect` (text to be said; the first word's `at_ms` has to lie inside),
  `quiet` (no word of the model may start), `keep` (the model must go on speaking), `interrupt` (it must fall silent
  by `data["clear_by_ms"]`), `pause` (a hole inside a request), `music` and `noise` (the world sounds).
"""

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import lru_cache
from types import MappingProxyType
from typing import Any, Protocol, TypeVar, runtime_checkable

import numpy as np
import soxr
from numpy.typing import NDArray

from microturn.data import sound
from microturn.data.lexicon import COLOURS, NOUNS, NUMBERS, WORDS
from microturn.features.sequence import SETTLE_MS
from microturn.protocol.clock import TICK_MS
from microturn.protocol.events import Channel, Clear, Do, Event, Frame, Span, Text, Word
from microturn.protocol.media import USER_HZ

LATE_MS = 1200.0
Samples = NDArray[np.float32]
T = TypeVar("T")
_INDEX = {word: index for index, word in enumerate(WORDS)}
_AS_SPELLED: Mapping[str, str] = MappingProxyType({})


class Timed(Protocol):
    """A word or phone with its time inside an utterance."""

    @property
    def text(self) -> str: ...
    @property
    def at_ms(self) -> float: ...
    @property
    def until_ms(self) -> float: ...


class Uttered(Protocol):
    """What a user's voice returns; `microturn.data.voices.voice.Speech` is one."""

    @property
    def samples(self) -> Samples: ...
    @property
    def rate_hz(self) -> float: ...
    @property
    def words(self) -> Sequence[Timed]: ...
    @property
    def phones(self) -> Sequence[Timed]: ...


class Speaker(Protocol):
    """A user's voice."""

    @property
    def name(self) -> str: ...

    def say(self, text: str, *, seed: int = 0, speed: float = 1.0) -> Uttered: ...


@runtime_checkable
class Polyglot(Protocol):
    """A voice that can be had in other languages, by their two letters ("es")."""

    def speaking(self, language: str) -> Speaker: ...


def languages_of(speaker: Speaker) -> tuple[str, ...]:
    """The languages in which a voice can say any word; none where it is bound to the words it was recorded with.

    A voice that says nothing about it (no attribute `languages`) speaks English.
    """
    return tuple(getattr(speaker, "languages", ("en",)))


def in_language(speaker: Speaker, language: str) -> Speaker:
    """The same speaker in another language. ValueError when it speaks none but its own."""
    if language == "en":
        return speaker
    if not isinstance(speaker, Polyglot):
        raise ValueError(f"the voice {speaker.name} does not speak {language!r}; choose one of espeak-ng's or hibari's")
    return speaker.speaking(language)


class OwnUttered(Protocol):
    """The model's voice: 24 kHz samples [S]; `words` are (word, first tick, ticks), aligned to ticks."""

    @property
    def samples(self) -> Samples: ...
    @property
    def words(self) -> Sequence[tuple[str, int, int]]: ...


OwnSay = Callable[[str], OwnUttered]


def remembering(say: OwnSay, size: int = 1024) -> OwnSay:
    """The same voice with its latest phrases kept: the model says the same few things very often."""
    return lru_cache(maxsize=size)(say)


@dataclass(frozen=True, kw_only=True)
class Clip:
    """16 kHz samples [S] on the user's channel; `who` is user, other or world; `gain_db` is relative to the user.

    `place` is where it comes from in a room with places (`sound.rooms.PLACES`), and `dry` what it is without a room.
    """

    at_ms: float
    samples: Samples
    who: str = "user"
    gain_db: float = 0.0
    place: int = 0
    dry: Samples | None = None


@dataclass(frozen=True, kw_only=True)
class Spoken:
    """An utterance of the model from tick `tick` on, cut before tick `cut` (None: not cut)."""

    tick: int
    own: OwnUttered
    cut: int | None = None

    @property
    def end(self) -> int:
        """The first tick after it."""
        full = self.tick + max((first + count for _, first, count in self.own.words), default=0)
        return full if self.cut is None else min(full, self.cut)


@dataclass(frozen=True, kw_only=True)
class Told:
    """Words of the user with their media times."""

    words: tuple[Word, ...]

    @property
    def at_ms(self) -> float:
        return self.words[0].at_ms

    @property
    def until_ms(self) -> float:
        return self.words[-1].until_ms


def tick_of(at_ms: float) -> int:
    """The tick whose input contains `at_ms`."""
    return int(at_ms // TICK_MS)


def reply_tick(until_ms: float) -> int:
    """The first tick in which a word that ended at `until_ms` can be answered."""
    return tick_of(until_ms + SETTLE_MS)


@dataclass
class Stage:
    """One session being played. All randomness comes from `rng`; nothing reads a clock."""

    rng: np.random.Generator
    voice: Speaker
    own: OwnSay
    others: Sequence[Speaker] = ()
    split: str = "train"
    second_of_day: float = 0.0
    speed: float = 1.0
    hesitancy: float = 0.2
    typing: bool = False  # the user writes what would be told
    now_ms: float = 0.0
    clips: list[Clip] = field(default_factory=list[Clip])
    spoken: list[Spoken] = field(default_factory=list[Spoken])
    events: list[Event] = field(default_factory=list[Event])
    frames: list[Frame] = field(default_factory=list[Frame])

    # Chance.

    def chance(self, probability: float) -> bool:
        return bool(self.rng.random() < probability)

    def between(self, low: float, high: float) -> float:
        return float(self.rng.uniform(low, high))

    def whole(self, low: int, high: int) -> int:
        """A whole number from low to high, both included."""
        return int(self.rng.integers(low, high + 1))

    def pick(self, options: Sequence[T]) -> T:
        return options[int(self.rng.integers(len(options)))]

    def sayable(self, text: str) -> bool:
        """Whether this user's voice can say it: any words in English, or those of the lexicon it was recorded with."""
        return "en" in languages_of(self.voice) or all(word in _INDEX for word in text.split())

    def pick_sayable(self, options: Sequence[str]) -> str:
        """One of the options that this user's voice can say."""
        return self.pick([option for option in options if self.sayable(option)])

    def pick_words(self, count: int, *, avoid: Sequence[str] = ()) -> list[str]:
        """`count` different content words; one combination in seven is kept for the tests and never trained on."""
        pool = [word for word in (*NOUNS, *COLOURS, *NUMBERS[:11]) if word not in avoid]
        words: list[str] = []
        for _ in range(50):
            words = [pool[int(i)] for i in self.rng.choice(len(pool), size=count, replace=False)]
            kept = sum(_INDEX[word] for word in words) % 7 == 0
            if count == 1 or kept == (self.split != "train"):
                break
        self.mark("picked", self.now_ms, self.now_ms, " ".join(words), who="world")
        return words

    def pick_apart(self, *pools: Sequence[Any]) -> tuple[Any, ...]:
        """One option of each pool; one combination in seven is kept for the tests and never trained on."""
        while True:
            at = [self.whole(0, len(pool) - 1) for pool in pools]
            if (sum(at) % 7 == 0) == (self.split != "train"):
                break
        picked = tuple(pool[index] for pool, index in zip(pools, at, strict=True))
        self.mark("picked", self.now_ms, self.now_ms, " ".join(map(str, picked)), who="world")
        return picked

    # The user.

    def pause(self, low_ms: float, high_ms: float) -> None:
        self.now_ms += self.between(low_ms, high_ms)

    def tell(
        self, text: str, *, task: str = "pause", language: str = "en", sounds: Mapping[str, str] = _AS_SPELLED
    ) -> Told:
        """The user speaks now; each `|` in the text is a place where this user may hesitate for 0.3 to 1.2 s.

        Where the user is typing, the whole text arrives in the next tick instead. `sounds` gives the spelling of words
        that this user mispronounces: the truth keeps the words that are meant.
        """
        if self.typing:
            return self._type(text.replace("|", " ").split())
        pieces = [piece.split() for piece in text.split("|")]
        holes = [self.chance(self.hesitancy) for _ in pieces[1:]]
        if holes and not any(holes) and self.chance(self.hesitancy):
            pieces[0] = pieces[0][: self.whole(1, 2)] + pieces[0]  # a false start
        groups = [pieces[0]]
        for piece, hole in zip(pieces[1:], holes, strict=True):
            if hole:
                groups.append([self.pick(("um", "uh")), *piece] if self.chance(0.3) else piece)
            else:
                groups[-1] = groups[-1] + piece
        words: list[Word] = []
        for index, group in enumerate(groups):
            if index:
                hole_ms = self.between(300, 1200)
                self.mark("pause", self.now_ms, self.now_ms + hole_ms)
                self.mark("quiet", self.now_ms, self.now_ms + hole_ms, data={"task": task})
                self.now_ms += hole_ms
            words += self._utter(group, language, sounds)
        return self._told(text, words)

    def tell_mixed(self, pieces: Sequence[tuple[str, str]], *, gap_ms: float = 60.0) -> Told:
        """The user changes languages within a sentence: pieces of (text, language), about `gap_ms` apart."""
        words: list[Word] = []
        for index, (text, language) in enumerate(pieces):
            self.now_ms += self.between(0.5 * gap_ms, 1.5 * gap_ms) if index else 0.0
            words += self._utter(text.split(), language)
        return self._told(" ".join(text for text, _ in pieces), words)

    def _type(self, words: list[str]) -> Told:
        self.now_ms = float(math.ceil(self.now_ms / TICK_MS) * TICK_MS)
        self.events.append(Text(at_ms=self.now_ms, channel=Channel.USER, text=" ".join(words)))
        written = [Word(at_ms=self.now_ms, until_ms=self.now_ms, channel=Channel.HEARD, text=word) for word in words]
        return self._told(" ".join(words), written)

    def _told(self, text: str, words: Sequence[Word]) -> Told:
        """Marks what the user was told to say, without hesitations."""
        self.mark("told", words[0].at_ms, words[-1].until_ms, " ".join(text.replace("|", " ").split()))
        return Told(words=tuple(words))

    def _utter(self, words: list[str], language: str = "en", sounds: Mapping[str, str] = _AS_SPELLED) -> list[Word]:
        text = " ".join(sounds.get(word, word) for word in words)
        voice = in_language(self.voice, language)
        speech = voice.say(text, seed=int(self.rng.integers(1 << 30)), speed=self.speed)
        if len(speech.words) != len(words):
            raise ValueError(f"voice {self.voice.name} timed {len(speech.words)} words of {' '.join(words)!r}")
        lead_ms = speech.words[0].at_ms
        at_ms = self.now_ms - lead_ms if lead_ms < self.now_ms else self.now_ms
        self.clips.append(Clip(at_ms=at_ms, samples=at_rate(speech.samples, speech.rate_hz)))
        for phone in speech.phones:
            self.mark("phone", at_ms + phone.at_ms, at_ms + phone.until_ms, phone.text)
        told: list[Word] = []
        for word, timed in zip(words, speech.words, strict=True):
            start, end = at_ms + timed.at_ms, at_ms + timed.until_ms
            told.append(Word(at_ms=start, until_ms=end, channel=Channel.HEARD, text=word))
            self.mark("word", start, end, word)
        self.events += told
        self.now_ms = told[-1].until_ms
        return told

    def other(self, text: str, *, at_ms: float, gain_db: float) -> float:
        """Somebody else speaks (television, next table): the model writes nothing of it. Returns the end in ms."""
        voice = self.pick(self.others) if self.others else self.voice
        speech = voice.say(text, seed=int(self.rng.integers(1 << 30)), speed=self.speed)
        dry = at_rate(speech.samples, speech.rate_hz)
        samples = sound.convolve(dry, sound.room(self.rng))
        place = 2 if self.others and voice is not self.others[0] else 1
        self.clips.append(Clip(at_ms=at_ms, samples=samples, who="other", gain_db=gain_db, place=place, dry=dry))
        end_ms = at_ms + 1000 * len(samples) / USER_HZ
        self.mark("word", at_ms, end_ms, text, who="other", data={"voice": voice.name})
        return end_ms

    def arrives(self, text: str, channel: Channel, at_ms: float) -> int:
        """A text of the background (a result, progress, an instruction) comes in. Returns its tick."""
        tick = math.ceil(at_ms / TICK_MS)
        self.events.append(Text(at_ms=float(tick * TICK_MS), channel=channel, text=text))
        return tick

    # The model.

    @property
    def free_tick(self) -> int:
        """The first tick in which the model is not speaking."""
        return max((spoken.end for spoken in self.spoken), default=0)

    def say(self, text: str, tick: int) -> Spoken:
        """The model speaks from `tick` on, or as soon as it has finished what it is saying."""
        spoken = Spoken(tick=max(tick, self.free_tick), own=self.own(text))
        self.spoken.append(spoken)
        return spoken

    def note(self, text: str, tick: int) -> None:
        """The model writes a note to itself."""
        self.events.append(Do(at_ms=float(tick * TICK_MS), text=text))

    def cut(self, spoken: Spoken, tick: int) -> Spoken:
        """The model yields in `tick`: it emits `Clear` and what it had still to say is never spoken."""
        cut = replace(spoken, cut=tick)
        self.spoken = [cut if one is spoken else one for one in self.spoken]
        self.events.append(Clear(at_ms=float(tick * TICK_MS)))
        return cut

    def reply(self, text: str, told: Told, *, task: str, late_ms: float = LATE_MS) -> Spoken:
        """The model answers what was told at once; the stage expects it and the user listens to the end."""
        spoken = self.say(text, reply_tick(told.until_ms))
        self.expect(text, spoken.tick, task=task, late_ms=late_ms, data={"request_end_ms": told.until_ms})
        self.hear_out(spoken)
        return spoken

    def hear_out(self, spoken: Spoken) -> None:
        """The user lets the model finish."""
        self.now_ms = max(self.now_ms, float((spoken.end + 1) * TICK_MS))

    # The truth.

    def expect(
        self,
        text: str,
        tick: int,
        *,
        task: str,
        early_ms: float = 200.0,
        late_ms: float = LATE_MS,
        data: dict[str, Any] | None = None,
    ) -> None:
        """The first word of `text` has to start no earlier than `early_ms` before and `late_ms` after `tick`."""
        at_ms = float(tick * TICK_MS)
        self.mark("expect", at_ms - early_ms, at_ms + late_ms, text, who="model", data={"task": task, **(data or {})})

    def mark(
        self,
        kind: str,
        at_ms: float,
        until_ms: float,
        text: str = "",
        *,
        who: str = "user",
        data: dict[str, Any] | None = None,
    ) -> None:
        self.events.append(Span(at_ms=at_ms, until_ms=until_ms, kind=kind, text=text, who=who, data=data or {}))

    # Undoing an act that did not fit.

    def lengths(self) -> tuple[float, int, int, int, int]:
        return self.now_ms, len(self.clips), len(self.spoken), len(self.events), len(self.frames)

    def rollback(self, lengths: tuple[float, int, int, int, int]) -> None:
        """Forget everything since `lengths` was taken."""
        self.now_ms, clips, spoken, events, frames = lengths
        del self.clips[clips:], self.spoken[spoken:], self.events[events:], self.frames[frames:]

    @property
    def end_tick(self) -> int:
        """The first tick after everything that happens."""
        return max(math.ceil(self.now_ms / TICK_MS), self.free_tick + 1)


def at_rate(samples: Samples, rate_hz: float, to_hz: int = USER_HZ) -> Samples:
    """Mono samples [S] at another rate, float32."""
    if rate_hz == to_hz:
        return np.asarray(samples, np.float32)
    return np.asarray(soxr.resample(samples, rate_hz, to_hz, quality="LQ"), np.float32)
