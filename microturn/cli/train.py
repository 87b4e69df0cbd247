"""`microturn train nano --minutes 30`: make what data is missing, train, save; run it again to go on.

Making data counts: of `--minutes` at most a third goes into it, to the shard; the next run makes the rest.
"""

import argparse
import importlib
import math
import sys
from contextlib import closing
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from microturn.cli.data import make
from microturn.cli.folder import writable
from microturn.protocol.clock import MonotonicClock

if TYPE_CHECKING:
    from microturn.data.mixture import Mixture, Source
    from microturn.features.text import Tokenizer
    from microturn.model.interaction import InteractionModel
    from microturn.train.config import TrainConfig
    from microturn.train.resident import Resident

DATA_SHARE = 1 / 3  # of the time, at most, goes into making data
SESSION_S = 0.41  # of one core: 59 shards of 64 sessions took 13 minutes on two


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("recipe", help="a function of recipes/RECIPE.py with the same name, for instance: nano")
    parser.add_argument("--minutes", type=float, help="stop after this long, making data included")
    parser.add_argument("--steps", type=int, help="stop at this step")
    parser.add_argument("--out", type=Path, help="folder of the run (default: work/RECIPE)")
    parser.add_argument(
        "--data",
        nargs="+",
        default=[str(make.DEFAULT)],
        metavar="DIR[=WEIGHT]",
        help="folders of shards and their weights (1 if not given); missing shards are made in the first",
    )
    parser.add_argument(
        "--shards",
        type=int,
        help="how many shards of the first folder to train on, missing ones made first; 0: all there are, none made",
    )
    parser.add_argument("--init", help="start from the weights of this model (a release's name or folder)")
    parser.add_argument("--vocoder", type=Path, help="weights of microturn.train.vocoder (default: the release's)")
    parser.add_argument(
        "--device",
        default="cpu",
        help="cpu, or cuda: the sessions then lie in the GPU's memory, and shards that come are taken up",
    )
    parser.add_argument(
        "--rows", type=int, help="sessions in a step (default: the recipe's, for a CPU; a GPU holds more)"
    )
    parser.add_argument("--rate", type=float, default=1.0, help="what the recipe's learning rates are multiplied by")
    parser.add_argument(
        "--cooldown", type=float, help="share of the run, at its end, in which the rates fall to a tenth"
    )
    parser.add_argument(
        "--rehearse", type=float, help="share of the sessions in which it reads its own guesses of what was heard"
    )
    parser.add_argument(
        "--threads", type=int, default=2, help="CPU threads, and processes that read sessions for a GPU"
    )
    parser.add_argument("--compile", action="store_true", help="compile the blocks: faster steps, slower start")


def train(args: argparse.Namespace) -> int:
    """Train the recipe's model; resumes from the run's folder."""
    import torch

    from microturn.data.mixture import Source
    from microturn.model.interaction import InteractionModel
    from microturn.train import loop

    box = loop.Box(minutes=args.minutes, steps=args.steps)
    (first, weight), *others = map(weighed, args.data)
    rest = [Source.folder(*one) for one in others]
    config, tokenizer = recipe(args.recipe)
    config = asked(config, args)
    torch.set_num_threads(args.threads)
    out = writable(args.out or Path("work") / args.recipe, "--out")
    count, sessions = config.data.shards if args.shards is None else args.shards, config.data.sessions
    if missing := make.missing(first, count):
        print(plan(missing, count, sessions, args), flush=True)
    clock, share = MonotonicClock(), None if args.minutes is None else args.minutes * DATA_SHARE
    start_ms = clock.now_ms()
    if count:
        made = make.make_shards(first, shards=count, sessions=sessions, workers=args.threads, minutes=share)
        source = Source(tuple(made), weight)
    else:
        source = Source.folder(first, weight)
    if args.minutes is not None and missing:
        box = replace(box, minutes=max(0.0, args.minutes - (clock.now_ms() - start_ms) / 60_000))
        if not box.minutes:
            print("all the time went into making data; run it again to train", flush=True)
            return 0
    model = InteractionModel(config.model, tokenizer)
    start(model, args.init)
    if args.vocoder:
        start_vocoder(model, args.vocoder)
    with closing(held([source, *rest], config, args)) as corpus:
        loop.train(config, model, corpus, out, box, args.device)
    return 0


