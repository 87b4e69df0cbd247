"""Films, talks and lessons with captions: WebVTT or SRT beside a media file of the same name.

A cue's time is shared out among its words by their length; where WebVTT times words itself (`<00:00:01.000>` inside a
cue), those times are taken and the words count as exact. What is not speech is left out: [notes], (sounds), music signs,
speaker labels. Rolling captions, which repeat the line before, are read once. WebVTT: www.w3.org/TR/webvtt1.
"""

import html
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import partial
from operator import itemgetter
from pathlib import Path

from microturn.data.corpora.item import (
    BACKWARDS_MS,
    Item,
    Options,
    RawWord,
    Recording,
    Source,
    Unusable,
    items,
    model_side,
    name_of,
    shared_out,
    spoken,
    timeline_of,
)
from microturn.data.corpora.sides import AUDIO, VIDEO, around, pictures, read_sides
from microturn.protocol.events import Channel, Word

CAPTIONS = (".vtt", ".srt")
TIME = re.compile(r"(?:(\d+):)?(\d{1,2}):(\d{2})[.,](\d{3})")
ARROW = re.compile(rf"^\s*({TIME.pattern})\s*-->\s*({TIME.pattern})")
LANGUAGE = re.compile(r"^Language:\s*(\S+)", re.MULTILINE | re.IGNORECASE)
VOICE = re.compile(r"<v(?:\.[^\s>]*)?\s+([^>]*)>")
TAG = re.compile(r"<[^>]*>")
NO_SPEECH = re.compile(r"\[[^\]]*\]|\([^)]*\)|[♪♫][^♪♫]*[♪♫]?")
DASH = re.compile(r"^\s*(?:-|>>)+\s*")
LABEL = re.compile(r"^[A-Z][A-Z .'\d]{1,30}:\s+")
ROLLING_MS = 50.0


@dataclass(frozen=True, kw_only=True)
class Cue:
    """Lines shown for a time, as they stand in the file; `speaker` where a voice tag names one."""

    at_ms: float
    until_ms: float
    lines: tuple[str, ...]
    speaker: str = ""


def recordings(path: Path, options: Options) -> Iterator[Recording]:
    """The captioned media of a folder (or one caption file's). ValueError when there is none."""
    found = [path] if path.is_file() else sorted(p for p in path.rglob("*") if p.suffix.lower() in CAPTIONS)
    if not found:
        raise ValueError(f"{path} holds no .vtt and no .srt: put the captions beside their media, of the same name")
    root = path if path.is_dir() else path.parent
    for captions in found:
        yield Recording(name=name_of(captions, root), read=partial(_source, captions, root, options))


def read(path: Path, options: Options) -> Iterator[Item]:
    """All items of captioned media."""
    return items(recordings(path, options), options)


def _source(captions: Path, root: Path, options: Options) -> Source:
    media, language = media_of(captions)
    text = decoded(captions.read_bytes())
    stated = LANGUAGE.search(text.split("\n\n", 1)[0])
    cues = parse(text)
    if not cues:
        raise Unusable("missing transcript", f"{captions.name} has no cue with words")
    tracks = read_sides(media, lambda channels: around(_model(channels, options), channels))
    duration_ms = max((track.duration_ms for track in tracks.values()), default=0.0)
    words, timed = words_of(cues, tracks.keys() == {Channel.MODEL}, options.model_speaker, duration_ms)
    return Source(
        timeline=timeline_of(name_of(captions, root), tracks, words, timed=timed),
        frames=pictures(media, options.frames_hz),
        language=stated[1] if stated else language,
    )


def _model(channels: int, options: Options) -> int | None:
    """Which channel is the model's. The channels of a film are not its speakers: without the options' word, none is."""
    if options.model_channel is None:
        return None
    if options.model_channel >= 0 and channels > 1 and options.model_speaker is None:
        raise Unusable("the model's speaker is not said", "captions do not know channels: give --model-speaker too")
    return model_side(channels, None, options)


def media_of(captions: Path) -> tuple[Path, str]:
    """The media file beside captions `x.vtt`, `x.en.vtt` or `x.mp4.vtt`, and the language in their name. `Unusable` if
    there is none."""
    if captions.with_suffix("").suffix.lower().lstrip(".") in (*VIDEO, *AUDIO) and captions.with_suffix("").is_file():
        return captions.with_suffix(""), ""
    stem, _, language = captions.stem.rpartition(".")
    named = bool(stem) and re.fullmatch(r"[A-Za-z]{2,3}(-\w+)?", language)
    for base in (captions.stem, *([stem] if named else [])):
        for ending in (*VIDEO, *AUDIO):
            for media in (captions.with_name(f"{base}.{ending}"), captions.with_name(f"{base}.{ending.upper()}")):
                if media.is_file():
                    return media, language if named and base == stem else ""
    raise Unusable("missing media", f"there is no audio or video file named like {captions.name} beside it")


