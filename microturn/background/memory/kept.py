"""What is kept across sessions: one folder of the user's, an SQLite file for each kind of thing."""

import os
import sqlite3
from pathlib import Path

HOME = "MICROTURN_HOME"  # the environment variable that names the folder


def home() -> Path:
    """The folder: $MICROTURN_HOME, or ~/.microturn."""
    return Path(os.environ.get(HOME) or Path.home() / ".microturn")


def opened(path: Path, schema: str, *, remedy: str) -> sqlite3.Connection:
    """The file with its tables, made if there is none. ValueError, with the remedy, when it holds something else."""
    file = sqlite3.connect(path, timeout=5.0)
    try:
        file.executescript(schema)
    except sqlite3.DatabaseError as error:
        file.close()
        raise ValueError(f"{path} {remedy} ({error})") from error
    return file
