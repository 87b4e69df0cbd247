"""How fast a model ticks: compute time per tick for 1, 2, 4, ... sessions stepped together.

Sessions are fed made scenes at full pace, not in real time, so every tick is measured under load and none waits.
"""

import resource
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from microturn.engine.session import Input, Session, SessionConfig
from microturn.engine.worker import Model, Rows
from microturn.protocol.clock import Clock, MonotonicClock
from microturn.protocol.events import Audio, Channel
from microturn.protocol.timeline import Timeline

WARM_UP_TICKS = 10


@dataclass(frozen=True, kw_only=True)
class Speed:
    """Milliseconds of compute per tick of `sessions` together; peak resident memory of the process so far, MiB."""

    sessions: int
    ticks: int
    p50_ms: float
    p95_ms: float
    p99_ms: float
    most_ms: float
    resident_mib: float


def measure(model: Model, scenes: Sequence[Timeline], clock: Clock | None = None) -> Speed:
    """Step one session per scene, all together, to the end of the shortest. ValueError when a scene is too short."""
    clock = clock or MonotonicClock()
    sessions = [Session(SessionConfig(second_of_day=scene.second_of_day), model.tokenizer) for scene in scenes]
    rows = Rows(model, len(scenes))
    for row, session in enumerate(sessions):
        rows.begin(row, row)
        session.open()
    took_ms: list[float] = []
    for tick in range(min(scene.ticks for scene in scenes)):
        for session, scene in zip(sessions, scenes, strict=True):
            for event in _arrived(scene, tick):
                session.receive(event)
        start_ms = clock.now_ms()
        results = rows.step({row: session.tick_input() for row, session in enumerate(sessions)})
        for row, result in results.items():
            sessions[row].tick_output(result)
        took_ms.append(clock.now_ms() - start_ms)
    if len(took_ms) <= WARM_UP_TICKS:
        raise ValueError(f"a scene of {len(took_ms)} ticks is too short to measure: give more seconds")
    times = np.array(took_ms[WARM_UP_TICKS:])
    p50, p95, p99 = (round(float(np.percentile(times, q)), 2) for q in (50, 95, 99))
    peak_mib = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    return Speed(
        sessions=len(scenes),
        ticks=len(times),
        p50_ms=p50,
        p95_ms=p95,
        p99_ms=p99,
        most_ms=round(float(times.max()), 2),
        resident_mib=round(peak_mib, 1),
    )


def _arrived(scene: Timeline, tick: int) -> list[Input]:
    """What a client sends during one tick: its audio, and the frames of that time."""
    track, start_ms = scene.audio[Channel.USER], tick * scene.tick_ms
    size = scene.tick_ms * track.rate_hz // 1000
    samples = track.samples[tick * size : (tick + 1) * size]
    audio = Audio(at_ms=start_ms, channel=Channel.USER, samples=samples, rate_hz=track.rate_hz)
    return [*(f for f in scene.frames if start_ms <= f.at_ms < start_ms + scene.tick_ms), audio]
