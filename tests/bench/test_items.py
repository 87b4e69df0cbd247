"""What the report shows of one item."""

import base64
import io

import av
import numpy as np

from microturn.bench.items import badness, envelope, item, marks, mp3
from microturn.bench.scorers.expect import score_expect
from microturn.bench.task import Measure, Task, score_all
from microturn.protocol.events import Channel
from microturn.protocol.timeline import Track
from tests.bench.worlds import expect, output, scenario

ASKED = scenario(
    "one", [expect("yes", 4000, 6000)], kind="a", meta={"turn_end_ms": 3900.0, "pauses_ms": [[1, 2], [3, 4]]}
)
SAID = [(4500.0, 4800.0, "yes")]


def test_an_item_has_words_windows_marks_and_sound() -> None:
    shown = item(ASKED, output(SAID, heard=[(100.0, 300.0, "well")]))
    assert shown["words"]["say"] == [[4500, 4800, "yes"]] and shown["words"]["heard"] == [[100, 300, "well"]]
    assert shown["windows"] == [{"kind": "expect", "at": 4000, "until": 6000, "text": "yes"}]
    assert shown["marks"] == [["turn end", 3900.0, None], ["pauses", 1.0, 2.0], ["pauses", 3.0, 4.0]]
    assert shown["sound"].startswith("data:audio/mpeg;base64,")


def test_the_envelope_shows_where_sound_is() -> None:
    samples = np.zeros(10_000, np.float32)
    samples[5_000:6_000] = 0.25
    levels = np.frombuffer(base64.b64decode(envelope(Track(samples=samples, rate_hz=1000), 20_000)), np.uint8)
    assert len(levels) == 350 and levels[:170].max() == 0 and levels[180:205].min() == 128 and levels[215:].max() == 0
    assert envelope(None, 1000) == ""


def test_sound_comes_back_on_its_side() -> None:
    both = np.zeros((2, 32_000), np.float32)
    both[0, 8_000:16_000] = 0.5 * np.sin(np.arange(8_000) * 0.2)
    with av.open(io.BytesIO(mp3(both, 16_000)), "r") as container:
        back = np.concatenate([frame.to_ndarray() for frame in container.decode(audio=0)], axis=1)
    level = np.sqrt(np.mean(back[:, 9_000:16_000].astype(np.float64) ** 2, axis=1))
    assert back.shape[0] == 2 and level[0] > 10 * level[1] and abs(back.shape[1] - 32_000) < 3_000


def test_marks_of_other_meta_are_left_out() -> None:
    assert list(marks({"text": "no", "n": 3, "stop_ms": None, "at_ms": [1.0, 2.0, 3.0]})) == [
        ["at", 1.0, None],
        ["at", 2.0, None],
        ["at", 3.0, None],
    ]


def test_the_worst_come_first() -> None:
    task = Task(name="t", summary="", scenarios=lambda n, base: [], measures=(Measure(name="m", scorer=score_expect),))
    nothing = scenario("two")
    results = score_all(task, [ASKED, nothing], [output(), output()])
    assert badness(results, "one", failed=False) == 1 and badness(results, "two", failed=False) == -1
    assert badness(results, "two", failed=True) == 2
    assert Channel.USER in ASKED.timeline.audio
