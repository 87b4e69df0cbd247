"""Every act, played many times: words are known, the model answers at the tick that the convention names."""

import itertools

import numpy as np
import pytest

from microturn.data.acts import ACTS, MIXTURES, SIGHT, TYPED, WATCHING, times
from microturn.data.acts.sentences import sentence
from microturn.data.lexicon import WORDS
from microturn.data.scene import CLEAN, Cast, make_scene
from microturn.data.script import Stage
from microturn.data.voices.voice import Sound, Speech
from microturn.features.numbers import number_words
from microturn.protocol.events import Channel, Clear, Do, Text, Word
from microturn.protocol.timeline import Timeline

SEEDS = range(6)
MADE = tuple(MIXTURES["all"])


class Beeper:
    """A voice that beeps 200 ms a word, 80 ms apart."""

    name = "beeper"
    languages = ("en", "es", "de", "fr")

    def speaking(self, language: str) -> "Beeper":
        assert language in self.languages
        return self

    def say(self, text: str, *, seed: int = 0, speed: float = 1.0) -> Speech:
        words = tuple(Sound(word, 280.0 * i, 280.0 * i + 200) for i, word in enumerate(text.split()))
        tone = np.sin(np.arange(3200) * 0.3).astype(np.float32)
        samples = np.tile(np.concatenate([tone, np.zeros(1280, np.float32)]), len(words))
        return Speech(samples, 16_000, words, words)


class OwnBeep:
    """What the model says: one word takes two ticks."""

    def __init__(self, text: str) -> None:
        self.words = tuple((word, 2 * i, 2) for i, word in enumerate(text.split()))
        self.samples = np.full(9600 * len(self.words), 0.1, np.float32)


CAST = Cast(users=(Beeper(),), own=OwnBeep)


def played(name: str, seed: int, split: str = "train") -> Timeline:
    return make_scene(seed, split=split, seconds=1, acts=[name], setting=CLEAN, cast_of=CAST)  # pyright: ignore


@pytest.mark.parametrize("name", MIXTURES["nano"])
def test_every_word_of_every_act_of_nano_is_in_the_lexicon(name: str) -> None:
    for seed in range(40):
        scene = played(name, seed)
        said = [word.text for channel in (Channel.HEARD, Channel.SAY) for word in scene.words(channel)]
        notes = [word for event in scene.events if isinstance(event, Do) for word in event.text.split()]
        assert set(said) | set(notes) <= set(WORDS)


@pytest.mark.parametrize("name", MADE)
def test_the_oracle_meets_every_expectation_and_breaks_no_silence(name: str) -> None:
    for seed in SEEDS:
        scene = played(name, seed)
        says = scene.words(Channel.SAY)
        assert all(word.at_ms % 200 == 0 and word.until_ms % 200 == 0 for word in says)
        for wish in scene.spans("expect"):
            texts = [w.text for w in says if wish.at_ms <= w.at_ms <= wish.until_ms]
            assert wish.text.split()[0] in texts, (name, seed, wish)
        for hush in scene.spans("quiet"):
            assert not [w for w in says if hush.at_ms < w.at_ms < hush.until_ms], (name, seed, hush)
        for hold in scene.spans("keep"):
            assert any(w.at_ms <= hold.at_ms < w.until_ms + 200 for w in says)


@pytest.mark.parametrize("name", MADE)
def test_the_models_words_do_not_overlap_and_everything_is_inside_the_session(name: str) -> None:
    for seed in SEEDS:
        scene = played(name, seed)
        says = scene.words(Channel.SAY)
        assert all(one.until_ms <= two.at_ms for one, two in itertools.pairwise(says))
        assert all(
            0 <= word.at_ms and word.until_ms <= scene.duration_ms for word in (*says, *scene.words(Channel.HEARD))
        )
        assert bool(scene.frames) == (name in (*SIGHT, *WATCHING))


