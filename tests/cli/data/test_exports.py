"""`microturn data export`: saved timelines and made scenes go out, and come in again."""

from pathlib import Path

import pytest

from microturn.cli import main
from microturn.data.corpora import lhotse, moshi
from microturn.data.corpora.item import Options
from microturn.data.shards import write_shard
from microturn.protocol.timeline import FILE, Timeline
from tests.data.corpora.talks import assert_alike, talk


@pytest.mark.parametrize("kind", ["moshi", "lhotse"])
def test_saved_timelines_go_out_and_come_in_again(
    tmp_path: Path, kind: str, capsys: pytest.CaptureFixture[str]
) -> None:
    for name in ("a", "deep/b", "damaged"):
        talk().save(tmp_path / "in" / name)
    (tmp_path / "in" / "damaged" / FILE).write_text("")
    assert main(["data", "export", kind, str(tmp_path / "in"), "--out", str(tmp_path / "out")]) == 0
    said = capsys.readouterr()
    assert "2 exported to" in said.out and "1 skipped" in said.out and "never begun" in said.err
    found = [item for _, item in {"moshi": moshi, "lhotse": lhotse}[kind].read(tmp_path / "out", Options())]
    assert len(found) == 2
    for item in found:
        assert isinstance(item, Timeline)
        assert_alike(talk(), item)


def test_made_scenes_are_made_again_from_the_seeds_of_a_shard(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    made: list[tuple[int, dict[str, object]]] = []

    def make_scene(seed: int, **how: object) -> Timeline:
        made.append((seed, how))
        return talk()

    monkeypatch.setattr("microturn.data.scene.make_scene", make_scene)
    about = {"split": "test", "seconds": 72.0, "max_ticks": 448}
    write_shard(tmp_path / "00001.npz", [], {**about, "seeds": [3, 5]})
    assert main(["data", "export", "moshi", str(tmp_path / "00001.npz"), "--out", str(tmp_path / "out")]) == 0
    assert made == [(3, about), (4, about)]
    assert (tmp_path / "out" / "data_stereo" / "test-0000004.wav").is_file()


def test_what_cannot_go_out_is_one_sentence(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    write_shard(tmp_path / "imported.npz", [], {"items": []})
    for path, sentence in (
        (tmp_path, "holds no timeline.jsonl"),
        (tmp_path / "imported.npz", "was not made from seeds"),
    ):
        assert main(["data", "export", "moshi", str(path), "--out", str(tmp_path / "out")]) == 2
        assert sentence in capsys.readouterr().err
