"""A saved model opens as the same model; a folder that is none, damaged or of another version gets a sentence."""

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from safetensors.torch import load_file, save_file

from microturn.model.config import SamplingConfig
from microturn.model.interaction import InteractionModel, TickResult
from tests.model.tiny import TOKENIZER, config, session


@pytest.fixture(scope="module")
def model() -> InteractionModel:
    """As drawn, in the values that bfloat16 can hold; its own vocoder, since a release has no other."""
    torch.manual_seed(0)
    return rounded(InteractionModel(config(), TOKENIZER).eval())


def rounded(model: InteractionModel) -> InteractionModel:
    with torch.no_grad():
        for parameter in model.parameters():
            parameter.copy_(parameter.bfloat16())
    return model


@pytest.fixture
def folder(model: InteractionModel, tmp_path: Path) -> Path:
    model.save(tmp_path / "tiny", card="# tiny\n")
    return tmp_path / "tiny"


def lived(model: InteractionModel) -> list[TickResult]:
    """Six ticks, three of them given outputs that speak."""
    ticks, state, results = session(6), model.new_state(1), []
    mel_FM = np.random.default_rng(0).standard_normal((16, 80), np.float32)
    for k in range(6):
        given = [replace(ticks.output(k), mel_FM=mel_FM)] if k % 2 else None
        results += model.step([ticks.input(k)], state, [torch.Generator().manual_seed(k)], forced=given)
    return results


def assert_same(one: list[TickResult], other: list[TickResult]) -> None:
    for a, b in zip(one, other, strict=True):
        assert a.output.tokens == b.output.tokens
        for x, y in ((a.output.mel_FM, b.output.mel_FM), (a.samples, b.samples)):
            assert (x is None) == (y is None)
            if x is not None and y is not None:
                np.testing.assert_array_equal(x, y)


def test_a_saved_model_is_the_same_model(model: InteractionModel, folder: Path) -> None:
    again = InteractionModel.load(folder)
    assert again.config == model.config and not again.training
    assert again.tokenizer.encode("one <two> three") == TOKENIZER.encode("one <two> three")
    for name, tensor in model.state_dict().items():
        assert torch.equal(again.state_dict()[name], tensor), name
    assert_same(lived(again), lived(model))
    assert sorted(path.name for path in folder.iterdir()) == [
        "README.md",
        "config.json",
        "model.safetensors",
        "tokenizer.json",
    ]


def test_in_bfloat16_it_speaks_and_a_second_round_trip_changes_nothing(folder: Path, tmp_path: Path) -> None:
    one = InteractionModel.load(folder, dtype=torch.bfloat16)
    assert one.token.weight.dtype == torch.bfloat16
    one.save(tmp_path / "again")
    results = lived(one)
    assert_same(results, lived(InteractionModel.load(tmp_path / "again", dtype=torch.bfloat16)))
    assert any(result.samples is not None for result in results)
    assert (tmp_path / "again" / "model.safetensors").read_bytes() == (folder / "model.safetensors").read_bytes()


def test_the_vocoder_of_a_bfloat16_model_sounds_as_in_float32(model: InteractionModel, folder: Path) -> None:
    mel_BFM = torch.randn(1, 16, 80, generator=torch.Generator().manual_seed(0)) - 5
    with torch.inference_mode():
        assert torch.equal(InteractionModel.load(folder, dtype=torch.bfloat16).vocoder(mel_BFM), model.vocoder(mel_BFM))


def test_given_weights_take_the_place_of_the_models_own(model: InteractionModel, tmp_path: Path) -> None:
    model.save(tmp_path, weights={"missing": torch.full_like(model.missing, 0.5)})
    again = InteractionModel.load(tmp_path)
    assert (again.missing == 0.5).all() and torch.equal(again.part, model.part)


def test_fields_of_the_config_can_be_replaced(folder: Path) -> None:
    assert InteractionModel.load(folder, sampling=SamplingConfig(temperature=0.5)).config.sampling.temperature == 0.5


