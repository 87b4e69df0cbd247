"""IFEval (arXiv 2311.07911): does a reply follow instructions that can be checked by rule? VoiceBench's spoken subset too.

An item has one or more instructions ("punctuation:no_comma") with arguments. Strict: the reply as it is. Loose: one of
eight forms of it will do, with and without its first line, its last line, and asterisks. Of each, the share of items with
every instruction followed and the share of instructions: four accuracies, whose mean is VoiceBench's figure. An empty reply
follows nothing. Faults of the official checks that `mode="fixed"` does not have are named in `ifeval_checks`.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from microturn.bench.rules import Mode
from microturn.bench.rules.ifeval_checks import CHECKS

_MARKS = ("<1>", "<2>", "<3>")
_END = "<|user|>"


@dataclass(frozen=True, kw_only=True)
class Followed:
    """For each instruction of an item whether it was followed, strictly and loosely."""

    strict: tuple[bool, ...]
    loose: tuple[bool, ...]

    def final(self) -> float:
        """The mean of this item's own four accuracies."""
        return sum(_own(one) for one in (self.strict, self.loose)) / 2


def _own(hits: Sequence[bool]) -> float:
    return (float(all(hits)) + sum(hits) / len(hits)) / 2


def followed(item: Mapping[str, Any], reply: str, mode: Mode = "official") -> Followed:
    """What a reply follows of an item's `instruction_id_list` with its `kwargs` and `prompt`, as in the official files.

    ValueError for an instruction that is not known, or lacks an argument that it needs.
    """
    names: Sequence[str] = item["instruction_id_list"]
    kwargs: Sequence[Mapping[str, Any]] = item["kwargs"]
    if not names or len(kwargs) != len(names):
        raise ValueError(f"an item needs instructions with arguments for each, got {len(names)} and {len(kwargs)}")
    clean = _cleaned(reply)
    forms = variants(clean)
    strict: list[bool] = []
    loose: list[bool] = []
    for name, given in zip(names, kwargs, strict=True):
        if name not in CHECKS:
            raise ValueError(f"there is no instruction {name!r}; there are {', '.join(CHECKS)}")
        args = {"prompt": item.get("prompt", ""), **{key: value for key, value in given.items() if value}}
        hits = [bool(form.strip()) and _check(name, form, args, mode) for form in forms]
        strict.append(hits[0])
        loose.append(any(hits))
    return Followed(strict=tuple(strict), loose=tuple(loose))


def _check(name: str, reply: str, args: Mapping[str, Any], mode: Mode) -> bool:
    try:
        return CHECKS[name](reply, args, mode)
    except KeyError as error:
        raise ValueError(f"the instruction {name} needs {error} among its arguments") from error


def _cleaned(reply: str) -> str:
    """Without the marks that some systems leave around a reply."""
    inner = reply[3:].strip() if reply.startswith(_MARKS) else reply
    return inner[: -len(_END)].strip() if inner.endswith(_END) else inner


def variants(reply: str) -> tuple[str, ...]:
    """The reply as it is, and the seven other forms of it that loose scoring allows."""
    lines = reply.split("\n")
    cut = [reply, *("\n".join(some).strip() for some in (lines[1:], lines[:-1], lines[1:-1]))]
    return (*cut, *(form.replace("*", "") for form in cut))


def accuracies(items: Sequence[Mapping[str, Any]], mode: Mode = "official") -> dict[str, float | None]:
    """The four accuracies in [0, 1] and their mean ("final") of items that hold their `response`; None without items."""
    if not items:
        return dict.fromkeys(("strict-prompt", "strict-instruction", "loose-prompt", "loose-instruction", "final"))
    results = [followed(item, item["response"], mode) for item in items]
    found: dict[str, float | None] = {}
    for name, hits in (("strict", [one.strict for one in results]), ("loose", [one.loose for one in results])):
        found[f"{name}-prompt"] = sum(all(one) for one in hits) / len(hits)
        found[f"{name}-instruction"] = sum(map(sum, hits)) / sum(map(len, hits))
    return {**found, "final": sum(value or 0.0 for value in found.values()) / 4}
