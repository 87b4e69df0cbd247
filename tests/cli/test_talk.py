"""talk, hear and replay over a model with a fixed script: what it did is in every output, and plays again to the bit."""

import json
import sys
from argparse import Namespace
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

import av
import numpy as np
import pytest
import torch
from numpy.typing import NDArray

from microturn.cli import main, model, replay, talk
from microturn.features.layout import MEL_BINS, MEL_FRAMES, TickInput, TickOutput
from microturn.features.text import Tag, Tokenizer
from microturn.protocol.events import Channel, Clear, Do
from microturn.protocol.media import USER_HZ, on_grid, read_media, write_wav
from microturn.protocol.timeline import Timeline

TICK_SAMPLES = 4800


@dataclass(frozen=True, kw_only=True)
class Result:
    output: TickOutput
    samples: NDArray[np.float32] | None
    positions: int = 1


class State:
    def reset(self, rows: Sequence[int]) -> None:
        pass


@dataclass
class Parrot:
    """`hello` is heard in tick 2; it says `hello` in ticks 4 and 5, notes `twelve` in tick 6 and clears in tick 7."""

    tokenizer: Tokenizer = field(default_factory=lambda: Tokenizer.train(["hello", "twelve"]))

    def new_state(self, batch: int = 1) -> State:
        return State()

    def step(
        self, inputs: Sequence[TickInput | None], state: State, generators: Sequence[torch.Generator]
    ) -> list[Result | None]:
        return [
            None if given is None else self._act(given, generator)
            for given, generator in zip(inputs, generators, strict=True)
        ]

    def _act(self, given: TickInput, generator: torch.Generator) -> Result:
        hello, twelve = self.tokenizer.encode("hello"), self.tokenizer.encode("twelve")
        script = {2: [Tag.HEARD, *hello], 4: [Tag.SAY, *hello], 6: [Tag.DO, *twelve], 7: [Tag.CLEAR]}
        tokens = tuple(int(token) for token in script.get(given.tick, []))
        if given.tick not in (4, 5):
            return Result(output=TickOutput(tokens=tokens), samples=None)
        noise = torch.rand(TICK_SAMPLES, generator=generator).numpy() - 0.5
        loudness = float(given.dmel_FM.mean()) / 16.0
        mel = np.zeros((MEL_FRAMES, MEL_BINS), np.float32)
        return Result(output=TickOutput(tokens=tokens, mel_FM=mel), samples=(noise * loudness).astype(np.float32))


