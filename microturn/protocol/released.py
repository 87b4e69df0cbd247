"""Where the released models lie: `weights/` of a checkout, or the copy that the wheel carries."""

from pathlib import Path

PACKAGE = Path(__file__).resolve().parent.parent


def released(name: str | Path) -> Path:
    """The folder of a released model (config.json, model.safetensors, ...), or of any checkpoint given by its path.

    `FileNotFoundError` names what there is. A checkout's own weights win over a packaged copy.
    """
    homes = _homes()
    for folder in (Path(name), *(home / name for home in homes)):
        if (folder / "config.json").is_file():
            return folder
    known = sorted({path.parent.name for home in homes for path in home.glob("*/config.json")})
    raise FileNotFoundError(
        f"no model {str(name)!r}: give a checkpoint folder with a config.json"
        + (f", or one of the released models: {', '.join(known)}" if known else "; none is released in this copy")
    )


def released_file(name: str) -> Path:
    """A released file that is no model of its own, such as the aligner's weights. Raises FileNotFoundError."""
    for path in (home / name for home in _homes()):
        if path.is_file():
            return path
    raise FileNotFoundError(f"there is no released file {name!r} in this copy: install microturn again")


def _homes() -> list[Path]:
    return [PACKAGE.parent / "weights", PACKAGE / "weights"]