def test_answers_start_in_the_first_tick_that_holds_the_end_of_the_request() -> None:
    for seed in SEEDS:
        scene = played("repeat", seed)
        end_ms = scene.words(Channel.HEARD)[-1].until_ms + 60
        first = scene.words(Channel.SAY)[0]
        assert first.at_ms <= end_ms < first.at_ms + 200


def test_a_timer_counts_every_second_down_to_zero_and_speaks_there() -> None:
    for seed in SEEDS:
        scene = played("timer", seed)
        notes = [event for event in scene.events if isinstance(event, Do)]
        assert [note.text for note in notes] == [" ".join(number_words(left)) for left in range(len(notes) - 1, -1, -1)]
        assert {two.at_ms - one.at_ms for one, two in itertools.pairwise(notes)} == {1000.0}
        assert notes[-1].at_ms in [word.at_ms for word in scene.words(Channel.SAY)]


def test_an_interrupted_model_clears_soon_and_says_nothing_in_that_tick() -> None:
    for seed in SEEDS:
        scene = played("interrupted", seed)
        (clear,) = [event for event in scene.events if isinstance(event, Clear)]
        (barge,) = scene.spans("interrupt")
        assert barge.at_ms < clear.at_ms + 200 <= barge.data["clear_by_ms"]
        model = scene.audio[Channel.MODEL].samples
        tick = int(clear.at_ms // 200)
        assert model[(tick - 1) * 4800 : tick * 4800 - 240].any()
        if "say" not in barge.text:
            assert not model[tick * 4800 :].any()


def test_the_wall_clock_is_read_at_the_answer() -> None:
    scene = played("wall_clock", 3)
    says = scene.words(Channel.SAY)
    now_s = scene.second_of_day + says[0].at_ms / 1000
    assert [word.text for word in says] == ["it", "is", *times.clock_words(now_s)]


def test_sentences_leave_out_what_they_must() -> None:
    stage = Stage(rng=np.random.default_rng(0), voice=Beeper(), own=OwnBeep)
    assert not any("apple" in sentence(stage, avoid=("apple",)).split() for _ in range(300))


def test_word_combinations_kept_for_tests_are_never_trained_on() -> None:
    def seen(split: str) -> set[frozenset[str]]:
        stage = Stage(rng=np.random.default_rng(0), voice=Beeper(), own=OwnBeep, split=split)
        return {frozenset(stage.pick_words(2)) for _ in range(500)}

    assert not seen("train") & seen("test")


@pytest.mark.parametrize("name", TYPED)
def test_a_typed_request_makes_no_sound_and_is_answered_in_the_tick_it_arrives_in(name: str) -> None:
    stage = Stage(rng=np.random.default_rng(1), voice=Beeper(), own=OwnBeep, now_ms=1234.0, typing=True)
    ACTS[name](stage)
    asked = [event for event in stage.events if isinstance(event, Text)]
    assert asked and not stage.clips and not any(isinstance(event, Word) for event in stage.events)
    assert all(text.at_ms % 200 == 0 and set(text.text.split()) <= set(WORDS) for text in asked)
    if name not in ("timer", "describe"):
        assert [spoken.tick * 200.0 for spoken in stage.spoken] == [text.at_ms for text in asked]


@pytest.mark.parametrize("name", SIGHT)
def test_every_frame_is_labelled_and_a_cue_is_in_view_when_it_is_answered(name: str) -> None:
    for seed in SEEDS:
        scene = played(name, seed)
        views = {span.at_ms: span.data for span in scene.spans("view")}
        assert set(views) == {frame.at_ms for frame in scene.frames}
        assert {word for view in views.values() for word in view.values() if word} <= set(WORDS)
        for cue in (span for span in scene.spans("expect") if "sight" in span.data):
            answered = [word.at_ms for word in scene.words(Channel.SAY) if cue.at_ms <= word.at_ms <= cue.until_ms]
            assert cue.data["sight"] in views[answered[0]].values(), (name, seed)
