"""Any suite over a poor line, in noise, with the system's own echo, or late in a long session.

What changes is what the system gets (`sent`: noise, then codec, then lost packets, then delay, then the minutes before)
and what comes back (`heard`: delay and lost packets). The truth stays on the user's own clock, and so do the scores: what
the line costs is part of what a user waits for. Lost packets are silence: nothing conceals them. The presets are ours.

A user who listens (`partner`) hears the system over the same line and is heard over it (`far`): the noise and the codec are in
what such a user may say, the rest happens while the conversation goes on. Nobody listens late in a long session: unscored.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from microturn.bench.driver import Driver, failed
from microturn.bench.far import BACK, FAR, THERE, chance, lost_on, silenced
from microturn.bench.partner import PARTNER
from microturn.bench.run import together
from microturn.bench.scenarios.filler import filler, murmuring
from microturn.bench.task import FAILED, OWN_CLOCK, Scenario
from microturn.data.sound.codecs import coded
from microturn.data.sound.levels import gain, rms
from microturn.data.sound.network import Network, lost_packets
from microturn.data.sound.surroundings import SURROUNDINGS, crowd
from microturn.protocol.events import Channel, Event, Span, Word, later
from microturn.protocol.media import USER_HZ
from microturn.protocol.timeline import Timeline, Track

Samples = NDArray[np.float32]
BUFFER_MS = 60.0  # what a receiver waits for packets that are late; a line with jitter is late by it
QUIET_S = 4.0  # before an item nobody is in mid-sentence
KBPS = (6, 8, 12, 16, 24, 32)
CROWD = "crowd"
NOT_MET = "a user who listens is not met late in a session: leave out --minutes-before"


@dataclass(frozen=True, kw_only=True)
class Impairment:
    """What is wrong: shares in percent, times in ms, each way. The defaults are a perfect line in a quiet place.

    `burst` is the mean run of lost packets of 20 ms; `kbps` Opus's rate, 0 for no codec; `noise` is KIND:SNR in dB; `echo_db`
    how loud the system's own voice is in the microphone; `minutes_before` how old the session is.
    """

    loss: float = 0.0
    burst: float = 1.0
    jitter_ms: float = 0.0
    delay_ms: float = 0.0
    kbps: int = 0
    noise: str = ""
    echo_db: float | None = None
    minutes_before: float = 0.0

    def __post_init__(self) -> None:
        if not 0 <= self.loss < 100 or min(self.jitter_ms, self.delay_ms, self.minutes_before) < 0:
            raise ValueError(f"loss is from 0 to below 100 percent and no time is negative: {self.name}")
        if self.kbps and self.kbps not in KBPS:
            raise ValueError(f"--bandwidth takes {', '.join(map(str, KBPS))} kb/s, got {self.kbps}")
        if self.echo_db is not None and (self.echo_db >= 0 or self.minutes_before):
            raise ValueError("--echo is below 0 dB, such as -20, and not together with --minutes-before")
        if self.noise:
            _noise(self.noise)

    @property
    def name(self) -> str:
        """What differs from a perfect line, in words."""
        return (
            ", ".join(
                told.format(value) for field, told in NAMES.items() if (value := self.changed.get(field)) is not None
            )
            or "no impairment"
        )

    @property
    def changed(self) -> dict[str, Any]:
        """The fields that are not as on a perfect line, as JSON."""
        plain = asdict(PERFECT) if self is not PERFECT else {}
        return {name: value for name, value in asdict(self).items() if plain.get(name, value) != value}

    @property
    def late_ms(self) -> float:
        """How much later things arrive, each way."""
        return self.delay_ms + (BUFFER_MS if self.jitter_ms else 0.0)


NAMES = {
    "loss": "loss {:g}%",
    "burst": "bursts of {:g}",
    "jitter_ms": "jitter {:g} ms",
    "delay_ms": "delay {:g} ms",
    "kbps": "Opus {:g} kb/s",
    "noise": "noise {}",
    "echo_db": "echo {:g} dB",
    "minutes_before": "after {:g} min",
}
PERFECT = Impairment()
NETWORKS: Mapping[str, Impairment] = {
    "wifi": Impairment(loss=0.5, burst=2, jitter_ms=8, delay_ms=10, kbps=32),
    "4g": Impairment(loss=1, burst=2, jitter_ms=15, delay_ms=40, kbps=24),
    "3g": Impairment(loss=3, burst=3, jitter_ms=25, delay_ms=120, kbps=12),
    "bad": Impairment(loss=10, burst=4, jitter_ms=40, delay_ms=250, kbps=6),
}


def _noise(text: str) -> tuple[str, float]:
    kind, _, snr = text.partition(":")
    try:
        level = float(snr)
    except ValueError:
        level = None
    if level is None or kind not in (CROWD, *SURROUNDINGS):
        raise ValueError(
            f"--noise takes KIND:SNR such as crowd:10; kinds are {', '.join((CROWD, *sorted(SURROUNDINGS)))}; got {text!r}"
        )
    return kind, level


@dataclass(frozen=True, kw_only=True)
class Impaired:
    """A driver whose system is reached through an impairment."""

    driver: Driver
    impairment: Impairment

    @property
    def name(self) -> str:
        return self.driver.name

    @property
    def batch(self) -> int:
        """How many items it takes together; those of a long session, one where it cannot be shared."""
        if self.impairment.minutes_before and getattr(self.driver, "after", None) is None:
            return 1
        return together(self.driver)

    def run(self, scenarios: Sequence[Scenario]) -> list[Timeline]:
        minutes = self.impairment.minutes_before
        met = [not (minutes and PARTNER in scenario.meta) for scenario in scenarios]
        outputs = iter(self._played([scenario for scenario, one in zip(scenarios, met, strict=True) if one]))
        pairs = zip(scenarios, met, strict=True)
        return [next(outputs) if one else failed(scenario.timeline, NOT_MET) for scenario, one in pairs]

    def _played(self, scenarios: Sequence[Scenario]) -> list[Timeline]:
        sent = [impaired(scenario, self.impairment) for scenario in scenarios]
        minutes = self.impairment.minutes_before
        after: Callable[[Timeline, Sequence[Timeline]], Sequence[Timeline]] | None = getattr(self.driver, "after", None)
        if minutes and after is not None:
            outputs = list(after(before(minutes), [scenario.stimulus() for scenario in sent]))
        elif minutes:
            outputs = [_later(scenario, minutes, self.driver) for scenario in sent]
        else:
            outputs = self.driver.run(sent)
        pairs = zip(scenarios, outputs, strict=True)
        return [heard(output, scenario, self.impairment) for scenario, output in pairs]


def impaired(scenario: Scenario, impairment: Impairment) -> Scenario:
    """The scenario as it is at the system's end of the line, without the minutes before."""
    rng = chance(scenario.id, 0)
    listens = PARTNER in scenario.meta
    timeline = scenario.timeline
    track = timeline.audio.get(Channel.USER)
    if track is not None and track.rate_hz == USER_HZ:
        samples = track.samples
        if impairment.noise:
            samples = _noisy(samples, impairment.noise, rng)
        if impairment.kbps:
            samples = coded(samples, f"opus-{impairment.kbps}")
        if not listens:
            samples = _holed(samples, USER_HZ, impairment, chance(scenario.id, THERE))
        timeline = replace(timeline, audio={**timeline.audio, Channel.USER: Track(samples=samples, rate_hz=USER_HZ)})
    if impairment.loss:
        timeline = replace(timeline, frames=_kept(timeline.frames, impairment, chance(scenario.id, 2)))
    if listens:
        return marked(_far(replace(scenario, timeline=timeline), impairment), impairment)
    return marked(replace(scenario, timeline=moved(timeline, impairment.late_ms)), impairment)


