"""Silence: how often the model speaks when nothing is asked of it."""

from microturn.bench.audible import said, soundings
from microturn.bench.task import Scenario, Score
from microturn.protocol.timeline import Timeline

UTTERANCE_GAP_MS = 600.0


def score_false_speech(scenario: Scenario, output: Timeline) -> Score:
    """Audible utterances per minute that overlap no window in which speech was asked for; weighted by minutes."""
    windows = [(span.at_ms, span.until_ms) for span in scenario.timeline.spans("expect")]
    stretches = soundings(output, join_ms=UTTERANCE_GAP_MS)
    false = [s for s in stretches if not any(s.at_ms <= until and s.until_ms >= at for at, until in windows)]
    minutes = scenario.timeline.duration_ms / 60_000
    return Score(
        value=len(false) / minutes,
        weight=minutes,
        explanation=f"{len(false)} utterances in {minutes:.2f} min; said: "
        + (" ".join(word.text for word in said(output)) or "nothing"),
        evidence={"false_ms": [[s.at_ms, s.until_ms] for s in false]},
    )


def score_quiet(scenario: Scenario, output: Timeline) -> Score:
    """1 if there is no false speech in the whole scenario."""
    false = score_false_speech(scenario, output)
    return Score(value=float(false.value == 0), explanation=false.explanation, evidence=false.evidence)
