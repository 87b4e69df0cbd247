"""A released model is a folder: `config.json`, `model.safetensors`, `tokenizer.json` and `README.md` (its card).

Weights are kept in bfloat16; heads that only training needs are kept too, so that training can go on from a release.
`InteractionModel.load` and `.save` read and write such folders with this.
"""

import dataclasses
import json
import typing
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import torch
from safetensors import SafetensorError
from safetensors.torch import load_file, save_file
from torch import Tensor

from microturn.features.text import Tokenizer
from microturn.model.config import ModelConfig
from microturn.protocol.clock import TICK_MS
from microturn.protocol.released import released
from microturn.protocol.whole import whole

VERSION = 1


@dataclasses.dataclass(frozen=True, kw_only=True)
class Release:
    """What a folder holds, read: the shapes of its weights are still to be tried (`fitting`)."""

    folder: Path
    config: ModelConfig
    tokenizer: Tokenizer
    weights: dict[str, Tensor]

    def fitting(self, mine: Mapping[str, Tensor], *, optional: tuple[str, ...]) -> dict[str, Tensor]:
        """The weights, for a model whose own are `mine`; those whose names begin with `optional` may be absent.

        Raises ValueError naming the first that is absent or has no place or another shape.
        """
        absent = sorted(name for name in set(mine) - set(self.weights) if not name.startswith(optional))
        if absent:
            raise ValueError(
                f"{self.folder}/model.safetensors lacks {len(absent)} tensors, first {absent[0]}: copy it again"
            )
        other = sorted(n for n, x in self.weights.items() if n not in mine or mine[n].shape != x.shape)
        if other:
            raise ValueError(
                f"{self.folder}/model.safetensors does not fit its config.json, first at {other[0]}: copy both again"
            )
        return self.weights


def write(folder: Path, config: ModelConfig, tokenizer: Tokenizer, tensors: Mapping[str, Tensor], card: str) -> None:
    """Write a release, its weights last: whoever finds them finds all that belongs to them."""
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "config.json").write_text(json.dumps(dataclasses.asdict(config), indent=2) + "\n")
    tokenizer.save(folder / "tokenizer.json")
    if card:
        (folder / "README.md").write_text(card, encoding="utf-8")
    kept = {
        name: t.detach().to(torch.bfloat16 if t.is_floating_point() else t.dtype).contiguous()
        for name, t in tensors.items()
    }
    with whole(folder / "model.safetensors") as part:
        save_file(kept, part)


def read(name: str | Path, **changes: Any) -> Release:
    """Read a release by folder or by name (`nano` is in the box). `changes` replace top-level fields of its config.

    Raises FileNotFoundError when there is no such release, ValueError when it is incomplete, damaged or of another
    version; both say what to do.
    """
    folder = released(name)
    for file in ("config.json", "model.safetensors", "tokenizer.json"):
        if not (folder / file).is_file():
            raise ValueError(f"{folder} is not a model: it has no {file}; give a folder written by `microturn train`")
    config = dataclasses.replace(_config(folder / "config.json"), **changes)
    tokenizer = Tokenizer.load(folder / "tokenizer.json")
    try:
        weights = load_file(folder / "model.safetensors")
    except (SafetensorError, OSError) as error:
        raise ValueError(f"{folder}/model.safetensors cannot be read ({error}): copy it again") from error
    return Release(folder=folder, config=config, tokenizer=tokenizer, weights=weights)


def _config(path: Path) -> ModelConfig:
    try:
        raw = json.loads(path.read_text(encoding="utf-8"))
    except ValueError as error:
        raise ValueError(f"{path} is not JSON ({error}): copy it again") from error
    version = raw.get("version") if isinstance(raw, dict) else None
    if version != VERSION:
        raise ValueError(f"{path.parent} has version {version}, this microturn reads {VERSION}: update microturn")
    config: ModelConfig = _build(ModelConfig, raw)
    if config.tick_ms != TICK_MS:  # the shapes of `features.layout` are those of this tick
        raise ValueError(
            f"{path.parent} ticks every {config.tick_ms} ms, this microturn every {TICK_MS}: use another model"
        )
    return config


def _build(kind: Any, raw: Any) -> Any:
    """A frozen dataclass from plain JSON, recursively; unknown fields are an error."""
    hints = typing.get_type_hints(kind)
    unknown = set(raw) - set(hints)
    if unknown:
        raise ValueError(f"config.json has unknown fields {sorted(unknown)} in {kind.__name__}: update microturn")
    needed = {f.name for f in dataclasses.fields(kind) if f.default is f.default_factory is dataclasses.MISSING}
    if needed - set(raw):
        raise ValueError(f"config.json lacks {sorted(needed - set(raw))} in {kind.__name__}: copy it again")
    return kind(**{name: _value(hints[name], value) for name, value in raw.items()})


def _value(hint: Any, value: Any) -> Any:
    if dataclasses.is_dataclass(hint):
        return _build(hint, value)
    return tuple(value) if isinstance(value, list) else value
