"""Hearing real people: word errors on held-out speakers of the recordings in MICROTURN_DATA.

`HUMAN_HEARING` is a task like those of `suites`, which can be run wherever `available()`; it has no place in the table
of suites because the recordings are not part of this repository. Their transcripts may hold errors of their own.
"""

from microturn.bench.scenarios.factory import scenarios
from microturn.bench.scorers.silence import score_false_speech
from microturn.bench.scorers.wer import score_wer
from microturn.bench.task import Measure, Task
from microturn.data.voices.human import takes

SUITE = 40  # its seeds are its own


def available() -> bool:
    """Whether MICROTURN_DATA has recordings of speakers of the test split."""
    try:
        return bool(takes("test"))
    except ValueError:
        return False


HUMAN_HEARING = Task(
    name="human hearing",
    summary="writes what real people say, speakers that it was not trained on, and stays quiet",
    scenarios=scenarios(SUITE, ("plain_human",)),
    measures=(
        Measure(name="word error rate, people", scorer=score_wer, better="low"),
        Measure(name="false speech", scorer=score_false_speech, unit="/min", better="low"),
    ),
)
