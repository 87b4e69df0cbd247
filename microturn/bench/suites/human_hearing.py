"""Hearing real people: word errors on held-out speakers of the recordings in MICROTURN_DATA.

The recordings are no part of this repository, so the suite is run by its name only. Their transcripts may hold errors of
their own.
"""

from collections.abc import Sequence

from microturn.bench.scenarios.factory import scenarios
from microturn.bench.scorers.silence import score_false_speech
from microturn.bench.scorers.wer import score_wer
from microturn.bench.task import Measure, Scenario, Task
from microturn.data.voices.human import takes

SUITE = 40  # its seeds are its own


def available() -> bool:
    """Whether MICROTURN_DATA has recordings of speakers of the test split."""
    try:
        return bool(takes("test"))
    except ValueError:
        return False


def _recorded(n: int, seed_base: int) -> Sequence[Scenario]:
    if not available():
        raise ValueError(
            "human-hearing plays recordings of real people, and there are none: set MICROTURN_DATA to a folder whose human/ "
            "was made by `microturn data align` (docs/data.md) and has speakers of the test split"
        )
    return scenarios(SUITE, ("plain_human",))(n, seed_base)


TASK = Task(
    name="human-hearing",
    summary="writes what real people say, speakers that it was not trained on, and stays quiet (needs recordings)",
    scenarios=_recorded,
    measures=(
        Measure(name="word error rate, people", scorer=score_wer, better="low"),
        Measure(name="false speech", scorer=score_false_speech, unit="/min", better="low"),
    ),
)
