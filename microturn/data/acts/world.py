"""The world around the user: music, noise, other people's talk, long silences; with requests under them or none."""

import numpy as np

from microturn.data import sound
from microturn.data.acts.sentences import sentence
from microturn.data.acts.speech import counting
from microturn.data.script import Clip, Stage
from microturn.protocol.media import USER_HZ

FADE_S = 0.3
NOISES = ("white", "pink", "brown", "hum", "babble")


def heard_for(stage: Stage, kind: str, duration_ms: float, gain_db: float) -> float:
    """A stretch of a noise of `sound.NOISES` that begins now, with soft ends. Returns its end; the clock stays."""
    samples = sound.NOISES[kind](stage.rng, round(duration_ms * USER_HZ / 1000)).copy()
    fade = min(round(FADE_S * USER_HZ), len(samples) // 2)
    samples[:fade] *= np.linspace(0, 1, fade, dtype=np.float32)
    samples[len(samples) - fade :] *= np.linspace(1, 0, fade, dtype=np.float32)
    stage.clips.append(Clip(at_ms=stage.now_ms, samples=samples, who="world", gain_db=gain_db))
    until_ms = stage.now_ms + duration_ms
    stage.mark("music" if kind == "music" else "noise", stage.now_ms, until_ms, kind, who="world")
    return until_ms


def _nothing_said(stage: Stage, kind: str) -> None:
    start_ms = stage.now_ms
    stage.pause(200, 800)
    stage.now_ms = heard_for(stage, kind, stage.between(3000, 10000), stage.between(-15, 0))
    stage.pause(300, 1500)
    stage.mark("quiet", start_ms, stage.now_ms, data={"task": "silence"})


def music(stage: Stage) -> None:
    """Music plays and nobody speaks; the model is silent.

    Window: silence throughout.
    """
    _nothing_said(stage, "music")


def noise(stage: Stage) -> None:
    """A machine, wind, a crowd or mains hum is heard and nobody speaks; the model is silent.

    Window: silence throughout.
    """
    _nothing_said(stage, stage.pick(NOISES))


def amid(stage: Stage) -> None:
    """The user makes a request while music or noise goes on; the model answers it."""
    before_ms = stage.between(800, 2500)
    gain_db = stage.between(-22, -8)
    until_ms = heard_for(stage, stage.pick((*NOISES, "music")), stage.between(9000, 14000), gain_db)
    start_ms = stage.now_ms
    stage.now_ms += before_ms
    stage.mark("quiet", start_ms, stage.now_ms, data={"task": "silence"})
    request, numbers = counting(stage, 4)
    stage.reply(numbers, stage.tell(request), task="turntaking")
    stage.now_ms = max(stage.now_ms, until_ms)


def bystanders(stage: Stage) -> None:
    """Two others talk nearby, the user asks the model something, and they talk on; only the user is answered.

    Window: silence under the others; the answer as any other.
    """
    gain_db = stage.between(-18, -10)
    start_ms = stage.now_ms
    _talk(stage, gain_db)
    stage.mark("quiet", start_ms, stage.now_ms, data={"task": "background"})
    stage.pause(300, 1000)
    words = stage.pick_words(2)
    spoken = stage.reply(
        " ".join(words), stage.tell(f"repeat these two words | {' | '.join(words)}"), task="turntaking"
    )
    start_ms = max(stage.now_ms, spoken.end * 200.0)
    _talk(stage, gain_db)
    stage.mark("quiet", start_ms, stage.now_ms, data={"task": "background"})


def _talk(stage: Stage, gain_db: float) -> None:
    for _ in range(stage.whole(1, 3)):
        stage.now_ms = stage.other(sentence(stage), at_ms=stage.now_ms, gain_db=gain_db)
        stage.pause(150, 900)


def long_silence(stage: Stage) -> None:
    """Nobody says anything for 10 to 25 s; then the user asks whether the model is there, and it says yes.

    Window: silence until asked; the answer as any other.
    """
    start_ms = stage.now_ms
    stage.pause(10_000, 25_000)
    stage.mark("quiet", start_ms, stage.now_ms, data={"task": "silence"})
    question = stage.pick(("are you still there", "hello are you there", "can you still hear me"))
    answer = "yes i can" if "hear" in question else "yes i am here"
    stage.reply(answer, stage.tell(question), task="turntaking")
