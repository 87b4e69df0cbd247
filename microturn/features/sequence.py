"""A Timeline as ticks: the one way from a recording or a made scene to a training sequence.

The input of tick k holds media time [k * tick, (k + 1) * tick). What the model puts out in answer to it carries `at_ms` =
k * tick in the Timeline and is heard by the user from (k + 1) * tick on.

Letters: T ticks, F frames within a tick, M mel bins, S samples or speaking ticks, K kinds of things in view.
"""

from collections import defaultdict
from collections.abc import Mapping, Sequence

import numpy as np
from numpy.typing import NDArray

from microturn.features.audio import dmel, log_mel, normalize_mel
from microturn.features.layout import (
    DMEL_FRAMES,
    FRAME_SIZE,
    IN_VIEW,
    MEL_BINS,
    MEL_FRAMES,
    NO_TARGET,
    SETTLE_MS,
    Ticks,
    index,
    offsets,
)
from microturn.features.text import Tag, Tokenizer
from microturn.features.texts import TEXT_TAGS, TextQueue
from microturn.features.video import to_frame
from microturn.protocol.events import Channel, Clear, Do, Frame, Missing, Span, Text, Word
from microturn.protocol.media import MODEL_HZ, USER_HZ
from microturn.protocol.timeline import Timeline


def ticks_of(timeline: Timeline, tokenizer: Tokenizer, phones: Mapping[str, int]) -> Ticks:
    """Inputs, outputs and labels of a Timeline. `phones` numbers the phone classes; unknown phones count as 0 (silence)."""
    T, tick_ms = timeline.ticks, timeline.tick_ms
    outs, speaks = _outputs(timeline, tokenizer)
    texts = _texts(timeline, tokenizer)
    frame_T, frames = _frames(timeline)
    phone_TF, word_TF = _labels(timeline, tokenizer, phones)
    text_flat, text_at = _ragged(texts, T)
    out_flat, out_at = _ragged(outs, T)
    return Ticks(
        dmel_TFM=_dmel(timeline),
        missing_T=_missing(timeline),
        second_T=(timeline.second_of_day + np.arange(T) * tick_ms / 1000).astype(np.float32),
        frame_T=frame_T,
        frames=frames,
        text=text_flat,
        text_at=text_at,
        out=out_flat,
        out_at=out_at,
        speak_T=index(speaks),
        mel_SFM=_mels(timeline, speaks).astype(np.float16),
        phone_TF=phone_TF,
        word_TF=word_TF,
        seen_TK=_seen_labels(timeline, tokenizer),
    )


def _samples(timeline: Timeline, channel: Channel, rate_hz: int) -> NDArray[np.float32]:
    """The channel's samples, padded or cut to whole ticks; silence if it has no track."""
    length = timeline.ticks * timeline.tick_ms * rate_hz // 1000
    track = timeline.audio.get(channel)
    if track is None:
        return np.zeros(length, np.float32)
    if track.rate_hz != rate_hz:
        raise ValueError(f"the {channel} track is at {track.rate_hz} Hz, {rate_hz} Hz is needed: resample it first")
    return np.pad(track.samples[:length], (0, max(0, length - len(track.samples))))


def _dmel(timeline: Timeline) -> NDArray[np.uint8]:
    return dmel(_samples(timeline, Channel.USER, USER_HZ)).reshape(timeline.ticks, DMEL_FRAMES, MEL_BINS)


def _mels(timeline: Timeline, speaks_T: NDArray[np.bool_]) -> NDArray[np.float32]:
    """Those of the ticks in which the model speaks."""
    samples = _samples(timeline, Channel.MODEL, MODEL_HZ)
    return normalize_mel(log_mel(samples, np.repeat(speaks_T, MEL_FRAMES))).reshape(-1, MEL_FRAMES, MEL_BINS)


def _missing(timeline: Timeline) -> NDArray[np.bool_]:
    """Ticks of which at least half did not arrive: as in a live session."""
    starts_T = np.arange(timeline.ticks) * float(timeline.tick_ms)
    missing_ms_T = np.zeros(timeline.ticks)
    for event in timeline.events:
        if isinstance(event, Missing) and event.channel == Channel.USER:
            until_T = np.minimum(starts_T + timeline.tick_ms, event.until_ms)
            missing_ms_T += np.maximum(until_T - np.maximum(starts_T, event.at_ms), 0)
    return missing_ms_T >= timeline.tick_ms / 2


