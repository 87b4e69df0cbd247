"""The table of commands: every command is listed, found and explained; a user's error is one sentence and status 2."""

import importlib
import subprocess
import sys
from pathlib import Path

import pytest

from microturn.cli import COMMANDS, Command, main

NAMES = [command.name for command in COMMANDS]


def status(*words: str) -> int:
    """The exit status, whether `main` returns it or argparse raises it."""
    try:
        return main(words)
    except SystemExit as error:
        return int(error.code or 0)


def test_help_lists_every_command_with_one_line(capsys: pytest.CaptureFixture[str]) -> None:
    assert status("--help") == 0
    lines = capsys.readouterr().out.splitlines()
    for command in COMMANDS:
        assert f"  {command.name:<{max(map(len, NAMES))}}  {command.help}" in lines


def test_the_commands_are_those_of_the_readme() -> None:
    assert NAMES == [
        "serve",
        "talk",
        "hear",
        "train",
        "data make",
        "data acts",
        "data dialogues",
        "data import",
        "data export",
        "data align",
        "data audit",
        "data card",
        "data look",
        "data speed",
        "docs",
        "notes",
        "background",
        "bench",
        "bench list",
        "bench rescore",
        "bench report",
        "bench cases",
        "bench judge",
        "bench recogniser",
        "bench tools",
        "speed",
        "replay",
    ]


def test_no_command_is_help(capsys: pytest.CaptureFixture[str]) -> None:
    assert status() == 0
    assert "commands:" in capsys.readouterr().out


def test_a_group_lists_its_commands(capsys: pytest.CaptureFixture[str]) -> None:
    assert status("data") == 0
    listed = capsys.readouterr().out
    assert "usage: microturn data" in listed and "\n  make" in listed and "serve" not in listed
    assert status("data", "sing") == 2
    assert "invalid choice: 'sing'" in capsys.readouterr().err


def test_an_unknown_command_is_refused(capsys: pytest.CaptureFixture[str]) -> None:
    assert status("sing") == 2
    assert "invalid choice: 'sing'" in capsys.readouterr().err


@pytest.mark.parametrize("command", COMMANDS, ids=NAMES)
def test_every_command_is_there_and_explains_itself(command: Command, capsys: pytest.CaptureFixture[str]) -> None:
    module, function = command.target.split(":")
    assert callable(getattr(importlib.import_module(module), function))
    assert status(*command.name.split(), "--help") == 0
    assert f"usage: microturn {command.name}" in capsys.readouterr().out


def test_help_loads_nothing_heavy() -> None:
    code = (
        "import sys\nfrom microturn.cli import main\n"
        "try: main(['--help'])\nexcept SystemExit: pass\n"
        "heavy = {'torch', 'numpy', 'av', 'openai', 'matplotlib'} & set(sys.modules)\nassert not heavy, heavy"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        (["talk"], "give either a recording"),
        (["talk", "a.wav", "--mic"], "give either a recording"),
        (["talk", "gone.wav"], "gone.wav: no such file"),
        (["talk", "words.txt"], "words.txt: "),
        (["talk", "words.txt", "--after", "-1"], "positive numbers"),
        (["hear", "words.txt", "--model", "gone"], "no model 'gone'"),
        (["hear", "words.txt", "--device", "abacus"], "--device abacus cannot be used here"),
        (["replay", "gone"], "give a folder that holds a saved timeline"),
        (["data", "dialogues", "gone.jsonl"], "gone.jsonl is no text"),
        (["data", "dialogues", "taskmaster"], "the folder text/ of the one that MICROTURN_DATA names"),
    ],
)
def test_a_users_error_is_one_sentence(
    words: list[str], sentence: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    Path("words.txt").write_text("no sound at all\n")
    assert status(*words) == 2
    said = capsys.readouterr().err
    assert sentence in said
    assert said.startswith((f"microturn {words[0]}: ", f"microturn {' '.join(words[:2])}: "))
    assert said.count("\n") == 1
