"""A released model is found by name, a checkpoint by its path, and anything else gets a sentence."""

from pathlib import Path

import pytest

from microturn.protocol import released as module
from microturn.protocol.released import released


def test_a_checkpoint_is_found_by_its_path(tmp_path: Path) -> None:
    (tmp_path / "config.json").write_text("{}")
    assert released(str(tmp_path)) == tmp_path


@pytest.mark.parametrize("home", ["weights", "microturn/weights"])
def test_a_released_model_is_found_in_a_checkout_and_in_a_wheel(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, home: str
) -> None:
    (tmp_path / home / "pico").mkdir(parents=True)
    (tmp_path / home / "pico" / "config.json").write_text("{}")
    monkeypatch.setattr(module, "PACKAGE", tmp_path / "microturn")
    assert released("pico") == tmp_path / home / "pico"
    with pytest.raises(FileNotFoundError, match="no model 'giga'.*released models: pico"):
        released("giga")


def test_no_model_at_all_gets_a_sentence(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "PACKAGE", tmp_path / "microturn")
    with pytest.raises(FileNotFoundError, match="none is released in this copy"):
        released("nano")
