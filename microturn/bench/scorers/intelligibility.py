"""Can what it says be understood? An independent recogniser listens to each utterance; its words against the `say` channel's."""

import re

import numpy as np

from microturn.bench import recogniser
from microturn.bench.audible import said, utterances
from microturn.bench.scorers.wer import edit_distance
from microturn.bench.task import Scenario, Score
from microturn.bench.words import normalised
from microturn.protocol.events import Channel
from microturn.protocol.timeline import Timeline

MARGIN_MS = 100.0


def spelled(text: str) -> list[str]:
    """Words of a transcript with its digits written out: `5, 6` is five six, a clock's `1042` is ten forty two."""
    return normalised(re.sub(r"\b(\d{1,2})(\d{2})\b", r"\1 \2", text))


def score_intelligibility(scenario: Scenario, output: Timeline) -> Score:
    """Share of the said words that the recogniser gets; unscored when nothing is said or there is no recogniser."""
    track, groups = output.audio.get(Channel.MODEL), utterances(said(output))
    if track is None or not groups:
        return Score(value=None, explanation="the system says nothing")
    if not recogniser.available():
        return Score(value=None, explanation="no recogniser: install microturn[judge]")
    wrong, total = 0, 0
    heard: list[str] = []
    for group in groups:
        first, last = group[0].at_ms - MARGIN_MS, group[-1].until_ms + MARGIN_MS
        piece = track.samples[max(0, int(first * track.rate_hz / 1000)) : int(last * track.rate_hz / 1000)]
        padded = np.pad(piece, track.rate_hz // 4)
        words = [token for word in group for token in spelled(word.text)]
        heard.append(" ".join(spelled(recogniser.transcribe(padded, track.rate_hz))))
        wrong += min(len(words), edit_distance(words, heard[-1].split()))
        total += len(words)
    if not total:
        return Score(value=None, explanation="the system says no word")  # "mm hmm" is none
    evidence = {"said": " | ".join(" ".join(w.text for w in group) for group in groups), "heard": " | ".join(heard)}
    return Score(
        value=1 - wrong / total, weight=float(total), explanation=f"{wrong} of {total} lost", evidence=evidence
    )
