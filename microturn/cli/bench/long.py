"""Items late in a long session of the in-process engine: the minutes before are played once and shared by all items."""

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

from microturn.bench.driver import RunAfter
from microturn.protocol.events import Channel
from microturn.protocol.timeline import Timeline

if TYPE_CHECKING:
    from microturn.engine.offline import Take
    from microturn.engine.worker import Model


def following(model: "Model", take: "Callable[[Timeline], Take]") -> RunAfter:
    """What `LocalDriver.after` is: a longer time before goes on where a shorter one of the same sound ended."""
    from microturn.engine.ongoing import Ongoing
    from microturn.engine.session import SessionConfig

    going: list[Ongoing] = []

    def after(before: Timeline, stimuli: Sequence[Timeline]) -> list[Timeline]:
        if not going or going[0].ms > before.duration_ms:
            going[:] = [Ongoing(model, SessionConfig(seed=before.seed, tick_ms=before.tick_ms))]
        going[0].go_on(before.audio[Channel.USER].samples, before.duration_ms)
        return [going[0].branch(take(stimulus)) for stimulus in stimuli]

    return after
