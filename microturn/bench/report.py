"""The report: saved runs as one HTML page that needs nothing else: scores with intervals, and every item to see and hear.

`write_report` reads runs, computes every number again, and puts the page's files (`web/`) and its data into one file.
Items come worst first, as many of each suite as asked for; the page says how many are left out.
"""

import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from microturn.bench.figures import SCALES, as_json, failures
from microturn.bench.impairments import Impairment
from microturn.bench.items import badness, item
from microturn.bench.judges.judge import Judge
from microturn.bench.pairs import paired
from microturn.bench.run import Columns, Ran, label_of, with_controls
from microturn.bench.saved import load_suites
from microturn.bench.task import UNOPENED, Result, Task
from microturn.protocol.whole import whole

WEB = Path(__file__).parent / "web"
Tell = Callable[[str], None]
SCRIPTS = ("draw.js", "scores.js", "timeline.js", "items.js", "page.js")


@dataclass(frozen=True, kw_only=True)
class Written:
    """What a report came to."""

    path: Path
    octets: int
    items: int
    left_out: int


@dataclass(frozen=True, kw_only=True)
class Part:
    """One suite of one run, scored."""

    run: int
    ran: Ran
    columns: Columns

    @property
    def results(self) -> Sequence[Result]:
        """The measured system's."""
        return next(iter(self.columns.values()))


def write_report(
    folders: Sequence[Path],
    path: Path,
    *,
    items: int | None = 8,
    judge: Judge | None = None,
    tell: Tell = lambda _: None,
) -> Written:
    """One page of the runs in `folders`; `tell` is told each suite when done.

    It has up to `items` items of each suite and run (None: all), of each what the system did in the first of its runs.

    ValueError for what is no run.
    """
    runs: list[dict[str, Any]] = []
    suites: dict[str, dict[str, Any]] = {}
    shown: list[dict[str, Any]] = []
    firsts: dict[str, Part] = {}
    pairs: list[dict[str, Any]] = []
    left_out = 0
    for number, folder in enumerate(folders):
        about: dict[str, Any] = {}
        for about, ran in load_suites(folder):
            part = Part(run=number, ran=ran, columns=with_controls(ran, name=about["driver"], judge=judge))
            entry = suites.setdefault(ran.task.name, _suite(part, judge))
            entry["runs"].append(_scores(part, judge))
            first = firsts.setdefault(ran.task.name, part)
            if first is not part:
                rows = paired(ran.task.name, ran.scenarios, first.results, part.results)
                pairs += [{**row, "a": part.run, "b": first.run} for row in rows]
            chosen = _worst_first(part)
            shown += [_item(part, index) for index in chosen[:items]]
            unshown = 0 if items is None else max(0, len(chosen) - items)
            left_out += unshown
            entry["left_out"] += unshown
            tell(ran.task.name)
        runs.append(_run(folder, about))
    if not suites:
        raise ValueError("these runs have no suite that was carried out: nothing to report")
    data = {
        "runs": _named(runs),
        "suites": list(suites.values()),
        "items": shown,
        "conditions": _varied(runs),
        "pairs": pairs,
    }
    html = page(data)
    with whole(path) as draft:
        draft.write_text(html, encoding="utf-8")
    return Written(path=path, octets=path.stat().st_size, items=len(shown), left_out=left_out)


def page(data: Mapping[str, Any]) -> str:
    """The HTML: the files of `web/` and the data in one. No text of the data can end its element."""
    script = "\n".join((WEB / name).read_text(encoding="utf-8") for name in SCRIPTS)
    told = json.dumps(data, ensure_ascii=False, separators=(",", ":"), default=str)
    for sign, code in (("<", "\\u003c"), ("\u2028", "\\u2028"), ("\u2029", "\\u2029")):
        told = told.replace(sign, code)
    html = (WEB / "report.html").read_text(encoding="utf-8")
    parts = {
        "/* style */": (WEB / "report.css").read_text(encoding="utf-8"),
        "/* script */": script,
        "/* data */": told,
    }
    for place, text in parts.items():
        html = html.replace(place, text, 1)
    return html


def _suite(part: Part, judge: Judge | None) -> dict[str, Any]:
    task = part.ran.task
    measures = [
        {"name": m.name, "unit": m.unit, "how": m.how, "better": m.better, "label": label_of(part.ran, m, judge)}
        for m in task.measures
    ]
    return {
        "name": task.name,
        "summary": task.summary,
        "measures": measures,
        "published": _published(task),
        "official": {"title": task.official.title, "home": task.official.home} if task.official else None,
        "runs": [],
        "left_out": 0,
    }


