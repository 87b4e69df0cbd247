"""Who works in the background, and what it may do and spend: what the user chooses, as one value, and the file it can stand in.

In the file of settings it stands under `background`: {"model", "key_env", "images", "spending": {...}}; all of it may be left out.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field, fields, replace
from pathlib import Path
from typing import Any, cast

from microturn.background.settings import Settings, load
from microturn.background.tools.tool import Permission

OFFLINE, CLIENT = "offline", "client"


@dataclass(frozen=True, kw_only=True)
class Spending:
    """`parallel` delegations of all sessions together; each with so many requests, uses of tools, tokens in all and in one
    answer, and seconds for an answer and its first word (the desk has a time for the whole)."""

    parallel: int = 8
    requests: int = 8
    tool_calls: int = 16
    tokens: int = 100_000
    answer_tokens: int = 1_000
    answer_s: float = 40.0
    first_s: float = 20.0

    def __post_init__(self) -> None:
        for each in fields(self):
            value, whole = getattr(self, each.name), not each.name.endswith("_s")
            if isinstance(value, bool) or not isinstance(value, int if whole else int | float) or value <= 0:
                raise ValueError(f"{each.name} is a {'whole ' if whole else ''}number above zero, got {value!r}")


@dataclass(frozen=True, kw_only=True)
class Choice:
    """`model`: `offline`, `client`, a name of pydantic-ai (openai:NAME) or an address (http://HOST:PORT/v1#NAME).

    `key_env` names the environment variable with the key for an address; `images`: the latest frames of camera and
    screen go along, for models that see; `permissions` by tool overrule those of the settings and each tool's own.
    """

    model: str = OFFLINE
    key_env: str = ""
    images: bool = False
    spending: Spending = field(default_factory=Spending)
    permissions: Mapping[str, Permission] = field(default_factory=dict[str, Permission])
    settings: Settings = field(default_factory=Settings)

    def __post_init__(self) -> None:
        for name, kind in (("model", str), ("key_env", str), ("images", bool)):
            if not isinstance(getattr(self, name), kind):
                raise ValueError(f"background: {name} is a {kind.__name__}, got {getattr(self, name)!r}")


def read(path: Path) -> Choice:
    """The choice that stands in a file of settings. FileNotFoundError or ValueError, with what to do, when it is none."""
    settings = load(path)
    try:
        about = dict(settings.background)
        spending = _made(Spending, _object(about.pop("spending", {}), "spending"), "spending")
        return replace(_made(Choice, about, "background"), spending=spending, settings=settings)
    except ValueError as error:
        raise ValueError(f"{path}: {error}") from error


def _made(kind: type[Any], given: Mapping[str, Any], where: str) -> Any:
    known = {each.name for each in fields(kind)} - {"spending", "permissions", "settings"}
    if unknown := sorted(set(given) - known):
        raise ValueError(f"{where} has no {', '.join(unknown)}; there are {', '.join(sorted(known))}")
    return kind(**given)


def _object(value: object, name: str) -> Mapping[str, Any]:
    if not isinstance(value, dict):
        raise ValueError(f"{name} must be a JSON object")
    return cast(Mapping[str, Any], value)
