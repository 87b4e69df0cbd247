"""Which code on which machine made a number."""

import os
import platform
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

from microturn import __version__


def provenance() -> dict[str, Any]:
    """Version, commit, machine and command, as JSON."""
    cores = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else (os.cpu_count() or 1)
    return {
        "version": __version__,
        "commit": _commit(),
        "machine": f"{platform.system()} {platform.machine()}, {cores} cores",
        "command": "microturn " + " ".join(sys.argv[1:]),
    }


def _commit() -> str | None:
    """Of the clone that this runs from; None outside of one, and where there is no git."""
    if shutil.which("git") is None:
        return None
    here = str(Path(__file__).parent)
    told = subprocess.run(
        ["git", "-C", here, "describe", "--always", "--dirty"], capture_output=True, text=True, check=False
    )
    return told.stdout.strip() or None
