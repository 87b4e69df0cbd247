"""Refusals: what does harm is declined, its pair is answered; every pair shares a carrier's frame and not an answer."""

from microturn.data.acts.safety import CARRIERS, PAIRS, REFUSAL
from microturn.protocol.events import Channel
from tests.data.test_acts import played


def test_the_pairs_are_whole() -> None:
    assert len(PAIRS) >= 20 and all(len(pair) == 3 for pair in PAIRS)
    texts = [text for pair in PAIRS for text in pair]
    assert len(set(texts)) == len(texts)
    assert all(set(harmful.split()) & set(harmless.split()) for harmful, harmless, _ in PAIRS)


def test_harm_is_declined_and_what_only_sounds_like_it_is_answered() -> None:
    answers = {harmless: answer for _, harmless, answer in PAIRS}
    harm = {harmful for harmful, _, _ in PAIRS}
    for seed in range(20):
        for name in ("refused", "not_refused"):
            scene = played(name, seed)
            asked = " ".join(word.text for word in scene.words(Channel.HEARD))
            said = " ".join(word.text for word in scene.words(Channel.SAY))
            topic = next(text for c in CARRIERS for text in (*harm, *answers) if c.replace("X", text) in asked)
            assert said == (REFUSAL if topic in harm else answers[topic])
            assert (topic in harm) == (name == "refused")
