"""The aligner's ear: frames where they belong, deaf to level, and the same after a trip to the disk."""

from pathlib import Path

import numpy as np
import pytest
import torch

from microturn.model.phone_net import PhoneNet, PhoneNetConfig, load_phone_net, phone_mel, save_phone_net

SMALL = PhoneNetConfig(channels=8, dilations=(1, 2))


def click(at: int, length: int = 8000) -> np.ndarray:
    samples = np.random.default_rng(0).normal(0, 1e-3, length).astype(np.float32)
    samples[at] = 1.0
    return samples


def test_a_sound_is_in_the_frame_of_its_time() -> None:
    for at in (1600, 2480, 4007):
        mel_FM = phone_mel(click(at))
        assert mel_FM.shape == (50, 80)
        assert mel_FM.mean(axis=1).argmax() == at // 160


def test_a_part_of_a_frame_is_a_frame() -> None:
    assert len(phone_mel(click(100, 161))) == 2


def test_the_level_does_not_matter() -> None:
    sound = np.random.default_rng(1).normal(0, 0.2, 16000).astype(np.float32)
    np.testing.assert_allclose(phone_mel(sound), phone_mel(sound * np.float32(0.25)), atol=0.02)


def test_the_net_keeps_the_number_of_frames_and_looks_both_ways() -> None:
    net = PhoneNet(SMALL).eval()
    mel_BFM = torch.randn(2, 40, 80)
    logits_BFP = net(mel_BFM)
    assert logits_BFP.shape == (2, 40, 42)
    mel_BFM[0, 20] += 1
    changed = (net(mel_BFM) != logits_BFP).any(dim=2)
    assert changed[0, 19] and changed[0, 21] and not changed[0, 0] and not changed[1].any()


def test_saved_and_loaded_it_hears_the_same(tmp_path: Path) -> None:
    net = PhoneNet(SMALL).eval()
    save_phone_net(net, tmp_path / "x.safetensors")
    again = load_phone_net(tmp_path / "x.safetensors")
    assert again.config == SMALL
    mel_BFM = torch.randn(1, 30, 80)
    assert torch.allclose(net(mel_BFM), again(mel_BFM), atol=0.02)
    assert [path.name for path in tmp_path.iterdir()] == ["x.safetensors"]


def test_another_file_is_refused_with_a_sentence(tmp_path: Path) -> None:
    (tmp_path / "x.safetensors").write_bytes(b"nothing")
    with pytest.raises(ValueError, match="no phone net"):
        load_phone_net(tmp_path / "x.safetensors")
