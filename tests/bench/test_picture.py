"""The picture shows every word and decision once; its envelope contains the waveform, its labels do not overlap."""

import re
from pathlib import Path

import numpy as np

from microturn.bench.picture import draw, envelope, stagger
from microturn.protocol.events import Channel, Clear, Do, Missing, Span, Text, Word
from microturn.protocol.timeline import Timeline, Track


def example(seconds: float) -> Timeline:
    noise = np.random.default_rng(0).uniform(-1, 1, round(16000 * seconds)).astype(np.float32)
    events = (
        Word(at_ms=700.0, until_ms=900.0, channel=Channel.HEARD, text="harken"),
        Word(at_ms=750.0, until_ms=950.0, channel=Channel.HEARD, text="closely"),
        Word(at_ms=1500.0, until_ms=1900.0, channel=Channel.SAY, text="spoken"),
        Do(at_ms=1000.0, text="twelve"),
        Clear(at_ms=2000.0),
        Text(at_ms=100.0, channel=Channel.USER, text="typed"),
        Span(at_ms=1200.0, until_ms=1800.0, kind="expect", text="answer", who="model"),
        Missing(at_ms=300.0, until_ms=500.0, channel=Channel.USER),
    )
    audio = {
        Channel.USER: Track(samples=noise, rate_hz=16000),
        Channel.MODEL: Track(samples=np.zeros(0, np.float32), rate_hz=24000),
    }
    return Timeline(duration_ms=seconds * 1000, events=events, audio=audio)


def written(path: Path) -> list[str]:
    """The texts of an SVG, which matplotlib leaves as comments beside their glyphs."""
    return [text.strip() for text in re.findall(r"<!-- (.*?) -->", path.read_text())]


def test_every_word_and_decision_is_drawn_once(tmp_path: Path) -> None:
    texts = written(draw(example(40.0), tmp_path / "timeline.svg"))
    for text in ("harken", "closely", "spoken", "twelve", "clear", "[typed]", "answer"):
        assert texts.count(text) == 1, text
    assert texts.count("model") == 3, "40 s are three strips of 15 s"


def test_an_empty_timeline_has_a_picture(tmp_path: Path) -> None:
    assert draw(Timeline(duration_ms=0.0), tmp_path / "empty.png").read_bytes().startswith(b"\x89PNG")


def test_the_envelope_contains_the_waveform() -> None:
    track = example(2.0).audio[Channel.USER]
    times, low, high = envelope(track, 0.5, 1.5, points=100)
    assert len(times) == len(low) == len(high) <= 100
    assert (times[0], low.min(), high.max()) == (
        0.5,
        track.samples[8000:24000].min(),
        track.samples[8000:24000].max(),
    )


def test_labels_that_fit_do_not_overlap() -> None:
    spans = [(0.0, 1.0), (0.5, 1.5), (0.9, 2.0), (1.0, 1.2), (1.6, 2.0)]
    rows = stagger(spans)
    assert rows == [0, 1, 2, 0, 0]
    assert stagger(spans[:3], rows=1) == [0, 0, 0]
