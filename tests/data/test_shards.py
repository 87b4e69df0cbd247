"""Shards come back as they were written, to the byte for a seed, and whatever is no whole shard is refused."""

import errno
from collections.abc import Iterator
from dataclasses import fields, replace
from pathlib import Path
from typing import BinaryIO

import numpy as np
import pytest

from microturn.data.shards import FORMAT, MEL_STEP, Shard, write_shard
from microturn.features.layout import Ticks
from tests.model.tiny import session

SESSIONS = [session(6, seed) for seed in range(2)]


def test_a_shard_comes_back(tmp_path: Path) -> None:
    path = tmp_path / "deep" / "00000.npz"
    write_shard(path, SESSIONS, {"recipe": "noise", "seeds": [0, 2]})
    again = Shard(path)
    assert again.about == {"recipe": "noise", "seeds": [0, 2], "format": FORMAT, "sessions": 2}
    for one, other in zip(SESSIONS, [again[0], again[-1]], strict=True):
        for field in fields(Ticks):
            a, b = getattr(one, field.name), getattr(other, field.name)
            assert (a.dtype, a.shape) == (b.dtype, b.shape), field.name
            close = MEL_STEP / 2 + 2e-3 if field.name == "mel_SFM" else 0.0
            np.testing.assert_allclose(a.astype(np.float32), b.astype(np.float32), rtol=0, atol=close)
    with pytest.raises(IndexError):
        again[2]


def test_every_level_and_a_whole_range_of_mels_survive(tmp_path: Path) -> None:
    levels_TFM = np.resize(np.arange(16, dtype=np.uint8), SESSIONS[0].dmel_TFM.shape)
    mel_SFM = np.linspace(-5.2, 5.2, SESSIONS[0].mel_SFM.size).reshape(SESSIONS[0].mel_SFM.shape).astype(np.float16)
    write_shard(tmp_path / "a.npz", [replace(SESSIONS[0], dmel_TFM=levels_TFM, mel_SFM=mel_SFM)], {})
    again = Shard(tmp_path / "a.npz")[0]
    np.testing.assert_array_equal(again.dmel_TFM, levels_TFM)
    assert np.abs(again.mel_SFM.astype(np.float32) - mel_SFM.astype(np.float32)).max() <= MEL_STEP / 2 + 4e-3


def test_writing_what_was_read_changes_nothing(tmp_path: Path) -> None:
    write_shard(tmp_path / "a.npz", SESSIONS, {"seed": 1})
    again = Shard(tmp_path / "a.npz")
    write_shard(tmp_path / "b.npz", (again[i] for i in range(len(again))), {"seed": 1})
    assert (tmp_path / "a.npz").read_bytes() == (tmp_path / "b.npz").read_bytes()


def test_the_same_sessions_give_the_same_bytes_and_others_do_not(tmp_path: Path) -> None:
    for name, seed in (("a", 0), ("b", 0), ("c", 1)):
        write_shard(tmp_path / f"{name}.npz", [session(6, seed)], {"recipe": "noise"})
    a, b, c = ((tmp_path / f"{name}.npz").read_bytes() for name in "abc")
    assert a == b != c


def test_a_crash_leaves_no_file(tmp_path: Path) -> None:
    def crashing() -> Iterator[Ticks]:
        yield SESSIONS[0]
        raise RuntimeError("the synthesiser died")

    with pytest.raises(RuntimeError, match="died"):
        write_shard(tmp_path / "a.npz", crashing(), {})
    with pytest.raises(TypeError):
        write_shard(tmp_path / "a.npz", SESSIONS, {"unsaved": object()})
    (tmp_path / "b.npz").mkdir()  # so the last step fails: a file cannot take a folder's place
    with pytest.raises(OSError):
        write_shard(tmp_path / "b.npz", SESSIONS, {})
    assert [path.name for path in tmp_path.iterdir()] == ["b.npz"]


@pytest.mark.parametrize("kept", [0, 3, 100, 5000, -30, -1])
def test_a_truncated_shard_is_refused(tmp_path: Path, kept: int) -> None:
    path = tmp_path / "a.npz"
    write_shard(path, SESSIONS, {})
    path.write_bytes(path.read_bytes()[:kept])
    with pytest.raises(ValueError, match="a.npz is not a readable shard .* make it again"):
        Shard(path)


def test_a_damaged_shard_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "a.npz"
    write_shard(path, SESSIONS, {})
    content = bytearray(path.read_bytes())
    content[len(content) // 2] ^= 0xFF
    path.write_bytes(bytes(content))
    with pytest.raises(ValueError, match="not a readable shard"):
        [Shard(path)[i] for i in range(2)]


def test_what_is_no_shard_is_refused(tmp_path: Path) -> None:
    np.save(tmp_path / "array.npy", np.zeros(3))
    np.savez(tmp_path / "other.npz", x=np.zeros(3))
    np.savez(tmp_path / "future.npz", about=np.frombuffer(b'{"format": 99, "sessions": 0}', np.uint8))
    for name in ("array.npy", "other.npz", "future.npz", "gone.npz"):
        with pytest.raises(ValueError, match="make it again"):
            Shard(tmp_path / name)


def test_a_full_disk_is_said_and_leaves_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "00001.npz"
    write_shard(tmp_path / "00000.npz", SESSIONS, {})
    before = (tmp_path / "00000.npz").read_bytes()
    real = np.savez

    def filling(file: BinaryIO, **arrays: np.ndarray) -> None:
        real(file, **dict(list(arrays.items())[:3]))  # pyright: ignore[reportArgumentType]
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(np, "savez", filling)
    with pytest.raises(
        ValueError, match=r"00001.npz could not be written, there is no room left on the disk: make some"
    ):
        write_shard(path, SESSIONS, {})
    assert [(one.name, one.read_bytes()) for one in tmp_path.iterdir()] == [("00000.npz", before)]


def test_another_trouble_with_the_disk_is_not_called_full(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def failing(file: BinaryIO, **arrays: np.ndarray) -> None:
        raise OSError(errno.EIO, "Input/output error")

    monkeypatch.setattr(np, "savez", failing)
    with pytest.raises(OSError, match="Input/output error"):
        write_shard(tmp_path / "a.npz", SESSIONS, {})
    assert not list(tmp_path.iterdir())
