"""The suites, one file each: `TASK` says what a suite is made of. The first measure of a suite is its headline.

Other packages add theirs: an entry point of the group "microturn.bench" names a `Task` of theirs.
"""

from collections.abc import Mapping
from functools import cache
from importlib import import_module
from importlib.metadata import entry_points

from microturn.bench.task import Task

BUILT_IN = (
    "turntaking",
    "timespeak",
    "timespeak_plus",
    "cuespeak",
    "cuespeak_plus",
    "answers",
    "hearing",
    "interruption",
    "sid_bench",
    "humdial",
    "turnbench",
    "backchannel",
    "sight",
    "silence",
    "delegation",
    "fdb_v1",
    "fdb_v15",
    "fdb_v2",
    "fdb_v3",
    "audiomc",
    "voicebench",
    "harmbench",
    "bigbench_audio",
    "repcount",
    "proactive_video_qa",
    "charades_sta",
    "ovo_bench",
    "streamingbench",
    "qivd",
)
ON_REQUEST = ("human_hearing",)  # run by name, not by `all`: they need what not everybody has
GROUP = "microturn.bench"


def named() -> Mapping[str, Task]:
    """Every suite that can be asked for by its name: those of `tasks`, and those that need material of one's own."""
    return {
        **tasks(),
        **{task.name: task for task in (import_module(f"{__name__}.{name}").TASK for name in ON_REQUEST)},
    }


@cache
def tasks() -> Mapping[str, Task]:
    """Every suite by name: ours first, then those of other installed packages.

    Raises ValueError when one of those cannot be loaded, is no `Task`, or has the name of another.
    """
    found = {task.name: task for task in (import_module(f"{__name__}.{name}").TASK for name in BUILT_IN)}
    for point in sorted(entry_points(group=GROUP), key=lambda point: point.name):
        try:
            task = point.load()
        except Exception as error:
            raise ValueError(f"the suite {point.name!r} ({point.value}) cannot be loaded: {error!r}") from error
        if not isinstance(task, Task) or task.name in found:
            raise ValueError(f"the suite {point.name!r} ({point.value}) has to be a Task with a name of its own")
        found[task.name] = task
    return found
