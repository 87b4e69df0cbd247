"""The world: music and noise sound where they are marked and get no answer; requests under them do."""

import numpy as np
import pytest

from microturn.data.acts.world import NOISES, heard_for
from microturn.data.script import Stage
from microturn.protocol.events import Channel
from tests.data.test_acts import Beeper, OwnBeep, played

SEEDS = range(6)


@pytest.mark.parametrize("name", ["music", "noise"])
def test_what_nobody_says_gets_no_answer_and_is_heard(name: str) -> None:
    for seed in SEEDS:
        scene = played(name, seed)
        (sounding,) = scene.spans(name)
        assert not scene.words(Channel.SAY) and not scene.words(Channel.HEARD)
        samples = scene.audio[Channel.USER].samples
        inside = samples[int(sounding.at_ms * 16) + 8000 : int(sounding.until_ms * 16) - 8000]
        assert np.sqrt(np.mean(inside**2)) > 0.005
        assert not samples[: int(sounding.at_ms * 16) - 1].any()


def test_a_stretch_of_noise_fades_in_and_out_and_leaves_the_clock() -> None:
    stage = Stage(rng=np.random.default_rng(0), voice=Beeper(), own=OwnBeep, now_ms=1000)
    for kind in NOISES:
        assert heard_for(stage, kind, 2000, -3) == 3000 and stage.now_ms == 1000
        samples = stage.clips[-1].samples
        assert len(samples) == 32_000 and abs(samples[0]) < 1e-3 and abs(samples[-1]) < 1e-3


def test_a_request_under_noise_is_answered() -> None:
    for seed in SEEDS:
        scene = played("amid", seed)
        (wish,) = scene.spans("expect")
        (sounding,) = [*scene.spans("noise"), *scene.spans("music")]
        assert sounding.at_ms < wish.data["request_end_ms"] < sounding.until_ms + 200


def test_only_the_user_is_answered_among_bystanders() -> None:
    for seed in SEEDS:
        scene = played("bystanders", seed)
        words = [word.text for word in scene.words(Channel.HEARD) if word.text not in ("um", "uh")]
        assert [word.text for word in scene.words(Channel.SAY)] == words[-2:]
        others = [span for span in scene.spans("word") if span.who == "other"]
        assert min(o.at_ms for o in others) < scene.words(Channel.HEARD)[0].at_ms < max(o.at_ms for o in others)


def test_after_a_long_silence_the_model_is_still_there() -> None:
    for seed in SEEDS:
        scene = played("long_silence", seed)
        (hush,) = scene.spans("quiet")
        assert 10_000 <= hush.until_ms - hush.at_ms <= 25_000
        assert next(word.text for word in scene.words(Channel.SAY)) == "yes"
