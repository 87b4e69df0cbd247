"""The background's settings file (JSON, so that an `mcpServers` block of another program can be pasted), and the toolbox it makes.

{"background": {"model": "openai:NAME", ...}, "permissions": {"run_python": "allow", "files_write_file": "deny"},
 "web": {"engine": "searxng", "url": "http://localhost:8888", "key": "${SEARCH_KEY}", "pages": true, "private": false, "timeout_s": 10},
 "budget": {"seconds": 60, "answer_s": 60, "reports": 32, "characters": 400},
 "mcpServers": {...}, "mcpFile": "mcp.json"}

Everything may be left out; without `web`, nothing reaches the web. `mcpFile`, beside the settings, is a file with `mcpServers` of its
own. `tools/mcp_servers.py` says what a server's entry has, `choice.py` what stands under `background`.
"""

import json
import math
import os
from collections.abc import AsyncIterator, Iterable, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, fields
from pathlib import Path
from typing import Any

from microturn.background.desk import Budget
from microturn.background.tools.foreign import SECRET_NAMES, SHORTEST_SECRET
from microturn.background.tools.mcp import reached
from microturn.background.tools.mcp_servers import Server, filled, servers
from microturn.background.tools.python import python
from microturn.background.tools.tool import Permission, Tool, Toolbox
from microturn.background.tools.web import Web, web

KEYS = ("background", "permissions", "web", "budget", "mcpServers", "mcpFile")
LARGEST_BYTES = 1 << 20


@dataclass(frozen=True, kw_only=True)
class Settings:
    """What the file says."""

    permissions: Mapping[str, Permission] = field(default_factory=dict[str, Permission])
    web: Web = field(default_factory=Web, repr=False)
    budget: Budget = field(default_factory=Budget)
    servers: tuple[Server, ...] = ()
    background: Mapping[str, Any] = field(default_factory=dict[str, Any])  # read by `choice.read`

    def secrets(self) -> list[str]:
        """What of it must stand in no result: keys, and what is told to servers to let us in."""
        held = [self.web.key]
        for server in self.servers:
            held += [value for name, value in server.env.items() if SECRET_NAMES.search(name)]
            held += [part for value in server.headers.values() for part in (value, value.rpartition(" ")[2])]
        return [secret for secret in held if len(secret) >= SHORTEST_SECRET]


def load(path: Path, environment: Mapping[str, str] | None = None) -> Settings:
    """The settings of a file. FileNotFoundError, or ValueError that names the file and the key, with what to do."""
    environment = os.environ if environment is None else environment
    data = _read(path, "--background-config")
    try:
        return _settings(data, path.parent, environment)
    except ValueError as error:
        raise ValueError(f"{path}: {error}") from None


@asynccontextmanager
async def toolbox(settings: Settings, tools: Iterable[Tool] = ()) -> AsyncIterator[tuple[Toolbox, tuple[str, ...]]]:
    """`tools` with those that reach outside, connected for as long as the context lasts, and what could not be reached.

    ValueError for a permission of a tool that is not there, unless it would be one of a server's.
    """
    own = [*tools, *python(), *web(settings.web)]
    async with reached(settings.servers, {tool.name for tool in own}) as found:
        every = [*own, *found.tools]
        names = {tool.name for tool in every}
        absent = tuple(server.prefix for server in settings.servers)
        said = {k: v for k, v in settings.permissions.items() if k in names or not k.startswith(absent)}
        box = Toolbox.of(every, {**found.permissions, **said}, secrets=settings.secrets())
        yield box, found.problems


def _settings(data: Mapping[str, Any], folder: Path, environment: Mapping[str, str]) -> Settings:
    _known("", data, KEYS)
    found = servers(data.get("mcpServers", {}), environment)
    if (name := data.get("mcpFile")) is not None:
        if not isinstance(name, str):
            raise ValueError(f"mcpFile: the name of a file, got {name!r:.60}")
        other = _read(folder / name, "mcpFile")
        found += servers(other.get("mcpServers"), environment, f"{name}: mcpServers")
    if twice := {s.prefix for s in found if sum(s.prefix == other.prefix for other in found) > 1}:
        raise ValueError(f"mcpServers.{min(twice).rstrip('_')}: two servers have this name")
    web_values = _values("web", data.get("web", {}), Web)
    if "key" in web_values:
        web_values["key"] = filled(web_values["key"], environment, "web.key")
    return Settings(
        permissions=_permissions(data.get("permissions", {})),
        web=_made("web", Web, web_values),
        budget=_made("budget", Budget, _values("budget", data.get("budget", {}), Budget)),
        servers=tuple(found),
        background=_object("background", data.get("background", {})),
    )


def _permissions(data: object) -> dict[str, Permission]:
    if not isinstance(data, Mapping):
        raise ValueError(f"permissions: allow, ask or deny by the tool's name, got {data!r:.60}")
    for name, permission in data.items():
        if permission not in list(Permission):
            raise ValueError(f"permissions.{name}: allow, ask or deny, got {permission!r:.60}")
    return {str(name): Permission(permission) for name, permission in data.items()}


def _object(where: str, data: object) -> Mapping[str, Any]:
    if not isinstance(data, Mapping):
        raise ValueError(f"{where}: an object, got {data!r:.60}")
    return {str(name): value for name, value in data.items()}


def _values(where: str, data: object, kind: type) -> dict[str, Any]:
    """The fields of a dataclass, each of the type of its default."""
    if not isinstance(data, Mapping):
        raise ValueError(f"{where}: an object, got {data!r:.60}")
    defaults = {entry.name: entry.default for entry in fields(kind)}
    _known(f"{where}.", data, tuple(defaults))
    for name, value in data.items():
        wanted = type(defaults[name])
        number = wanted in (int, float)
        fits = isinstance(value, int | float) if wanted is float else isinstance(value, wanted)
        if not fits or (number and (isinstance(value, bool) or not math.isfinite(value) or value <= 0)):
            kinds = {float: "a positive number", int: "a positive whole number", bool: "true or false", str: "a text"}
            raise ValueError(f"{where}.{name}: {kinds[wanted]}, got {value!r:.60}")
    return dict(data)


def _made(where: str, kind: Any, values: Mapping[str, Any]) -> Any:
    try:
        return kind(**values)
    except ValueError as error:
        raise ValueError(f"{where}: {error}") from None


def _known(where: str, data: Mapping[str, Any], keys: tuple[str, ...]) -> None:
    if unknown := sorted(set(data) - set(keys)):
        raise ValueError(f"{where}{unknown[0]}: no such key; there are {', '.join(keys)}")


def _read(path: Path, option: str) -> Mapping[str, Any]:
    if not path.is_file():
        raise FileNotFoundError(f"there is no file {path}; give {option} a JSON file")
    if path.stat().st_size > LARGEST_BYTES:
        raise ValueError(f"{path}: settings are up to {LARGEST_BYTES >> 20} MB; this is another file")
    try:
        data = json.loads(path.read_text(encoding="utf-8"), object_pairs_hook=_once)
    except json.JSONDecodeError as error:
        raise ValueError(f"{path}: line {error.lineno}, column {error.colno}: no JSON ({error.msg})") from None
    except (ValueError, RecursionError) as error:
        raise ValueError(f"{path}: no JSON: {error}") from None
    if not isinstance(data, dict):
        raise ValueError(f"{path}: the settings are an object, {{...}}")
    return data


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    """ValueError for a key that stands twice: one of the two would be ignored."""
    found: dict[str, Any] = {}
    for key, value in pairs:
        if key in found:
            raise ValueError(f"{key} stands twice")
        found[key] = value
    return found
