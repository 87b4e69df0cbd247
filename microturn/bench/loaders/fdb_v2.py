"""Full-Duplex-Bench v2's tasks: prompts_staged_200.json, 200 of them, which are texts without sound.

The official examiner is a language model that is told the stages T1 to T4; ours (`examiner`) reads each stage aloud, in a test
voice of ours, as it is written, at both paces. There is nothing to compare an answer with: instruction following and the
task score need the run's judge, turn-taking is by rule.
"""

import json
from collections.abc import Iterator, Mapping, Sequence
from functools import partial
from pathlib import Path
from typing import Any, cast

from microturn.bench.examiner import PACES, examiner_of
from microturn.bench.loaders.opening import Content, opened
from microturn.bench.partner import PARTNER
from microturn.bench.scenarios.factory import first_seed
from microturn.bench.scenarios.fdb_v2 import SUITE, conversation, rehearsal
from microturn.bench.scenarios.onstage import LEAD_MS, stage_of
from microturn.bench.task import Gap, Scenario
from microturn.bench.words import normalised

FILE = "prompts_staged_200.json"
HOME = "the folder v2 of https://github.com/DanielLin94144/Full-Duplex-Bench"
EACH = 50
CATEGORIES = ("Daily", "Correction", "EntityTracking", "Safety")
LIMIT_MS = 60_000.0  # the official setting for a task
Staged = Mapping[str, Any]


def check(folder: Path) -> list[Gap]:
    """What the folder lacks: the file, categories, tasks (50 of each), stages."""
    path = _file(folder)
    if path is None:
        return [Gap(what=f"{folder} has no {FILE}: take it from {HOME}", items=EACH * len(CATEGORIES))]
    try:
        tasks = _tasks(path)
    except ValueError as error:
        return [Gap(what=str(error), items=EACH * len(CATEGORIES))]
    gaps: list[Gap] = []
    for category in CATEGORIES:
        found = [task for task in tasks if task["split"] == category]
        whole = [task for task in found if _stages(task)]
        if len(found) != EACH:
            gaps.append(
                Gap(what=f"{category}: {len(found)} tasks, there ought to be {EACH}", items=max(0, EACH - len(found)))
            )
        if len(whole) < len(found):
            names = ", ".join(str(task.get("id")) for task in found if not _stages(task))
            gaps.append(Gap(what=f"{category}: no staged_reveal in {names}", items=len(found) - len(whole)))
    return gaps


def load(folder: Path) -> Iterator[Scenario]:
    """Each task, fast and then slow; it is opened if it has stages. ValueError where there is none that has."""
    path = _file(folder)
    if path is None:
        raise ValueError(f"{folder} has no {FILE}: take it from {HOME}")
    tasks = _tasks(path)
    if not any(_stages(task) for task in tasks):
        raise ValueError(f"{path} has no task with stages: take a whole one from {HOME}")
    return opened(
        (f"{task['id']}-{pace}", task["split"], partial(_content, task, number, pace))
        for number, task in enumerate(tasks)
        for pace in PACES
    )


def _file(folder: Path) -> Path | None:
    return next((path for path in (folder / FILE, folder / "v2" / FILE) if path.is_file()), None)


def _tasks(path: Path) -> list[Staged]:
    """Every task, with the name of its split, in the order of the file's splits."""
    try:
        splits = json.loads(path.read_text(encoding="utf-8"))["splits"]
        return [{**task, "split": name} for name, split in splits.items() for task in _of_split(split)]
    except (AttributeError, KeyError, TypeError, ValueError) as error:
        raise ValueError(f"{path} is damaged or no file of staged tasks ({error!r}): take it from {HOME}") from error


def _of_split(split: Mapping[str, Any]) -> Sequence[Staged]:
    """A split's tasks lie in it, or in its classes."""
    if split.get("tasks"):
        return split["tasks"]
    return [task for one in split.get("classes", []) for task in one.get("tasks", [])]


def _stages(task: Staged) -> list[tuple[str, str]]:
    """T1, T2, ... with what they say."""
    revealed = task.get("staged_reveal")
    if not isinstance(revealed, dict):
        return []
    stages = sorted(cast(dict[str, Any], revealed).items())
    return [(name, text) for name, text in stages if isinstance(text, str) and normalised(text)]


def _content(task: Staged, number: int, pace: str) -> Content:
    if not _stages(task):
        raise ValueError("it has no staged_reveal")
    seed = first_seed(SUITE, number, 50_000)
    stage = stage_of(seed, lead_ms=LEAD_MS)
    lines = [(" ".join(normalised(text)), {"stage": name, "goal": text}) for name, text in _stages(task)]
    about = {"kind": "examiner", "pace": pace, "limit_ms": LIMIT_MS}
    rehearsed = rehearsal(stage, lines, seed=seed)
    timeline = conversation(examiner_of(rehearsed, about), stage.own, seed=seed)
    return timeline, {PARTNER: about, "pace": pace, "task": task["id"], "title": task.get("scenario_title", "")}
