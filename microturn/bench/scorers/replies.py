"""Replies: what the model said, utterance by utterance, within a stretch of time."""

import math

from microturn.bench.audible import said, utterances
from microturn.protocol.timeline import Timeline

Reply = tuple[float, str]  # (onset of the first word in ms, text)


def replies(output: Timeline, from_ms: float = 0.0, until_ms: float = math.inf) -> list[Reply]:
    """The utterances of the words that begin in the stretch, its ends included.

    Speech that is under way when the stretch begins counts from there on, so that talking all the time is no silence.
    """
    inside = [word for word in said(output) if from_ms <= word.at_ms <= until_ms]
    return [(words[0].at_ms, " ".join(word.text for word in words)) for words in utterances(inside)]
