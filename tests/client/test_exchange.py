"""A user who listens, over a socket: hears a tick later what came, and is on record in the output."""

import numpy as np
import pytest
from numpy.typing import NDArray

from microturn.bench.audible import soundings
from microturn.bench.controls import tone
from microturn.client.exchange import called, json_message, meet
from microturn.client.realtime import Realtime
from microturn.protocol.events import Channel
from microturn.protocol.failure import SystemFailed
from microturn.protocol.timeline import Timeline
from tests.client.peers import serving
from tests.client.test_realtime import Echoing

TICK = 3200
QUIET = np.zeros(TICK, np.float32)


class Asking:
    """Says two ticks, then waits; once it has been answered for three ticks it leaves."""

    def __init__(self) -> None:
        self.heard: list[NDArray[np.float32]] = []

    def next(self, heard_S: NDArray[np.float32]) -> NDArray[np.float32] | None:
        self.heard.append(heard_S)
        loud = [bool(len(tick)) and float(np.abs(tick).max()) > 0.05 for tick in self.heard]
        if sum(loud) == 3:
            return None
        return tone(200, hz=330, rate_hz=16_000) if 2 <= len(self.heard) < 4 else QUIET


def test_a_user_who_listens() -> None:
    user = Asking()
    with serving(Echoing()) as url:
        output = meet(Realtime(f"{url}/v1/realtime?model=m"), Timeline(duration_ms=0.0), user)
    assert output.duration_ms == 200.0 * (len(user.heard) - 1) == output.audio[Channel.USER].duration_ms
    assert len(user.heard[0]) == 0 and all(len(tick) == 4800 for tick in user.heard[1:])
    heard = np.concatenate(user.heard)
    model = output.audio[Channel.MODEL]
    np.testing.assert_array_equal(heard, model.samples[: len(heard)])
    assert 860 <= soundings(output, join_ms=400)[0].at_ms and output.duration_ms < 5000


def test_what_is_no_message_and_what_a_call_says() -> None:
    with pytest.raises(SystemFailed, match="not the JSON object"):
        json_message(b"\x00\xff")
    assert called("book", '{"seat": 4}') == called("book", {"seat": 4}) == '{"function": "book", "args": {"seat": 4}}'
    assert called("book", "{seat") == '{"function": "book", "args": "{seat"}'