def _outputs(timeline: Timeline, tokenizer: Tokenizer) -> tuple[dict[int, list[int]], NDArray[np.bool_]]:
    """Output tokens by tick (heard, then do, clear, say), and the ticks in which the model's voice sounds."""
    ms, T = timeline.tick_ms, timeline.ticks
    by_tick: dict[int, dict[Tag, list[int]]] = defaultdict(lambda: defaultdict(list))
    speaks = np.zeros(T, bool)
    for event in sorted(timeline.events, key=lambda e: e.at_ms):
        if isinstance(event, Word) and event.channel == Channel.HEARD:
            by_tick[int((event.until_ms + SETTLE_MS) // ms)][Tag.HEARD] += tokenizer.encode(event.text)
        elif isinstance(event, Word) and event.channel == Channel.SAY:
            by_tick[int(event.at_ms // ms)][Tag.SAY] += tokenizer.encode(event.text)
            speaks[int(event.at_ms // ms) : int(-(-event.until_ms // ms))] = True
        elif isinstance(event, Do):
            by_tick[int(event.at_ms // ms)][Tag.DO] += tokenizer.encode(event.text)
        elif isinstance(event, Clear):
            by_tick[int(event.at_ms // ms)][Tag.CLEAR] = []
    order = (Tag.HEARD, Tag.DO, Tag.CLEAR, Tag.SAY)
    outs = {k: [t for tag in order if tag in by for t in (int(tag), *by[tag])] for k, by in by_tick.items() if k < T}
    return outs, speaks


def _texts(timeline: Timeline, tokenizer: Tokenizer) -> dict[int, tuple[int, ...]]:
    """What each tick reads, as a live session would."""
    came: dict[int, list[Text]] = defaultdict(list)
    for event in timeline.events:
        if isinstance(event, Text) and event.channel in TEXT_TAGS:
            came[int(event.at_ms // timeline.tick_ms)].append(event)
    queue, read = TextQueue(), dict[int, tuple[int, ...]]()
    for k in range(min(came, default=timeline.ticks), timeline.ticks):
        for event in came.get(k, ()):
            queue.put(event.channel, tokenizer.encode(event.text))
        if ids := queue.take():
            read[k] = ids
    return read


def _frames(timeline: Timeline) -> tuple[NDArray[np.int32], NDArray[np.uint8]]:
    """The last frame of each tick, as seen by the model."""
    ordered = sorted(timeline.frames, key=lambda frame: frame.at_ms)
    latest = {int(frame.at_ms // timeline.tick_ms): frame for frame in ordered}
    present = np.zeros(timeline.ticks, bool)
    chosen = [k for k in sorted(latest) if k < timeline.ticks]
    present[chosen] = True
    frames = [_seen(latest[k]) for k in chosen]
    return index(present), np.stack(frames) if frames else np.zeros((0, FRAME_SIZE, FRAME_SIZE, 3), np.uint8)


def _seen(frame: Frame) -> NDArray[np.uint8]:
    """A camera shows its middle, a screen all of it: as in a live session."""
    return to_frame(frame.rgb, fit="pad" if frame.channel is Channel.SCREEN else "crop")


def _labels(
    timeline: Timeline, tokenizer: Tokenizer, phones: Mapping[str, int]
) -> tuple[NDArray[np.uint8], NDArray[np.int16]]:
    """Which phone and which word of the user sounds in each dMel frame (at its newest half); 0 where none."""
    T, hop_ms = timeline.ticks, timeline.tick_ms / DMEL_FRAMES
    phone, word = np.zeros(T * DMEL_FRAMES, np.uint8), np.zeros(T * DMEL_FRAMES, np.int16)
    for event in timeline.events:
        if not isinstance(event, Span) or event.who != "user":
            continue
        # Frame f covers the window that ends at (f + 1) * hop; its newest half begins at f * hop.
        first, last = round(event.at_ms / hop_ms), max(round(event.until_ms / hop_ms), round(event.at_ms / hop_ms) + 1)
        if event.kind == "phone":
            phone[first:last] = phones.get(event.text, 0)
        elif event.kind == "word":
            tokens = tokenizer.encode(event.text)
            word[first:last] = tokens[0] if len(tokens) == 1 else 0
    return phone.reshape(T, DMEL_FRAMES), word.reshape(T, DMEL_FRAMES)


def _seen_labels(timeline: Timeline, tokenizer: Tokenizer) -> NDArray[np.int16]:
    """What `view` spans say is in view in each tick: their data has a word for each of `IN_VIEW`, "" where there is nothing."""
    seen_TK = np.full((timeline.ticks, len(IN_VIEW)), NO_TARGET, np.int16)
    for event in timeline.events:
        if isinstance(event, Span) and event.kind == "view":
            first, last = (round(at_ms / timeline.tick_ms) for at_ms in (event.at_ms, event.until_ms))
            for kind, word in event.data.items():
                tokens = tokenizer.encode(word) if word else [0]
                seen_TK[first:last, IN_VIEW.index(kind)] = tokens[0] if len(tokens) == 1 else NO_TARGET
    return seen_TK


def _ragged(by_tick: Mapping[int, Sequence[int]], T: int) -> tuple[NDArray[np.int32], NDArray[np.int32]]:
    flat = np.array([t for k in range(T) for t in by_tick.get(k, ())], np.int32)
    return flat, offsets([len(by_tick.get(k, ())) for k in range(T)])
