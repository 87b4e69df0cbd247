"""What there is to align: indexes, folders, single files; and sentences for what is missing."""

import json
from pathlib import Path

import pytest

from microturn.data.voices.transcripts import spelled, transcribed


def test_an_index_gives_text_and_speaker(tmp_path: Path) -> None:
    rows = [{"file": "a.opus", "text": "7", "speaker_cluster": 3}, {"file": "b.opus", "text": "two  words"}]
    (tmp_path / "index.jsonl").write_text("\n".join(map(json.dumps, rows)) + "\n")
    first, second = transcribed(tmp_path)
    assert (first.path, first.text, first.speaker) == (tmp_path / "a.opus", "seven", "3")
    assert (second.text, second.speaker, second.name) == ("two words", "", f"{tmp_path.name}/b")
    assert transcribed(tmp_path / "index.jsonl") == [first, second]


def test_a_folder_gives_every_media_file_with_a_text(tmp_path: Path) -> None:
    for name in ("b.wav", "a.mp4", "c.wav", "b.txt", "a.txt"):
        (tmp_path / name).write_text("hello")
    assert [item.path.name for item in transcribed(tmp_path)] == ["a.mp4", "b.wav"]
    (alone,) = transcribed(tmp_path / "b.wav")
    assert alone.collection == tmp_path.name


@pytest.mark.parametrize(
    ("index", "message"),
    [("{", ":1: this line is no JSON"), ('{"file": "a"}', "file and text"), ("[1]", "must be an object")],
)
def test_a_bad_index_names_its_line(tmp_path: Path, index: str, message: str) -> None:
    (tmp_path / "index.jsonl").write_text(index)
    with pytest.raises(ValueError, match=message):
        transcribed(tmp_path)


def test_nothing_to_align_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="no recording has a transcript"):
        transcribed(tmp_path)
    with pytest.raises(FileNotFoundError, match="no such file"):
        transcribed(tmp_path / "nowhere")


def test_numbers_are_spelled_up_to_a_hundred() -> None:
    assert spelled("take 42 of\n 100 and 2024") == "take forty two of hundred and 2024"