def decoded(data: bytes) -> str:
    """A caption file's text with plain line ends: UTF-8, UTF-16 with its mark, else Windows-1252, as old SRT files are."""
    if data[:2] in (b"\xff\xfe", b"\xfe\xff"):
        text = data.decode("utf-16", errors="replace")
    else:
        try:
            text = data.decode("utf-8-sig")
        except UnicodeDecodeError:
            text = data.decode("cp1252", errors="replace")
    return text.replace("\r\n", "\n").replace("\r", "\n")


def parse(text: str) -> list[Cue]:
    """The cues of a WebVTT or SRT file in their order. Raises `Unusable` for a cue that ends before it begins."""
    cues: list[Cue] = []
    for block in re.split(r"\n\s*\n", text):
        lines = block.strip("\n").split("\n")
        at = next((i for i, line in enumerate(lines) if ARROW.match(line)), None)
        if at is None:
            continue  # the header, a note, a style: none of them may hold an arrow
        arrow = ARROW.match(lines[at])
        assert arrow
        at_ms, until_ms = _ms(arrow.groups()[1:5]), _ms(arrow.groups()[6:10])
        if until_ms < at_ms:
            raise Unusable("times run backwards", f"the cue at {at_ms / 1000} s ends at {until_ms / 1000} s")
        said = tuple(line for line in lines[at + 1 :] if line.strip())
        voice = VOICE.search(" ".join(said))
        if said:
            cues.append(Cue(at_ms=at_ms, until_ms=until_ms, lines=said, speaker=voice[1].strip() if voice else ""))
    return cues


def words_of(
    cues: Sequence[Cue], all_models: bool, model_speaker: str | None, duration_ms: float
) -> tuple[list[Word], str]:
    """The words of cues and how they are timed: "exact" where every one has a time of its own, else "cue"."""
    raw: dict[Channel, list[RawWord]] = {Channel.HEARD: [], Channel.SAY: []}
    timed = "exact"
    for cue, before in zip(cues, (None, *cues), strict=False):
        if before is not None and cue.at_ms < before.at_ms - BACKWARDS_MS:
            raise Unusable(
                "times run backwards", f"the cue at {cue.at_ms / 1000} s follows one at {before.at_ms / 1000} s"
            )
        models = all_models or (model_speaker is not None and cue.speaker == model_speaker)
        for line in _fresh(cue, before):
            if said := pieces(line, cue.at_ms, cue.until_ms):
                timed = timed if all(len(text.split()) <= 1 for text, *_ in said) and _tagged(cue) else "cue"
                raw[Channel.SAY if models else Channel.HEARD] += [w for one in said for w in shared_out(*one)]
    words = [
        word for channel, said in raw.items() for word in spoken(sorted(said, key=itemgetter(1)), channel, duration_ms)
    ]
    if not words:
        raise Unusable("missing transcript", "no cue has a spoken word")
    return words, timed


def _tagged(cue: Cue) -> bool:
    return any(TIME.search(tag) for line in cue.lines for tag in TAG.findall(line))


def _fresh(cue: Cue, before: Cue | None) -> list[str]:
    """The cue as one text; without the lines that roll on from the cue before, if it follows at once."""
    lines = list(cue.lines)
    if before is not None and cue.at_ms - before.until_ms <= ROLLING_MS:
        old = {TAG.sub("", line).strip() for line in before.lines}
        lines = [line for line in lines if TAG.sub("", line).strip() not in old]
    text = " ".join(LABEL.sub("", DASH.sub("", NO_SPEECH.sub(" ", line)).lstrip()) for line in lines)
    return [text] if text.strip() else []


def pieces(line: str, at_ms: float, until_ms: float) -> list[RawWord]:
    """A cue's text as (text, from ms, to ms): one piece, or one for each time stamp in it."""
    found: list[RawWord] = []
    rest, from_ms = line, at_ms
    while stamp := re.search(rf"<{TIME.pattern}>", rest):
        found.append((_speech(rest[: stamp.start()]), from_ms, _ms(stamp.groups())))
        from_ms, rest = _ms(stamp.groups()), rest[stamp.end() :]
    found.append((_speech(rest), from_ms, until_ms))
    return [one for one in found if one[0]]


def _speech(text: str) -> str:
    return " ".join(html.unescape(TAG.sub("", text)).split())


def _ms(parts: Sequence[str | None]) -> float:
    hours, minutes, seconds, ms = (int(part or 0) for part in parts)
    return float(((hours * 60 + minutes) * 60 + seconds) * 1000 + ms)
