"""TurnBench on one speaker's channel: what a system commits to, against the ends of turns and the interruptions in it.

What is measured depends on the system:

- one that decides aloud (a detector): its times are in the output's `meta["turnbench"]`, as in the benchmark's files;
- one that only talks: the onset of an utterance is its decision that the user's turn has ended (murmurs such as "mm hmm"
  are none), and the end of its voice its decision that the user takes the floor. It can only be interrupted while it is
  speaking, so interruptions and murmurs that find it silent are not scored; and since its voice also ends when it has
  said what it had to say, an end that happens to fall on the user's murmur is a false alarm.

`meta["turnbench"]` of the scenario has seconds: {"eot" and "interruption": {"positives": [t], "negatives": [[a, b]],
"excluded": [[a, b]]}}. Every speaker is scored alone, so the sums over scenarios are those of the official scorer.
"""

from collections.abc import Sequence
from typing import Any, Literal

from microturn.bench.audible import Sounding, overlap_ms, said, soundings
from microturn.bench.rules.turnbench import Tally, score_task
from microturn.bench.task import Scenario, Score, Scorer
from microturn.data.dialogue.gaps import MURMURS
from microturn.protocol.timeline import Timeline

Task = Literal["eot", "interruption"]
# Silences of the system that are inside an utterance are shorter; an answer to who broke in may come after that.
BREATHS_MS: dict[Task, float] = {"eot": 300.0, "interruption": 600.0}
KEY = "turnbench"


def commits_s(output: Timeline, task: Task) -> list[float]:
    """When the system committed to an event of this task, in seconds."""
    if KEY in output.meta:
        return [float(at) for at in output.meta[KEY][task]]
    sounds = soundings(output, join_ms=BREATHS_MS[task])
    if task == "interruption":
        return [sound.until_ms / 1000 for sound in sounds]
    words = said(output)
    return [sound.at_ms / 1000 for sound in sounds if not _murmurs(sound, [w.text for w in words if _in(w, sound)])]


def _in(word: Any, sound: Sounding) -> bool:
    return word.at_ms < sound.until_ms and word.until_ms > sound.at_ms


def _murmurs(sound: Sounding, words: Sequence[str]) -> bool:
    return bool(words) and sound.until_ms - sound.at_ms < 1500.0 and MURMURS.issuperset(words)


def tally(scenario: Scenario, output: Timeline, task: Task) -> Tally:
    """The counts of one scenario and task."""
    truth = scenario.meta[KEY][task]
    positives, negatives = list(truth["positives"]), [tuple(span) for span in truth["negatives"]]
    if task == "interruption" and KEY not in output.meta:
        sounds = soundings(output, join_ms=BREATHS_MS[task])
        positives = [at for at in positives if _speaking(sounds, at)]
        negatives = [span for span in negatives if _speaking(sounds, span[0])]
    return score_task(
        [(1, at) for at in positives],
        [(1, start, end) for start, end in negatives],
        {1: commits_s(output, task)},
        [(1, start, end) for start, end in truth.get("excluded", ())],
    )


def _speaking(sounds: Sequence[Sounding], at_s: float) -> bool:
    return overlap_ms(sounds, 1000 * at_s - 50, 1000 * at_s + 50) > 0


def _evidence(counts: Tally) -> dict[str, Any]:
    return {"tp": counts.tp, "fn": counts.fn, "fp": counts.fp, "tn": counts.tn, "latencies_s": counts.latencies_s}


def recall(task: Task) -> Scorer:
    """The share of the events that were met; weighted by their number."""

    def score(scenario: Scenario, output: Timeline) -> Score:
        counts = tally(scenario, output, task)
        why = f"{counts.tp} of {counts.tp + counts.fn} events met"
        weight = float(counts.tp + counts.fn) or 1.0
        return Score(value=counts.recall, weight=weight, explanation=why, evidence=_evidence(counts))

    return score


def false_alarms(task: Task) -> Scorer:
    """The share of the stretches without an event in which one was found; weighted by their number."""

    def score(scenario: Scenario, output: Timeline) -> Score:
        counts = tally(scenario, output, task)
        why = f"{counts.fp} of {counts.fp + counts.tn} stretches without an event had one predicted"
        weight = float(counts.fp + counts.tn) or 1.0
        return Score(value=counts.fp_rate, weight=weight, explanation=why, evidence=_evidence(counts))

    return score


def latency(task: Task) -> Scorer:
    """Milliseconds from the events that were met to the commitments, for pooled percentiles; below zero is early."""

    def score(scenario: Scenario, output: Timeline) -> Score:
        counts = tally(scenario, output, task)
        middle = counts.percentiles_s()
        values = tuple(1000 * late for late in counts.latencies_s)
        return Score(
            value=None if middle is None else 1000 * middle[1], values=values, explanation=f"{len(values)} events met"
        )

    return score
