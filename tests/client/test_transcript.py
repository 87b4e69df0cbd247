"""Words without times lie in the audible parts of their sound, in order, and none is invented for sound that never came."""

import numpy as np
import pytest

from microturn.bench.controls import tone
from microturn.client.transcript import Utterance, spread
from microturn.protocol.events import Audio, Channel


def chunk(at_ms: float, *parts: np.ndarray) -> Audio:
    return Audio(at_ms=at_ms, channel=Channel.MODEL, samples=np.concatenate(parts), rate_hz=24_000)


def quiet(ms: float) -> np.ndarray:
    return np.zeros(round(ms * 24), np.float32)


def test_words_take_their_share_and_skip_the_pause() -> None:
    words = spread("one six", [chunk(1000, quiet(200), tone(400)), chunk(1600, quiet(1000), tone(400))])
    assert [(word.text, word.at_ms, word.until_ms) for word in words] == [("one", 1200, 1600), ("six", 2600, 3000)]


def test_what_broke_off_holds_only_what_can_have_been_said() -> None:
    text = " ".join(["word"] * 40)
    assert len(spread(text, [chunk(0, tone(1000))])) == 40
    assert len(spread(text, [chunk(0, tone(1000))], whole=False)) == 5
    assert [word.text for word in Utterance(text="hi there", chunks=[chunk(0, tone(1000))]).words()] == ["hi", "there"]


@pytest.mark.parametrize(
    ("text", "chunks"), [("hello", []), ("hello", [chunk(0, quiet(500))]), ("  ", [chunk(0, tone(500))])]
)
def test_text_without_sound_is_not_said(text: str, chunks: list[Audio]) -> None:
    assert spread(text, chunks) == []
