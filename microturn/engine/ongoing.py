"""A session that has been going on, faster than real time, and what would come next in it: once, or many times over.

`Ongoing` plays the minutes before; `branch` plays a take from there on, and leaves the session as it was. What an hour
of session costs is paid once, however many takes follow it.
"""

import copy
from collections.abc import Iterable
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from microturn.engine.offline import Take, by_tick
from microturn.engine.recorder import Recorder
from microturn.engine.session import Input, Session, SessionConfig
from microturn.engine.worker import Model, Rows
from microturn.features.audio import IN_HZ, OUT_HZ
from microturn.protocol.events import Audio, Channel, later
from microturn.protocol.timeline import Timeline, Track
from microturn.protocol.wire import INT16_SCALE


class Ongoing:
    """One session; `ms` is how old it is. Only its latest events are remembered."""

    def __init__(self, model: Model, config: SessionConfig) -> None:
        self._model = model
        self._rows = Rows(model, 1)
        self._session = Session(replace(config, history_capacity=8_000), model.tokenizer)
        self._rows.begin(0, config.seed)
        self._session.open()

    @property
    def ms(self) -> float:
        return float(self._session.tick * self._session.config.tick_ms)

    def go_on(self, samples: NDArray[np.float32], until_ms: float) -> None:
        """Hear `samples` (float32 [S], 16 kHz, from the session's beginning) up to the last tick that ends by `until_ms`."""
        tick_ms = self._session.config.tick_ms
        size = tick_ms * IN_HZ // 1000
        while self.ms + tick_ms <= until_ms:
            at = self._session.tick * size
            self._tick([_audio(np.pad(piece := samples[at : at + size], (0, size - len(piece))))])

    def branch(self, take: Take) -> Timeline:
        """What comes of `take` here and now, from its first sample on; its seed and time of day are the session's."""
        shared = {id(self._model): self._model, id(self._model.tokenizer): self._model.tokenizer}
        other = copy.deepcopy(self, shared)
        return other._play(take)

    def _play(self, take: Take) -> Timeline:
        tick_ms, start_ms = self._session.config.tick_ms, self.ms
        size = tick_ms * IN_HZ // 1000
        ticks = max(1, -(-(len(take.samples) + round(take.tail_s * IN_HZ)) // size))
        padded = np.zeros(ticks * size, np.float32)
        padded[: len(take.samples)] = take.samples
        recorder = Recorder(self._session)
        recorder.take()
        events = by_tick(take.events, tick_ms)
        for tick in range(ticks):
            inputs = [later(event, start_ms) for event in events(tick)]
            self._tick([*inputs, _audio(padded[tick * size : (tick + 1) * size])], recorder)
        stretch = recorder.take()
        voice = np.zeros(round(ticks * tick_ms * OUT_HZ / 1000) + OUT_HZ, np.int16)
        for at, pcm in stretch.voice:
            first = at - round(start_ms * OUT_HZ / 1000)
            voice[first : first + len(pcm)] = pcm[: len(voice) - first]
        record = self._session.timeline()
        fresh = [event for event in record.events if event.at_ms >= start_ms]
        tracks = {Channel.USER: _track(np.concatenate(stretch.user), IN_HZ), Channel.MODEL: _track(voice, OUT_HZ)}
        return replace(
            record,
            events=tuple(later(event, -start_ms) for event in fresh),
            audio=tracks,
            duration_ms=float(ticks * tick_ms),
            second_of_day=record.second_of_day + start_ms / 1000,
        )

    def _tick(self, inputs: Iterable[Input], recorder: Recorder | None = None) -> None:
        for event in inputs:
            self._session.receive(event)
        tick_input = self._session.tick_input()
        (result,) = self._rows.step({0: tick_input}).values()
        events = self._session.tick_output(result)
        if recorder:
            recorder.answered(tick_input, events)


def _audio(samples: NDArray[np.float32]) -> Audio:
    return Audio(at_ms=0.0, channel=Channel.USER, samples=samples, rate_hz=IN_HZ)


def _track(pcm: NDArray[np.int16], rate_hz: int) -> Track:
    return Track(samples=(pcm / INT16_SCALE).astype(np.float32), rate_hz=rate_hz)
