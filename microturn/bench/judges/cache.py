"""What a judge answered, on disk: asked once, read ever after. DIR/<model>/<sha256 of model and prompt>.json."""

import hashlib
import json
import os
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, cast

from microturn.protocol.whole import whole


def default_folder() -> Path:
    """Where verdicts are kept unless a run says otherwise: ~/.cache/microturn/judge, or under $XDG_CACHE_HOME."""
    return Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "microturn" / "judge"


@dataclass(frozen=True, kw_only=True)
class Cache:
    """The answers of one model under `folder`. A file that is damaged counts as not there."""

    folder: Path
    model: str

    @property
    def place(self) -> Path:
        """This model's own folder."""
        return self.folder / (re.sub(r"[^\w.-]+", "-", self.model).strip("-.") or "model")

    def get(self, prompt: Sequence[Mapping[str, str]]) -> str | None:
        """What the model answered to `prompt`, if it was ever kept."""
        try:
            kept = json.loads(self._path(prompt).read_text(encoding="utf-8"))
        except (OSError, ValueError):
            return None
        answer = cast(dict[str, Any], kept).get("answer") if isinstance(kept, dict) else None
        return answer if isinstance(answer, str) else None

    def put(self, prompt: Sequence[Mapping[str, str]], answer: str, usage: Mapping[str, int]) -> None:
        """Keep an answer, with what was asked and what it cost in tokens."""
        content = {"model": self.model, "prompt": list(prompt), "answer": answer, "usage": dict(usage)}
        with whole(self._path(prompt)) as part:
            part.write_text(json.dumps(content, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")

    def _path(self, prompt: Sequence[Mapping[str, str]]) -> Path:
        asked = json.dumps([self.model, list(prompt)], ensure_ascii=False, sort_keys=True)
        return self.place / f"{hashlib.sha256(asked.encode()).hexdigest()}.json"


def models_in(folder: Path) -> list[str]:
    """The models whose answers a folder holds. FileNotFoundError where there is no such folder."""
    if not folder.is_dir():
        raise FileNotFoundError(f"{folder}: no such folder; give the one that a judge kept its verdicts in")
    found: set[str] = set()
    for place in sorted(folder.iterdir()):
        first = next(iter(sorted(place.glob("*.json"))), None) if place.is_dir() else None
        if first is not None:
            try:
                found.add(str(json.loads(first.read_text(encoding="utf-8"))["model"]))
            except (ValueError, KeyError, TypeError) as error:
                raise ValueError(f"{first} is no verdict that was kept ({error!r}); delete it") from error
    return sorted(found)
