"""Backchannels in a long story: murmurs between the teller's sentences, without taking the turn.

After Full-Duplex-Bench v1 (`rules.fdb_v1_backchannel`, fixed): a stretch of speech that is no backchannel takes the turn,
and any that does counts.
"""

from microturn.bench.audible import Sounding, said, soundings
from microturn.bench.rules.fdb_v1_backchannel import is_backchannel
from microturn.bench.task import Scenario, Score
from microturn.protocol.events import Word
from microturn.protocol.timeline import Timeline


def takes_turn(sound: Sounding, words: list[Word]) -> bool:
    """Whether one stretch of the model's speech is more than a backchannel."""
    count = sum(word.at_ms < sound.until_ms and word.until_ms > sound.at_ms for word in words)
    return not is_backchannel((sound.until_ms - sound.at_ms) / 1000, count)


def _in_story(scenario: Scenario, output: Timeline) -> list[Sounding]:
    start_ms, until_ms = scenario.meta["story_ms"]
    return [sound for sound in soundings(output) if start_ms <= sound.until_ms and sound.at_ms < until_ms]


def score_story_takeover(scenario: Scenario, output: Timeline) -> Score:
    """1 if the model takes the turn from the teller."""
    words = said(output)
    taken = [[s.at_ms, s.until_ms] for s in _in_story(scenario, output) if takes_turn(s, words)]
    return Score(value=float(bool(taken)), explanation=f"{len(taken)} takeovers", evidence={"taken_ms": taken})


def score_murmurs(scenario: Scenario, output: Timeline) -> Score:
    """Backchannels per minute of story; weighted by minutes."""
    start_ms, until_ms = scenario.meta["story_ms"]
    words = said(output)
    count = sum(not takes_turn(sound, words) for sound in _in_story(scenario, output))
    minutes = (until_ms - start_ms) / 60_000
    return Score(value=count / minutes, weight=minutes, explanation=f"{count} in {minutes:.2f} min of story")


def score_murmurs_in_gaps(scenario: Scenario, output: Timeline) -> Score:
    """The share of backchannels that begin while the teller is between words; unscored if there are none."""
    words = said(output)
    told = [span for span in scenario.timeline.spans("word") if span.who == "user"]
    onsets = [sound.at_ms for sound in _in_story(scenario, output) if not takes_turn(sound, words)]
    if not onsets:
        return Score(value=None, explanation="no backchannels")
    between = sum(not any(word.at_ms <= at < word.until_ms for word in told) for at in onsets)
    return Score(
        value=between / len(onsets),
        weight=float(len(onsets)),
        explanation=f"{between} of {len(onsets)} began between words",
    )
