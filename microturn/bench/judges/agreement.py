"""How far a judge agrees with people: its verdicts on labelled pairs of our own (`pairs.jsonl`), in three parts.

One person wrote the pairs with their labels. The errors on "write" were looked at while the rules were written, those on
"held", written at the same time, never were; "after" was written when the rules were finished and changed nothing: it is the
part that says most about other people's replies. Agreement beyond chance is Cohen's kappa (1960), for grades and ratings weighted by
squared distance (1968); intervals are percentile bootstraps over pairs. Letters: R resamples, N pairs, K labels.
"""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from importlib import resources
from typing import Any, Literal, get_args

import numpy as np
from numpy.typing import NDArray

from microturn.bench.judges.judge import Judge, Kind, Question, Verdict
from microturn.bench.stats import Estimate, wilson

Split = Literal["write", "held", "after"]
Label = float | str
ORDERED = ("graded", "rating")
KINDS: tuple[Kind, ...] = get_args(Kind)


@dataclass(frozen=True, kw_only=True)
class Pair:
    """A question with the verdict that a person gave; `about` names what makes it hard."""

    id: str
    split: Split
    about: str
    question: Question
    label: Label


@dataclass(frozen=True, kw_only=True)
class Agreement:
    """Of one kind: the share of all pairs judged as the person did (an unjudged one is not), and kappa over the judged."""

    kind: Kind
    accuracy: Estimate
    kappa: Estimate
    unjudged: int
    differing: tuple[tuple[Pair, Verdict], ...]


@cache
def pairs() -> tuple[Pair, ...]:
    """The labelled pairs in the package."""
    text = (resources.files("microturn.bench.judges") / "pairs.jsonl").read_text(encoding="utf-8")
    return tuple(_pair(json.loads(line)) for line in text.splitlines())


def _pair(row: dict[str, Any]) -> Pair:
    about = {name: row.pop(name) for name in ("id", "split", "about", "label")}
    label = about.pop("label")
    return Pair(question=Question(**row), label=label if isinstance(label, str) else float(label), **about)


def agreement(judge: Judge, chosen: Sequence[Pair]) -> list[Agreement]:
    """How a judge agrees on `chosen` pairs, for each kind that is among them."""
    verdicts = judge.ask([pair.question for pair in chosen])
    if len(verdicts) != len(chosen):
        raise ValueError(
            f"{judge.name} gave {len(verdicts)} verdicts on {len(chosen)} questions; it has to give one each"
        )
    both = list(zip(chosen, verdicts, strict=True))
    return [_of_kind(kind, ones) for kind in KINDS if (ones := [one for one in both if one[0].question.kind == kind])]


def _of_kind(kind: Kind, both: Sequence[tuple[Pair, Verdict]]) -> Agreement:
    judged = [(pair, verdict) for pair, verdict in both if verdict.value is not None]
    differing = tuple((pair, verdict) for pair, verdict in both if verdict.value != pair.label)
    right, n = len(both) - len(differing), len(both)
    low, high = wilson(right, n)
    labels = [(pair.label, verdict.value) for pair, verdict in judged if verdict.value is not None]
    return Agreement(
        kind=kind,
        accuracy=Estimate(value=right / n, low=low, high=high, n=n),
        kappa=kappa(labels, ordered=kind in ORDERED),
        unjudged=n - len(judged),
        differing=differing,
    )


def kappa(
    labels: Sequence[tuple[Label, Label]], *, ordered: bool = False, resamples: int = 2000, seed: int = 0
) -> Estimate:
    """Cohen's kappa of two raters' labels with its 95% interval; `ordered` weighs by squared distance.

    None where nothing was judged, or where both raters only ever gave one and the same label.
    """
    if not labels:
        return Estimate(value=None, low=None, high=None, n=0)
    names = sorted({label for pair in labels for label in pair}, key=str if not ordered else float)
    place = {name: index for index, name in enumerate(names)}
    values = np.array([float(name) for name in names]) if ordered else np.arange(len(names), dtype=np.float64)
    cost_KK = (values[:, None] - values[None, :]) ** 2 if ordered else 1.0 - np.eye(len(names))
    picked_N2 = np.array([[place[one], place[other]] for one, other in labels])
    value = _kappa(picked_N2, cost_KK)
    rng = np.random.default_rng(seed)
    drawn = [_kappa(picked_N2[rng.integers(len(labels), size=len(labels))], cost_KK) for _ in range(resamples)]
    known_R = np.array([one for one in drawn if one is not None])
    if value is None or len(known_R) == 0:
        return Estimate(value=None, low=None, high=None, n=len(labels))
    low, high = np.percentile(known_R, [2.5, 97.5])
    return Estimate(value=value, low=float(low), high=float(high), n=len(labels))


def _kappa(picked_N2: NDArray[np.int64], cost_KK: NDArray[np.float64]) -> float | None:
    table_KK = np.zeros_like(cost_KK)
    np.add.at(table_KK, (picked_N2[:, 0], picked_N2[:, 1]), 1.0 / len(picked_N2))
    chance = float((cost_KK * np.outer(table_KK.sum(axis=1), table_KK.sum(axis=0))).sum())
    return None if chance == 0 else 1.0 - float((cost_KK * table_KK).sum()) / chance
