"""Turn-taking after Full-Duplex-Bench v1 (`rules.fdb_v1`), and the latency and pause rules of our own.

Ours adds what a listener hears: from the user's last audio sample to the model's first audible sample.
"""

from collections.abc import Sequence

from microturn.bench.audible import overlap_ms, said, soundings, utterances
from microturn.bench.rules.fdb_v1 import Chunk, takeover, turn_latency
from microturn.bench.task import Scenario, Score
from microturn.protocol.events import Word
from microturn.protocol.timeline import Timeline

EARLY_MS = 1000.0


def chunks_of(words: Sequence[Word]) -> list[Chunk]:
    """Words as the published rules take them: (start, end) in seconds."""
    return [(word.at_ms / 1000, word.until_ms / 1000) for word in words]


def score_pause_takeover(scenario: Scenario, output: Timeline) -> Score:
    """1 if the model takes the turn of a user who only pauses (official rule); unscored where the turn has no pause.

    The official sets end inside the user's turn; ours go on to the answer, so only utterances that begin before the
    turn's end are judged.
    """
    if not scenario.meta["pauses_ms"]:
        return Score(value=None, explanation="the turn has no pause")
    early = [u for u in utterances(said(output)) if u[0].at_ms < scenario.meta["turn_end_ms"]]
    chunks = chunks_of([word for utterance in early for word in utterance])
    taken = takeover(chunks)
    why = f"{len(chunks)} words in utterances that began before the turn's end" + (": a takeover" if taken else "")
    return Score(value=float(taken), explanation=why, evidence={"chunks": chunks})


def score_pause_sound(scenario: Scenario, output: Timeline) -> Score:
    """1 if anything of the model is audible in a pause: stricter than the official rule, and without words."""
    pauses = scenario.meta["pauses_ms"]
    if not pauses:
        return Score(value=None, explanation="the turn has no pause")
    heard_ms = sum(overlap_ms(soundings(output), start, until) for start, until in pauses)
    return Score(
        value=float(heard_ms > 0), explanation=f"{heard_ms:.0f} ms audible in pauses", evidence={"ms": heard_ms}
    )


def score_turn_takeover(scenario: Scenario, output: Timeline) -> Score:
    """1 if the model takes the turn it is offered (official rule, on turns without a pause as in the official set)."""
    if scenario.meta["pauses_ms"]:
        return Score(value=None, explanation="the turn has a pause")
    chunks = chunks_of(said(output))
    return Score(value=float(takeover(chunks)), explanation=f"{len(chunks)} words", evidence={"chunks": chunks})


def score_official_latency(scenario: Scenario, output: Timeline) -> Score:
    """Official latency in seconds; unscored without a takeover and on turns with a pause."""
    if scenario.meta["pauses_ms"]:
        return Score(value=None, explanation="the turn has a pause")
    latency_s = turn_latency(chunks_of(said(output)), scenario.meta["turn_end_ms"] / 1000)
    why = "no takeover" if latency_s is None else f"first word {latency_s:.2f} s after the turn"
    return Score(value=latency_s, explanation=why)


def score_latency(scenario: Scenario, output: Timeline) -> Score:
    """Seconds from the user's last audio sample to the model's first audible one; unscored if no answer follows.

    An answer that begins in the turn's last second, outside pauses, has latency 0; what began earlier is no answer.
    """
    end_ms = float(scenario.meta["turn_end_ms"])
    pauses = scenario.meta["pauses_ms"]
    for sound in soundings(output):
        paused = any(start <= sound.at_ms < until for start, until in pauses)
        if sound.until_ms > end_ms and sound.at_ms > end_ms - EARLY_MS and not paused:
            latency_s = max(0.0, sound.at_ms - end_ms) / 1000
            return Score(value=latency_s, explanation=f"audible {latency_s:.2f} s after the user's last sample")
    return Score(value=None, explanation="no answer was audible after the user's turn")