def _far(scenario: Scenario, impairment: Impairment) -> Scenario:
    """The scenario whose user listens, with the line in what is said of them."""
    if not impairment.loss and not impairment.late_ms:
        return scenario
    line = {"late_ms": impairment.late_ms, **asdict(_network(impairment))}
    return replace(scenario, meta={**scenario.meta, PARTNER: {**scenario.meta[PARTNER], FAR: line}})


def marked(scenario: Scenario, impairment: Impairment) -> Scenario:
    """The scenario with what the scores have to know: where the system cannot hear its echo, it is unscored."""
    return (
        scenario
        if impairment.echo_db is None
        else replace(scenario, meta={**scenario.meta, "echo_db": impairment.echo_db})
    )


def heard(output: Timeline, scenario: Scenario, impairment: Impairment) -> Timeline:
    """What came back, on the user's clock: words that were heard lie where they were said.

    It is cut to the scenario's length; a conversation with a user who listens lasts as long as it lasted.
    """
    if FAILED in output.meta:
        return output
    listens = PARTNER in scenario.meta
    late_ms, until_ms = impairment.late_ms, (output if listens else scenario.timeline).duration_ms
    track = output.audio.get(Channel.MODEL)
    audio = dict(output.audio)
    if track is not None:
        if listens:
            samples = silenced(track.samples, track.rate_hz, lost_on(_network(impairment), scenario.id, BACK))
        else:
            samples = _holed(track.samples, track.rate_hz, impairment, chance(scenario.id, BACK))
        audio[Channel.MODEL] = replace(track, samples=samples)
    events = [later(event, _late_ms(event, late_ms)) for event in output.events]
    audio = {
        name: _shifted(one, -late_ms if name is Channel.USER else late_ms, until_ms) for name, one in audio.items()
    }
    kept = tuple(event for event in events if event.at_ms < until_ms)
    meta = {**output.meta, **(OWN_CLOCK if impairment.minutes_before else {})}
    return replace(output, events=kept, audio=audio, duration_ms=until_ms, meta=meta)


