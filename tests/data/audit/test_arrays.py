"""Arrays that do not fit together are told, each by its name; and words that are no token are listed."""

from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from microturn.data.audit.arrays import broken_arrays
from microturn.data.audit.words import spelled
from microturn.data.factory import tokenizer
from microturn.features.layout import Ticks
from microturn.protocol.events import Channel, Text
from tests.data.audit.stories import heard, scene, session, with_events

TICKS = session(scene(2, "jumps")).ticks


def changed(name: str, place: int, value: float) -> Ticks:
    array: Any = getattr(TICKS, name).copy()
    array.reshape(-1)[place] = value
    return replace(TICKS, **{name: array})


def test_whole_arrays_are_whole() -> None:
    assert len(TICKS.frames) and broken_arrays(TICKS, tokenizer().size) == []


@pytest.mark.parametrize(
    ("ticks", "told"),
    [
        (replace(TICKS, word_TF=TICKS.word_TF[:-1]), "word_TF has shape"),
        (replace(TICKS, frames=TICKS.frames[:-1]), "frame_T does not count through"),
        (replace(TICKS, frames=TICKS.frames[:, :40]), "frames has shape"),
        (changed("out_at", -1, 10**6), "out_at does not cut"),
        (changed("text_at", 0, 3), "text_at does not cut"),
        (changed("speak_T", 0, 99), "speak_T does not count through"),
        (changed("out", 0, 1 << 20), "out has values"),
        (changed("word_TF", 0, -3), "word_TF has values"),
        (changed("phone_TF", 0, 200), "phone_TF has values"),
        (changed("mel_SFM", 5, np.nan), "mel_SFM has values that are no numbers"),
        (changed("second_T", 5, 0.0), "second_T does not go forward"),
    ],
)
def test_what_does_not_fit_is_named(ticks: Ticks, told: str) -> None:
    found = broken_arrays(ticks, tokenizer().size)
    assert found and found[0].reason == "broken arrays" and told in found[0].detail


def test_spelled_words_are_listed_once() -> None:
    words = [heard("apple", 0, 300), heard("zyzzyva", 300, 600), heard("zyzzyva", 600, 900)]
    typed = Text(at_ms=1000, channel=Channel.USER, text="Apple qwertz")
    assert [finding.detail for finding in spelled(with_events([*words, typed]))] == ["'zyzzyva'", "'qwertz'"]