def asked(config: "TrainConfig", args: argparse.Namespace) -> "TrainConfig":
    """The recipe with what the command changes of it. ValueError for what cannot be."""
    shares = [share for share in (args.cooldown, args.rehearse) if share is not None]
    if not (0 < args.rate < math.inf and (args.rows is None or args.rows > 0)):
        raise ValueError("--rate and --rows are positive numbers")
    if not all(0 <= share <= 1 for share in shares):
        raise ValueError("--cooldown and --rehearse are shares from 0 to 1")
    optim = replace(config.optim, muon=config.optim.muon * args.rate, adam=config.optim.adam * args.rate)
    shape = replace(config.shape, rows=args.rows or config.shape.rows)
    cooldown = config.cooldown if args.cooldown is None else args.cooldown
    own = config.rehearsed if args.rehearse is None else args.rehearse
    return replace(config, optim=optim, shape=shape, cooldown=cooldown, rehearsed=own, compile=args.compile)


def held(sources: "list[Source]", config: "TrainConfig", args: argparse.Namespace) -> "Mixture | Resident":
    """The sessions: read when their turn comes, or in the memory of a GPU."""
    from microturn.data.mixture import Mixture
    from microturn.train.resident import Resident

    if args.device == "cpu":
        return Mixture(sources, config.seed)
    folders = {source.shards[0].parent: source.weight for source in sources}
    return Resident(folders, config.shape, args.device, seed=config.seed, workers=args.threads)


def weighed(text: str) -> tuple[Path, float]:
    """DIR or DIR=WEIGHT; a name with "=" in it that ends in no number is a folder."""
    folder, _, weight = text.rpartition("=")
    try:
        return (Path(folder), float(weight)) if folder else (Path(text), 1.0)
    except ValueError:
        return Path(text), 1.0


def plan(missing: int, count: int, sessions: int, args: argparse.Namespace) -> str:
    """What making the missing shards will take."""
    minutes = missing * sessions * SESSION_S / args.threads / 60
    about = (
        f"{missing} of {count} shards are missing: about {minutes:.0f} minutes to make with --threads {args.threads}"
    )
    if args.minutes is None:
        return f"{about}, before the first step"
    most = args.minutes * DATA_SHARE
    return f"{about}; of --minutes {args.minutes:g} up to {most:.1f} go into that, and the next run makes what is left"


def recipe(name: str) -> "tuple[TrainConfig, Tokenizer]":
    """The run of `recipes/NAME.py` and its tokenizer. ValueError when there is no such recipe here."""
    try:
        module = importlib.import_module(f"recipes.{name}")
    except ModuleNotFoundError as error:
        if error.name not in ("recipes", f"recipes.{name}"):
            raise ValueError(f"recipes/{name}.py needs {error.name}: install it with `uv sync --extra data`") from error
        raise ValueError(f"there is no recipes/{name}.py here; run this in a clone of the repository") from error
    return getattr(module, name)(), module.tokenizer()


def start(model: "InteractionModel", init: str | None) -> None:
    """Weights to start from: all that fit of `init`; without it the vocoder alone, of the release in the box.

    What does not fit is named on stderr and keeps its fresh values.
    """
    from microturn.model.interaction import InteractionModel

    try:
        source = InteractionModel.load(init or "nano")
    except (ValueError, FileNotFoundError) as error:
        if init:
            raise
        print(f"the vocoder starts untrained: {error}", file=sys.stderr)
        return
    prefix = "" if init else "vocoder."
    mine = model.state_dict()
    theirs = {name: x for name, x in source.state_dict().items() if name.startswith(prefix)}
    fits = {name: x for name, x in theirs.items() if name in mine and mine[name].shape == x.shape}
    model.load_state_dict(fits, strict=False)
    for name in sorted({name for name in mine if name.startswith(prefix)} - set(fits)):
        print(f"{name}: not in {init or 'nano'} in this shape, starts fresh", file=sys.stderr)


def start_vocoder(model: "InteractionModel", path: Path) -> None:
    """The vocoder of a file that `microturn.train.vocoder` wrote. ValueError when it holds none that fits."""
    from safetensors import SafetensorError
    from safetensors.torch import load_file

    try:
        model.vocoder.load_state_dict(load_file(path))
    except (RuntimeError, OSError, SafetensorError) as error:
        raise ValueError(f"{path} holds no vocoder ({error}): write it with microturn.train.vocoder") from error