def _late_ms(event: Event, late_ms: float) -> float:
    """How much later an event of an output is on the user's clock, on which a partner's marks are."""
    if isinstance(event, Span):
        return 0.0
    return -late_ms if isinstance(event, Word) and event.channel is Channel.HEARD else late_ms


def moved(timeline: Timeline, by_ms: float) -> Timeline:
    """Everything `by_ms` later (earlier where negative); what then lies before zero is gone."""
    if by_ms == 0:
        return timeline
    duration_ms = timeline.duration_ms + by_ms
    return replace(
        timeline,
        duration_ms=duration_ms,
        events=tuple(e for event in timeline.events if (e := later(event, by_ms)).at_ms >= 0),
        frames=tuple(replace(f, at_ms=f.at_ms + by_ms) for f in timeline.frames if f.at_ms + by_ms >= 0),
        audio={name: _shifted(track, by_ms, duration_ms) for name, track in timeline.audio.items()},
    )


def before(minutes: float) -> Timeline:
    """The minutes of a session before an item: ordinary talk, of which nothing is scored, and quiet at the end."""
    samples = np.resize(filler(), round(minutes * 60 * USER_HZ))
    samples[-round(QUIET_S * USER_HZ) :] = 0
    return Timeline(duration_ms=minutes * 60_000, audio={Channel.USER: Track(samples=samples, rate_hz=USER_HZ)})


def _later(scenario: Scenario, minutes: float, driver: Driver) -> Timeline:
    """One item after the minutes before it, played to the system as a whole."""
    lead_ms, first = minutes * 60_000, before(minutes).audio[Channel.USER].samples
    long = moved(scenario.timeline, lead_ms)
    samples = long.audio[Channel.USER].samples
    samples[: len(first)] = first
    (output,) = driver.run([replace(scenario, timeline=long)])
    return output if FAILED in output.meta else moved(output, -lead_ms)


def _shifted(track: Track, by_ms: float, duration_ms: float) -> Track:
    lead, size = (round(ms * track.rate_hz / 1000) for ms in (by_ms, duration_ms))
    samples = np.zeros(size, np.float32)
    source = track.samples[max(0, -lead) :][: max(0, size - max(0, lead))]
    samples[max(0, lead) : max(0, lead) + len(source)] = source
    return Track(samples=samples, rate_hz=track.rate_hz)


def _noisy(samples: Samples, noise: str, rng: np.random.Generator) -> Samples:
    kind, snr_db = _noise(noise)
    made = crowd(rng, len(samples), murmuring()) if kind == CROWD else SURROUNDINGS[kind](rng, len(samples))
    return np.clip(samples + np.float32(_speech_level(samples) * gain(-snr_db)) * made, -0.99, 0.99).astype(np.float32)


def _speech_level(samples: Samples) -> float:
    """The level of the loudest quarter of a second's frames: speech, not the pauses; a voice's usual one where it is silent."""
    size = USER_HZ // 4
    whole = samples[: len(samples) // size * size].reshape(-1, size)
    levels = [rms(frame) for frame in whole]
    return max(float(np.percentile(levels, 75)) if levels else 0.0, gain(-36))


def _holed(samples: Samples, rate_hz: int, impairment: Impairment, rng: np.random.Generator) -> Samples:
    """The samples with silence where packets are missing."""
    if not impairment.loss and not impairment.jitter_ms:
        return samples
    way = _network(impairment)
    return silenced(samples, rate_hz, lost_packets(way, -(-len(samples) * 1000 // (rate_hz * way.packet_ms)), rng))


def _network(impairment: Impairment) -> Network:
    return Network(
        loss=impairment.loss / 100, burst=impairment.burst, jitter_ms=impairment.jitter_ms, buffer_ms=BUFFER_MS
    )


def _kept(frames: Sequence[Any], impairment: Impairment, rng: np.random.Generator) -> tuple[Any, ...]:
    """The pictures that arrive: each is lost with the share of the packets."""
    return tuple(
        frame for frame, chance in zip(frames, rng.random(len(frames)), strict=True) if chance >= impairment.loss / 100
    )
