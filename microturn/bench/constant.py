"""Blind baselines that say one thing: what a score is worth is what it has above them.

Shapes: S samples.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from microturn.bench.controls import tone
from microturn.bench.task import Scenario
from microturn.protocol.events import Channel, Word
from microturn.protocol.media import MODEL_HZ
from microturn.protocol.timeline import Timeline, Track

AFTER_MS = 400.0
WORD_MS = 300.0


@dataclass(frozen=True, kw_only=True)
class Says:
    """Says `text` 0.4 s after the user's turn (the scenario's `turn_end_ms`), whatever was asked; each word is a tone."""

    name: str
    text: str

    def run(self, scenarios: Sequence[Scenario]) -> list[Timeline]:
        return [self._reply(scenario) for scenario in scenarios]

    def _reply(self, scenario: Scenario) -> Timeline:
        timeline = scenario.timeline
        at_ms = min(float(scenario.meta["turn_end_ms"]) + AFTER_MS, timeline.duration_ms)
        words = [
            Word(at_ms=at_ms + i * WORD_MS, until_ms=at_ms + (i + 1) * WORD_MS, channel=Channel.SAY, text=text)
            for i, text in enumerate(self.text.split())
        ]
        samples = np.zeros(round(timeline.duration_ms * MODEL_HZ / 1000), np.float32)
        voice = tone(WORD_MS * len(words))
        first = round(at_ms * MODEL_HZ / 1000)
        samples[first : first + len(voice)] = voice[: len(samples) - first]
        audio = {Channel.MODEL: Track(samples=samples, rate_hz=MODEL_HZ)}
        return replace(timeline, audio=audio, events=tuple(words), frames=(), meta={})
