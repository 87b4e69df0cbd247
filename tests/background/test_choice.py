"""The choice of a background from a file: what is in it, what may be left out, and what is refused with a sentence."""

import json
from pathlib import Path
from typing import Any

import pytest

from microturn.background.choice import Choice, Spending, read
from microturn.background.desk import Budget
from microturn.background.settings import Settings
from microturn.background.tools.tool import Permission


def written(folder: Path, body: Any) -> Path:
    path = folder / "background.json"
    path.write_text(body if isinstance(body, str) else json.dumps(body), encoding="utf-8")
    return path


def test_all_of_it(tmp_path: Path) -> None:
    about = {"model": "http://localhost:8000/v1#m", "key_env": "KEY", "images": True, "spending": {"parallel": 2}}
    body = {"background": about, "permissions": {"look": "ask"}, "budget": {"seconds": 5}}
    assert read(written(tmp_path, body)) == Choice(
        model="http://localhost:8000/v1#m",
        key_env="KEY",
        images=True,
        spending=Spending(parallel=2),
        settings=Settings(
            permissions={"look": Permission.ASK},
            budget=Budget(seconds=5),
            background={name: about[name] for name in about if name != "spending"} | {"spending": {"parallel": 2}},
        ),
    )
    assert read(written(tmp_path, {})) == Choice()


@pytest.mark.parametrize(
    ("body", "says"),
    [
        ("{", "Expecting"),
        ("[" * 100_000, "recursion"),
        ([], "object"),
        ({"background": []}, "background: an object"),
        ({"background": {"modle": "x"}}, "background has no modle; there are images, key_env, model"),
        ({"background": {"model": 7}}, "model is a str, got 7"),
        ({"background": {"images": "yes"}}, "images is a bool"),
        ({"background": {"permissions": {}}}, "background has no permissions"),
        ({"background": {"spending": {"parallel": 0}}}, "parallel is a whole number above zero, got 0"),
        ({"background": {"spending": {"tokens": 1.5}}}, "tokens is a whole number"),
        ({"background": {"spending": {"answer_s": True}}}, "answer_s is a number"),
        ({"background": {"spending": {"money": 1}}}, "spending has no money"),
        ({"permissions": {"look": "perhaps"}}, "allow, ask or deny, got 'perhaps'"),
    ],
)
def test_what_is_wrong_is_said(tmp_path: Path, body: Any, says: str) -> None:
    with pytest.raises(ValueError, match=says) as caught:
        read(written(tmp_path, body))
    assert "background.json" in str(caught.value)


def test_a_file_that_is_not_there(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError, match="--background-config"):
        read(tmp_path / "none.json")
