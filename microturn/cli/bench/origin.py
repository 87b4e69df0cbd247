"""Which code on which machine made a number."""

import os
import platform
import subprocess
import sys
from pathlib import Path
from typing import Any

from microturn import __version__


def provenance() -> dict[str, Any]:
    """Version, commit, machine and command, as JSON."""
    git = subprocess.run(
        ["git", "-C", str(Path(__file__).parent), "describe", "--always", "--dirty"],
        capture_output=True,
        text=True,
        check=False,
    )
    cores = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else (os.cpu_count() or 1)
    return {
        "version": __version__,
        "commit": git.stdout.strip() or None,
        "machine": f"{platform.system()} {platform.machine()}, {cores} cores",
        "command": "microturn " + " ".join(sys.argv[1:]),
    }
