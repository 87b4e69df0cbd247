"""Rules: each cue gets its own word, a new rule takes the place of the old one, a rule called off is silent."""

from microturn.protocol.events import Channel
from tests.data.test_acts import played

SEEDS = range(12)


def test_each_cue_gets_the_word_that_goes_with_it() -> None:
    for seed in SEEDS:
        cues = [span for span in played("two_rules", seed).spans("expect") if "cue" in span.data]
        answers = {cue.data["cue"]: cue.text for cue in cues}
        assert len(answers) == 2 == len(set(answers.values()))
        assert all(answers[cue.data["cue"]] == cue.text for cue in cues)


def test_a_rule_that_is_called_off_is_silent_when_its_cue_comes() -> None:
    for seed in SEEDS:
        scene = played("revoked", seed)
        cue = next(span.data["cue"] for span in scene.spans("expect") if "cue" in span.data)
        hush = scene.spans("quiet")[-1]
        again = [w for w in scene.words(Channel.HEARD) if w.text == cue and hush.at_ms < w.at_ms < hush.until_ms]
        assert again and hush.until_ms - again[-1].until_ms > 1200
        assert scene.words(Channel.SAY)[-1].text == "okay"


def test_a_replaced_word_is_said_from_then_on() -> None:
    for seed in SEEDS:
        cues = [span.text for span in played("replaced", seed).spans("expect") if "cue" in span.data]
        assert len(set(cues)) == 2 and cues == sorted(cues, key=cues.index)
