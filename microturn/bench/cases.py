"""Worked cases: files of inputs with the outputs of the official scorers, run through our rules.

A file is JSON: `{"scorer": NAME, "cases...": [{"id", "input", "output"}, ...], ...}`. Numbers have to agree within 1e-6
(relative, or absolute below 1), or within the file's `tolerance` for keys that begin with a name in it; "NaN" and
"Infinity" are those numbers. Of an output's object only the keys that are expected are compared; notes are not.
Where the official code crashed ("official": an error's name, a value that is one, or {"error": name}), None is right.
"""

import json
import math
import pkgutil
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from importlib import import_module
from pathlib import Path
from typing import Any, cast

from microturn.bench import rules

Case = Callable[[Any], Any]
# A module of `microturn.bench.rules` may have CASES = {SCORER: {LIST: function}}: which function a list of a scorer's file is
# for, where SCORER is how the file's "scorer" begins.
NOTES = ("official", "note")
CLOSE = 1e-6
CRASHES = (ArithmeticError, AttributeError, LookupError, TypeError, ValueError)


@dataclass(frozen=True, kw_only=True)
class Outcome:
    """One case: `differences` are lines with what was expected and what came out; none means that it passes."""

    id: str
    differences: tuple[str, ...]


def known() -> dict[str, Mapping[str, Case]]:
    """Every scorer's lists of cases and their functions."""
    modules = (import_module(f"{rules.__name__}.{found.name}") for found in pkgutil.iter_modules(rules.__path__))
    return {scorer: lists for module in modules for scorer, lists in getattr(module, "CASES", {}).items()}


def run_file(path: Path) -> list[Outcome]:
    """Every case of a file. Raises ValueError for what is no such file, and for a scorer or a list that is not known."""
    content = _read(path)
    scorer = content["scorer"]
    functions = next((lists for name, lists in known().items() if scorer.startswith(name)), None)
    if functions is None:
        raise ValueError(
            f"{path}: no rule for the scorer {scorer!r}; there are rules for: {'; '.join(sorted(known()))}"
        )
    outcomes: list[Outcome] = []
    for name, cases in content.items():
        if name.startswith("cases") and isinstance(cases, list):
            if name not in functions:
                raise ValueError(f"{path}: {scorer!r} has no list {name!r}; it has {', '.join(functions)}")
            tolerance = cast(dict[str, float], content.get("tolerance") or {})
            outcomes += [_run(case, functions[name], tolerance) for case in cast(list[Any], cases)]
    if not outcomes:
        raise ValueError(f'{path} holds no case: give a file with lists "cases..." of {{"id", "input", "output"}}')
    return outcomes


def _read(path: Path) -> dict[str, Any]:
    try:
        content = json.loads(path.read_text(encoding="utf-8"))
    except (json.JSONDecodeError, UnicodeDecodeError) as error:
        raise ValueError(f"{path} is not JSON: {error}") from error
    if not isinstance(content, dict) or not isinstance(cast(dict[str, Any], content).get("scorer"), str):
        raise ValueError(f'{path} is no file of cases: it has to be an object with a "scorer"')
    return cast(dict[str, Any], content)


def _run(case: Any, function: Case, tolerance: Mapping[str, float]) -> Outcome:
    if not isinstance(case, dict) or not {"id", "input", "output"} <= set(cast(dict[str, Any], case)):
        raise ValueError(f'a case has to be an object with "id", "input" and "output", not {case!r:.80}')
    made = cast(dict[str, Any], case)
    try:
        got = function(made["input"])
    except CRASHES as error:
        return Outcome(id=made["id"], differences=(f"expected {_short(made['output'])}, got {error!r}",))
    return Outcome(id=made["id"], differences=tuple(_differences(made["output"], got, "", tolerance)))


def _differences(expected: Any, got: Any, where: str, tolerance: Mapping[str, float]) -> Iterator[str]:
    if isinstance(expected, dict) and isinstance(got, Mapping):
        wanted, have = cast(dict[str, Any], expected), cast(Mapping[Any, Any], got)
        by_name = {str(name): value for name, value in have.items()}
        for name, value in wanted.items():
            if name not in NOTES:
                yield from _differences(
                    value, by_name.get(name, "nothing"), f"{where}.{name}" if where else name, tolerance
                )
    elif (
        isinstance(expected, list) and isinstance(got, list | tuple) and len(cast(Any, expected)) == len(cast(Any, got))
    ):
        for place, (one, other) in enumerate(zip(cast(list[Any], expected), cast(list[Any], got), strict=True)):
            yield from _differences(one, other, f"{where}[{place}]", tolerance)
    elif not _same(expected, got, _close(where, tolerance)):
        yield f"{where or 'output'}: expected {_short(expected)}, got {_short(got)}"


def _close(where: str, tolerance: Mapping[str, float]) -> float:
    return next((float(width) for name, width in tolerance.items() if where.startswith(name)), CLOSE)


def _same(expected: Any, got: Any, close: float) -> bool:
    if isinstance(expected, dict) and "error" in expected:
        return got is None
    if isinstance(expected, str) and expected.endswith("Error"):
        return got is None or got == expected
    if isinstance(expected, bool) or isinstance(got, bool) or expected is None or got is None:
        return expected is got or (not isinstance(expected, str) and expected == got)
    number = _number(expected)
    if number is None or not isinstance(got, int | float):
        return bool(expected == got)
    return (math.isnan(number) and math.isnan(got)) or math.isclose(number, got, rel_tol=close, abs_tol=close)


def _number(value: Any) -> float | None:
    if isinstance(value, int | float):
        return float(value)
    named = {"NaN": math.nan, "Infinity": math.inf, "-Infinity": -math.inf}
    return named.get(value) if isinstance(value, str) else None


def _short(value: Any) -> str:
    text = json.dumps(value, default=str, ensure_ascii=False)
    return text if len(text) <= 200 else f"{text[:197]}..."
