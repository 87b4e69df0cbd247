"""What an importer gives: items, each a Timeline or the reason why there is none.

A `Recording` is read only when it is taken; whatever is wrong with it becomes a `Skipped`, so that one bad recording
never stops the others. A long one becomes several items, cut where nobody is speaking (`windows`).
"""

import math
import struct
import unicodedata
import zlib
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from microturn.data.corpora.lag import put_out
from microturn.data.corpora.windows import windows
from microturn.protocol.clock import DAY_S
from microturn.protocol.events import Channel, Frame, Span, Word
from microturn.protocol.timeline import Timeline, Track

BACKWARDS_MS = 50.0  # rounding of a corpus's own times may take a word this far before the one in front of it
PAST_END_MS = 200.0  # and this far past the end of the sound
SHORTEST_MS = 20.0  # a word takes at least this long
SILENT = 1e-4  # a recording that never exceeds this holds nothing
NOBODY = -1  # no channel is the model's
MOST_HOURS = 4.0  # a recording is held in memory: 0.23 GB an hour for the user's side, 0.35 GB for the model's
BROKEN = (ValueError, OSError, KeyError, TypeError, IndexError, AttributeError, EOFError, zlib.error, struct.error)
LANGUAGES = {"english": "en", "eng": "en", "spanish": "es", "spa": "es", "french": "fr", "fra": "fr", "german": "de"}
LANGUAGES |= {"deu": "de", "italian": "it", "ita": "it", "portuguese": "pt", "por": "pt", "chinese": "zh", "zho": "zh"}
RawWord = tuple[str, float, float]


class Unusable(ValueError):
    """Why a recording is left out: `reason` is one of a few, `detail` says what was found and where."""

    def __init__(self, reason: str, detail: str = "") -> None:
        super().__init__(f"{reason}: {detail}" if detail else reason)
        self.reason, self.detail = reason, detail


@dataclass(frozen=True, kw_only=True)
class Skipped:
    """No Timeline, and why: `reason` is one of a few and can be counted, `detail` is of this item."""

    reason: str
    detail: str = ""


Item = tuple[str, Timeline | Skipped]


@dataclass(frozen=True, kw_only=True)
class Options:
    """How to take a corpus. `model_channel` is the model's channel (`NOBODY`: none is), None where the source says it;
    `model_speaker` the speaker whose words are the model's; a recording that states a language not among `languages`
    is left out. `spread` takes transcripts without times, their words spread evenly over the sound and marked so."""

    window_s: float = 60.0
    model_channel: int | None = None
    model_speaker: str | None = None
    languages: tuple[str, ...] = ("en",)
    source: str = "unnamed"
    licence: str = "unknown"
    split: str = "train"
    spread: bool = False
    frames_hz: float = 5.0

    def __post_init__(self) -> None:
        if self.window_s < 1:
            raise ValueError(f"a window must last at least 1 s, got {self.window_s}")
        if not 0 < self.frames_hz <= 5:
            raise ValueError(f"pictures come at up to 5 a second, one a tick; got {self.frames_hz}")


@dataclass(frozen=True, kw_only=True)
class Source:
    """A recording that was read: its Timeline, pictures that are decoded as they are asked for, in order of time, the
    language it states, and whether the model's voice lies where it was heard rather than where it was put out; if so,
    `lasts_ms` is how long the session was, where it is known."""

    timeline: Timeline
    frames: Iterable[Frame] = ()
    language: str = ""
    as_heard: bool = True
    lasts_ms: float | None = None


@dataclass(frozen=True, kw_only=True)
class Recording:
    """A recording of a corpus, not yet read; `read` raises whatever is wrong with it."""

    name: str
    read: Callable[[], Source]


def items(recordings: Iterable[Recording], options: Options) -> Iterator[Item]:
    """All items of all recordings."""
    for recording in recordings:
        yield from taken(recording, options)


def taken(recording: Recording, options: Options) -> Iterator[Item]:
    """The items of one recording, windows of at most `options.window_s`; what is wrong is told, not raised."""
    try:
        yield from _items(recording.name, recording.read(), options)
    except Unusable as error:
        yield recording.name, Skipped(reason=error.reason, detail=error.detail)
    except BROKEN as error:
        yield recording.name, Skipped(reason="cannot be read", detail=f"{type(error).__name__}: {error}")


def _items(name: str, source: Source, options: Options) -> Iterator[Item]:
    check_language(source.language, options)
    timeline, frames = source.timeline, iter(source.frames)
    check_sound(timeline)
    if source.as_heard:
        timeline, late_ms = put_out(timeline, source.lasts_ms)
        frames = (replace(frame, at_ms=frame.at_ms + late_ms) for frame in frames)
    whole_ms = timeline.duration_ms
    for number, part in enumerate(windows(timeline, frames, options.window_s * 1000)):
        id = name if whole_ms <= options.window_s * 1000 else f"{name}-{number:03d}"
        if isinstance(part, Timeline):
            yield id, credited(part, part.duration_ms / whole_ms, options)
        else:
            at_s, until_s = (round(ms / 1000, 1) for ms in part)
            yield (
                id,
                Skipped(reason="no place to cut", detail=f"somebody is speaking all through {at_s} to {until_s} s"),
            )


