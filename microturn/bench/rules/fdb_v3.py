"""Full-Duplex-Bench v3 (arXiv 2604.04847): tool calls under disfluency, compared with those that were expected.

A call is {"function": name, "args": {...}}. Worked cases: evaluate_tool_calls.py and evaluate_pass_rate.py of
eesi-ai/Full-Duplex-Bench@6ea51a7b and @b2302a50, with the exact comparison that they have where there is no language model.
Known faults of theirs, kept in mode "official": of two calls of one function the first expected takes the first made,
so that the same two calls in another order are wrong; and "3" is not 3. "fixed" pairs calls of one function as fits best,
compares numbers by value within 5 % (as their judge is told to), and gives no precision to a system that made no call.
"""

import re
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from itertools import permutations
from statistics import fmean, stdev
from typing import Any, Final, cast

from microturn.bench.rules import Mode

Call = Mapping[str, Any]
Entry = Mapping[str, Any]  # {"scenario": ..., "calls": [...], "transcript": ..., "result_data": ...}
TOLERANCE: Final = 0.05
MOST_PAIRED: Final = 6  # calls of one function whose every pairing is tried


def select(expected: Sequence[Call], actual: Sequence[Call], *, mode: Mode = "official") -> dict[str, Any]:
    """Whether the right functions were called, whatever their order and arguments: F1, recall and precision."""
    left = [call["function"] for call in actual]
    missing: list[str] = []
    for call in expected:
        if call["function"] in left:
            left.remove(call["function"])
        else:
            missing.append(call["function"])
    matched = len(expected) - len(missing)
    recall = matched / len(expected) if expected else 1.0
    precision = matched / len(actual) if actual else float(mode == "official" or not expected)
    return {
        "score": round(2 * recall * precision / (recall + precision), 3) if recall + precision else 0.0,
        "recall": round(recall, 3),
        "precision": round(precision, 3),
        "matched": matched,
        "total_expected": len(expected),
        "total_actual": len(actual),
        "unmatched_expected": missing,
        "unexpected_calls": left,
    }


def arguments(expected: Sequence[Call], actual: Sequence[Call], *, mode: Mode = "official") -> dict[str, Any]:
    """Whether the arguments are right: 1 or 0 for each call expected, 0 where it was not made, and their mean."""
    each: list[float] = [0.0] * len(expected)
    for name in {call["function"] for call in expected}:
        places = [place for place, call in enumerate(expected) if call["function"] == name]
        made = [_args(call) for call in actual if call["function"] == name]
        for place, right in zip(places, _paired([_args(expected[p]) for p in places], made, mode), strict=True):
            each[place] = float(right)
    return {"score": round(fmean(each), 3) if each else 1.0, "per_call": each}


def _args(call: Call) -> Mapping[str, Any]:
    return call.get("args") or {}


def _paired(wanted: Sequence[Mapping[str, Any]], made: Sequence[Mapping[str, Any]], mode: Mode) -> list[bool]:
    """Whether each of the wanted arguments is right, calls paired in their order, or as fits best."""
    padded = [*made, *[None] * (len(wanted) - len(made))]
    orders: Iterable[Sequence[Mapping[str, Any] | None]] = [padded]
    if mode == "fixed" and len(wanted) <= MOST_PAIRED and len(padded) <= MOST_PAIRED:
        orders = permutations(padded, len(wanted))
    tried = (
        [got is not None and same_arguments(want, got, mode=mode) for want, got in zip(wanted, order, strict=False)]
        for order in orders
    )
    return max(tried, key=sum)


def same_arguments(wanted: Mapping[str, Any], got: Mapping[str, Any], *, mode: Mode = "official") -> bool:
    """Every argument that is wanted is there and the same; what a "$..." refers to is free; others may be there too."""
    return all(name in got and same_value(value, got[name], mode=mode) for name, value in wanted.items())


def same_value(wanted: Any, got: Any, *, mode: Mode = "official") -> bool:
    """Strings without case, blanks around them and the difference of "_" and " "; other values must be equal."""
    if isinstance(wanted, str) and wanted.startswith("$"):
        return True
    if mode == "fixed" and isinstance(wanted, list) and isinstance(got, list):
        one, other = cast(list[Any], wanted), cast(list[Any], got)
        return len(one) == len(other) and all(same_value(a, b, mode=mode) for a, b in zip(one, other, strict=True))
    if mode == "fixed" and (one := _number(wanted)) is not None and (other := _number(got)) is not None:
        return abs(one - other) <= TOLERANCE * abs(one)
    if isinstance(wanted, str) and isinstance(got, str):
        return _plain(wanted) == _plain(got)
    return bool(wanted == got)


def _plain(text: str) -> str:
    return text.lower().strip().replace("_", " ")


def _number(value: Any) -> float | None:
    if isinstance(value, bool) or not isinstance(value, int | float | str):
        return None
    if isinstance(value, str) and not re.fullmatch(r"\s*-?\d+(\.\d+)?\s*", value):
        return None
    return float(value)


def latency(result: Mapping[str, Any] | None) -> dict[str, Any]:
    """Seconds from the end of the user's speech to the system's; below 0 it has interrupted."""
    times = [(result or {}).get(name) for name in ("audio_agent_speech_start", "user_speech_end_rel")]
    if None in times:
        return {"available": False}
    start_s, end_s = cast(list[float], times)
    seconds = round(start_s - end_s, 3)
    return {"available": True, "agent_response_latency_s": seconds, "is_interruption": seconds < 0}


