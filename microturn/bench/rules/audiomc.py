"""Audio MultiChallenge (arXiv 2512.14865): two rates over rubrics that a judge has found met or not.

APR is the share of conversations whose every rubric is met, ARS the mean share of rubrics met; both in percent. A reply of
the judge that cannot be read (None among the rubrics) counts as not met in mode "official"; in "fixed" that
rubric is unscored: it leaves the share, and a conversation that is otherwise met leaves the pass rate. Where no reply
came there is nothing to score in either mode: such a conversation is not given to these rules.
"""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from microturn.bench.rules import Mode

Met = Sequence[bool | None]


def passed(met: Met, *, mode: Mode = "official") -> float | None:
    """1 where every rubric of a conversation is met, 0 where one is not; None where nothing can be said."""
    if mode == "fixed" and None in met and False not in met:
        return None
    return float(all(met)) if met else None


def share(met: Met, *, mode: Mode = "official") -> float | None:
    """The share of a conversation's rubrics that are met; None where there is none."""
    known = [one for one in met if one is not None] if mode == "fixed" else met
    return sum(map(bool, known)) / len(known) if known else None


def rates(conversations: Sequence[Met], *, mode: Mode = "official") -> dict[str, float | None]:
    """APR and ARS of a run, in percent."""
    return {
        "APR_percent": _percent([passed(met, mode=mode) for met in conversations]),
        "ARS_percent": _percent([share(met, mode=mode) for met in conversations]),
    }


def _percent(values: Sequence[float | None]) -> float | None:
    scored = [value for value in values if value is not None]
    return 100.0 * sum(scored) / len(scored) if scored else None


def _case(given: Mapping[str, Any]) -> dict[str, float | None]:
    return rates(given["rubrics_met_per_example"])


CASES: dict[str, dict[str, Callable[[Any], Any]]] = {"Audio MultiChallenge": {"cases": _case}}
