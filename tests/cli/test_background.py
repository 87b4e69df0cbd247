"""`microturn background`, and the options that choose a background: a task in the terminal, cards, questions, bad values."""

import io
import json
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest
from pydantic_ai.models.function import DeltaToolCall, FunctionModel

from microturn.background import start
from microturn.background.agent import service
from microturn.background.brief import Brief
from microturn.background.tools.tool import Found, Permission, Tool
from microturn.cli import main
from microturn.cli.background import shown
from microturn.protocol.events import Answer, Card, Channel, Result

MODEL = ("--background", "http://127.0.0.1:9/v1#m")


async def pay(arguments: Any, brief: Brief) -> Found:
    table = {"columns": ["to", "sum"], "rows": [["ann", 7]]}
    return Found(
        text="paid", cards=(Card(at_ms=0.0, id="t", delegation="", kind="table", title="bills", content=table),)
    )


async def fill(arguments: Any, brief: Brief) -> Found:
    fields = {"fields": [{"name": "size", "label": "Which size", "kind": "text"}]}
    answer: Answer = await brief.ask(
        Card(at_ms=0.0, id="f", delegation="", kind="form", title="some more", content=fields)
    )
    return Found(text=f"size {answer.values['size']}")


def tools() -> list[Tool]:
    takes = {"type": "object", "properties": {}}
    return [
        Tool(name="pay", summary="Pays\n  a bill.", parameters=takes, run=pay, permission=Permission.ASK),
        Tool(name="fill_in", summary="Asks.", parameters=takes, run=fill),
    ]


@pytest.fixture(autouse=True)
def scripted(monkeypatch: pytest.MonkeyPatch) -> None:
    """Any model uses the tool that the task begins with, then says what came back of it."""

    async def stream(messages: list[Any], info: Any) -> AsyncIterator[Any]:
        if len(messages) == 1:
            name = messages[0].parts[0].content.rpartition("The task: ")[2].split()[0]
            yield {0: DeltaToolCall(name=name, json_args="{}", tool_call_id="a")}
        else:
            yield str(messages[-1].parts[0].content)

    monkeypatch.setattr(service, "open_service", lambda *given: FunctionModel(stream_function=stream))
    monkeypatch.setattr(start, "built_in", tools)


@pytest.mark.parametrize(
    ("typed", "says"), [("y\n", "paid"), ("n\n", "the user does not allow pay"), ("", "the user does not allow pay")]
)
def test_a_task_with_a_question(
    typed: str, says: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr("sys.stdin", io.StringIO(typed))
    assert main(["background", "ask", *MODEL, "pay", "the", "bill"]) == 0
    told = capsys.readouterr()
    assert told.out == f"{says}\n"
    assert "thinking about it (0%)" in told.err and "[question] may i use pay: pay {}" in told.err
    assert ("ann | 7" in told.err) == (says == "paid") and "done by" in told.err


def test_a_form(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    monkeypatch.setattr("sys.stdin", io.StringIO("large\n"))
    assert main(["background", "ask", *MODEL, "fill_in it"]) == 0
    told = capsys.readouterr()
    assert told.out == "size large\n" and "Which size: " in told.err


def test_offline_needs_no_model(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    monkeypatch.undo()
    assert main(["background", "ask", "seven", "times", "eight"]) == 0
    assert capsys.readouterr().out == "it is fifty six\n"


def test_tools_with_permissions(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    file = tmp_path / "config.json"
    file.write_text(json.dumps({"permissions": {"fill_in": "deny", "pay": "deny"}}))
    assert main(["background", "tools", "--background-config", str(file), "--allow", "pay"]) == 0
    lines = [line.split() for line in capsys.readouterr().out.splitlines()]
    assert [line[:2] for line in lines] == [["deny", "fill_in"], ["allow", "pay"], ["ask", "run_python"]]
    assert lines[1][2:] == ["Pays", "a", "bill."]


@pytest.mark.parametrize(
    ("words", "says"),
    [
        (["background", "ask", "--background", "client", "x"], "there is none here"),
        (["background", "ask", "--allow", "fly", "x"], "there is no tool fly; there are fill_in, pay"),
        (["background", "tools", "--deny", "fly"], "there is no tool fly"),
        (["serve", "--allow", "pay", "--deny", "pay"], "--allow pay and --deny pay: give one of them"),
        (["serve", "--ask", "fly"], "there is no tool fly"),
        (["serve", "--background-config", "/nowhere.json"], "there is no file /nowhere.json"),
    ],
)
def test_a_bad_value_is_a_sentence(words: list[str], says: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(words) == 2
    assert says in capsys.readouterr().err


@pytest.mark.parametrize("who", ["gpt-5", "nobody:gpt-5", "http://localhost:8000/v1"])
def test_a_model_that_is_none(who: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    monkeypatch.undo()
    assert main(["serve", "--port", "0", "--background", who]) == 2
    assert "#NAME" in capsys.readouterr().err


def test_what_is_shown() -> None:
    note = Card(at_ms=0.0, id="n", delegation="", kind="markdown", title="a note", content={"text": "one\ntwo"})
    chart = Card(at_ms=0.0, id="c", delegation="", kind="chart", title="rain", content={"spec": {}})
    aside = Result(at_ms=0.0, delegation="", channel=Channel.THINKING, text="more")
    assert [shown(r) for r in (note, chart, aside)] == ["[a note]\none\ntwo", "[chart] rain", "[not said] more"]
