"""The picture of a timeline: both waveforms, the words of both sides, every decision and delegation on the time axis.

Long sessions are folded into strips of 15 s, read from top to bottom. Needs matplotlib (the `plot` extra); it is
imported when a picture is drawn.
"""

import math
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any, cast

import numpy as np
from numpy.typing import NDArray

from microturn.bench.work_lane import ROW, Bar, bars, draw_bars, extent_s
from microturn.protocol.events import Channel, Clear, Delegation, Do, Missing, Text
from microturn.protocol.timeline import Timeline, Track

STRIP_S = 15.0
MAX_STRIPS = 40
USER, NOTES, MODEL = 2.0, 0.0, -2.0  # heights of the three lanes
WORK, WORK_ROWS = -4.4, 4
LETTERS, WORK_LETTERS = 170, 215  # of a label, that fill a strip
COLOURS = {"user": "#2f6f9f", "model": "#c2571a", "note": "#5b4b8a", "clear": "#b3202c", "expect": "#3b9a57"}


def draw(timeline: Timeline, path: str | Path) -> Path:
    """Write the picture of `timeline` to `path` (PNG, SVG or PDF by its suffix).

    `ValueError` when matplotlib is not installed.
    """
    try:
        from matplotlib.figure import Figure
    except ImportError as error:
        raise ValueError("drawing a timeline needs matplotlib: pip install 'microturn[plot]'") from error
    total_s = max(timeline.duration_ms / 1000.0, 0.2)
    strips = min(MAX_STRIPS, math.ceil(total_s / STRIP_S))
    strip_s = max(total_s / strips, min(total_s, STRIP_S))
    delegated = any(isinstance(event, Delegation) for event in timeline.events)
    figure = cast(Any, Figure(figsize=(15.0, 0.7 + (3.4 if delegated else 2.6) * strips), layout="constrained"))
    rows = figure.subplots(strips, 1, squeeze=False)[:, 0]
    letter_s = strip_s / WORK_LETTERS
    work = bars(timeline)
    places = stagger([extent_s(bar, letter_s) for bar in work], rows=WORK_ROWS)
    for number, axes in enumerate(rows):
        _strip(axes, timeline, number * strip_s, (number + 1) * strip_s)
        _work(axes, work, places)
    rows[-1].set_xlabel("seconds")
    figure.savefig(path, dpi=100)
    return Path(path)


def envelope(track: Track, start_s: float, until_s: float, points: int = 1500) -> tuple[Any, Any, Any]:
    """Times in seconds, lows and highs of the track between two times: shapes [n], n <= points."""
    samples = track.samples[round(start_s * track.rate_hz) : round(until_s * track.rate_hz)]
    size = max(1, math.ceil(len(samples) / points))
    whole = np.pad(samples, (0, -len(samples) % size), mode="constant").reshape(-1, size)
    times: NDArray[np.float64] = start_s + np.arange(len(whole)) * size / track.rate_hz
    return times, whole.min(axis=1), whole.max(axis=1)


def stagger(spans_s: Sequence[tuple[float, float]], rows: int = 3) -> list[int]:
    """A row for each label, given as (start, end) in order of start: the first row that is free, else the freest."""
    free_s = [-math.inf] * rows
    chosen: list[int] = []
    for start_s, until_s in spans_s:
        row = next((r for r in range(rows) if free_s[r] <= start_s), int(np.argmin(free_s)))
        free_s[row] = until_s
        chosen.append(row)
    return chosen


def _strip(axes: Any, timeline: Timeline, start_s: float, until_s: float) -> None:
    axes.set_xlim(start_s, until_s)
    axes.set_ylim(MODEL - 2.1, USER + 2.1)
    axes.set_yticks([USER, NOTES, MODEL], ["user", "notes", "model"])
    axes.tick_params(axis="y", length=0)
    for edge in ("top", "right", "left"):
        axes.spines[edge].set_visible(False)
    _expectations(axes, timeline, start_s, until_s)
    for channel, height in ((Channel.USER, USER), (Channel.MODEL, MODEL)):
        axes.axhline(height, color="0.85", linewidth=0.6, zorder=0)
        track = timeline.audio.get(channel)
        if track is not None and len(track.samples):
            times, low, high = envelope(track, start_s, until_s)
            axes.fill_between(times, height + low, height + high, color=COLOURS[channel.value], linewidth=0.3)
    heard = [(word.at_ms, word.text) for word in timeline.words(Channel.HEARD)]
    said = [(word.at_ms, word.text) for word in timeline.words(Channel.SAY)]
    typed = [(event.at_ms, f"[{event.text}]") for event in timeline.events if isinstance(event, Text)]
    notes = [(event.at_ms, event.text) for event in timeline.events if isinstance(event, Do)]
    _labels(axes, sorted([*heard, *typed]), USER + 1.05, 0.33, COLOURS["user"])
    _labels(axes, notes, NOTES - 0.35, 0.33, COLOURS["note"])
    _labels(axes, said, MODEL - 1.25, -0.33, COLOURS["model"])
    for event in timeline.events:
        if isinstance(event, Clear) and start_s * 1000 <= event.at_ms < until_s * 1000:
            axes.axvline(event.at_ms / 1000.0, color=COLOURS["clear"], linestyle="--", linewidth=1.2)
            axes.text(event.at_ms / 1000.0, NOTES - 0.75, " clear", color=COLOURS["clear"], fontsize=8)
        if isinstance(event, Missing):
            axes.axvspan(event.at_ms / 1000.0, event.until_ms / 1000.0, 0.6, 0.9, color="0.8", zorder=0)


def _work(axes: Any, work: Sequence[Bar], places: Sequence[int]) -> None:
    """The background's lane, below the model's, where there is one."""
    if not work:
        return
    start_s, until_s = axes.get_xlim()
    lowest = MODEL - 2.1 - ROW * (1.7 + max(places))
    axes.set_ylim(lowest, USER + 2.1)
    axes.set_yticks([USER, NOTES, MODEL, WORK], ["user", "notes", "model", "background"])
    axes.axhline(MODEL - 1.95, color="0.9", linewidth=0.6, zorder=0)
    draw_bars(axes, work, places, WORK, (until_s - start_s) / WORK_LETTERS)


def _expectations(axes: Any, timeline: Timeline, start_s: float, until_s: float) -> None:
    for span in timeline.spans("expect"):
        if span.until_ms >= start_s * 1000 and span.at_ms < until_s * 1000:
            axes.axvspan(span.at_ms / 1000.0, span.until_ms / 1000.0, 0, 0.42, color=COLOURS["expect"], alpha=0.18)
            at_s = max(span.at_ms / 1000.0, start_s)
            axes.text(at_s, MODEL + 1.1, span.text, color=COLOURS["expect"], fontsize=7, clip_on=True)


def _labels(axes: Any, labels: Iterable[tuple[float, str]], height: float, rise: float, colour: str) -> None:
    start_s, until_s = axes.get_xlim()
    shown = [(at_ms / 1000.0, text) for at_ms, text in labels if start_s <= at_ms / 1000.0 < until_s]
    second_per_letter = (until_s - start_s) / LETTERS
    rows = stagger([(at_s, at_s + (len(text) + 1) * second_per_letter) for at_s, text in shown])
    for (at_s, text), row in zip(shown, rows, strict=True):
        axes.text(at_s + 0.4 * second_per_letter, height + rise * row, text, color=colour, fontsize=8, va="center")
        axes.plot([at_s, at_s], [height - 0.15, height + 0.1 + rise * row - 0.1], color=colour, linewidth=0.5)