def _published(task: Task) -> list[dict[str, Any]]:
    return [
        {"measure": p.measure, "system": p.system, "value": p.value, "source": p.source, "note": p.note}
        for p in task.published
    ]


def _scores(part: Part, judge: Judge | None) -> dict[str, Any]:
    """The numbers of one run: of the system, of the blind and of the controls."""
    blind = [one.name for one in part.ran.task.blind]
    system = next(iter(part.columns))
    return {
        "run": part.run,
        "system": system,
        "blind": [name for name in blind if name in part.columns and name != system],
        "columns": as_json(part.ran, part.columns, judge),
        "failed": dict(failures(part.ran)),
        "items": len(part.ran.scenarios),
    }


def _worst_first(part: Part) -> list[int]:
    """The items by how badly they went; those that could not be opened come last: there is nothing to see and hear."""
    scenarios = part.ran.scenarios
    failed = part.ran.failures.keys() - {one.id for one in scenarios if UNOPENED in one.meta}
    bad = [badness(part.results, one.id, failed=one.id in failed) for one in scenarios]
    return sorted(range(len(scenarios)), key=lambda i: (-bad[i], UNOPENED in scenarios[i].meta, i))


def _item(part: Part, index: int) -> dict[str, Any]:
    scenario, output = part.ran.scenarios[index], part.ran.outputs[0][index]
    scores = [_score(result, scenario.id) for result in part.results]
    heard = {"heard": 1, "of": len(part.ran.outputs)}  # of an item's several runs
    return {"suite": part.ran.task.name, "run": part.run, **item(scenario, output), **heard, "scores": scores}


def _score(result: Result, scenario_id: str) -> dict[str, Any]:
    score = result.scores[scenario_id]
    value = None if score.value is None else score.value * SCALES.get(result.measure.unit, 1.0)
    return {"measure": result.measure.name, "value": value, "why": score.explanation, "evidence": dict(score.evidence)}


def _run(folder: Path, about: Mapping[str, Any]) -> dict[str, Any]:
    kept = ("system", "driver", "model", "n", "runs", "seed_base", "data", "impairment", "commit", "machine", "command")
    impairment: dict[str, Any] = about.get("impairment") or {}
    condition = Impairment(**impairment).name if impairment else ""
    return {"folder": folder.name, "condition": condition, **{name: about.get(name) for name in kept}}


def _named(runs: Sequence[dict[str, Any]]) -> list[dict[str, Any]]:
    """Each run with the shortest name that tells it apart."""
    systems = [run["driver"] if run["system"] in (None, run["driver"]) else run["system"] for run in runs]
    for name in (
        systems,
        [run["condition"] or "no impairment" for run in runs] if len(set(systems)) == 1 else [],
        [" ".join(filter(None, (s, run["condition"]))) for s, run in zip(systems, runs, strict=True)],
        [run["folder"] for run in runs],
    ):
        if len(set(name)) == len(runs):
            return [{**run, "name": one} for run, one in zip(runs, name, strict=True)]
    return [{**run, "name": f"{run['folder']} {number}"} for number, run in enumerate(runs, 1)]


def _varied(runs: Sequence[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """Curves that the runs make: sets of runs of one system between which one number of the impairment differs."""
    return [
        {"field": field, "runs": [number for _, number in points], "at": [at for at, _ in points]}
        for field, points in _sweeps(runs)
        if len({at for at, _ in points}) > 1
    ]


def _sweeps(runs: Sequence[Mapping[str, Any]]) -> Iterator[tuple[str, list[tuple[float, int]]]]:
    plain = Impairment()
    for field in ("loss", "jitter_ms", "delay_ms", "kbps", "echo_db", "minutes_before", "noise"):
        groups: dict[str, list[tuple[float, int]]] = {}
        for number, run in enumerate(runs):
            impairment: dict[str, Any] = dict(run["impairment"] or {})
            at = impairment.pop(field, getattr(plain, field))
            kind, _, snr = at.partition(":") if isinstance(at, str) else ("", "", "")
            value = float(snr) if snr else at
            if isinstance(value, int | float):
                key = json.dumps([run["system"], run["model"], kind, sorted(impairment.items())])
                groups.setdefault(key, []).append((float(value), number))
        for points in groups.values():
            yield field, sorted(points)
