"""Word error rate of the `heard` channel against what the user truly said."""

from collections.abc import Sequence

import numpy as np

from microturn.bench.task import UNHEARD, Scenario, Score
from microturn.bench.words import normalised
from microturn.protocol.events import Channel
from microturn.protocol.timeline import Timeline


def edit_distance(reference: Sequence[str], hypothesis: Sequence[str]) -> int:
    """Least number of substitutions, deletions and insertions (Levenshtein 1966)."""
    row = np.arange(len(hypothesis) + 1)
    for count, wanted in enumerate(reference, 1):
        swap = row[:-1] + np.array([wanted != got for got in hypothesis], dtype=np.int64)
        best = np.concatenate([[count], np.minimum(swap, row[1:] + 1)])
        # Insertions run left to right: best[j] = min over i <= j of best[i] + (j - i).
        steps = np.arange(len(best))
        row = np.minimum.accumulate(best - steps) + steps
    return int(row[-1])


def score_wer(scenario: Scenario, output: Timeline) -> Score:
    """Errors per true user word (may exceed 1), weighted by words; unscored where the user says nothing."""
    spans = [span for span in scenario.timeline.spans("word") if span.who == "user"]
    reference = [token for span in spans for token in normalised(span.text)]
    hypothesis = [token for word in output.words(Channel.HEARD) for token in normalised(word.text)]
    if output.meta.items() >= UNHEARD.items():
        return Score(value=None, explanation="this system does not write what it hears")
    if not reference:
        return Score(value=None, explanation="the user says nothing")
    errors = edit_distance(reference, hypothesis)
    return Score(
        value=errors / len(reference),
        weight=float(len(reference)),
        explanation=f"{errors} errors in {len(reference)} words",
        evidence={"reference": " ".join(reference), "heard": " ".join(hypothesis)},
    )
