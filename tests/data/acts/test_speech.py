"""How people speak: what is meant is answered, once, and whoever is not spoken to is silent."""

import itertools

import numpy as np

from microturn.data.acts import speech
from microturn.data.script import Stage
from microturn.data.voices.voice import Speech
from microturn.features.numbers import number_value
from microturn.protocol.events import Channel, Clear
from microturn.protocol.timeline import Timeline
from tests.data.test_acts import Beeper, OwnBeep, played

SEEDS = range(12)


def said(scene: Timeline) -> list[str]:
    return [word.text for word in scene.words(Channel.SAY)]


def heard(scene: Timeline) -> list[str]:
    return [word.text for word in scene.words(Channel.HEARD)]


def test_words_are_remembered_over_turns() -> None:
    for seed in SEEDS:
        scene = played("turns", seed)
        recalled = [word for word in said(scene) if word != "okay"]
        assert recalled and set(recalled) <= set(heard(scene))
        assert said(scene).count("okay") >= 2


def test_long_pauses_lie_inside_the_request_and_nothing_is_said_in_them() -> None:
    for seed in SEEDS:
        scene = played("hesitation", seed)
        pauses = scene.spans("pause")
        assert pauses and all(700 <= pause.until_ms - pause.at_ms <= 2500 for pause in pauses)
        assert scene.words(Channel.SAY)[0].at_ms > max(pause.until_ms for pause in pauses)


def test_a_word_that_is_taken_back_is_not_said() -> None:
    for seed in SEEDS:
        scene = played("correction", seed)
        words = heard(scene)
        wrong = words[words.index("no") - (2 if words[words.index("no") - 1] == "oh" else 1)]
        assert wrong not in said(scene) and said(scene)


def test_a_change_of_mind_cuts_the_answer_and_gets_another() -> None:
    for seed in SEEDS:
        scene = played("change_of_mind", seed)
        (clear,) = [event for event in scene.events if isinstance(event, Clear)]
        after = [word.text for word in scene.words(Channel.SAY) if word.at_ms >= clear.at_ms]
        assert after == heard(scene)[-2:]


def test_only_the_whole_request_is_answered() -> None:
    for seed in SEEDS:
        scene = played("false_start", seed)
        (answer,) = scene.spans("expect")
        assert said(scene) == answer.text.split()
        assert answer.data["request_end_ms"] == scene.words(Channel.HEARD)[-1].until_ms


def test_fillers_are_heard_and_not_answered() -> None:
    for seed in SEEDS:
        scene = played("fillers", seed)
        assert set(heard(scene)) & set(speech.FILLERS) and not set(said(scene)) & set(speech.FILLERS)


def test_a_count_goes_on_where_it_was_stopped() -> None:
    for seed in SEEDS:
        scene = played("resumption", seed)
        spoken = [word for word in scene.words(Channel.SAY)]
        values = [number_value([word.text]) for word in spoken]
        steps = [two - one for one, two in itertools.pairwise(values)]
        assert sum(step == 0 for step in steps) <= 1 and {abs(step) for step in steps} <= {0, 1}
        repeated = [one for one, step in zip(spoken, steps, strict=False) if step == 0]
        assert all(word.until_ms - word.at_ms < 400 for word in repeated)  # only a word that was cut is said again


def test_the_user_begins_while_the_model_is_still_heard() -> None:
    for seed in SEEDS:
        scene = played("overlap", seed)
        one, two = scene.words(Channel.SAY)
        second = next(word for word in scene.words(Channel.HEARD) if word.at_ms > one.at_ms)
        assert one.at_ms + 200 < second.at_ms < one.until_ms + 200 <= two.at_ms + 200
        assert not [event for event in scene.events if isinstance(event, Clear)]


def test_who_is_addressed_by_name_is_somebody_else() -> None:
    for seed in SEEDS:
        scene = played("addressed", seed)
        assert heard(scene)[0] in speech.NAMED and not said(scene)
        (hush,) = scene.spans("quiet")
        assert (
            hush.at_ms <= scene.words(Channel.HEARD)[0].at_ms
            and hush.until_ms > scene.words(Channel.HEARD)[-1].until_ms
        )


def test_a_wrong_sound_is_heard_as_the_word_that_is_meant() -> None:
    spoken: list[str] = []

    class Listener(Beeper):
        def say(self, text: str, *, seed: int = 0, speed: float = 1.0) -> Speech:
            spoken.extend(text.split())
            return super().say(text, seed=seed, speed=speed)

    stage = Stage(rng=np.random.default_rng(2), voice=Listener(), own=OwnBeep)
    speech.mispronounced(stage)
    meant = [word for one in stage.spoken for word, _, _ in one.own.words]
    assert meant and set(meant) <= set(speech.MISSAID)
    assert {speech.MISSAID[word] for word in meant} <= set(spoken) and not set(meant) & set(spoken)


def test_steps_are_murmured_at_between_the_steps() -> None:
    for seed in SEEDS:
        scene = played("directions", seed)
        murmurs = [word for word in scene.words(Channel.SAY) if word.text == "mm"]
        assert len(murmurs) == number_value(said(scene)[-1:])
        for murmur in murmurs:
            assert not [w for w in scene.words(Channel.HEARD) if w.at_ms < murmur.at_ms + 200 < w.until_ms]