def credited(timeline: Timeline, share: float, options: Options) -> Timeline:
    """With its split and provenance: its own for this `share` of it, or that of the options."""
    own: list[dict[str, Any]] = list(timeline.meta.get("provenance", ()))
    provenance = [{**one, "seconds": round(one["seconds"] * share, 3)} for one in own]
    seconds = round(timeline.duration_ms / 1000, 3)
    provenance = provenance or [{"source": options.source, "licence": options.licence, "seconds": seconds}]
    return replace(timeline, meta={**timeline.meta, "split": options.split, "provenance": provenance})


def timeline_of(
    name: str, tracks: dict[Channel, Track], words: Sequence[Word], *, timed: str, meta: dict[str, Any] | None = None
) -> Timeline:
    """A Timeline of both sides' tracks and words. `timed` says where the words' times come from: "exact" and "aligned"
    make them truths of the sound (`word` spans, which train hearing), "cue" and "spread" do not.

    The hour of a foreign recording is not known (`meta` may have it as "second_of_day"): it is drawn from its name, so
    that no hour is special.
    """
    meta = dict(meta or {})
    second_of_day = meta.pop("second_of_day", zlib.crc32(name.encode()) % DAY_S)
    spans = [
        Span(at_ms=word.at_ms, until_ms=word.until_ms, kind="word", text=word.text)
        for word in words
        if word.channel == Channel.HEARD and timed in ("exact", "aligned")
    ]
    return Timeline(
        duration_ms=max((track.duration_ms for track in tracks.values()), default=0.0),
        second_of_day=float(second_of_day),
        events=tuple(sorted([*words, *spans], key=lambda event: event.at_ms)),
        audio=tracks,
        meta={**meta, "timed": timed},
    )


def spoken(raw: Iterable[RawWord], channel: Channel, duration_ms: float) -> list[Word]:
    """Checked words (text, start ms, end ms) of one side. Raises `Unusable` for times that run backwards or past the end."""
    words: list[Word] = []
    before_ms = 0.0
    for number, (text, at_ms, until_ms) in enumerate(raw, start=1):
        which = f"word {number} {text!r}"
        if not (math.isfinite(at_ms) and math.isfinite(until_ms)):
            raise Unusable("times are not numbers", which)
        if until_ms < at_ms or at_ms < before_ms - BACKWARDS_MS:
            raise Unusable(
                "times run backwards", f"{which} at {at_ms:.0f} to {until_ms:.0f} ms, after {before_ms:.0f} ms"
            )
        if until_ms > duration_ms + PAST_END_MS:
            raise Unusable(
                "times past the end", f"{which} ends at {until_ms:.0f} ms, the sound at {duration_ms:.0f} ms"
            )
        before_ms = at_ms
        if text := plain(text):
            until_ms = min(max(until_ms, at_ms + SHORTEST_MS), duration_ms)
            at_ms = max(0.0, min(at_ms, until_ms - SHORTEST_MS))
            words.append(Word(at_ms=at_ms, until_ms=until_ms, channel=channel, text=text))
    return sorted(words, key=lambda word: word.at_ms)


def plain(text: str) -> str:
    """A word as the vocabulary has it: lower case, composed, without the punctuation around it; empty if that is all."""
    text = unicodedata.normalize("NFC", text).strip().lower().replace("\u2019", "'")
    while text and unicodedata.category(text[0])[0] in "PS" and text[0] != "'":
        text = text[1:]
    while text and unicodedata.category(text[-1])[0] in "PS" and text[-1] not in "'%":
        text = text[:-1]
    return text if any(letter.isalnum() for letter in text) else ""


def shared_out(text: str, at_ms: float, until_ms: float) -> list[RawWord]:
    """The words of a text over a stretch of time, each in proportion to its length."""
    words = text.split()
    letters, total = 0, sum(map(len, words))
    timed: list[RawWord] = []
    for word in words:
        first, letters = letters, letters + len(word)
        span_ms = until_ms - at_ms
        timed.append((word, at_ms + span_ms * first / total, at_ms + span_ms * letters / total))
    return timed


def model_side(channels: int, said: int | None, options: Options) -> int | None:
    """Which channel is the model's, None for none: what the options say, else what the source says; one channel alone
    is the user's. Raises `Unusable` where nobody says."""
    chosen = said if options.model_channel is None else options.model_channel
    if chosen is None and channels > 1:
        raise Unusable(
            "the model's channel is not said", f"{channels} channels: give --model-channel, a number or none"
        )
    if chosen is not None and chosen >= channels:
        raise Unusable("the model's channel is missing", f"channel {chosen} of {channels} (counted from 0)")
    return None if chosen == NOBODY else chosen


def check_language(stated: str, options: Options) -> None:
    """Raises `Unusable` when a language is stated and is none of the options'."""
    tag = stated.strip().lower().replace("_", "-").split("-")[0]
    if tag and LANGUAGES.get(tag, tag) not in options.languages:
        raise Unusable("unknown language", f"{stated!r} is not among {', '.join(options.languages)}: see --languages")


def check_sound(timeline: Timeline) -> None:
    """Raises `Unusable` when there is nothing to hear."""
    if not any(len(track.samples) for track in timeline.audio.values()):
        raise Unusable("empty audio", "there is not a single sample")
    if all(not len(t.samples) or max(t.samples.max(), -t.samples.min()) < SILENT for t in timeline.audio.values()):
        raise Unusable("empty audio", "it is silent from beginning to end")


def name_of(path: Path, root: Path) -> str:
    """A file's name in its corpus: its path below the root, without the ending."""
    return (path.relative_to(root) if path.is_relative_to(root) else Path(path.name)).with_suffix("").as_posix()
