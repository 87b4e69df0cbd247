"""Folders that a command writes to, checked before its work begins: an hour of work must not end at a path."""

import tempfile
from pathlib import Path


def writable(folder: Path, option: str) -> Path:
    """The folder that `option` named, made if missing; `ValueError` when nothing can be written there."""
    try:
        folder.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryFile(dir=folder):
            return folder
    except (FileExistsError, NotADirectoryError) as error:
        raise ValueError(f"{error.filename} is a file: give {option} a folder") from error
    except OSError as error:
        raise ValueError(f"{folder} cannot be written ({error.strerror}): give {option} another folder") from error
