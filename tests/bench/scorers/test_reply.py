"""What a system answered: its text as it gave it, or what is heard of its voice."""

from dataclasses import replace

import numpy as np
import pytest

from microturn.bench import recogniser
from microturn.bench.scorers.reply import NOTHING, RECOGNISED, TEXT, UNHEARD, joined, reply_of
from tests.bench.worlds import output


def test_text_is_kept_as_it_is() -> None:
    reply = reply_of(output([(0, 400, "Dear"), (400, 800, "Ann,\n\n"), (800, 1200, "so.")]))
    assert (reply.text, reply.source) == ("Dear Ann,\n\nso.", TEXT)
    assert reply_of(output([(0, 400, "Yes.")], sound=False)).text == "Yes."
    assert joined(["a", " b", "c ", "d"]) == "a b c d"


def test_silence_is_an_empty_reply() -> None:
    assert (reply_of(output()).text, reply_of(output()).source) == ("", NOTHING)


def test_a_voice_without_text_is_listened_to(monkeypatch: pytest.MonkeyPatch) -> None:
    voice = replace(output([(0, 400, "Yes.")]), events=())
    monkeypatch.setattr(recogniser, "available", lambda: False)
    assert (reply_of(voice).text, reply_of(voice).source) == (None, UNHEARD)
    monkeypatch.setattr(recogniser, "available", lambda: True)

    def transcribe(samples: np.ndarray, rate_hz: int) -> str:
        return f" {len(samples) / rate_hz:.0f} s "

    monkeypatch.setattr(recogniser, "transcribe", transcribe)
    assert (reply_of(voice).text, reply_of(voice).source) == ("10 s", RECOGNISED)