def test_a_folder_that_is_no_model_is_refused(tmp_path: Path) -> None:
    for name in (tmp_path, tmp_path / "gone", "no such release"):
        with pytest.raises(FileNotFoundError, match="no model .*give a checkpoint folder"):
            InteractionModel.load(name)


@pytest.mark.parametrize("file", ["model.safetensors", "tokenizer.json"])
def test_an_incomplete_folder_is_refused(folder: Path, file: str) -> None:
    (folder / file).unlink()
    with pytest.raises(ValueError, match=f"has no {file}; give a folder"):
        InteractionModel.load(folder)


@pytest.mark.parametrize("kept", [0, 4, 300, -1])
def test_truncated_weights_are_refused(folder: Path, kept: int) -> None:
    path = folder / "model.safetensors"
    path.write_bytes(path.read_bytes()[:kept])
    with pytest.raises(ValueError, match="cannot be read .*copy it again"):
        InteractionModel.load(folder)


def test_a_missing_tensor_is_named(folder: Path) -> None:
    tensors = load_file(folder / "model.safetensors")
    del tensors["flow.leave.bias"]
    save_file(tensors, folder / "model.safetensors")
    with pytest.raises(ValueError, match=r"lacks 1 tensors, first flow\.leave\.bias: copy it again"):
        InteractionModel.load(folder)


@pytest.mark.parametrize("name", ["missing", "from.another.model"])
def test_a_tensor_that_does_not_fit_is_named(folder: Path, name: str) -> None:
    tensors = load_file(folder / "model.safetensors") | {name: torch.zeros(3)}
    save_file(tensors, folder / "model.safetensors")
    with pytest.raises(ValueError, match=f"does not fit its config.json, first at {name}"):
        InteractionModel.load(folder)


def edited(folder: Path, **changes: Any) -> Path:
    raw = json.loads((folder / "config.json").read_text()) | changes
    (folder / "config.json").write_text(json.dumps({name: value for name, value in raw.items() if value != "gone"}))
    return folder


def test_another_version_is_refused(folder: Path) -> None:
    with pytest.raises(ValueError, match="has version 99, this microturn reads 1: update microturn"):
        InteractionModel.load(edited(folder, version=99))
    with pytest.raises(ValueError, match="has version None"):
        InteractionModel.load(edited(folder, version="gone"))


@pytest.mark.parametrize("tick_ms", [100, 400, 200.5])
def test_another_tick_is_refused(folder: Path, tick_ms: float) -> None:
    with pytest.raises(
        ValueError, match=rf"tiny ticks every {tick_ms} ms, this microturn every 200: use another model"
    ):
        InteractionModel.load(edited(folder, tick_ms=tick_ms))


def test_unknown_and_absent_fields_are_named(folder: Path) -> None:
    raw = json.loads((folder / "config.json").read_text())
    with pytest.raises(ValueError, match=r"unknown fields \['smell'\] in ModelConfig: update microturn"):
        InteractionModel.load(edited(folder, smell=1))
    edited(folder, smell="gone")
    with pytest.raises(ValueError, match=r"unknown fields \['depth'\] in BackboneConfig"):
        InteractionModel.load(edited(folder, backbone=raw["backbone"] | {"depth": 2}))
    edited(folder, backbone=raw["backbone"])
    with pytest.raises(ValueError, match=r"lacks \['vocabulary'\] in ModelConfig"):
        InteractionModel.load(edited(folder, vocabulary="gone"))


@pytest.mark.parametrize("text", ["", "{", "[]", "3"])
def test_a_damaged_config_is_refused(folder: Path, text: str) -> None:
    (folder / "config.json").write_text(text)
    with pytest.raises(ValueError, match="copy it again|has version None"):
        InteractionModel.load(folder)


def test_a_tokenizer_of_another_model_is_refused(folder: Path) -> None:
    with pytest.raises(ValueError, match="tokens, the config says 7"):
        InteractionModel.load(edited(folder, vocabulary=7))