@pytest.fixture
def question(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A second of noise in a file; every command gets the parrot for its model."""
    for module in ("talk", "hear", "replay"):
        monkeypatch.setattr(f"microturn.cli.{module}.open_model", lambda *_: Parrot())
    noise = np.random.default_rng(0).uniform(-0.3, 0.3, USER_HZ).astype(np.float32)
    write_wav(tmp_path / "question.wav", noise, USER_HZ)
    return tmp_path / "question.wav"


def test_talk_writes_everything(question: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    out = tmp_path / "out"
    assert main(["talk", str(question), "--out", str(out), "--after", "2"]) == 0
    said = capsys.readouterr().out
    for line in ("heard  hello", "say    hello", "note   twelve", "clear"):
        assert line in said
    timeline = Timeline.load(out)
    assert [word.text for word in timeline.words(Channel.HEARD)] == ["hello"]
    assert [word.text for word in timeline.words(Channel.SAY)] == ["hello"]
    assert [event.text for event in timeline.events if isinstance(event, Do)] == ["twelve"]
    assert any(isinstance(event, Clear) for event in timeline.events)
    assert timeline.duration_ms >= 3000
    np.testing.assert_array_equal(timeline.audio[Channel.USER].samples[:USER_HZ], read_media(question)[0])
    with av.open(str(out / "conversation.wav")) as container:
        stream = container.streams.audio[0]
        assert (stream.rate, stream.channels) == (24000, 2)
    assert (out / "timeline.png").read_bytes().startswith(b"\x89PNG")


def test_a_recorded_conversation_replays_to_the_bit(
    question: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    out = tmp_path / "out"
    assert main(["talk", str(question), "--out", str(out), "--seed", "5"]) == 0
    assert main(["replay", str(out)]) == 0
    result = json.loads(capsys.readouterr().out.splitlines()[-1])
    assert result["same"]
    assert result["events"] == [4, 4]
    other = replace(Timeline.load(out), seed=6)
    other.save(out, image="png")
    assert main(["replay", str(out)]) == 1
    result = json.loads(capsys.readouterr().out.splitlines()[-1])
    assert 800 <= result["first_difference_ms"] < 1200


@pytest.mark.parametrize("command", ["talk", "replay"])
def test_an_out_that_is_a_file_is_refused_before_the_work(
    command: str, question: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["talk", str(question), "--out", str(tmp_path / "out")]) == 0
    monkeypatch.setattr(f"microturn.cli.{command}.open_model", lambda *_: pytest.fail("too late"))
    given = question if command == "talk" else tmp_path / "out"
    assert main([command, str(given), "--out", str(question)]) == 2
    assert capsys.readouterr().err == f"microturn {command}: {question} is a file: give --out a folder\n"


def test_a_recording_that_was_cut_off_replays_as_far_as_it_goes(
    question: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    out = tmp_path / "out"
    assert main(["talk", str(question), "--out", str(out)]) == 0
    lines = (out / "timeline.jsonl").read_text().splitlines()
    (out / "timeline.jsonl").write_text("\n".join([*lines[:-1], lines[-1][:10]]))
    (out / "user.flac").write_bytes((out / "user.flac").read_bytes()[:-20])
    assert main(["replay", str(out)]) == 2
    assert "cut off" in capsys.readouterr().err
    assert main(["replay", str(out), "--partial"]) == 0
    assert json.loads(capsys.readouterr().out.splitlines()[-1])["events"] == [4, 4]


def test_compare_finds_the_first_difference(question: Path, tmp_path: Path) -> None:
    main(["talk", str(question), "--out", str(tmp_path / "out")])
    timeline = Timeline.load(tmp_path / "out")
    fewer = replace(timeline, events=tuple(e for e in timeline.events if not isinstance(e, Do)))
    assert replay.compare(timeline, timeline)["same"]
    assert replay.compare(timeline, fewer)["first_difference_ms"] == next(
        e.at_ms for e in timeline.events if isinstance(e, Do)
    )
    silent = replace(timeline, audio={Channel.USER: timeline.audio[Channel.USER]})
    assert not replay.compare(timeline, silent)["same"]
    assert replay.compare(silent, silent)["same"]


def test_hear_prints_a_json_line_a_file_and_goes_on(
    question: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "empty.wav").touch()
    assert main(["hear", str(question), str(tmp_path / "empty.wav"), str(question)]) == 2
    first, second, third = (json.loads(line) for line in capsys.readouterr().out.splitlines())
    assert first == third
    assert first["file"] == str(question)
    (word,) = first["words"]
    assert word["text"] == "hello"
    assert 0 <= word["start_ms"] < word["end_ms"] <= 600
    assert "the file is empty" in second["error"]


def test_hear_of_good_files_is_status_0(question: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["hear", str(question)]) == 0
    assert capsys.readouterr().err == ""


def test_without_a_microphone_there_is_a_sentence(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "sounddevice", None)
    with pytest.raises(ValueError, match=r"pip install 'microturn\[mic\]'"):
        talk.record(1.0)


def test_the_microphone_is_recorded_on_the_int16_grid(monkeypatch: pytest.MonkeyPatch) -> None:
    taken = np.random.default_rng(1).uniform(-1, 1, (USER_HZ, 1)).astype(np.float32)
    device = Namespace(rec=lambda *_, **__: taken, PortAudioError=OSError)
    monkeypatch.setitem(sys.modules, "sounddevice", device)
    np.testing.assert_array_equal(talk.record(1.0), on_grid(taken[:, 0]))


def test_without_matplotlib_the_rest_is_written(
    question: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setitem(sys.modules, "matplotlib.figure", None)
    assert main(["talk", str(question), "--out", str(tmp_path / "out")]) == 0
    assert "no picture: drawing a timeline needs matplotlib" in capsys.readouterr().out
    assert Timeline.load(tmp_path / "out").events


def test_no_model_of_that_name_gets_a_sentence() -> None:
    with pytest.raises(FileNotFoundError, match="no model 'gone'"):
        model.open_model("gone")
