"""Overlap: stop when the user means it, go on when the user does not.

Both are judged on sound alone, and only where the model was speaking when the overlap began: else unscored.
"""

from collections.abc import Sequence

from microturn.bench.audible import Sounding, soundings
from microturn.bench.task import Scenario, Score
from microturn.protocol.timeline import Timeline

BREATH_MS = 1000.0  # gaps between the words of one utterance (counting aloud) are shorter
SETTLE_MS = 1500.0  # how long after a backchannel the model must still be speaking
STOP_WITHIN_MS = 600.0


def speech_at(sounds: Sequence[Sounding], at_ms: float) -> Sounding | None:
    """The speech, breaths included, that is under way at `at_ms`."""
    began_ms = ended_ms = None
    for sound in sounds:
        if began_ms is None or ended_ms is None or sound.at_ms - ended_ms >= BREATH_MS:
            if ended_ms is not None and ended_ms > at_ms:
                break
            began_ms = sound.at_ms
        ended_ms = sound.until_ms
    if began_ms is None or ended_ms is None or not began_ms < at_ms < ended_ms:
        return None
    return Sounding(began_ms, ended_ms)


def score_stop_latency(scenario: Scenario, output: Timeline) -> Score:
    """Milliseconds from the interruption's first sample to the model's last audible one.

    Where the interruption asks for something, what begins after its end is the reply.
    """
    at_ms = scenario.meta.get("interruption_ms")
    if at_ms is None:
        return Score(value=None, explanation="nobody interrupts")
    reply_from_ms = scenario.meta.get("reply_from_ms", float("inf"))
    speech = speech_at([s for s in soundings(output) if s.at_ms < reply_from_ms], at_ms)
    if speech is None:
        return Score(value=None, explanation="the model was not speaking when interrupted")
    latency_ms = speech.until_ms - at_ms
    return Score(value=latency_ms, explanation=f"audible until {latency_ms:.0f} ms after the interruption began")


def score_stops(scenario: Scenario, output: Timeline) -> Score:
    """1 if the model is silent within 600 ms of the interruption's onset."""
    latency = score_stop_latency(scenario, output)
    if latency.value is None:
        return latency
    return Score(value=float(latency.value <= STOP_WITHIN_MS), explanation=latency.explanation)


def score_goes_on(scenario: Scenario, output: Timeline) -> Score:
    """1 if the model speaks on through a backchannel, noise or its own echo, and for 1.5 s after it."""
    span_ms = scenario.meta.get("backchannel_ms")
    if span_ms is None:
        return Score(value=None, explanation="nobody backchannels")
    start_ms, until_ms = span_ms
    speech = speech_at(soundings(output), start_ms)
    if speech is None:
        return Score(value=None, explanation="the model was not speaking at the backchannel")
    needed_ms = min(until_ms + SETTLE_MS, float(scenario.meta.get("speech_end_ms", output.duration_ms)))
    went_on = speech.until_ms >= needed_ms
    return Score(
        value=float(went_on),
        explanation=f"spoke until {speech.until_ms:.0f} ms, needed until {needed_ms:.0f} ms",
    )
