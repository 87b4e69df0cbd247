"""`microturn train` and `microturn data make` over shards that are there: nothing is spoken in these tests."""

import argparse
import sys
import time
import types
from pathlib import Path

import pytest
import torch

from microturn.cli import main, train
from microturn.cli.data import make
from microturn.data.shards import write_shard
from microturn.model.batch import BatchShape
from microturn.model.interaction import InteractionModel
from microturn.train.config import TrainConfig
from tests.model.tiny import TOKENIZER, config, session


@pytest.fixture
def shards(tmp_path: Path) -> Path:
    for number in range(2):
        write_shard(tmp_path / "data" / f"{number:05d}.npz", [session(8, number)], {})
    return tmp_path / "data"


@pytest.fixture
def recipe(monkeypatch: pytest.MonkeyPatch) -> str:
    """A recipe `tiny`, as a module of its own."""
    shape = BatchShape(rows=2, positions=24, ticks=10, speaking=5, frames=3)
    module = types.ModuleType("recipes.tiny")
    module.__dict__.update(
        tiny=lambda: TrainConfig(name="tiny", model=config(), shape=shape), tokenizer=lambda: TOKENIZER
    )
    monkeypatch.setitem(sys.modules, "recipes.tiny", module)
    monkeypatch.chdir(Path(__file__).parents[2])
    return "tiny"


def parsed(module: types.ModuleType, *words: str) -> argparse.Namespace:
    parser = argparse.ArgumentParser()
    module.add_arguments(parser)
    return parser.parse_args(words)


def test_train_trains_saves_and_goes_on(recipe: str, shards: Path, tmp_path: Path) -> None:
    out = tmp_path / "run"
    for steps in (1, 2):
        words = [recipe, "--steps", str(steps), "--data", str(shards), "--shards", "2", "--out", str(out)]
        assert main(["train", *words, "--threads", "1"]) == 0
        assert int(torch.load(out / "state.pt")["step"]) == steps
    assert InteractionModel.load(out / "model").config == config()


def test_making_data_counts_within_the_minutes(
    recipe: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """Of 3 seconds one goes into shards of 0.3 s each, of which 500 are asked for; the next run makes more."""

    def make_shard(folder: Path, number: int, config: object) -> Path:
        del config
        time.sleep(0.3)
        path = folder / f"{number:05d}.npz"
        write_shard(path, [session(8, number)], {})
        return path

    monkeypatch.setattr("microturn.data.factory.make_shard", make_shard)
    folder, out = tmp_path / "data", tmp_path / "run"
    words = ["train", recipe, "--minutes", "0.05", "--data", str(folder), "--shards", "500", "--out", str(out)]
    steps: list[int] = []
    for made in (4, 8):
        assert main([*words, "--threads", "1"]) == 0
        assert made - 3 <= len(list(folder.glob("*.npz"))) <= made
        steps.append(int(torch.load(out / "state.pt")["step"]))
        said = capsys.readouterr().out.splitlines()[0]
        assert "of 500 shards are missing: about 2" in said and "of --minutes 0.05 up to 0.0 go into that" in said
    assert 0 < steps[0] < steps[1]


def test_without_minutes_all_data_is_made_first(
    recipe: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def make_shard(folder: Path, number: int, config: object) -> Path:
        del config
        path = folder / f"{number:05d}.npz"
        write_shard(path, [session(8, number)], {})
        return path

    monkeypatch.setattr("microturn.data.factory.make_shard", make_shard)
    words = ["--steps", "1", "--data", str(tmp_path / "data"), "--shards", "7", "--threads", "1"]
    assert main(["train", recipe, *words, "--out", str(tmp_path / "run")]) == 0
    assert len(list((tmp_path / "data").glob("*.npz"))) == 7
    assert capsys.readouterr().out.startswith("7 of 7 shards are missing: about 3 minutes to make with --threads 1,")


def test_train_says_what_is_wrong(recipe: str, shards: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["train", recipe, "--data", str(shards)]) == 2
    assert "--minutes or --steps" in capsys.readouterr().err
    assert main(["train", "no_such_recipe", "--steps", "1"]) == 2
    assert "there is no recipes/no_such_recipe.py here" in capsys.readouterr().err


def test_nano_is_a_recipe() -> None:
    run, tokenizer = train.recipe("nano")
    assert run.name == "nano" and tokenizer.size == run.model.vocabulary
    assert run.shape.audio_positions == run.model.fusion.audio_positions


def test_data_keeps_the_shards_that_are_there(shards: Path) -> None:
    before = {path: path.read_bytes() for path in sorted(shards.iterdir())}
    assert make.make(parsed(make, "--out", str(shards), "--shards", "2")) == 0
    assert make.make_shards(shards, shards=2, workers=1) == sorted(before)
    assert {path: path.read_bytes() for path in sorted(shards.iterdir())} == before


def test_a_run_starts_from_the_weights_that_fit(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    source = InteractionModel(config(1), TOKENIZER)
    with torch.no_grad():
        for parameter in source.parameters():
            parameter.fill_(0.25)
    source.save(tmp_path / "source")
    other = InteractionModel(config(2), TOKENIZER)  # another fold and number of parts, all else alike
    fresh = other.audio.fold.weight.clone()
    train.start(other, str(tmp_path / "source"))
    assert (other.token.weight == 0.25).all() and (other.vocoder.pitch.weight == 0.25).all()
    assert torch.equal(other.audio.fold.weight, fresh) and not other.part.any()
    said = capsys.readouterr().err
    assert "audio.fold.weight: not in" in said and "part: not in" in said and "token.weight" not in said
    with pytest.raises(FileNotFoundError, match="no model"):
        train.start(other, str(tmp_path / "gone"))


def test_a_vocoder_of_its_own_file(tmp_path: Path) -> None:
    from safetensors.torch import save_file

    model = InteractionModel(config(), TOKENIZER)
    weights = {name: torch.full_like(value, 0.5) for name, value in model.vocoder.state_dict().items()}
    save_file(weights, tmp_path / "vocoder.safetensors")
    train.start_vocoder(model, tmp_path / "vocoder.safetensors")
    assert all(bool((value == 0.5).all()) for value in model.vocoder.state_dict().values())
    (tmp_path / "broken.safetensors").write_bytes(b"no")
    with pytest.raises(ValueError, match="holds no vocoder"):
        train.start_vocoder(model, tmp_path / "broken.safetensors")


def test_several_folders_with_weights(recipe: str, shards: Path, tmp_path: Path) -> None:
    write_shard(tmp_path / "more=data" / "00000.npz", [session(8, 9)], {})
    words = [recipe, "--steps", "1", "--data", f"{shards}=2", str(tmp_path / "more=data"), "--threads", "1"]
    assert main(["train", *words, "--shards", "0", "--out", str(tmp_path / "run")]) == 0
    assert len(list(shards.iterdir())) == 2
    assert train.weighed(f"{shards}=0.5") == (shards, 0.5)
    assert train.weighed("more=data") == (Path("more=data"), 1.0) and train.weighed("a") == (Path("a"), 1.0)


def test_a_folder_without_shards_is_refused(
    recipe: str, shards: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    words = [recipe, "--steps", "1", "--data", str(shards), str(tmp_path / "gone"), "--shards", "2"]
    assert main(["train", *words, "--out", str(tmp_path / "run")]) == 2
    assert "gone holds no shards" in capsys.readouterr().err
