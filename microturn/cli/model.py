"""The model that a command uses: the same two options and the same way of opening it for all of them."""

import argparse
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from microturn.model.interaction import InteractionModel


def add_model_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--model", default="nano", help="a released model or a checkpoint folder (default: nano)")
    parser.add_argument("--device", default="cpu", help="cpu, cuda, ... (default: cpu)")


def open_model(name: str | Path, device: str = "cpu") -> "InteractionModel":
    """Load a released model or a checkpoint folder onto a device; `ValueError` or `FileNotFoundError` when that cannot be."""
    import torch  # heavy: half a second that `--help` need not wait for

    from microturn.model.interaction import InteractionModel

    try:
        torch.empty(0, device=device)
    except (RuntimeError, AssertionError) as error:
        first = str(error).splitlines()[0]
        raise ValueError(f"--device {device} cannot be used here ({first}); try --device cpu") from error
    return InteractionModel.load(name, device=device)
