"""The systems that `microturn bench --system` takes, by the word before the colon: the bench may not import them itself."""

import argparse
from collections.abc import Sequence
from functools import partial

import numpy as np

from microturn.bench.driver import Driver, LiveDriver, LocalDriver
from microturn.bench.partner import Partner
from microturn.bench.partnered import Partnered
from microturn.cli.bench.long import following
from microturn.cli.model import open_model
from microturn.protocol.events import Channel, Text
from microturn.protocol.media import USER_HZ
from microturn.protocol.timeline import Timeline


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The arguments of systems behind a socket."""
    del parser


def live(args: argparse.Namespace) -> Driver:
    """A Live server, four sessions side by side, in real time."""
    from microturn.cli.live import converse, meet_all

    return Partnered(driver=LiveDriver(converse=partial(converse, args.system)), play=partial(meet_all, args.system))


def local(args: argparse.Namespace) -> Driver:
    """The engine in this process, many stimuli in one batch, faster than real time."""
    from microturn.engine.meeting import Meeting, meet_many
    from microturn.engine.offline import Take, run_many
    from microturn.engine.session import SessionConfig

    model = open_model(args.model or "nano")

    def take(stimulus: Timeline) -> Take:
        track = stimulus.audio.get(Channel.USER)
        if track is not None and track.rate_hz != USER_HZ:
            raise ValueError(f"a stimulus has its user's track at {USER_HZ} Hz, got {track.rate_hz}")
        samples = np.zeros(0, np.float32) if track is None else track.samples
        texts = [event for event in stimulus.events if isinstance(event, Text)]
        return Take(
            samples=samples,
            events=[*stimulus.frames, *texts],
            config=SessionConfig(seed=stimulus.seed, second_of_day=stimulus.second_of_day, tick_ms=stimulus.tick_ms),
            tail_s=max(0.0, stimulus.duration_ms / 1000.0 - len(samples) / USER_HZ),
            echo_db=stimulus.meta.get("echo_db"),
        )

    def run(stimuli: Sequence[Timeline]) -> list[Timeline]:
        return run_many(model, [take(stimulus) for stimulus in stimuli], batch=len(stimuli))

    def meet(stimuli: Sequence[Timeline], partners: Sequence[Partner]) -> list[Timeline]:
        meetings = [
            Meeting(user=partner, config=SessionConfig(seed=stimulus.seed, second_of_day=stimulus.second_of_day))
            for stimulus, partner in zip(stimuli, partners, strict=True)
        ]
        return meet_many(model, meetings)

    return Partnered(driver=LocalDriver(run_many=run, after=following(model, take)), play=meet)


SYSTEMS = {"local": local, "live": live}
