"""Systems without understanding, to hold scores against: two that perceive nothing, and one that knows loud from quiet.

Letters: F frames.
"""

import zlib
from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from microturn.bench.constant import Constant, Lines, spoken
from microturn.bench.task import Scenario
from microturn.protocol.events import Channel
from microturn.protocol.timeline import Timeline, Track

FRAME_MS = 20.0


def says_every(every_s: float, text: str = "okay") -> Constant:
    """Says `text` once every `every_s` seconds, from then on."""

    def lines(scenario: Scenario) -> Lines:
        step_ms = 1000.0 * every_s
        return [(at_ms, text) for at_ms in np.arange(step_ms, scenario.timeline.duration_ms, step_ms).tolist()]

    return Constant(name=f"{text!r} every {every_s:g} s", says=lines)


def says_at_random(per_minute: float, text: str = "okay") -> Constant:
    """Says `text` at times of a Poisson process, the same for a scenario every time."""

    def lines(scenario: Scenario) -> Lines:
        rng = np.random.default_rng([zlib.crc32(scenario.id.encode()), 1])
        length_ms = scenario.timeline.duration_ms
        times_ms = sorted(rng.uniform(0, length_ms, rng.poisson(per_minute * length_ms / 60_000)).tolist())
        return [(at_ms, text) for at_ms in times_ms]

    return Constant(name=f"{text!r} {per_minute:g} times a minute, at random", says=lines)


@dataclass(frozen=True, kw_only=True)
class EnergyTurns:
    """Commits to the end of a turn once the user's track has been quiet for `hang_ms`, to an interruption once it is loud.

    It hears no words: what it scores is what loudness alone is worth. Loud is `margin_db` above the quietest tenth of
    what was heard until then. Its decisions are given as TurnBench's files give them (`scorers.turnbench`), not spoken.
    """

    hang_ms: float = 500.0
    onset_ms: float = 100.0
    margin_db: float = 9.0

    @property
    def name(self) -> str:
        return f"loudness, {self.hang_ms:g} ms"

    def run(self, scenarios: Sequence[Scenario]) -> list[Timeline]:
        return [self._listen(scenario) for scenario in scenarios]

    def _listen(self, scenario: Scenario) -> Timeline:
        loud_F = self.loud(scenario.timeline.audio[Channel.USER])
        eot = _after_runs(~loud_F, round(self.hang_ms / FRAME_MS), since=loud_F)
        interruption = _after_runs(loud_F, round(self.onset_ms / FRAME_MS), since=~loud_F)
        return replace(spoken(scenario.timeline, ()), meta={"turnbench": {"eot": eot, "interruption": interruption}})

    def loud(self, track: Track) -> NDArray[np.bool_]:
        """Which frames of 20 ms are loud, from what came before and during each."""
        size = round(track.rate_hz * FRAME_MS / 1000)
        frames = len(track.samples) // size
        power_F = np.mean(track.samples[: frames * size].reshape(frames, size).astype(np.float64) ** 2, axis=1)
        level_F = 10 * np.log10(power_F + 1e-12)
        floor_F = np.array([np.percentile(level_F[max(0, f - 500) : f + 1], 10) for f in range(frames)])
        return level_F > np.maximum(floor_F + self.margin_db, -60.0)


def _after_runs(state_F: NDArray[np.bool_], needed: int, *, since: NDArray[np.bool_]) -> list[float]:
    """Seconds at which `state_F` has held for `needed` frames, once after each frame of `since`."""
    times: list[float] = []
    run, armed = 0, False
    for frame in range(len(state_F)):
        armed = armed or bool(since[frame])
        run = run + 1 if state_F[frame] else 0
        if armed and run == needed:
            times.append(round((frame + 1) * FRAME_MS / 1000, 3))
            armed = False
    return times