def took_turn(transcript: str | None, result: Mapping[str, Any] | None) -> bool:
    """Whether the system said anything."""
    return bool((transcript or "").strip() or (result or {}).get("asr_chunks"))


def passes(expected: Sequence[Call], actual: Sequence[Call], *, mode: Mode = "official") -> str:
    """ "pass", or why not: "wrong_tools" (one is missing or too many), "wrong_arguments"."""
    selected = select(expected, actual, mode=mode)
    if selected["unmatched_expected"] or selected["unexpected_calls"]:
        return "wrong_tools"
    return "pass" if all(arguments(expected, actual, mode=mode)["per_call"]) else "wrong_arguments"


def report(entries: Sequence[Entry], *, mode: Mode = "official") -> dict[str, Any]:
    """Selection and arguments over the samples in which the system took its turn (`_all`: over all), and its latency."""
    taken = [entry for entry in entries if took_turn(entry.get("transcript"), entry.get("result_data"))]
    timed = [found for entry in taken if (found := latency(entry.get("result_data")))["available"]]
    waits = [found["agent_response_latency_s"] for found in timed if not found["is_interruption"]]
    cut_in = len(timed) - len(waits)
    over_all = _accuracies(entries, mode)
    return {
        "turn_take_rate": _rounded(len(taken) / len(entries) if entries else None),
        **_accuracies(taken, mode),
        **{f"{name}_all": value for name, value in over_all.items()},
        "latency": {
            "total_samples": len(timed),
            "interruption_count": cut_in,
            "interruption_rate": _rounded(cut_in / len(timed) if timed else None),
            "avg": _rounded(fmean(waits) if waits else None),
            "std": _rounded(stdev(waits) if len(waits) > 1 else 0.0 if waits else None),
            "min": min(waits, default=None),
            "max": max(waits, default=None),
        },
        "by_domain": _by(
            taken, lambda entry: [entry["scenario"].get("domain", "unknown")], lambda e: _accuracies(e, mode)
        ),
        "by_difficulty_turn_taken": _by(
            taken, lambda entry: [entry["scenario"].get("difficulty", "unknown")], lambda e: _accuracies(e, mode)
        ),
    }


def pass_report(entries: Sequence[Entry], *, mode: Mode = "official") -> dict[str, Any]:
    """Pass@1 over all samples, and by what the samples are."""

    def outcome(entry: Entry) -> str:
        return passes(_expected(entry), entry["calls"], mode=mode)

    def rate(of: Sequence[Entry]) -> float | None:
        return _rounded(fmean(outcome(entry) == "pass" for entry in of) if of else None)

    failures = Counter(map(outcome, entries))
    rollback = [entry for entry in entries if entry["scenario"].get("state_rollback_test")]
    return {
        "overall_pass_rate": rate(entries),
        "failure_breakdown": {why: failures[why] for why in ("wrong_tools", "wrong_arguments")},
        "by_domain": _by(entries, lambda entry: [entry["scenario"].get("domain", "unknown")], rate),
        "by_difficulty": _by(entries, lambda entry: [entry["scenario"].get("difficulty", "unknown")], rate),
        "by_num_tools": _by(entries, lambda entry: [str(len(_expected(entry)))], rate),
        "by_disfluency_feature": _by(entries, lambda entry: entry["scenario"].get("disfluency_features") or [], rate),
        "with_rollback": rate(rollback),
        "without_rollback": rate([entry for entry in entries if not entry["scenario"].get("state_rollback_test")]),
    }


def _expected(entry: Entry) -> Sequence[Call]:
    return entry["scenario"].get("expected_tool_calls") or []


def _accuracies(entries: Sequence[Entry], mode: Mode) -> dict[str, float | None]:
    chosen = [select(_expected(entry), entry["calls"], mode=mode)["score"] for entry in entries]
    right = [arguments(_expected(entry), entry["calls"], mode=mode)["score"] for entry in entries]
    return {
        "tool_selection_acc": _rounded(fmean(chosen) if chosen else None),
        "argument_acc": _rounded(fmean(right) if right else None),
    }


def _by(
    entries: Sequence[Entry], groups: Callable[[Entry], Iterable[str]], value: Callable[[Sequence[Entry]], Any]
) -> dict[str, Any]:
    named = sorted({group for entry in entries for group in groups(entry)})
    return {name: value([entry for entry in entries if name in groups(entry)]) for name in named}


def _rounded(value: float | None) -> float | None:
    return None if value is None else round(value, 3)


def _aggregate(given: Mapping[str, Any]) -> dict[str, Any]:
    entries = given["entries"]
    each = [passes(_expected(entry), entry["calls"]) == "pass" for entry in entries]
    return {"report": report(entries), "pass": pass_report(entries), "pass_each": each}


CASES: dict[str, dict[str, Callable[[Any], Any]]] = {
    "Full-Duplex-Bench v3": {
        "cases_select": lambda given: select(given["expected"], given["actual"]),
        "cases_args": lambda given: arguments(given["expected"], given["actual"]),
        "cases_latency": lambda given: latency(given["result_data"]),
        "cases_aggregate": _aggregate,
    }
}
