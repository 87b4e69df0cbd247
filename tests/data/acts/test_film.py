"""Filming: an answer is due in the tick of the first frame that shows its reason, and texts stay in their split."""

import numpy as np
import pytest
from PIL import Image

from microturn.data.acts import film
from microturn.data.acts.film import Cue, Eye, Labels, Wording
from microturn.data.pictures.cameras import SIDE, Camera, Shot
from microturn.data.script import Stage
from microturn.data.voices.voice import Speech
from microturn.protocol.events import Span, Word
from tests.data.test_acts import Beeper, OwnBeep


class Bookish(Beeper):
    """Refuses a word that it never recorded."""

    def say(self, text: str, *, seed: int = 0, speed: float = 1.0) -> Speech:
        if "squats" in text.split():
            raise ValueError("no recording of squats")
        return super().say(text, seed=seed, speed=speed)


def stage(seed: int = 0, split: str = "train", *, bookish: bool = False) -> Stage:
    voice = Bookish() if bookish else Beeper()
    return Stage(rng=np.random.default_rng(seed), voice=voice, own=OwnBeep, split=split)


def flash(at_ms: float) -> tuple[Image.Image, Labels]:
    """White from 3210 ms on."""
    level = 240 if at_ms >= 3210 else 10
    return Image.new("RGB", (SIDE, SIDE), (level, level, level)), {"reading": "stop" if level > 99 else ""}


CUE = Cue(at_ms=3210, seen_ms=3210, name="flash", answer="apple", data={"sight": "stop"})


@pytest.mark.parametrize("interval_ms", [200.0, 250.0, 500.0])
def test_the_answer_comes_in_the_tick_of_the_first_frame_that_shows_it(interval_ms: float) -> None:
    one = stage()
    camera = Camera(seed=7, interval_ms=interval_ms, drop=0.2, late=0.4)
    film.watch(one, flash, [CUE], first=0, eye=Eye(camera=camera), tail_ms=2000)
    bright_ms = [frame.at_ms for frame in one.frames if frame.rgb.mean() > 100]
    (spoken,) = one.spoken
    assert spoken.tick == int(min(bright_ms) // 200)
    (wish,) = [event for event in one.events if isinstance(event, Span) and event.kind == "expect"]
    assert wish.at_ms == spoken.tick * 200 and wish.data["event_ms"] == 3210
    views = {e.at_ms: e.data["reading"] for e in one.events if isinstance(e, Span) and e.kind == "view"}
    assert views[spoken.tick * 200.0] == "stop" and set(views) == {frame.at_ms // 200 * 200 for frame in one.frames}


def test_what_no_frame_shows_is_an_error() -> None:
    taken = [Shot(world_ms=0, at_ms=0), Shot(world_ms=200, at_ms=450)]
    assert film.seen_tick(taken, 100) == 2
    with pytest.raises(ValueError, match="film for longer"):
        film.seen_tick(taken, 201)


def test_a_voice_without_a_word_asks_in_plain_words() -> None:
    asked = Wording(plain=("count them",), named=("count my squats",))

    def texts(bookish: bool) -> set[str]:
        told = [film.ask(stage(seed, bookish=bookish), asked).words for seed in range(12)]
        return {" ".join(word.text for word in words) for words in told}

    assert texts(bookish=True) == {"count them"}
    assert texts(bookish=False) == {"count them", "count my squats"}


def test_a_refused_request_leaves_nothing_on_the_stage() -> None:
    for seed in range(8):
        one = stage(seed, bookish=True)
        told = film.ask(one, Wording(plain=("count",), named=("please now | count my squats",)))
        assert [word for word in one.events if isinstance(word, Word)] == list(told.words) and len(one.clips) == 1


def test_texts_drawn_for_the_tests_are_never_trained_on() -> None:
    def answers(split: str) -> set[str]:
        return {film.draw_answer(stage(seed, split), "full") for seed in range(300)}

    train, test = answers("train"), answers("test")
    assert train and test and not train & test
    with pytest.raises(ValueError, match="too few"):
        film.draw_apart(stage(), lambda: "nothing else", str) if film.kept_apart("nothing else") else film.draw_apart(
            stage(0, "test"), lambda: "nothing else", str
        )
